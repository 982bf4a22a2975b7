"""How much memory and disk a recording will take: told before the run, and refused if it is too much."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from math import inf
from pathlib import Path

from hebbstat.contract.errors import TooLargeError
from hebbstat.engine.record.recorder import Recorder
from hebbstat.engine.state.view import SimulationView
from hebbstat.network.memory import free_memory

MEMORY_SHARE = 0.5  # of the free memory that a recording may take
DISK_SHARE = 0.9  # of the free disk
PIECE = 8 * 2**20  # bytes that a recorder holds back before it writes, when it streams to disk
ADVICE = "Record less often (every=), fewer elements (of=, sample=) or a summary (WeightSummary, Rates)"


def check_recording_size(sim: SimulationView, recorders: Sequence[Recorder], steps: int, out: Path | None) -> float:
    """Refuse what would not fit, with the size of each recorder; returns the bytes of memory that may be taken."""
    if not recorders:
        return inf
    allowed = MEMORY_SHARE * free_memory()
    if out is None:
        sizes = {r.name: r.expected_bytes(sim, steps) for r in recorders}
        _refuse(sizes, allowed, "memory", f'{ADVICE}, or pass out="..." to stream to disk', recorders)
    else:
        held = {r.name: r.expected_held(sim, steps, PIECE) for r in recorders}
        _refuse(held, allowed, "memory even when streamed", ADVICE, recorders)
        sizes = {r.name: r.expected_disk(sim, steps) for r in recorders}
        _refuse(sizes, DISK_SHARE * free_disk(out), "disk", f"{ADVICE}, or choose an out= on a larger disk", recorders)
    return allowed


def _refuse(sizes: dict[str, int], limit: float, what: str, advice: str, recorders: Sequence[Recorder]) -> None:
    total = sum(sizes.values())
    if total <= limit:
        return
    worst = max(sizes, key=lambda name: sizes[name])
    guess = next((note for r in recorders if r.name == worst and (note := r.assumes)), "")
    raise TooLargeError(
        f"recording would take {format_bytes(total)} of {what}, {worst} alone {format_bytes(sizes[worst])}{guess}; "
        f"the limit is {format_bytes(limit)}. {advice}"
    )


def format_bytes(size: float) -> str:
    """A number of bytes for people.

    >>> format_bytes(3 * 2**20)
    '3.0 MiB'
    """
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size:.0f} bytes"


def free_disk(path: Path) -> float:
    """Free bytes of the disk on which a path lies or will lie."""
    existing = next(parent for parent in (path.absolute(), *path.absolute().parents) if parent.exists())
    return float(shutil.disk_usage(existing).free)
