"""A row: what a paper or theory says, the measurement that is held against it, and wrong versions that must fail.

A file of `rows/` holds one function `measure` and one `ROW`. `measure(dt, seed, ...)` gives numbers by name; what it
measures (a rule, a constant) are further arguments with defaults, and a mutation is another value for one of them: a
wrong implementation that the row must catch. Each row is measured at its step and at half of it, over its seeds.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from published.expected import MET, NOT_MET, VARIABLE, Expected
from writers.floors import ROOT
from writers.published import RECORDS, order

HERE = Path(__file__).parent
Numbers = Mapping[str, Any]
Changes = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One published result. `because` tells why it is not met, if so; `quick` rows run in `make test`, too."""

    name: str
    title: str
    of: Sequence[str]  # the mechanisms that it is about, by their public names
    source: str  # authors, year, doi
    measure: Callable[..., Numbers]
    expected: Mapping[str, Expected]
    mutations: Mapping[str, Changes] = field(default_factory=dict)
    dt: float | None = 0.1  # ms; None: nothing is stepped
    seeds: Sequence[int] = (1,)
    quick: bool = False
    because: str = ""

    @property
    def steps(self) -> tuple[float | None, ...]:
        """The steps that it is measured with."""
        return (None,) if self.dt is None else (self.dt, self.dt / 2)

    def values(self, dt: float | None, changes: Changes | None = None) -> dict[str, np.ndarray]:
        """Each number over the seeds: arrays whose first axis is the seed."""
        found = [self.measure(dt=dt, seed=seed, **(changes or {})) for seed in self.seeds]
        assert set(found[0]) == set(self.expected), f"{self.name} measures other numbers than are expected"
        return {name: np.array([one[name] for one in found]) for name in self.expected}

    def verdicts(self, values: Mapping[str, np.ndarray]) -> dict[str, str]:
        """Of each number whether it is as published."""
        return {name: expected.judge(values[name]) for name, expected in self.expected.items()}

    def record(self) -> dict[str, Any]:
        """Everything measured, ready to be written; `verdict` is the worst of all numbers at all steps."""
        from hebbstat.experiments.lab.provenance import provenance

        began = time.perf_counter()
        measured = [self.values(dt) for dt in self.steps]
        verdicts = [self.verdicts(values) for values in measured]
        numbers = {
            name: {
                "published": expected.text,
                "ours": [summary(values[name]) for values in measured],
                "verdict": worst(each[name] for each in verdicts),
            }
            for name, expected in self.expected.items()
        }
        facts = provenance()
        return {
            "row": self.name, "title": self.title, "of": list(self.of), "source": self.source,
            "steps": list(self.steps), "seeds": list(self.seeds), "numbers": numbers,
            "verdict": worst(one["verdict"] for one in numbers.values()), "because": self.because,
            "mutations": list(self.mutations), "seconds": round(time.perf_counter() - began, 1),
            "machine": facts["machine"], "date": facts["date"], "commit": facts["commit"], "code": code_of(self),
        }  # fmt: skip


def summary(values: np.ndarray) -> dict[str, Any]:
    """One number over its seeds: mean and standard deviation; of a sample its quartiles."""
    if values.ndim > 1:
        return {"quartiles": [float(f"{q:.6g}") for q in np.percentile(values, (25, 50, 75))]}
    told = {"mean": float(f"{values.mean():.8g}")}
    return told | ({"sd": float(f"{values.std(ddof=1):.3g}")} if len(values) > 1 else {})


def worst(verdicts: Any) -> str:
    """One verdict for many."""
    return max(verdicts, key=(MET, VARIABLE, NOT_MET).index)


@functools.cache
def _package() -> bytes:
    files = sorted((ROOT / "src" / "hebbstat").rglob("*.py"))
    return b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)


def code_of(row: Row) -> str:
    """A hash of all code that the numbers of a row come from: what was recorded with the same is not run again."""
    file = Path(importlib.import_module(row.measure.__module__).__file__ or "")
    return hashlib.sha256(_package() + file.read_bytes()).hexdigest()[:16]


@functools.cache
def rows() -> dict[str, Row]:
    """All rows by name, R before N and in the order of their numbers."""
    files = sorted((HERE / "rows").glob("[rn][0-9]*.py"))
    found = [importlib.import_module(f"published.rows.{file.stem}").ROW for file in files]
    return {row.name: row for row in sorted(found, key=lambda row: order(row.name))}


def recorded(row: Row) -> dict[str, Any]:
    """The record of a row, measured now unless the same code was measured before; written into docs/published."""
    path = RECORDS / f"{row.name}.json"
    if path.exists():
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["code"] == code_of(row):
            return dict(known)
    record = row.record()
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return record
