"""Checks that stimuli share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.contract.signals import steps_of
from hebbstat.contract.units import number


def at_least(value: Any, least: float, what: str, above: bool = False) -> float:
    """A finite number from `least` on, or `above` it."""
    found = number(value, what)
    if not (math.isfinite(found) and (found > least if above else found >= least)):
        raise BadValueError(f"{what} is {found:g}; it must be {'above' if above else 'at least'} {least:g}")
    return found


def share(value: Any, what: str) -> float:
    """A number from 0 to 1."""
    found = number(value, what)
    if not 0.0 <= found <= 1.0:
        raise BadValueError(f"{what} is {found:g}; it must be from 0 to 1")
    return found


def count(value: Any, what: str) -> int:
    """A whole number above 0."""
    found = at_least(value, 1.0, what)
    if not found.is_integer():
        raise BadValueError(f"{what} is {found:g}; it must be a whole number")
    return int(found)


def ticks(ms: float, every: float, what: str) -> int:
    """How many times `every` ms fit in `ms`, which must be a multiple of it."""
    tick = at_least(every, 0.0, f"every (ms) of {what}", above=True)
    return steps_of(at_least(ms, 0.0, f"ms of {what}", above=True), tick, what)


def matrix(values: Any, what: str) -> np.ndarray:
    """Finite numbers, `[n, dimensions]`; a list of numbers is one dimension."""
    found = np.asarray(values, float)
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim != 2 or not found.size or not np.isfinite(found).all():
        raise BadValueError(f"{what} must be finite numbers, [n] or [n, dimensions], not of shape {np.shape(values)}")
    return found
