"""Writes the pages that come from the code: the API, the mechanisms, the gallery, the room graph.

python docs/pages.py            # into docs/_generated, as `make docs` does
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hebbstat as hs

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(hs.__file__).parent

TOPICS = {
    "Networks": (
        "networks", ["Network", "Population", "PopulationView", "Projection", "NetworkInstance", "instantiate",
                     "Synapses", "Table"],
    ),
    "Connectors": ("connectors", [*hs.network.connectors.__all__, "Connector"]),
    "Running and looking": ("running", ["Simulation", "SimulationView", "ReferenceSimulation", "Checkpoint", "Health",
                                        "Finding"]),
    "Recording": ("recording", ["Recorder", "Spikes", "Rates", "States", "Weights", "WeightSummary", "Recording"]),
    "Heterogeneity and plans": (
        "values", ["Distribution", "Normal", "LogNormal", "Gamma", "Beta", "Uniform", "jointly", "Signal", "TimedArray",
                   "Sine", "FollowState"],
    ),
    "Writing mechanisms": (
        "contract", ["Neuron", "Receptor", "Release", "Plasticity", "PopulationRule", "NetworkRule", "Wrapper", "gated",
                     "replace", "field", "required", "Field", "derived", "step_when", "together", "quantile",
                     "PerNeuron", "PerPre", "PerPost", "PerSynapse", "PerBranch", "PerPopulation", "Global"],
    ),
}  # fmt: skip
"""Topics of the API's pages: file and names. Mechanisms have pages of their own; errors, units and parts follow."""

PARTS = {
    "Stimuli": ("stimuli", hs.stimuli), "Information": ("information", hs.information), "Pictures": ("plot", hs.plot),
    "Experiments": ("experiments", hs.experiments), "Reports": ("report", hs.report),
}  # fmt: skip
FOLDERS = {
    "Neurons": hs.neurons, "Receptors and release": hs.synapses, "Plasticity": hs.plasticity,
    "Homeostasis": hs.homeostasis, "Modulation": hs.modulation,
}  # fmt: skip


def write(source: Path) -> None:
    """All pages, into `_generated` beside the others."""
    out = source / "_generated"
    out.mkdir(exist_ok=True)
    made = {f"{name}.md": text for name, text in [*api(), mechanisms(), gallery(out), rooms(out)]}
    for name, text in made.items():
        path = out / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


# --- from docstrings to Markdown


def markdown(docstring: str) -> str:
    """A docstring as Markdown: indented blocks become code, DOIs links."""
    blocks = re.split(r"\n\s*\n", inspect.cleandoc(docstring))
    out: list[str] = []
    for block in blocks:
        if block.startswith("    ") or block.lstrip().startswith(">>>"):
            code = textwrap.dedent(block)
            if out and out[-1].startswith("```"):
                out[-1] = out[-1].removesuffix("\n```") + f"\n\n{code}\n```"
            else:
                out.append(f"```{'python' if looks_like_code(code) else 'text'}\n{code}\n```")
        else:
            out.append(escaped(block))
    return "\n\n".join(out)


def looks_like_code(text: str) -> bool:
    """Whether a block is Python rather than an equation."""
    if text.lstrip().startswith(">>>"):
        return True
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return "(" in text and not re.search(r"^d?\w+/dt", text)


def escaped(text: str) -> str:
    """Prose in which nothing but code and DOIs is marked up."""
    parts = re.split(r"(`[^`]+`)", text)
    for k in range(0, len(parts), 2):
        plain = re.sub(r"([*_<>\[\]|$~^\\])", r"\\\1", parts[k])
        parts[k] = re.sub(r"doi:(10\.[^\s,;)]+[^\s,;.)])", lambda m: link(m.group(1)), plain)
    return "".join(parts)


def link(doi: str) -> str:
    clean = doi.replace("\\", "")
    return f"[doi:{clean}](https://doi.org/{clean})"


def signature(name: str, thing: Any) -> str:
    """How it is called, wrapped; empty for what has no signature."""
    try:
        given = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    shown = [str(p.replace(annotation=p.empty)) for p in given.parameters.values() if p.name != "self"]
    shown = [re.sub(r"=<.*>$", "=...", one) for one in shown]
    text = f"{name}({', '.join(shown)})"
    return text if len(text) <= 100 else f"{name}(\n" + textwrap.fill(", ".join(shown), 96, initial_indent="    ",
                                                                       subsequent_indent="    ") + ",\n)"  # fmt: skip


def entry(name: str, thing: Any, level: int = 2, prefix: str = "hs.") -> str:
    """A name with its signature, its text, and what a class offers."""
    lines = [f"{'#' * level} {name}", ""]
    if call := signature(f"{prefix}{name}", thing):
        lines += [f"```python\n{call}\n```", ""]
    lines += [markdown(thing.__doc__ or ""), ""]
    if inspect.isclass(thing) and not issubclass(thing, BaseException):
        for member, value in own_members(thing):
            text = value.fget if isinstance(value, property) else value
            head = member if isinstance(value, property) else signature(member, text)
            lines += [
                f"{'#' * (level + 1)} {name}.{member}",
                "",
                f"```python\n{head}\n```",
                "",
                markdown(text.__doc__),
                "",
            ]
    return "\n".join(lines)


def own_members(kind: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties with a text that a class defines itself."""
    for name, value in vars(kind).items():
        plain = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if not name.startswith("_") and (inspect.isfunction(plain) or isinstance(plain, property)) and plain.__doc__:
            yield name, plain


# --- pages


def api() -> Iterator[tuple[str, str]]:
    """A page for each topic and part, and the list of them."""
    listed = []
    for title, (file, names) in TOPICS.items():
        yield f"api_{file}", "\n".join([f"# {title}", "", *(entry(name, thing(name)) for name in names)])
        listed.append(f"api_{file}")
    for title, (file, part) in PARTS.items():
        names = [name for name in part.__all__ if callable(getattr(part, name))]
        body = [entry(name, getattr(part, name), prefix=f"hs.{file}.") for name in names]
        yield f"api_{file}", "\n".join([f"# {title}", "", markdown(part.__doc__ or ""), "", *body])
        listed.append(f"api_{file}")
    errors = [getattr(hs, name) for name in hs.__all__ if is_error(name)]
    table = [
        f"| `{kind.__name__}` | {escaped(inspect.cleandoc(kind.__doc__).partition(chr(10))[0])} |" for kind in errors
    ]
    yield "api_errors", "\n".join(["# Errors and warnings", "", "| | |", "|---|---|", *table, ""])
    units = importlib.import_module("hebbstat.contract.units")
    rows = [f"| `hs.units.{name}` | {unit_of(units, name)} |" for name in unit_names(units)]
    yield "api_units", "\n".join(["# Units", "", markdown(units.__doc__), "", "| | |", "|---|---|", *rows, ""])
    listed += ["api_errors", "api_units"]
    yield "api", "\n".join(["# API", "", "```{toctree}", ":maxdepth: 1", "", *listed, "mechanisms", "```", ""])


def thing(name: str) -> Any:
    """What is called so, in the package or among the parts of a network."""
    return getattr(hs, name) if name in hs.__all__ else getattr(hs.network, name)


def is_error(name: str) -> bool:
    found = getattr(hs, name)
    return inspect.isclass(found) and issubclass(found, BaseException)


def unit_names(units: Any) -> list[str]:
    return [name for name, value in vars(units).items() if name[0].isupper() and hasattr(value, "__metadata__")]


def unit_of(units: Any, name: str) -> str:
    unit = getattr(units, name).__metadata__[0]
    return f"{unit.range_text} {unit.symbol}".strip()


def mechanisms() -> tuple[str, str]:
    """Every shipped mechanism: text, parameters, states."""
    lines = ["# Mechanisms", "", "Each is one small file that reads like a method section.", ""]
    for title, part in FOLDERS.items():
        lines += [f"## {title}", ""]
        for name in part.__all__:
            kind = getattr(part, name)
            lines += [f"### {name}", "", markdown(said(kind)), ""]
            if fields := getattr(kind, "fields", {}):
                lines += ["| parameter | default | range | |", "|---|---|---|---|"]
                lines += [
                    f"| `{f.name}` | {shown(f.default)} | {f.needed} | {escaped(f.text)} |" for f in fields.values()
                ]
                lines.append("")
    return "mechanisms", "\n".join(lines)


def said(kind: Any) -> str:
    """The docstring without its list of parameters."""
    return (kind.__doc__ or "").partition("\nParameters:")[0]


def shown(value: Any) -> str:
    return "must be given" if value is None else f"{value:g}" if isinstance(value, int | float) else f"`{value}`"


def gallery(out: Path) -> tuple[str, str]:
    """The scripts of the gallery, run in their quick form: each with its figure and its checked number."""
    lines = ["# Gallery", "", "Each figure carries a number that is checked when the page is built.", ""]
    for script in sorted((ROOT / "examples" / "gallery").glob("*.py")):
        if script.name == "shown.py":
            continue
        tree = ast.parse(script.read_text("utf-8"))
        head, _, text = (ast.get_docstring(tree) or "").partition("\n")
        picture = out / f"{script.stem}.png"
        number = run(script, picture)
        lines += [f"## {head.rstrip('.')}", "", escaped(text.strip()), "", f"![{escaped(head)}]({picture.name})", "",
                  f"*{escaped(number)}*", "", f"```{{literalinclude}} ../../examples/gallery/{script.name}",
                  ":language: python", f":caption: examples/gallery/{script.name}", "```", ""]  # fmt: skip
    return "gallery", "\n".join(lines)


def run(script: Path, picture: Path) -> str:
    """The number that a script says; its figure is written if the script is newer."""
    note = picture.with_suffix(".txt")
    newest = max(path.stat().st_mtime for path in (script, script.with_name("shown.py"), *PACKAGE.rglob("*.py")))
    if not (picture.exists() and note.exists() and note.stat().st_mtime > newest):
        call = [sys.executable, "-W", "ignore", script.name, "--quick", "--out", str(picture)]
        done = subprocess.run(call, cwd=script.parent, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{script.name} failed:\n{done.stdout}{done.stderr}")
        note.write_text(done.stdout.strip(), "utf-8")
    return note.read_text("utf-8")


# --- the graph of rooms


def layers(package: str = "hebbstat") -> list[list[str]]:
    """The parts of a package, the highest first, from the import contracts in pyproject.toml."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    contract = next(one for one in contracts if one.get("containers") == [package])
    floors = [[part.strip(" ()") for part in re.split(r"[|:]", layer)] for layer in contract["layers"]]
    inside = PACKAGE.parent / package.replace(".", "/")
    there = [[p for p in floor if (inside / p).exists() or (inside / f"{p}.py").exists()] for floor in floors]
    return [floor for floor in there if floor]


def arrows() -> set[tuple[str, str]]:
    """(room, room that it imports), of the package's parts."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("hebbstat."):
                found.add((room, node.module.split(".")[1]))
    return {(a, b) for a, b in found if a != b and not a.startswith("__")}


def rooms(out: Path) -> tuple[str, str]:
    """The floors and their arrows as a picture; an arrow that points up is an error."""
    floors, step, wide = layers(), 92, 760
    level = {room: k for k, floor in enumerate(floors) for room in floor}
    wrong = [(a, b) for a, b in arrows() if a in level and b in level and level[a] > level[b]]
    if wrong:
        raise RuntimeError(f"imports that point up: {wrong}")
    at = {
        room: (wide * (k + 0.5) / len(floor), 40 + step * level[room])
        for floor in floors
        for k, room in enumerate(floor)
    }
    box = f"0 0 {wide} {step * len(floors)}"
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="sans-serif" font-size="13">']
    for a, b in sorted(arrows()):
        if a in at and b in at:
            (x, y), (u, v) = at[a], at[b]
            lines.append(
                f'<line x1="{x:.0f}" y1="{y + 14}" x2="{u:.0f}" y2="{v - 14}" stroke="#bbb" stroke-width="1"/>'
            )
    for room, (x, y) in at.items():
        w = 9 * len(room) + 16
        place = f'x="{x - w / 2:.0f}" y="{y - 14}" width="{w}" height="28" rx="5"'
        lines.append(f'<rect {place} fill="#e8f1f8" stroke="#0072B2"/>')
        lines.append(f'<text x="{x:.0f}" y="{y + 5}" text-anchor="middle" fill="#2b2b2b">{room}</text>')
    (out / "rooms.svg").write_text("\n".join([*lines, "</svg>"]), "utf-8")
    table = ["| floor | parts |", "|---|---|"]
    table += [
        f"| {len(floors) - 1 - k} | {', '.join(f'`{room}`' for room in floor)} |" for k, floor in enumerate(floors)
    ]
    text = ["# Rooms", "", "Drawn from the imports of the code: an import points to a lower floor only.", "",
            "![The parts of the package, and what imports what](rooms.svg)", "", *table, ""]  # fmt: skip
    return "rooms", "\n".join(text)


if __name__ == "__main__":
    write(Path(__file__).parent)
