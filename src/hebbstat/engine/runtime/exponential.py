"""exp as kernels compute it: the power of two is split off, the rest is a polynomial, so that loops over it vectorise.

In float64 exp(x) = 2**k exp(r) with x = k ln2 + r; in float32 exp(x) = 2**k 2**r with x / ln2 = k + r; |r| is at most
a half of what k counts. k is added to the exponent of the polynomial's value.

Multiplications and additions are fused on purpose: faster, and the same bits wherever the compiler puts them.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types
from numba.extending import overload

from hebbstat.engine.jit.pipeline import inline
from hebbstat.engine.runtime.intrinsics import float32_as_int, float64_as_int, fma, int_as_float32, int_as_float64

LOG2E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93145751953125e-1, 1.42860682030941723212e-6
MAGIC64 = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to the nearest integer
MAGIC32 = np.float32(12582912.0)  # 1.5 * 2**23


@inline
def exp64(x):
    """exp(x) in float64, within 2 ulp; 0 below -708, exp(709) above 709."""
    x = min(max(x, -708.0), 709.0)
    rounded = fma(x, LOG2E, MAGIC64)  # its lowest bits are k
    k = rounded - MAGIC64
    r = fma(k, -LN2_LOW, fma(k, -LN2_HIGH, x))
    p = fma(r, fma(r, 1.0 / 479001600.0, 1.0 / 39916800), 1.0 / 3628800)  # the Taylor series, to the 12th power
    p = fma(r, fma(r, fma(r, p, 1.0 / 362880), 1.0 / 40320), 1.0 / 5040)
    p = fma(r, fma(r, fma(r, p, 1.0 / 720), 1.0 / 120), 1.0 / 24)
    p = fma(r, fma(r, fma(r, fma(r, p, 1.0 / 6), 0.5), 1.0), 1.0)
    return int_as_float64(float64_as_int(p) + (float64_as_int(rounded) << np.int64(52)))


@inline
def exp32(x):
    """exp(x) in float32; the argument is held within -87 and 88.

    Within 2 ulp plus 1.4e-8 |x|, a quarter of what rounding the argument to float32 may have changed. The polynomial
    (minimax, 1 at 0, to the 6th power) is summed as a tree: a loop over neurons waits for its longest chain.
    """
    f = np.float32
    x = min(max(x, f(-87.0)), f(88.0))
    rounded = fma(x, f(LOG2E), MAGIC32)  # its lowest bits are k
    r = fma(x, f(LOG2E), MAGIC32 - rounded)
    square = r * r
    high = fma(square, f(1.5594677550931658e-4), fma(r, f(1.3406643905038548e-3), f(9.617692974883579e-3)))
    middle = fma(square, high, fma(r, f(5.550310550995771e-2), f(2.4022652782876183e-1)))
    p = fma(square, middle, fma(r, f(6.931472149680398e-1), f(1.0)))
    return int_as_float32(float32_as_int(p) + (float32_as_int(rounded) << np.int32(23)))


def exp(x: float) -> float:
    """exp(x) as kernels compute it: in the type of its argument, vectorisable. Outside kernels, math.exp."""
    return math.exp(x)


@overload(exp, inline="never")
def _exp(x):
    return (lambda x: exp32(x)) if x is types.float32 else (lambda x: exp64(np.float64(x)))
