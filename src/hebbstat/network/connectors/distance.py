"""Pairs by their distance."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbstat.contract.calls import explained_init
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.units import is_number
from hebbstat.network.wiring import PAIRS_AT_ONCE, ByRows, Kernel, Rows, Side, check_autapses, thrown


@explained_init
@dataclass(frozen=True)
class GaussianKernel(Kernel):
    """A probability that falls off as a Gaussian: p(d) = peak exp(-d^2 / (2 sigma^2)); `sigma` as positions."""

    peak: float
    sigma: float

    def __post_init__(self) -> None:
        _check_kernel(self, "sigma")

    def __call__(self, distance: np.ndarray) -> np.ndarray:
        return self.peak * np.exp(-0.5 * (distance / self.sigma) ** 2)


@explained_init
@dataclass(frozen=True)
class ExponentialKernel(Kernel):
    """A probability that falls off exponentially: p(d) = peak exp(-d / scale), `scale` in units of positions."""

    peak: float
    scale: float

    def __post_init__(self) -> None:
        _check_kernel(self, "scale")

    def __call__(self, distance: np.ndarray) -> np.ndarray:
        return self.peak * np.exp(-distance / self.scale)


@explained_init
@dataclass(frozen=True)
class DistanceDependent(ByRows):
    """Each pair with the probability `probability(distance)`; both populations need `positions`.

    `probability` takes an array of distances (in the positions' unit) and returns probabilities: `GaussianKernel(0.3,
    0.2)`, `ExponentialKernel(0.3, 0.2)`, or a function such as `lambda d: 0.3 * (d < 0.2)`, which a checkpoint cannot
    hold. It is called for blocks of pairs, from several threads.
    """

    probability: Callable[[np.ndarray], Any]
    autapses: bool = False

    def __post_init__(self) -> None:
        if not callable(self.probability):
            raise BadValueError(
                f"probability={self.probability!r} of DistanceDependent must be a function of the distance, "
                "such as GaussianKernel(0.3, 0.2) or lambda d: 0.3 * np.exp(-d / 0.2); without distance: "
                "FixedProbability(p)"
            )
        check_autapses(self)

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        from hebbstat.network.wiring_kernels import distances

        if pre.positions is None or post.positions is None:
            raise BadValueError(
                "DistanceDependent needs positions: net.add(..., positions=array of shape [n, dimensions])"
            )
        sources, targets = pre.positions, post.positions
        if sources.shape[1] != targets.shape[1]:
            raise BadValueError(
                f"DistanceDependent needs positions in one space, not of {sources.shape[1]} and {targets.shape[1]} "
                "dimensions"
            )

        def probabilities(first: int, last: int) -> np.ndarray:
            distance = distances(sources[first:last], targets)
            p = np.asarray(self.probability(distance), float)
            if p.shape != distance.shape or not (p.min() >= 0 and p.max() <= 1):
                raise BadValueError(
                    "probability of DistanceDependent must return one number from 0 to 1 for each distance"
                )
            return np.ascontiguousarray(p)

        return thrown(pre.n, post.n, probabilities, post.same and not self.autapses, key, threads)

    def expected(self, pre: Side, post: Side) -> float:
        from hebbstat.network.wiring_kernels import distances

        if pre.positions is None or post.positions is None or pre.positions.shape[1] != post.positions.shape[1]:
            return float(pre.n * post.n)
        rng, most = np.random.default_rng(0), int(PAIRS_AT_ONCE**0.5)
        sources = pre.positions[rng.integers(0, pre.n, min(pre.n, most))]
        targets = post.positions[rng.integers(0, post.n, min(post.n, most))]
        return float(np.mean(self.probability(distances(sources, targets)))) * pre.n * post.n  # of a sample of pairs


def _check_kernel(kernel: Any, width: str) -> None:
    name, peak, wide = type(kernel).__name__, kernel.peak, getattr(kernel, width)
    if not (is_number(peak) and 0 <= peak <= 1):
        raise BadValueError(f"peak={peak!r} of {name} must be a probability from 0 to 1")
    if not (is_number(wide) and 0 < wide < math.inf):
        raise BadValueError(f"{width}={wide!r} of {name} must be a distance above 0")
