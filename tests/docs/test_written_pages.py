"""What is written from the code: every public name has its entry, floors have one source, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from writers import api, entries, floors, links, markdown, mechanisms, rooms, targets

import hebbstat as hs

PARTS = ("information", "stimuli", "plot", "experiments", "report")


def entries_of(pages: dict[str, str]) -> list[str]:
    """Full names of what the pages describe at their top level."""
    found = []
    for text in pages.values():
        module = re.search(r"^```\{py:(?:current)?module\} ([\w.]+)", text, re.M)
        told = re.findall(r"^:{3,}\{py:(?:class|function|exception|data)\} (\w+)", text, re.M)
        found += [f"{module[1]}.{name}" for name in told if module]
    return found


def test_every_public_name_has_one_entry() -> None:
    there = entries_of(api.pages(Path())) + entries_of(mechanisms.pages(Path()))
    wanted = {f"hebbstat.{name}" for name in {*hs.__all__, *hs.network.__all__} - {"__version__"}}
    wanted |= {f"hebbstat.{part}.{name}" for part in PARTS for name in getattr(hs, part).__all__}
    wanted |= {f"hebbstat.units.{name}" for name in entries.UNITS}
    assert sorted(wanted - set(there)) == []
    assert sorted(set(there) - wanted) == ["hebbstat.Scope"]  # what PerNeuron and the others are
    assert len(there) == len(set(there))


def test_members_have_entries_and_what_is_for_the_engine_has_none() -> None:
    text = entries.entry("Recorder", hs.Recorder)
    assert "{py:method} take(sim" in text and "state_dict" not in text
    for kind in (hs.SimulationView, hs.Simulation):  # what one may look at is told with both
        assert "{py:method} state(of" in entries.entry(kind.__name__, kind)
    assert "take(sim" not in entries.entry("Spikes", hs.Spikes)
    assert targets.target("sim.state") == "hebbstat.SimulationView.state"


def test_signatures_are_as_they_are_written() -> None:
    assert entries.signature(hs.PairSTDP).startswith("(tau_plus: Ms = 20.0, tau_minus: Ms = 20.0, A_plus: Weight =")
    assert "watch: Health | None = Health()" in entries.signature(hs.Simulation.run)


@pytest.mark.parametrize("name", [name for _, name, _ in mechanisms.listing.mechanisms()])
def test_the_line_that_uses_a_mechanism_is_valid(name: str) -> None:
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.PoissonSource(), n=10, name="a"), net.add(hs.LIF(), n=10, name="b")
    x, y = net.add(hs.LinearRate(), n=10, name="x"), net.add(hs.LinearRate(), n=10, name="y")
    line = mechanisms.use(name, getattr(hs, name))
    exec(line, {"hs": hs, "net": net, "a": a, "b": b, "x": x, "y": y})
    assert f"hs.{name}(" in line
    hs.ReferenceSimulation(net).run(steps=2)


def test_tables_of_floors_are_those_of_the_contract() -> None:
    for name in floors.DOCUMENTS:
        text = (floors.ROOT / name).read_text("utf-8")
        assert "<!-- floors: begin -->" in text and floors.with_tables(text) == text, "python docs/writers/floors.py"


def test_a_table_that_is_not_that_of_the_contract_is_written_anew() -> None:
    assert "| 0 | `contract` |" in floors.with_tables("<!-- floors: begin -->\nold\n<!-- floors: end -->")


def test_the_command_line_lists_the_folders_of_mechanisms() -> None:
    assert sorted(mechanisms.listing.FOLDERS) == sorted(floors.mechanism_folders()) == sorted(mechanisms.TITLES)


def test_the_graph_of_rooms_shows_every_room_and_import() -> None:
    made = rooms.pages(Path())
    for name, container in (("floors.svg", "hebbstat"), ("engine.svg", "hebbstat.engine")):
        picture = str(made[name], "utf-8")  # type: ignore[call-overload]
        shown = re.findall(r">(\w+)</text>", picture)
        assert sorted(shown) == sorted(room for row in floors.layers(container) for room in row)
        assert picture.count("marker-end") > len(shown)


def test_arrows_run_behind_no_box() -> None:
    """Only the box where an arrow begins and the one where it ends lie at one of its points."""
    for name in ("floors.svg", "engine.svg"):
        picture = str(rooms.pages(Path())[name], "utf-8")  # type: ignore[call-overload]
        boxes = np.array([[float(one) for one in found] for found in re.findall(
            r'<rect x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', picture)])  # fmt: skip
        ways = re.findall(r'<path d="(M [^"]+)" fill="none"', picture)
        assert len(ways) > len(boxes) > 10
        for way in ways:
            x, y = points(way).T[:, :, None]
            left, top, wide, tall = boxes.T
            hit = (x > left - 1) & (x < left + wide + 1) & (y > top + 0.6) & (y < top + tall - 0.6)
            assert not hit.any(), way


def points(way: str) -> np.ndarray:
    """Along a path of cubic curves and lines."""
    found, last = [], np.zeros(2)
    for command, text in re.findall(r"([MCL]) ([^MCL]+)", way):
        ends = np.array(text.replace(",", " ").split(), float).reshape(-1, 2)
        t = np.linspace(0.0, 1.0, 60)[:, None]
        if command == "C":
            a, b, c = ends
            found.append((1 - t) ** 3 * last + 3 * t * (1 - t) ** 2 * a + 3 * t**2 * (1 - t) * b + t**3 * c)
        elif command == "L":
            found.append(last + t * (ends[0] - last))
        last = ends[-1]
    return np.concatenate(found)


@pytest.mark.parametrize("wrong", [("contract", "cli"), ("engine", "reference")])
def test_an_import_that_does_not_point_down_fails(wrong: tuple[str, str]) -> None:
    layers = floors.layers("hebbstat")
    rooms.hold(layers, {("cli", "contract"), ("engine", "network")})
    with pytest.raises(RuntimeError, match=f"'{wrong[0]}', '{wrong[1]}'"):
        rooms.hold(layers, {("cli", "contract"), wrong})


def test_docstrings_become_markdown() -> None:
    shown = markdown.markdown("A rule `a_b`.\n\n    dw = x * y\n\nBy A_b 2000, doi:10.1000/x.y.")
    assert shown == (
        "A rule `a_b`.\n\n```text\ndw = x * y\n```\n\nBy A\\_b 2000, [doi:10.1000/x.y](https://doi.org/10.1000/x.y)."
    )
    assert markdown.markdown(">>> f(1)\n2\n\n>>> f(2)\n3") == "```python\n>>> f(1)\n2\n\n>>> f(2)\n3\n```"


def test_wide_equations_go_below_each_other_and_examples_say_hs() -> None:
    wide = "  sd^2 = mean((w - mean)^2),   cv = sd / |mean|;  skewness = mean((w - mean)^3) / sd^3, of all weights"
    assert markdown.narrow(wide).split("\n") == [
        "  sd^2 = mean((w - mean)^2),", "  cv = sd / |mean|;", "  skewness = mean((w - mean)^3) / sd^3, of all weights",
    ]  # fmt: skip
    assert markdown.narrow("a = b,   c = d") == "a = b,   c = d"
    shown = markdown.imported("sim = Simulation(net, record=[Spikes('Rates(a)')])\nx: int = Field(1, ge=0)")
    assert shown == "sim = hs.Simulation(net, record=[hs.Spikes('Rates(a)')])\nx: int = Field(1, ge=0)"


def test_names_of_other_simulators_are_theirs() -> None:
    nodes = pytest.importorskip("docutils.nodes", reason="the site's tools are not installed")
    names = pytest.importorskip("writers.names")

    def row(*texts: str) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", nodes.literal("", text))) for text in texts))

    head, body = nodes.thead("", row("here", "Brian2")), nodes.tbody("", row("TimedArray", "TimedArray"))
    nodes.table("", nodes.tgroup("", nodes.colspec(), nodes.colspec(), head, body))
    assert [names.column_of(literal) for literal in body.findall(nodes.literal)] == ["here", "Brian2"]
    assert names.column_of(nodes.literal("", "a")) == "" and "here" not in names.OTHERS


def test_dead_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="b.html#there">1</a><a href="b.html#gone">2</a><img src="no.png">'
                                     '<a href="https://example.org/x">3</a><a href="#">4</a>')  # fmt: skip
    (tmp_path / "b.html").write_text('<p id="there"></p>')
    assert list(links.dead(tmp_path)) == [
        "a.html: b.html#gone: no such place on that page", "a.html: no.png is not there",
    ]  # fmt: skip
