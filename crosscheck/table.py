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
class Question:
    """What is compared with whom, and how far apart it may be."""

    topic: str
    what: str
    peer: str
    tolerance: float = math.nan
    unit: str = ""
    seconds_ours: float = 0.0
    seconds_theirs: float = 0.0


@dataclass(frozen=True)
class Row:
    """A question and its answer. It is met if the difference is within the tolerance (for networks: is shown to be)."""

    question: Question
    ours: str
    theirs: str
    difference: float
    met: bool
    shown: str = ""  # the difference in words, where it is more than a number
    reason: str = ""  # why it is not met


def within(question: Question, ours: np.ndarray, theirs: np.ndarray) -> Row:
    """For two series that must agree everywhere. The row shows both where they differ most."""
    ours, theirs = np.asarray(ours, float).ravel(), np.asarray(theirs, float).ravel()
    if ours.shape != theirs.shape or not ours.size:
        found = f"{len(ours)} values", f"{len(theirs)} values"
        return Row(question, *found, math.nan, False, reason="a different number of values")
    gap = np.abs(ours - theirs)
    at = int(np.argmax(np.where(np.isnan(gap), np.inf, gap)))
    met = bool(gap[at] <= question.tolerance)
    reason = "" if met else "outside the tolerance"
    return Row(question, f"{ours[at]:.7g}", f"{theirs[at]:.7g}", float(gap[at]), met, reason=reason)


def equivalent(question: Question, ours: Sequence[float], theirs: Sequence[float]) -> Row:
    """For two samples: are their means within the tolerance of each other? Two one-sided Welch tests, each at 5 %."""
    from scipy.stats import t

    a, b = np.asarray(ours), np.asarray(theirs)
    parts = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    error = math.sqrt(sum(parts))
    freedom = sum(parts) ** 2 / sum(part**2 / (len(x) - 1) for part, x in zip(parts, (a, b), strict=True))
    gap = float(a.mean() - b.mean())
    p = float(t.sf((question.tolerance - abs(gap)) / error, freedom))  # the larger of the two one-sided p-values
    half = float(t.ppf(0.95, freedom)) * error  # the 90 % interval: within the tolerance if and only if both reject
    text = [f"{x.mean():.4g} ± {x.std(ddof=1):.2g}" for x in (a, b)]
    shown = f"{gap:+.2g} [{gap - half:+.2g}, {gap + half:+.2g}], p = {p:.1g}"
    reasons = ("not shown to be equivalent", "differs by more than the margin")
    reason = "" if p < 0.05 else reasons[int(abs(gap) > question.tolerance)]
    return Row(question, *text, abs(gap), not reason, shown, reason)


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
        "versions": ", ".join(
            [f"hebbstat {_own_version()}", f"Python {platform.python_version()}"]
            + [f"{k} {v}" for k, v in versions.items()]
        ),
    }


def _own_version() -> str:
    import hebbstat

    return hebbstat.__version__


HEAD = """| what | peer | ours | theirs | difference | tolerance | verdict | seconds (ours + theirs) |
|---|---|---|---|---|---|---|---|"""


def markdown(rows: list[Row], facts: dict[str, str], notes: str) -> str:
    """The table as a page."""
    missed = [row for row in rows if not row.met]
    lines = ["# Hebbstat against NEST and Brian2", "", "Written by `make crosscheck`; do not edit.", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    lines += [f"- {len(rows) - len(missed)} of {len(rows)} rows met", ""]
    if missed:
        lines += ["Not met:", "", *[f"- {named(row)}" for row in missed], ""]
    lines += [notes.strip(), ""]
    for topic in dict.fromkeys(row.question.topic for row in rows):
        lines += [f"## {topic}", "", HEAD]
        lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows if row.question.topic == topic]
        lines.append("")
    return "\n".join(lines)


def named(row: Row) -> str:
    """A row that is not met, in a line."""
    return ", ".join(filter(None, (row.question.topic, row.question.what, row.question.peer))) + f": {row.reason}"


def _cells(row: Row) -> list[str]:
    q = row.question
    difference = row.shown or f"{row.difference:.1e} {q.unit}".strip()
    tolerance = f"{'±' * bool(row.shown)}{q.tolerance:.2g} {q.unit}".strip()
    verdict = "met" if row.met else f"**not met**: {row.reason}"
    seconds = f"{q.seconds_ours:.1f} + {q.seconds_theirs:.1f}"
    return [q.what, q.peer, row.ours, row.theirs, difference, tolerance, verdict, seconds]


def write(rows: list[Row], facts: dict[str, str], notes: str, folder: Path) -> None:
    """table.md for people, table.json for programs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.md").write_text(markdown(rows, facts, notes), encoding="utf-8")
    data = {**facts, "met": all(row.met for row in rows), "rows": [_plain(row) for row in rows]}
    (folder / "table.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _plain(row: Row) -> dict[str, object]:
    """A row for JSON, which knows no NaN."""
    flat = asdict(row)
    flat = {**flat.pop("question"), **flat}
    rounded = {k: float(f"{v:.4g}") if isinstance(v, float) else v for k, v in flat.items()}
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in rounded.items()}
