"""The machine: what it is, and how much of it others used while we measured."""

from __future__ import annotations

import datetime
import os
import resource
import time
from pathlib import Path
from typing import Any

import hebbstat
from hebbstat.experiments.lab.provenance import commit, cores, memory, processor

BUSY = 0.3
"""Cores used by others, on average over a run, above which the table says that the machine was busy."""


def facts() -> dict[str, Any]:
    """The machine, the date, the code. No names of hosts or folders."""
    return {
        "date": datetime.datetime.now().isoformat(sep=" ", timespec="minutes"),
        "processor": processor(),
        "cores": cores(),
        "memory_GiB": memory(),
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "used_by_others_before": busy_now(),
        "hebbstat": hebbstat.__version__,
        "commit": commit(Path(hebbstat.__file__).parent),
    }


def busy_now(seconds: float = 1.0) -> float | None:
    """How many cores are in use, while we wait."""
    watch = Others()
    time.sleep(seconds)
    return watch.cores()


class Others:
    """How many cores processes other than our children use, from now on: all busy time less our children's."""

    def __init__(self) -> None:
        self.began, self.busy, self.own = time.perf_counter(), _busy(), _own()

    def cores(self) -> float | None:
        """The mean so far; None where the system doesn't tell. Our children count once they have ended."""
        busy, elapsed = _busy(), time.perf_counter() - self.began
        if busy is None or self.busy is None:
            return None
        return round(max(0.0, (busy - self.busy - (_own() - self.own)) / elapsed), 2)


def _busy() -> float | None:
    """Seconds that all cores together have worked since the machine started."""
    try:
        first = Path("/proc/stat").read_text().splitlines()[0].split()
    except OSError:
        return None
    user, nice, system, _idle, _wait, irq, softirq, *_ = (int(word) for word in first[1:])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
