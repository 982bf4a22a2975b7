"""Wiring: which neuron connects to which. A wiring is an inert description; `draw_rows` draws it.

A wiring of your own returns pairs of indices, in any order; arrays beside it (weights, delays, parameters of the
synapses) are in that order too:

    @dataclass(frozen=True)
    class Chain(Connector):
        def pairs(self, pre, post, rng):
            return np.arange(pre.n - 1), np.arange(1, post.n)

        def expected(self, pre, post):
            return pre.n - 1

Ready-made ones stand in network/connectors/; those of many synapses are drawn `ByRows`, compiled and by all cores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.network.parallel import blocks, each

Pairs = tuple[np.ndarray, np.ndarray]
PAIRS_AT_ONCE = 1 << 18  # whose probabilities are in memory at one time, for each thread


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

    @property
    def brings(self) -> Any:
        """The weights that come with the pairs, one for each; None if weights are up to `net.connect(weight=)`."""
        return None

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        """Presynaptic and postsynaptic indices, in any order."""
        raise NotImplementedError

    def expected(self, pre: Side, post: Side) -> float:
        """About how many synapses there will be, known before drawing."""
        raise NotImplementedError


@dataclass(frozen=True)
class Kernel:
    """A probability as a function of distance that a file can hold: see network/connectors/distance.py."""

    def __call__(self, distance: np.ndarray) -> np.ndarray:
        """Probabilities for an array of distances."""
        raise NotImplementedError


@dataclass(frozen=True)
class ByRows(Connector):
    """Wirings that are drawn row by row, each row from numbers keyed by its neuron: the threads change nothing."""

    @property
    def repeats(self) -> bool:
        """Whether a pair may have several synapses."""
        return False

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        """The pairs, drawn from the stream with this key (`hebbstat.contract.random`)."""
        raise NotImplementedError

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        rows = self.rows(pre, post, key_of(rng), 1)
        return rows.pre(), rows.post


def draw_rows(wiring: Connector, pre: Side, post: Side, rng: np.random.Generator, threads: int = 1) -> Rows:
    """Draw a wiring: its pairs in canonical order. The same for any number of threads."""
    if isinstance(wiring, ByRows):
        return wiring.rows(pre, post, key_of(rng), threads)
    pairs = [np.atleast_1d(np.asarray(index)) for index in wiring.pairs(pre, post, rng)]
    name = type(wiring).__name__
    if pairs[0].shape != pairs[1].shape or pairs[0].ndim != 1:
        raise BadValueError(
            f"{name}(pre, post): the two lists must be equally long, not {pairs[0].shape} and {pairs[1].shape}"
        )
    for side, index, n in (("pre", pairs[0], pre.n), ("post", pairs[1], post.n)):
        if index.size and (index.dtype.kind not in "iu" or index.min() < 0 or index.max() >= n):
            raise BadValueError(f"{side} of {name} must be whole numbers from 0 to {n - 1}")
    return rows_of_pairs(pairs[0], pairs[1], pre.n)


def rows_of_pairs(source: np.ndarray, target: np.ndarray, n_pre: int) -> Rows:
    """Pairs in any order as rows."""
    keys = source.astype(np.int64) << 32 | target.astype(np.int64)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    return Rows(row_starts(np.bincount(keys >> 32, minlength=n_pre)), (keys & 0xFFFFFFFF).astype(np.int32), order)


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a projection as a wiring sees it. `same` is set on the target when both sides are one population."""

    n: int
    positions: np.ndarray | None = None
    same: bool = False


def check_autapses(wiring: Any) -> None:
    """`BadValueError` unless `autapses` is a truth value."""
    if not isinstance(wiring.autapses, bool | np.bool_):
        raise BadValueError(f"autapses={wiring.autapses!r} of {type(wiring).__name__} must be True or False")


def thrown(
    n_pre: int, n_post: int, probabilities: Callable[[int, int], np.ndarray], same: bool, key: int, threads: int
) -> Rows:
    """Rows in which each pair has a probability of its own: `probabilities(first, last)`, `[last - first, n_post]`."""
    from hebbstat.network.wiring_kernels import throw

    def draw(first: int, last: int) -> Pairs:
        return throw(np.uint64(key), first, probabilities(first, last), same)

    drawn = each(draw, blocks(n_pre, PAIRS_AT_ONCE // n_post), threads)
    return Rows(row_starts(np.concatenate([sizes for sizes, _ in drawn])), np.concatenate([post for _, post in drawn]))


def key_of(rng: np.random.Generator) -> int:
    """The key of a stream of keyed draws."""
    return int(rng.integers(2**64, dtype=np.uint64))


def row_starts(sizes: np.ndarray) -> np.ndarray:
    """Where rows of these sizes begin, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
