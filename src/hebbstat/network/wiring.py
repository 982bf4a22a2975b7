"""Wiring: which neuron connects to which. A wiring is an inert description; `draw_rows` draws it.

A wiring of your own returns pairs of indices, in any order; arrays beside it (weights, delays, parameters of the
synapses) are in that order too:

    @dataclass(frozen=True)
    class Chain(Connector):
        def pairs(self, pre, post, rng):
            return np.arange(pre.n - 1), np.arange(1, post.n)

        def expected(self, pre, post):
            return pre.n - 1

Ready-made ones of many synapses are drawn `ByRows`, compiled and by all cores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from hebbstat.contract.calls import explained_init
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.signals import read_only
from hebbstat.contract.units import is_number
from hebbstat.network.parallel import blocks, each

Pairs = tuple[np.ndarray, np.ndarray]
PAIRS_AT_ONCE = 1 << 18  # whose distances are in memory at one time, for each thread


class Rows(NamedTuple):
    """Pairs in canonical order: `post[start[i] : start[i + 1]]` are the targets of neuron i, ascending.

    Pairs that were given in an order of their own, with arrays beside them, come with it: the k-th pair here is the
    `order[k]`-th of those. Copies of a pair stay in the order in which they were given.
    """

    start: np.ndarray  # int64, one more than presynaptic neurons
    post: np.ndarray  # int32
    order: np.ndarray | None = None  # int64

    def pre(self) -> np.ndarray:
        """The presynaptic index of each pair (int32)."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))


@dataclass(frozen=True)
class Connector:
    """The base of all wirings."""

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        """Presynaptic and postsynaptic indices, in any order."""
        raise NotImplementedError

    def expected(self, pre: Side, post: Side) -> float:
        """About how many synapses there will be, known before drawing."""
        raise NotImplementedError


@dataclass(frozen=True)
class ByRows(Connector):
    """Wirings that are drawn row by row, each row from numbers keyed by its neuron: the threads change nothing."""

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        """The pairs, drawn from the stream with this key (`hebbstat.contract.random`)."""
        raise NotImplementedError

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        rows = self.rows(pre, post, _key(rng), 1)
        return rows.pre(), rows.post


def draw_rows(wiring: Connector, pre: Side, post: Side, rng: np.random.Generator, threads: int = 1) -> Rows:
    """Draw a wiring: its pairs in canonical order. The same for any number of threads."""
    if isinstance(wiring, ByRows):
        return wiring.rows(pre, post, _key(rng), threads)
    pairs = [np.atleast_1d(np.asarray(index)) for index in wiring.pairs(pre, post, rng)]
    name = type(wiring).__name__
    if pairs[0].shape != pairs[1].shape or pairs[0].ndim != 1:
        raise BadValueError(
            f"{name}(pre, post): the two lists must be equally long, not {pairs[0].shape} and {pairs[1].shape}"
        )
    for side, index, n in (("pre", pairs[0], pre.n), ("post", pairs[1], post.n)):
        if index.size and (index.dtype.kind not in "iu" or index.min() < 0 or index.max() >= n):
            raise BadValueError(f"{side} of {name} must be whole numbers from 0 to {n - 1}")
    keys = pairs[0].astype(np.int64) << 32 | pairs[1].astype(np.int64)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    return Rows(_starts(np.bincount(keys >> 32, minlength=pre.n)), (keys & 0xFFFFFFFF).astype(np.int32), order)


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a projection as a wiring sees it. `same` is set on the target when both sides are one population."""

    n: int
    positions: np.ndarray | None = None
    same: bool = False


@explained_init
@dataclass(frozen=True)
class AllToAll(ByRows):
    """Every neuron to every neuron; to itself only with `autapses=True`."""

    autapses: bool = False

    def __post_init__(self) -> None:
        _check_autapses(self)

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        return _random_rows(pre.n, post.n, 1.0, post.same and not self.autapses, key, threads)

    def expected(self, pre: Side, post: Side) -> float:
        return float(pre.n * post.n)


@explained_init
@dataclass(frozen=True)
class OneToOne(Connector):
    """Neuron i to neuron i; the populations must be of one size."""

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        if pre.n != post.n:
            raise BadValueError(
                f"OneToOne needs populations of one size, not {pre.n} and {post.n}; "
                "use FixedInDegree(1) or FromPairs(pre, post)"
            )
        return np.arange(pre.n), np.arange(pre.n)

    def expected(self, pre: Side, post: Side) -> float:
        return float(pre.n)


@explained_init
@dataclass(frozen=True)
class FixedProbability(ByRows):
    """Each pair with probability `p`, independently (Erdos and Renyi); at most one synapse a pair."""

    p: float
    autapses: bool = False

    def __post_init__(self) -> None:
        if not (is_number(self.p) and 0 <= self.p <= 1):
            raise BadValueError(f"p={self.p!r} of FixedProbability must be a probability from 0 to 1")
        object.__setattr__(self, "p", float(self.p))
        _check_autapses(self)

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        return _random_rows(pre.n, post.n, float(self.p), post.same and not self.autapses, key, threads)

    def expected(self, pre: Side, post: Side) -> float:
        return self.p * pre.n * post.n


@explained_init
@dataclass(frozen=True)
class FixedInDegree(ByRows):
    """Each postsynaptic neuron receives exactly `k` synapses from different presynaptic neurons, drawn at random."""

    k: int
    autapses: bool = False

    def __post_init__(self) -> None:
        if not (is_number(self.k) and self.k >= 0 and float(self.k).is_integer()):
            raise BadValueError(f"k={self.k!r} of FixedInDegree must be a whole number, at least 0")
        object.__setattr__(self, "k", int(self.k))
        _check_autapses(self)

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        from hebbstat.network.wiring_kernels import transpose_distinct

        same = post.same and not self.autapses
        if self.k > pre.n - same:
            raise BadValueError(
                f"k={self.k} of FixedInDegree must be at most {pre.n - same}, the number of possible sources"
            )
        parts = blocks(post.n, -(-post.n // threads))
        place = np.zeros((len(parts), pre.n), np.int64)  # for each part: where the next cell of each source goes
        cells = np.empty(0, np.int32)

        def draw(part: int) -> None:
            transpose_distinct(np.uint64(key), *parts[part], pre.n, int(self.k), same, place[part], cells)

        each(draw, [(part,) for part in range(len(parts))], threads)  # there is no room yet: counts
        start = _starts(place.sum(axis=0))
        place += start[:-1] + np.cumsum(place, axis=0) - 2 * place
        cells = np.empty(start[-1], np.int32)
        each(draw, [(part,) for part in range(len(parts))], threads)
        return Rows(start, cells)

    def expected(self, pre: Side, post: Side) -> float:
        return float(self.k * post.n)


@explained_init
@dataclass(frozen=True)
class DistanceDependent(ByRows):
    """Each pair with the probability `probability(distance)`; both populations need `positions`.

    `probability` takes an array of distances (in the positions' unit) and returns probabilities, for example
    `lambda d: 0.3 * np.exp(-d / 0.2)`. It is called for blocks of pairs, from several threads.
    """

    probability: Callable[[np.ndarray], Any]
    autapses: bool = False

    def __post_init__(self) -> None:
        if not callable(self.probability):
            raise BadValueError(
                f"probability={self.probability!r} of DistanceDependent must be a function of the distance, "
                "such as lambda d: 0.3 * np.exp(-d / 0.2); without distance: FixedProbability(p)"
            )
        _check_autapses(self)

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        from hebbstat.network.wiring_kernels import distances, throw

        if pre.positions is None or post.positions is None:
            raise BadValueError(
                "DistanceDependent needs positions: net.add(..., positions=array of shape [n, dimensions])"
            )
        sources, targets, same = pre.positions, post.positions, post.same and not self.autapses

        def draw(first: int, last: int) -> Pairs:
            distance = distances(sources[first:last], targets)
            p = np.asarray(self.probability(distance), float)
            if p.shape != distance.shape or not (p.min() >= 0 and p.max() <= 1):
                raise BadValueError(
                    "probability of DistanceDependent must return one number from 0 to 1 for each distance"
                )
            return throw(np.uint64(key), first, np.ascontiguousarray(p), same)

        drawn = each(draw, blocks(pre.n, PAIRS_AT_ONCE // post.n), threads)
        return Rows(_starts(np.concatenate([sizes for sizes, _ in drawn])), np.concatenate([post for _, post in drawn]))

    def expected(self, pre: Side, post: Side) -> float:
        from hebbstat.network.wiring_kernels import distances

        if pre.positions is None or post.positions is None:
            return float(pre.n * post.n)
        rng, most = np.random.default_rng(0), int(PAIRS_AT_ONCE**0.5)
        sources = pre.positions[rng.integers(0, pre.n, min(pre.n, most))]
        targets = post.positions[rng.integers(0, post.n, min(post.n, most))]
        return float(np.mean(self.probability(distances(sources, targets)))) * pre.n * post.n  # of a sample of pairs


@explained_init
@dataclass(frozen=True, eq=False)
class FromPairs(Connector):
    """Given pairs of indices, in any order; the same pair may be given more than once.

    Arrays of weights, delays and parameters have one value for each pair, in the same order.
    """

    pre: Any
    post: Any

    def __post_init__(self) -> None:
        for side in ("pre", "post"):
            given = getattr(self, side)
            try:
                object.__setattr__(self, side, read_only(given))
            except (TypeError, ValueError) as error:
                raise BadValueError(f"{side} of FromPairs must be a list of indices, not {given!r:.60}") from error

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        return self.pre, self.post

    def expected(self, pre: Side, post: Side) -> float:
        return float(np.size(self.pre))


def _check_autapses(wiring: Any) -> None:
    if not isinstance(wiring.autapses, bool | np.bool_):
        raise BadValueError(f"autapses={wiring.autapses!r} of {type(wiring).__name__} must be True or False")


def _random_rows(n_pre: int, n_post: int, p: float, same: bool, key: int, threads: int) -> Rows:
    """Rows whose columns are chosen independently with probability `p`; with `same`, none of row i is i."""
    from hebbstat.network.wiring_kernels import count_random, fill_random

    parts, bits = blocks(n_pre, -(-n_pre // (8 * threads))), np.uint64(key)  # small parts: threads end together
    sizes = np.empty(n_pre, np.int64)
    each(lambda first, last: count_random(bits, first, last, n_post, p, same, sizes), parts, threads)
    start = _starts(sizes)
    post = np.empty(start[-1], np.int32)
    each(lambda first, last: fill_random(bits, first, last, n_post, p, same, start, post), parts, threads)
    return Rows(start, post)


def _key(rng: np.random.Generator) -> int:
    return int(rng.integers(2**64, dtype=np.uint64))


def _starts(sizes: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
