"""Rounding to decimal digits, as Python does it."""

from __future__ import annotations

import math

import numpy as np
from numba import types
from numba.extending import overload

from hebbstat.engine.jit.pipeline import inline
from hebbstat.engine.runtime.intrinsics import fma

WHOLE = 4503599627370496.0  # 2**52: numbers from here on are whole


@inline
def round64(x, digits):
    """x to so many decimal digits: the nearest number, of two equally near ones that whose last digit is even."""
    power = 1.0
    for _ in range(abs(digits)):
        power *= 10.0
    scaled = x * power if digits > 0 else x / power
    if not abs(scaled) < WHOLE:
        return x
    whole = np.floor(scaled)
    rest, lost = scaled - whole, fma(x, power, -scaled) if digits > 0 else fma(-scaled, power, x)
    odd = whole * 0.5 != np.floor(whole * 0.5)
    if rest > 0.5 or (rest == 0.5 and (lost > 0.0 or (lost == 0.0 and odd))):
        whole += 1.0
    return math.copysign(whole / power if digits > 0 else whole * power, x)


def rounded_to(x: float, digits: int) -> float:
    """x to so many decimal digits, in its own type. Outside kernels, round."""
    return round(x, digits)


@overload(rounded_to, inline="never")
def _rounded_to(x, digits):
    if x is types.float32:
        return lambda x, digits: np.float32(round64(np.float64(x), digits))
    return lambda x, digits: round64(np.float64(x), digits)
