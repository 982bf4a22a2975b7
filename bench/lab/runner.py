"""Runs the cases of an axis in turn, several rounds, each in a process of its own, and tells how far it is."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.cases import Case
from lab.machine import Others

Run = dict[str, Any]  # case, workload, round, others (cores), took (s), and row or error


LONG, MOST = 3.0, 10  # s that a loop takes at least, if no more than so many times the seconds asked for make it so
"""Cores that were idle need some tenths of a second to become fast: a loop of that length would measure it."""


def run_all(
    cases: Sequence[Case], rounds: int, options: Sequence[str], timeout: float, least: float = LONG
) -> list[Run]:
    """Every case once a round; each round begins with another case, so that drifts of the machine hit all alike.

    A case whose loop takes less than `least` seconds simulates longer.
    """
    runs: list[Run] = []
    gone: set[Case] = set()
    longer: dict[Case, float] = {}  # seconds to simulate
    with tempfile.TemporaryDirectory() as folder:
        plan = [(k, case) for k in range(rounds) for case in _turned(cases, k)]
        for at, (k, case) in enumerate(plan):
            if case in gone:
                continue
            _tell(at, len(plan), case, f"round {k + 1} of {rounds}{_left(runs, plan[at:], gone)} ...")
            run = one(case, k, _simulating(longer.get(case), options), timeout, Path(folder))
            if case not in longer and (seconds := _enough(run, least)):
                longer[case] = seconds
                run = _again(run, one(case, k, _simulating(seconds, options), timeout, Path(folder)))
            runs.append(run)
            _tell(at + 1, len(plan), case, _told(run))
            if "error" in run:
                gone.add(case)
                print(run["error"], file=sys.stderr)
    return runs


def _enough(run: Run, least: float) -> float:
    """How many seconds to simulate for the loop to take `least` seconds; 0 if it does."""
    row = run.get("row", {})
    if "wall" not in row or row["wall"] * row["seconds"] >= least:
        return 0.0
    return min(MOST, math.ceil(least / (row["wall"] * row["seconds"]))) * row["seconds"]


def _simulating(seconds: float | None, options: Sequence[str]) -> list[str]:
    """The options with other seconds."""
    pairs = dict(zip(options[::2], options[1::2], strict=True))
    changed = pairs if seconds is None else {**pairs, "--seconds": str(seconds)}
    return [word for pair in changed.items() for word in pair]


def _again(first: Run, run: Run) -> Run:
    """A run in the place of a shorter one, which has compiled the kernels."""
    took = first["took"] + run["took"]
    return {**run, "took": took} if "error" in run else {
        **run, "took": took, "row": {**run["row"], "compile": first["row"]["compile"]}
    }  # fmt: skip


def one(case: Case, k: int, options: Sequence[str], timeout: float, folder: Path) -> Run:
    """One run. Kernels of ours are cached in `folder`: cold in the first round, warm afterwards."""
    out = folder / "row.json"
    out.unlink(missing_ok=True)
    command = [*case.command, *_without_repeats(case.command, options), "--seed", str(k + 1), "--out", str(out)]
    watch, began = Others(), time.perf_counter()
    run: Run = {"case": case.label, "workload": case.workload, "round": k + 1}
    try:
        done = subprocess.run(command, env=_environment(case, folder), capture_output=True, text=True, timeout=timeout)
        error = done.stderr[-4000:] if done.returncode or not out.exists() else ""
    except subprocess.TimeoutExpired:
        error = f"stopped after {timeout:g} s (--timeout)"
    run |= {"took": round(time.perf_counter() - began, 1), "others": watch.cores()}
    return {**run, "error": error or "it wrote no row"} if error or not out.exists() else {**run, "row": _row(out)}


def _row(path: Path) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if "wall" in row:
        row["ns_per_event"] = 1e9 * row["wall"] / row["events"] if row["events"] else None
    return row


def _without_repeats(command: Sequence[str], options: Sequence[str]) -> list[str]:
    """Options (pairs) that the case itself doesn't set."""
    pairs = zip(options[::2], options[1::2], strict=True)
    return [word for name, value in pairs if name not in command for word in (name, value)]


def _environment(case: Case, folder: Path) -> dict[str, str]:
    kept = dict(os.environ)
    if case.command[0] == sys.executable:
        return {**kept, "HEBBSTAT_CACHE": str(folder / "kernels")}
    return {name: value for name, value in kept.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


def _turned(cases: Sequence[Case], k: int) -> list[Case]:
    at = k % len(cases)
    return [*cases[at:], *cases[:at]]


def _left(runs: list[Run], plan: list[tuple[int, Case]], gone: set[Case]) -> str:
    """The time that is left, as soon as every case has been run once."""
    known = {(run["workload"], run["case"]): run["took"] for run in runs}
    need = [known.get((case.workload, case.label)) for _, case in plan if case not in gone]
    if any(took is None for took in need):
        return ""
    seconds = round(sum(took for took in need if took is not None))
    return f", {seconds // 60}:{seconds % 60:02d} left"


def _tell(at: int, of: int, case: Case, what: str) -> None:
    print(f"[{at}/{of}] {case.workload} {case.label}: {what}", file=sys.stderr, flush=True)


def _told(run: Run) -> str:
    others = "" if run["others"] is None else f", others used {run['others']:.1f} cores"
    if "error" in run:
        return f"FAILED after {run['took']:.0f} s"
    row = run["row"]
    if "wall" not in row:
        return f"done in {run['took']:.0f} s{others}"
    return f"{row['wall']:.3g} s per simulated second, E {row['rate_exc']:.2f} Hz{others}"
