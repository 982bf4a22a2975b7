"""Values of a distribution for the synapses of a projection, drawn when they are asked for, any part of them alone.

The k-th value is the distribution's quantile at the k-th number of a stream. A stream can be entered anywhere, so the
parts may be drawn by any thread, and need not be in memory at one time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from hebbstat.contract.distributions import BELOW_1, Distribution
from hebbstat.network.parallel import blocks, each

AT_ONCE = 1 << 16
BINS = 1 << 12
FAR = 2.0**62


@dataclass(eq=False)
class Drawn:
    """`n` values of a distribution, from the stream with this key (`hebbstat.contract.random`). Much like an array."""

    value: Distribution
    key: int
    n: int

    ndim: ClassVar[int] = 1

    @property
    def shape(self) -> tuple[int]:
        """As of an array."""
        return (self.n,)

    @property
    def size(self) -> int:
        """How many values."""
        return self.n

    def __len__(self) -> int:
        return self.n

    def part(self, first: int, last: int) -> np.ndarray:
        """The values from `first` to `last` (excluded)."""
        return self.value.quantile(self._uniform(first, last))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.part(0, self.n).astype(dtype or float, copy=False)

    def steps(self, dt: float, threads: int) -> np.ndarray:
        """The values as whole steps of `dt` ms, at least one, in the smallest unsigned type that holds them."""
        find = _Steps(self.value, dt)
        found = np.empty(self.n, np.min_scalar_type(find.most))

        def draw(first: int, last: int) -> None:
            found[first:last] = find(self._uniform(first, last))

        each(draw, blocks(self.n, AT_ONCE), threads)
        return found

    def _uniform(self, first: int, last: int) -> np.ndarray:
        bits = np.random.PCG64(self.key)
        bits.advance(first)
        return np.random.Generator(bits).random(last - first)


class _Steps:
    """Quantiles of a distribution as whole steps: looked up, where a bin of probabilities has one number of steps."""

    def __init__(self, value: Distribution, dt: float) -> None:
        self.value, self.dt = value, dt
        edges = self.exact(np.append(np.arange(BINS) / BINS, BELOW_1))  # quantiles ascend
        self.low, self.differs, self.most = edges[:-1], edges[1:] != edges[:-1], int(min(edges[-1], FAR))

    def exact(self, u: np.ndarray) -> np.ndarray:
        """Steps at the cumulative probabilities `u`."""
        steps = np.divide(self.value.quantile(u), self.dt)
        return np.maximum(1, np.rint(steps, out=steps), out=steps)

    def __call__(self, u: np.ndarray) -> np.ndarray:
        bins = (u * BINS).astype(np.intp)
        steps, unsure = self.low[bins], np.flatnonzero(self.differs[bins])
        steps[unsure] = self.exact(u[unsure])
        return steps
