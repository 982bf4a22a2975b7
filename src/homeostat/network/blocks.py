"""Work on blocks of rows, shared by threads. Compiled loops and most of numpy let threads run side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
