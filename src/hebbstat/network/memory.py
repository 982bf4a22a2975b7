"""Room in memory: what would not fit is refused before it is made."""

from __future__ import annotations

import os
from pathlib import Path

from hebbstat.contract.errors import TooLargeError


def free_memory() -> float:
    """Bytes that can still be taken: of the machine, or of the container where that has a smaller limit."""
    return min(_of_machine(), _of_container())


def _of_machine() -> float:
    """8 GiB where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):  # not Linux
        pass
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):  # not a POSIX system
        return 8.0 * 2**30


def _of_container(folder: Path = Path("/sys/fs/cgroup")) -> float:
    """What a control group leaves; pages of files do not count, because they are given back on demand."""
    try:
        most, used = (folder / "memory.max").read_text().strip(), int((folder / "memory.current").read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return float(int(most) - used + int(stat.get("active_file", 0)) + int(stat.get("inactive_file", 0)))
    except (OSError, ValueError):
        return float("inf")


def require_memory(wanted: float, what: str, advice: str) -> None:
    """`TooLargeError`, with the predicted size, if so many bytes are not free."""
    free = free_memory()
    if wanted > free:
        raise TooLargeError(
            f"{what} needs about {wanted / 2**30:,.1f} GiB, and {free / 2**30:,.1f} GiB are free; {advice}"
        )
