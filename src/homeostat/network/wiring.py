"""Wiring: which neuron connects to which. A wiring is an inert description; `pairs` draws it.

`pairs` returns the presynaptic and the postsynaptic indices, sorted by presynaptic, then postsynaptic index: the
canonical order of a projection's synapses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from homeostat.errors import BadValue

Pairs = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Wiring:
    """The base of all wirings."""

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        """Presynaptic and postsynaptic indices (int32), in canonical order."""
        raise NotImplementedError

    def expected(self, n_pre: int, n_post: int) -> float:
        """The expected number of synapses, known before drawing."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a projection as a wiring sees it. `same` is set on the target when both sides are one population."""

    n: int
    positions: np.ndarray | None = None
    same: bool = False


@dataclass(frozen=True)
class AllToAll(Wiring):
    """Every neuron to every neuron; to itself only with `autapses=True`."""

    autapses: bool = False

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        return _without_self(*np.divmod(np.arange(pre.n * post.n, dtype=np.int64), post.n), post, self.autapses)

    def expected(self, n_pre: int, n_post: int) -> float:
        return float(n_pre * n_post)


@dataclass(frozen=True)
class OneToOne(Wiring):
    """Neuron i to neuron i; the populations must be of one size."""

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        if pre.n != post.n:
            raise BadValue(
                f"OneToOne needs populations of one size, not {pre.n} and {post.n}; "
                "use FixedInDegree(1) or Explicit(pre, post)"
            )
        index = np.arange(pre.n, dtype=np.int32)
        return index, index.copy()

    def expected(self, n_pre: int, n_post: int) -> float:
        return float(n_pre)


@dataclass(frozen=True)
class Random(Wiring):
    """Each pair with probability `p`, independently (Erdos and Renyi); at most one synapse a pair."""

    p: float
    autapses: bool = False

    def __post_init__(self) -> None:
        if not (is_number(self.p) and 0 <= self.p <= 1):
            raise BadValue(f"p={self.p!r} of Random must be a probability from 0 to 1")

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        return _without_self(*np.divmod(bernoulli_indices(pre.n * post.n, self.p, rng), post.n), post, self.autapses)

    def expected(self, n_pre: int, n_post: int) -> float:
        return self.p * n_pre * n_post


@dataclass(frozen=True)
class FixedInDegree(Wiring):
    """Each postsynaptic neuron receives exactly `k` synapses from different presynaptic neurons, drawn at random."""

    k: int
    autapses: bool = False

    def __post_init__(self) -> None:
        if not (is_number(self.k) and self.k >= 0 and float(self.k).is_integer()):
            raise BadValue(f"k={self.k!r} of FixedInDegree must be a whole number, at least 0")
        object.__setattr__(self, "k", int(self.k))

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        available = pre.n - (post.same and not self.autapses)
        if self.k > available:
            raise BadValue(f"k={self.k} of FixedInDegree must be at most {available}, the number of possible sources")
        chosen = _distinct(post.n, self.k, available, rng)
        if post.same and not self.autapses:
            chosen += chosen >= np.arange(post.n)[:, None]
        return canonical(chosen.ravel(), np.repeat(np.arange(post.n), self.k))

    def expected(self, n_pre: int, n_post: int) -> float:
        return float(self.k * n_post)


@dataclass(frozen=True)
class DistanceDependent(Wiring):
    """Each pair with the probability `probability(distance)`; both populations need `positions`.

    `probability` takes an array of distances (in the positions' unit) and returns probabilities, for example
    `lambda d: 0.3 * np.exp(-d / 0.2)`.
    """

    probability: Callable[[np.ndarray], Any]
    autapses: bool = False

    def __post_init__(self) -> None:
        if not callable(self.probability):
            raise BadValue(
                f"probability={self.probability!r} of DistanceDependent must be a function of the distance, "
                "such as lambda d: 0.3 * np.exp(-d / 0.2); without distance: Random(p)"
            )

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        if pre.positions is None or post.positions is None:
            raise BadValue("DistanceDependent needs positions: net.add(..., positions=array of shape [n, dimensions])")
        sources, targets = [], []
        for start in range(0, pre.n, 512):
            gap = pre.positions[start : start + 512, None, :] - post.positions[None, :, :]
            p = np.asarray(self.probability(np.sqrt((gap**2).sum(-1))), float)
            if p.shape != gap.shape[:2] or np.isnan(p).any() or p.min() < 0 or p.max() > 1:
                raise BadValue("probability of DistanceDependent must return one number from 0 to 1 for each distance")
            rows, columns = np.nonzero(rng.random(p.shape) < p)
            sources.append(rows + start)
            targets.append(columns)
        return _without_self(np.concatenate(sources), np.concatenate(targets), post, self.autapses)

    def expected(self, n_pre: int, n_post: int) -> float:
        return float(n_pre * n_post)  # an upper bound: the probability is the user's


@dataclass(frozen=True, eq=False)
class Explicit(Wiring):
    """Given pairs of indices, in any order; the same pair may be given more than once."""

    pre: Any
    post: Any

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        sources, targets = np.atleast_1d(np.asarray(self.pre)), np.atleast_1d(np.asarray(self.post))
        if sources.shape != targets.shape or sources.ndim != 1:
            raise BadValue(
                f"Explicit(pre, post): the two lists must be equally long, not {sources.shape} and {targets.shape}"
            )
        for name, index, n in (("pre", sources, pre.n), ("post", targets, post.n)):
            if index.size and (index.dtype.kind not in "iu" or index.min() < 0 or index.max() >= n):
                raise BadValue(f"{name} of Explicit must be whole numbers from 0 to {n - 1}")
        return canonical(sources, targets)

    def expected(self, n_pre: int, n_post: int) -> float:
        return float(np.size(self.pre))


def is_number(value: Any) -> bool:
    """Whether a value is one plain number."""
    return isinstance(value, float | int | np.number)


def canonical(pre: np.ndarray, post: np.ndarray) -> Pairs:
    """Pairs sorted by presynaptic, then postsynaptic index; repeated pairs keep their order."""
    order = np.lexsort((post, pre))
    return pre[order].astype(np.int32), post[order].astype(np.int32)


def bernoulli_indices(n: int, p: float, rng: np.random.Generator) -> np.ndarray:
    """The indices below `n` that are chosen independently with probability `p`, ascending; the others are skipped."""
    if p <= 0 or n == 0:
        return np.empty(0, np.int64)
    if p >= 1:
        return np.arange(n, dtype=np.int64)
    chunks, last = [], -1
    while last < n:
        size = int((n - last) * p + 6 * ((n - last) * p) ** 0.5 + 16)
        gaps = np.minimum(rng.geometric(p, size), n + 1)  # where p is tiny a gap may be 2^63 - 1, and sums overflow
        gaps[0] += last
        chunk = np.cumsum(gaps)
        last = int(chunk[-1])
        chunks.append(chunk)
    found = np.concatenate(chunks) if len(chunks) > 1 else chunks[0]
    return found[: np.searchsorted(found, n)]


def _distinct(rows: int, k: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """`rows` random sets of `k` different numbers below `n`, each row ascending."""
    if k * 3 > n:
        return np.sort(np.argsort(rng.random((rows, n)), axis=1)[:, :k], axis=1) if k else np.empty((rows, 0), np.int64)
    chosen = np.sort(rng.integers(0, n, (rows, k)), axis=1)
    while True:
        repeated = np.nonzero((chosen[:, 1:] == chosen[:, :-1]).any(axis=1))[0]
        if not repeated.size:
            return chosen
        chosen[repeated] = (
            np.sort(rng.integers(0, n, (repeated.size, k)), axis=1)
            if k * k < n
            else [np.sort(rng.choice(n, k, replace=False)) for _ in repeated]
        )


def _without_self(pre: np.ndarray, post: np.ndarray, side: Side, autapses: bool) -> Pairs:
    if side.same and not autapses:
        keep = pre != post
        pre, post = pre[keep], post[keep]
    return pre.astype(np.int32), post.astype(np.int32)
