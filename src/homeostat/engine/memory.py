"""Arrays placed so that kernels read them fast: each on cache lines of its own, and not all at one place of a page."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

LINE, PAGE, SKEW = 64, 4096, 5 * 64  # bytes
VECTORS = 2 * LINE  # past the end, as long as a vector of numbers at most
_turns = count()


def placed(value: Any, size: int, dtype: Any) -> np.ndarray:
    """A new array of so many values, `value` or a copy of its values, that begins on a cache line."""
    array = room(size, dtype)
    array[:] = value
    return array


def room(size: int, dtype: Any) -> np.ndarray:
    """A new array whose values are not set yet, that begins on a cache line.

    Arrays that are used together would compete for the same few places of the cache if all began at the same place
    of a page, so each begins `SKEW` further than the one before. A vector may be read past the end.
    """
    dtype = np.dtype(dtype)
    whole = np.empty(size * dtype.itemsize + PAGE + VECTORS, np.uint8)
    first = (next(_turns) * SKEW - whole.ctypes.data) % PAGE
    return whole[first : first + size * dtype.itemsize].view(dtype)
