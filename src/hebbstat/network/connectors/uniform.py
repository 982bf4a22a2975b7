"""Pairs that are all alike: all of them, each with one probability, or neuron i to neuron i."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hebbstat.contract.calls import explained_init
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.units import is_number
from hebbstat.network.parallel import blocks, each
from hebbstat.network.wiring import ByRows, Connector, Pairs, Rows, Side, check_autapses, row_starts


@explained_init
@dataclass(frozen=True)
class AllToAll(ByRows):
    """Every neuron to every neuron; to itself only with `autapses=True`."""

    autapses: bool = False

    def __post_init__(self) -> None:
        check_autapses(self)

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
        check_autapses(self)

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        return _random_rows(pre.n, post.n, float(self.p), post.same and not self.autapses, key, threads)

    def expected(self, pre: Side, post: Side) -> float:
        return self.p * pre.n * post.n


def _random_rows(n_pre: int, n_post: int, p: float, same: bool, key: int, threads: int) -> Rows:
    """Rows whose columns are chosen independently with probability `p`; with `same`, none of row i is i."""
    from hebbstat.network.wiring_kernels import count_random, fill_random

    parts, bits = blocks(n_pre, -(-n_pre // (8 * threads))), np.uint64(key)  # small parts: threads end together
    sizes = np.empty(n_pre, np.int64)
    each(lambda first, last: count_random(bits, first, last, n_post, p, same, sizes), parts, threads)
    start = row_starts(sizes)
    post = np.empty(start[-1], np.int32)
    each(lambda first, last: fill_random(bits, first, last, n_post, p, same, start, post), parts, threads)
    return Rows(start, post)
