"""Arrays placed so that kernels read them fast: each on cache lines of its own, and not all at one place of a page.

Two threads that write to one cache line take it from each other each time, though neither wants the other's numbers:
so even a single number that a thread writes gets a line of its own.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

LINE, PAGE, SKEW = 64, 4096, 5 * 64  # bytes
APART = 2 * LINE  # between arrays: processors fetch lines in pairs, and vectors are read past the end
_turns = count()


def aligned_full(value: Any, size: int, dtype: Any) -> np.ndarray:
    """A new array of so many values, `value` or a copy of its values, on cache lines of its own."""
    array = aligned_empty(size, dtype)
    array[:] = value
    return array


def aligned_empty(size: int, dtype: Any) -> np.ndarray:
    """A new array whose values are not set yet, on cache lines of its own.

    Large arrays that are used together would compete for the same few places of the cache if all began at the same
    place of a page, so each begins `SKEW` further than the one before. A vector may be read past the end.
    """
    dtype = np.dtype(dtype)
    length = size * dtype.itemsize
    skew, unit = (next(_turns) * SKEW, PAGE) if length >= PAGE else (0, APART)
    whole = np.empty(length + unit + APART, np.uint8)
    first = (skew - whole.ctypes.data) % unit
    return whole[first : first + length].view(dtype)
