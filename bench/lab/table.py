"""Rows of many runs as one table: medians, spreads, ratios to ours, whether the rates agree."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lab.cases import Axis, Case
from lab.machine import BUSY
from lab.runner import Run

RATES_WITHIN = 0.10
"""Relative difference of mean rates within which two simulators did the same work."""


@dataclass(frozen=True)
class Line:
    """All runs of a case. Medians, but for what has `low` and `high`; compiling is the slowest: the first, cold one."""

    case: str
    workload: str
    runs: int
    wall: float  # s per simulated second
    low: float
    high: float
    ratio: float  # of the medians of what the axis measures: this case over the first of its workload
    ns_per_event: float
    ns_low: float
    ns_high: float
    rate_exc: float
    rate_inh: float
    rates_agree: bool
    synapses: int
    bytes_per_synapse: float | None
    peak_mb: float
    build: float
    compile: float
    precision: str
    threads: int
    note: str


def lines(axis: Axis, runs: Sequence[Run]) -> list[Line]:
    """A line for each case that ran, in order; the first of a workload is the measure of the others."""
    found: list[Line] = []
    for case in axis.cases:
        rows = [
            run["row"] for run in runs if (run["case"], run["workload"]) == (case.label, case.workload) and "row" in run
        ]
        if rows:
            first = next((line for line in found if line.workload == case.workload), None)
            found.append(_line(case, rows, first, axis.measure))
    return found


def _line(case: Case, rows: list[dict[str, Any]], first: Line | None, measure: str) -> Line:
    middle = lambda name: float(statistics.median(row[name] for row in rows))  # noqa: E731
    walls, costs = [row["wall"] for row in rows], [row["ns_per_event"] or float("nan") for row in rows]
    rates = middle("rate_exc"), middle("rate_inh")
    agree = first is None or not case.same_rates or all(
        abs(rate - other) <= RATES_WITHIN * other
        for rate, other in zip(rates, (first.rate_exc, first.rate_inh), strict=True)
    )  # fmt: skip
    return Line(
        case.label, case.workload, len(rows), middle("wall"), min(walls), max(walls),
        middle(measure) / (getattr(first, measure) if first else middle(measure)), middle("ns_per_event"),
        min(costs), max(costs), *rates, agree,
        round(middle("synapses")), rows[0]["more"].get("bytes_per_synapse"), middle("peak_mb"),
        middle("build"), max(row["compile"] for row in rows), rows[0]["precision"], rows[0]["threads"], rows[0]["note"],
    )  # fmt: skip


def markdown(axis: Axis, runs: Sequence[Run], facts: dict[str, Any], settings: dict[str, Any], figure: str) -> str:
    """The page of an axis."""
    text = [
        f"# {axis.title}",
        "",
        "Written by `bench/run.py`; do not edit. How to read it: bench/README.md.",
        "",
    ]
    text += [f"- {name.replace('_', ' ')}: {value}" for name, value in {**facts, **settings}.items()]
    text += [f"- versions: {versions(runs)}", f"- **{verdict(runs)}**", ""]
    for problem in problems(axis, runs):
        text += [f"- {problem}"]
    text += ["", f"![{axis.title}]({figure})", ""]
    table = _stages(runs) if axis.measure == "stages" else _table(lines(axis, runs))
    return "\n".join([*text, *table, ""])


def verdict(runs: Sequence[Run]) -> str:
    """Whether others used the machine."""
    others = [run["others"] for run in runs if run["others"] is not None]
    if not others:
        return "It is not known whether others used the machine."
    busy = [share for share in others if share > BUSY]
    if not busy:
        return f"The machine was quiet: others used at most {max(others):.1f} cores during a run."
    return (
        f"The machine was busy: in {len(busy)} of {len(others)} runs others used more than {BUSY} cores "
        f"(up to {max(others):.1f}). Do not quote these figures."
    )


def problems(axis: Axis, runs: Sequence[Run]) -> list[str]:
    """What is missing, and where rates disagree, in a line each."""
    found = [f"not run: {label}: {reason}" for label, reason in axis.skipped.items()]
    found += [f"failed: {run['workload']} {run['case']}: {reason(run['error'])}" for run in runs if "error" in run]
    if axis.measure != "stages":
        for line in lines(axis, runs):
            if not line.rates_agree:
                rates = f"E {line.rate_exc:.2f}, I {line.rate_inh:.2f} Hz"
                found.append(f"rates differ by more than {RATES_WITHIN:.0%}: {line.workload} {line.case}: {rates}")
    return found


def reason(error: str) -> str:
    """The line of an error's text that says why: the last one. MPI frames its text by lines of dashes, the why first.

    >>> reason("exit code 1:\\n--------\\nmpirun will not run as root.\\nWe advise against it.\\n--------\\n")
    'mpirun will not run as root.'
    """
    framed, outside, inside = False, "", ""
    for line in filter(None, map(str.strip, error.splitlines())):
        if len(line) >= 8 and set(line) <= set("-=*_"):
            framed = not framed
        elif framed:
            inside = inside or line
        elif not line.endswith(":"):
            outside = line
    return outside or inside or "no reason given"


def versions(runs: Sequence[Run]) -> str:
    """All versions that took part."""
    known: dict[str, set[str]] = {}
    for run in runs:
        for name, number in run.get("row", {}).get("versions", {}).items():
            known.setdefault(name, set()).add(number)
    return ", ".join(f"{name} {' and '.join(sorted(numbers))}" for name, numbers in known.items()) or "unknown"


HEAD = (
    "| simulator | s per simulated s, median (min to max) | ratio | ns per event | E, I rate, Hz | synapses | "
    "bytes a synapse | peak MB | build s | compile s | precision, threads | runs |\n"
    + "|---|"
    + "---:|" * 9
    + "---|---:|"
)


def _table(found: list[Line]) -> list[str]:
    text = []
    for workload in dict.fromkeys(line.workload for line in found):
        text += [f"## {workload}", "", HEAD]
        text += [_cells(line) for line in found if line.workload == workload]
        text.append("")
    return text


def _cells(line: Line) -> str:
    each = "–" if line.bytes_per_synapse is None else f"{line.bytes_per_synapse:.1f}"
    rates = f"{line.rate_exc:.2f}, {line.rate_inh:.2f}" + ("" if line.rates_agree else " **differ**")
    cells = [
        line.case + (f" ({line.note})" if line.note else ""), f"{line.wall:.3g} ({line.low:.3g} to {line.high:.3g})",
        f"{line.ratio:.3g}", f"{line.ns_per_event:.3g}", rates, f"{line.synapses:,}", each, f"{line.peak_mb:.0f}",
        f"{line.build:.2g}", f"{line.compile:.2g}", f"{line.precision}, {line.threads}", str(line.runs),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def stages(runs: Sequence[Run]) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Of start-up: stage -> cold, warm -> median, min, max in seconds."""
    every = [run["row"]["stages"] for run in runs if "row" in run]
    found: dict[str, dict[str, tuple[float, float, float]]] = {}
    for kind in ("cold", "warm") if every else ():
        for stage in every[0][kind]:
            values = [one[kind][stage] for one in every if one[kind][stage] is not None]
            if values:
                found.setdefault(stage, {})[kind] = (statistics.median(values), min(values), max(values))
    return found


def _stages(runs: Sequence[Run]) -> list[str]:
    text = ["| stage | cold, s (min to max) | kernels cached, s (min to max) |", "|---|---:|---:|"]
    for stage, kinds in stages(runs).items():
        text.append(f"| {stage} | " + " | ".join("{:.3g} ({:.3g} to {:.3g})".format(*kinds[k]) for k in kinds) + " |")
    return text


def write(
    axis: Axis, runs: Sequence[Run], facts: dict[str, Any], settings: dict[str, Any], folder: Path
) -> dict[str, Path]:
    """The page, the data and the place of the figure of an axis. The peers' are called `table`."""
    name = "table" if axis.name == "peers" else axis.name
    paths = {kind: folder / f"{name}.{kind}" for kind in ("md", "json", "png")}
    folder.mkdir(parents=True, exist_ok=True)
    paths["md"].write_text(markdown(axis, runs, facts, settings, paths["png"].name), encoding="utf-8")
    summary = [] if axis.measure == "stages" else [asdict(line) for line in lines(axis, runs)]
    data = {**facts, **settings, "skipped": axis.skipped, "lines": summary, "runs": list(runs)}
    paths["json"].write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    return paths
