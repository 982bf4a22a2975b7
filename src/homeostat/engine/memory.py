"""Arrays placed so that kernels read them fast: each on cache lines of its own, and not all at one place of a page."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

LINE, PAGE, SKEW = 64, 4096, 5 * 64  # bytes
_turns = count()


def placed(value: Any, size: int, dtype: Any) -> np.ndarray:
    """A new array of so many values, `value` or a copy of its values, that begins on a cache line.

    Arrays that are used together would compete for the same few places of the cache if all began at the same place
    of a page, so each begins `SKEW` further than the one before. A vector may be read past the end.
    """
    dtype = np.dtype(dtype)
    room = np.zeros(size * dtype.itemsize + PAGE + LINE, np.uint8)
    first = (next(_turns) * SKEW - room.ctypes.data) % PAGE
    array = room[first : first + size * dtype.itemsize].view(dtype)
    array[:] = value
    return array
