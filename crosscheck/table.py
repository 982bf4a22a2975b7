"""What a comparison found, and the tables it is written to."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Row:
    """One comparison. It is met if the difference is within the tolerance (for networks: shown to be, by the test)."""

    topic: str
    what: str
    peer: str
    ours: str
    theirs: str
    difference: float
    tolerance: float
    unit: str
    met: bool
    seconds_ours: float = 0.0
    seconds_theirs: float = 0.0
    shown: str = ""  # the difference in words, where it is more than a number
    reason: str = ""  # why it is not met


def within(
    topic: str, what: str, peer: str, ours: np.ndarray, theirs: np.ndarray, tolerance: float, unit: str, seconds: tuple[float, float]
) -> Row:
    """A row for two series that must agree everywhere: it shows both where they differ most, the last value if nowhere."""
    ours, theirs = np.asarray(ours, float).ravel(), np.asarray(theirs, float).ravel()
    given = (topic, what, peer)
    if ours.shape != theirs.shape or not ours.size:
        found, reason = (f"{len(ours)} values", f"{len(theirs)} values"), "a different number of values"
        return Row(*given, *found, math.nan, tolerance, unit, False, *seconds, reason=reason)
    gap = np.abs(ours - theirs)
    at = int(np.argmax(np.where(np.isnan(gap), np.inf, gap)))
    worst, met = float(gap[at]), bool(gap[at] <= tolerance)
    shown = (f"{ours[at]:.7g}", f"{theirs[at]:.7g}")
    return Row(*given, *shown, worst, tolerance, unit, met, *seconds, reason="" if met else "outside the tolerance")


def equivalent(
    topic: str, what: str, peer: str, ours: Sequence[float], theirs: Sequence[float], margin: float, unit: str, seconds: tuple[float, float]
) -> Row:
    """A row for two samples: are their means within the margin of each other? Two one-sided Welch tests, each at 5 %."""
    from scipy.stats import t

    a, b = np.asarray(ours), np.asarray(theirs)
    parts = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    error = math.sqrt(sum(parts))
    freedom = sum(parts) ** 2 / sum(part**2 / (len(x) - 1) for part, x in zip(parts, (a, b), strict=True))
    gap = float(a.mean() - b.mean())
    p = float(t.sf((margin - abs(gap)) / error, freedom))  # the larger of the two one-sided p-values
    half = float(t.ppf(0.95, freedom)) * error  # the 90 % interval: inside the margin if and only if both tests reject
    text = [f"{x.mean():.4g} ± {x.std(ddof=1):.2g}" for x in (a, b)]
    shown = f"{gap:+.2g} [{gap - half:+.2g}, {gap + half:+.2g}], p = {p:.1g}"
    met = p < 0.05
    reason = "" if met else "not shown to be equivalent" if abs(gap) < margin else "differs by more than the margin"
    return Row(topic, what, peer, *text, abs(gap), margin, unit, met, *seconds, shown=shown, reason=reason)


def machine() -> dict[str, str]:
    """What the comparison ran on, without names of hosts or folders."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    versions = {name: importlib.metadata.version(name) for name in ("brian2", "nest-simulator", "numpy", "numba")}
    return {
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, {model}, {platform.system()} {platform.machine()}",
        "versions": ", ".join([f"homeostat {_own_version()}", f"Python {platform.python_version()}"] + [f"{k} {v}" for k, v in versions.items()]),
    }


def _own_version() -> str:
    import homeostat

    return homeostat.__version__


def markdown(rows: list[Row], facts: dict[str, str], notes: str) -> str:
    """The table as a page."""
    missed = [row for row in rows if not row.met]
    lines = ["# Homeostat against NEST and Brian2", "", "Written by `make crosscheck`; do not edit.", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    lines += [f"- {len(rows) - len(missed)} of {len(rows)} rows met", ""]
    if missed:
        lines += ["Not met:", *[f"- {row.topic}, {row.what}, {row.peer}: {row.reason}" for row in missed], ""]
    lines += [notes.strip(), ""]
    for topic in dict.fromkeys(row.topic for row in rows):
        lines += [f"## {topic}", "", "| what | peer | ours | theirs | difference | tolerance | verdict | seconds (ours + theirs) |"]
        lines += ["|---|---|---|---|---|---|---|---|"]
        lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows if row.topic == topic]
        lines.append("")
    return "\n".join(lines)


def _cells(row: Row) -> list[str]:
    difference = row.shown or f"{row.difference:.1e} {row.unit}".strip()
    tolerance = f"{'±' * bool(row.shown)}{row.tolerance:.2g} {row.unit}".strip()
    seconds = f"{row.seconds_ours:.1f} + {row.seconds_theirs:.1f}"
    return [row.what, row.peer, row.ours, row.theirs, difference, tolerance, "met" if row.met else f"**not met**: {row.reason}", seconds]


def write(rows: list[Row], facts: dict[str, str], notes: str, folder: Path) -> None:
    """table.md for people, table.json for programs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.md").write_text(markdown(rows, facts, notes), encoding="utf-8")
    data = {**facts, "met": all(row.met for row in rows), "rows": [_plain(asdict(row)) for row in rows]}
    (folder / "table.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _plain(row: dict[str, object]) -> dict[str, object]:
    rounded = {k: float(f"{v:.4g}") if isinstance(v, float) else v for k, v in row.items()}
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in rounded.items()}
