"""Room in memory: what would not fit is refused before it is made."""

from __future__ import annotations

import os

from homeostat.errors import TooLarge


def free_memory() -> float:
    """Bytes that are free, or are made free when asked for; 8 GiB where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            lines = dict(line.split(":") for line in file)
        return float(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):  # not Linux
        pass
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):  # not a POSIX system
        return 8.0 * 2**30


def check_room(wanted: float, what: str, advice: str) -> None:
    """`TooLarge`, with the predicted size, if so many bytes are not free."""
    free = free_memory()
    if wanted > free:
        raise TooLarge(f"{what} needs about {wanted / 2**30:,.1f} GiB, and {free / 2**30:,.1f} GiB are free; {advice}")
