"""Work on blocks of rows, shared by threads. Compiled loops and most of numpy let threads run side by side."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


def cores() -> int:
    """The cores that this process may use: those it may run on, or fewer where a control group gives it less time."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.ceil(min(there, granted())))


def granted(folder: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> float:
    """How many cores' time the control groups of this process get (Linux); infinity where nothing says less."""
    try:
        lines = [line.split(":", 2) for line in own.read_text().splitlines()]
    except OSError:
        return math.inf
    found = math.inf
    for _, kinds, path in (line for line in lines if len(line) == 3):
        root = folder if not kinds else folder / "cpu" if "cpu" in kinds.split(",") else None
        inside = Path(path.lstrip("/"))
        for group in (root, *(root / part for part in (inside, *inside.parents))) if root else ():
            found = min(found, _quota(group))
    return found


def _quota(group: Path) -> float:
    """A group's part, of version 2 (`cpu.max`) or 1 of control groups; -1 and `max` are no limit."""
    for names in (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us")):
        try:
            most, period = " ".join((group / name).read_text() for name in names).split()
            return math.inf if most in ("max", "-1") else int(most) / int(period)
        except (OSError, ValueError, ZeroDivisionError):
            continue
    return math.inf


def each(work: Callable[..., Result], jobs: Iterable[tuple[int, ...]], threads: int) -> list[Result]:
    """The results of `work(*job)`, in the order of the jobs."""
    jobs = list(jobs)
    if threads <= 1 or len(jobs) <= 1:
        return [work(*job) for job in jobs]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda job: work(*job), jobs))


def blocks(n: int, size: int) -> list[tuple[int, int]]:
    """First and last row (excluded) of blocks of `size` of `n` rows, at least one row each."""
    size = max(1, size)
    return [(first, min(first + size, n)) for first in range(0, n, size)]
