"""The speed laboratory: the workloads are what they say, and its table tells what was measured and what went wrong."""

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hebbstat.network.instantiate import instantiate
from hebbstat.network.wiring import Side

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Imports a module of bench/."""
    monkeypatch.syspath_prepend(str(BENCH))
    monkeypatch.syspath_prepend(str(BENCH / "workloads"))
    return importlib.import_module


def test_w1_is_the_network_of_vogels_2011(module: Any) -> None:
    net = module("w1").network(module("parameters").W1)
    assert {name: population.n for name, population in net.populations.items()} == {"exc": 8000, "inh": 2000}
    assert len(net.projections) == 4
    assert [name for name, projection in net.projections.items() if projection.rules] == ["inh -> exc"]
    assert {projection.delay for projection in net.projections.values()} == {0.8}
    made = instantiate(net)
    count = sum(synapses.n for synapses in made.synapses.values())
    expected = 0.02 * (10_000**2 - 10_000)
    assert count == pytest.approx(expected, abs=5 * np.sqrt(expected * 0.98))  # 5 sd of a binomial


def test_w2_has_ten_million_synapses_and_scales_the_plastic_ones(module: Any) -> None:
    parameters = module("parameters")
    net = module("w2").network(parameters.W2)
    expected = {name: p.wiring.expected(Side(p.source.n), Side(p.target.n)) for name, p in net.projections.items()}
    recurrent = sum(n for name, n in expected.items() if "drive" not in name)
    assert recurrent == pytest.approx(1e7) and expected["exc -> exc"] == pytest.approx(6.4e6)
    assert parameters.W2.expected_synapses == pytest.approx(recurrent, rel=1e-3)
    (plastic,) = [projection for projection in net.projections.values() if projection.rules]
    assert plastic.name == "exc -> exc"
    assert [type(rule).__name__ for rule in plastic.rules] == ["PairSTDP", "HardBounds", "SynapticScaling"]
    assert expected["drive of exc -> exc"] == 8000 and expected["drive of inh -> inh"] == 2000


def test_w4_is_the_microcircuit_of_potjans_and_diesmann(module: Any) -> None:
    """Table 5 of the paper; the in-degrees are those that its probabilities give."""
    circuit = module("microcircuit")
    assert circuit.ALL == 77_169 and circuit.amplitude() == pytest.approx(87.81, abs=0.01)
    links = circuit.links(1.0)
    assert len(links) == 55 and sum(one.synapses for one in links) == pytest.approx(298_880_941, rel=1e-3)
    net = module("w4").network(cells=1500, drive="poisson")
    assert len(net.populations) == 16 and len(net.projections) == 55 + 8
    made = instantiate(net)
    into = {name: 0.0 for name in circuit.CELLS}
    for name, synapses in made.synapses.items():
        target = net.projections[name].target
        into[target.name] += synapses.n / target.n * ("drive" not in name)
    whole = {name: sum(one.synapses for one in links if one.target == name) / n for name, n in circuit.CELLS.items()}
    assert all(into[name] == pytest.approx(whole[name], rel=0.05) for name in circuit.CELLS)


def test_w3_has_the_mean_field_of_the_published_quartet(module: Any) -> None:
    """Where the rule from E to E rests r_E is 2.9 Hz, where that from I to I rests r_I is 1.75 Hz."""
    w3 = module("w3")
    for kind, rate in (("exc", 2.9), ("inh", 1.75)):
        (tau_pre, tau_post, alpha, beta, gamma, kappa), _ = w3.RULES[kind, kind]
        found = -1000.0 * (alpha + beta) / (gamma * tau_pre + kappa * tau_post)
        assert found == pytest.approx(rate, rel=0.02)
    net = w3.network()
    assert sum(len(p.rules) == 2 for p in net.projections.values()) == 4


def test_w6_is_the_network_of_the_distal_reward(module: Any) -> None:
    w6 = module("w6")
    net = w6.network()
    made = instantiate(net)
    assert sum(one.n for one in made.synapses.values()) == 100_000
    assert sum(made.synapses[name].n for name, p in net.projections.items() if p.rules) == 80_000
    assert {p.delay for p in net.projections.values()} == {1.0}


def test_w7_knows_what_the_memory_can(module: Any) -> None:
    w7 = module("w7")
    assert 1e-4 < w7.copy(1, "float32") < 1.0
    assert instantiate(w7.network()).synapses["drive -> cells"].n == w7.CELLS**2


def test_other_sizes_keep_what_they_promise(module: Any) -> None:
    parameters = module("parameters")
    small = parameters.W2.of_size(2000)
    assert (small.exc, small.inh) == (1600, 400) and small.p * small.cells == parameters.W2.p * parameters.W2.cells
    with pytest.raises(SystemExit, match="at least 1000 cells"):
        parameters.W2.of_size(500)
    assert parameters.W2.of_synapses(1_000_000).expected_synapses == pytest.approx(1e6, rel=0.01)


@pytest.mark.parametrize("parts", [1, 3])
def test_the_script_of_a_workload_writes_its_row(tmp_path: Path, parts: int) -> None:
    out = tmp_path / "row.json"
    script = [sys.executable, str(BENCH / "workloads" / "w2.py")]
    said = ["--cells", "1000", "--seconds", "0.1", "--warm", "0.1", "--threads", "1", "--out", str(out)]
    subprocess.run([*script, *said, "--parts", str(parts)], check=True, timeout=300)
    row = json.loads(out.read_text())
    assert row["synapses"] == 1000 * 999 and row["threads"] == 1 and row["wall"] > 0
    spikes = row["rate_exc"] * 0.1 * 800
    assert spikes == pytest.approx(round(spikes))  # whole spikes
    assert row["events"] == pytest.approx(999 * (800 * row["rate_exc"] + 200 * row["rate_inh"]))


def run_of(case: str, wall: float, rate: float = 5.0, others: float = 0.1, **more: Any) -> dict[str, Any]:
    row = {
        "wall": wall, "ns_per_event": 100.0 * wall, "rate_exc": rate, "rate_inh": rate, "synapses": 10_000_000,
        "more": {}, "peak_mb": 500.0, "build": 1.0, "compile": 2.0, "precision": "float32", "threads": 4, "note": "",
        "versions": {"numpy": "2.0"}, **more,
    }  # fmt: skip
    return {"case": case, "workload": "W2", "round": 1, "took": 1.0, "others": others, "row": row}


@pytest.fixture
def peers(module: Any) -> Any:
    cases = module("lab.cases")
    made = [cases.Case(label, "W2", ("true",)) for label in ("Hebbstat", "Peer", "Broken")]
    return cases.Axis("peers", "Wall seconds", "wall", made, {"Absent": "not installed"})


def test_the_table_has_medians_spreads_and_ratios(module: Any, peers: Any, tmp_path: Path) -> None:
    runs = [run_of("Hebbstat", wall) for wall in (0.1, 0.5, 0.2)] + [run_of("Peer", 2.0, compile=9.0)]
    paths = module("lab.table").write(peers, runs, {"processor": "P"}, {"rounds": 3}, tmp_path)
    data = json.loads(paths["json"].read_text())
    ours, peer = data["lines"]
    assert (ours["wall"], ours["low"], ours["high"], ours["runs"]) == (0.2, 0.1, 0.5, 3)
    assert peer["ratio"] == pytest.approx(10.0) and peer["compile"] == 9.0 and peer["rates_agree"]
    page = paths["md"].read_text()
    assert "| Hebbstat | 0.2 (0.1 to 0.5) | 1 | 20 |" in page
    assert "machine was quiet" in page and "not run: Absent: not installed" in page


def test_the_table_tells_what_is_wrong(module: Any, peers: Any) -> None:
    table = module("lab.table")
    failed = {"case": "Broken", "workload": "W2", "round": 1, "took": 1.0, "others": 0.0, "error": "Traceback\nOops: 3"}
    runs = [run_of("Hebbstat", 0.1, others=2.0), run_of("Peer", 1.0, rate=5.6), failed]
    page = table.markdown(peers, runs, {}, {}, "table.png")
    assert "failed: W2 Broken: Oops: 3" in page
    assert "rates differ by more than 10%: W2 Peer" in page and "**differ**" in page
    assert "machine was busy: in 1 of 3 runs" in page


def test_the_figure_is_drawn(module: Any, peers: Any, tmp_path: Path) -> None:
    runs = [run_of("Hebbstat", 0.1), run_of("Hebbstat", 0.3), run_of("Peer", 2.0)]
    assert module("lab.figure").draw(peers, runs, tmp_path / "table.png")
    assert (tmp_path / "table.png").stat().st_size > 5000
    assert not module("lab.figure").draw(peers, [], tmp_path / "nothing.png")


def test_rounds_are_interleaved_and_a_failure_is_not_repeated(module: Any, tmp_path: Path) -> None:
    runner, cases = module("lab.runner"), module("lab.cases")
    write = "import json, sys; json.dump({'stages': {}}, open(sys.argv[sys.argv.index('--out') + 1], 'w'))"
    good = [cases.Case(label, "W2", (sys.executable, "-c", write)) for label in "AB"]
    bad = cases.Case("C", "W2", (sys.executable, "-c", "raise SystemExit('no')"))
    runs = runner.run_all([*good, bad], 3, ["--threads", "1"], 60.0)
    assert [run["case"] for run in runs] == ["A", "B", "C", "B", "A", "A", "B"]
    assert [run["case"] for run in runs if "error" in run] == ["C"]


def test_what_is_fast_simulates_longer(module: Any) -> None:
    runner, cases = module("lab.runner"), module("lab.cases")
    write = (
        "import json, sys; said = sys.argv.index; seconds = float(sys.argv[said('--seconds') + 1]); "
        "row = dict(wall={wall}, seconds=seconds, events=1.0, rate_exc=5.0, compile={wall} * seconds); "
        "json.dump(row, open(sys.argv[said('--out') + 1], 'w'))"
    )
    walls = {"slow": 1.0, "fast": 0.2, "faster": 0.01}
    plan = [cases.Case(label, "W2", (sys.executable, "-c", write.format(wall=wall))) for label, wall in walls.items()]
    runs = runner.run_all(plan, 2, ["--seconds", "5"], 60.0, least=3.0)
    seconds = [(run["case"], run["row"]["seconds"]) for run in runs]
    assert seconds[:3] == [("slow", 5.0), ("fast", 15.0), ("faster", 50.0)]
    assert sorted(seconds[3:]) == sorted(seconds[:3])
    assert runs[1]["row"]["compile"] == 1.0, "of the first run, which compiled"
    assert all(run["row"]["seconds"] == 5.0 for run in runner.run_all(plan, 1, ["--seconds", "5"], 60.0, least=0.0))


def test_axes_name_cases_of_existing_scripts(module: Any) -> None:
    cases = module("lab.cases")
    given = argparse.Namespace(
        workload=["W1", "W2"], peers="", huge=False, quick=False, auryn=None, environments=BENCH, threads=4
    )
    for name in ("peers", "threads", "synapses", "cells", "pieces", "rules", "populations", "startup"):
        found = cases.axis(name, given).cases
        assert found and len({(case.workload, case.label) for case in found}) == len(found)
        assert all(Path(case.command[1]).exists() for case in found)
    assert all((BENCH / "peers" / script.format(w="w2")).exists() for _, script, _ in cases.PEERS.values())


def test_a_grown_count_of_instructions_is_noticed(module: Any, capsys: pytest.CaptureFixture[str]) -> None:
    instructions = module("instructions")
    known = {"instructions_per_event": 100.0}
    assert not instructions.show("W1", {"instructions_per_event": 109.0}, known)
    assert instructions.show("W1", {"instructions_per_event": 111.0}, known)
    assert "+11.0%" in capsys.readouterr().out
