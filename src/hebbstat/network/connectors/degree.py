"""Fixed numbers of synapses: for each postsynaptic neuron, for each presynaptic one, or in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbstat.contract.calls import explained_init
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.units import is_number
from hebbstat.network.parallel import blocks, each
from hebbstat.network.wiring import ByRows, Rows, Side, check_autapses, row_starts, rows_of_pairs


@explained_init
@dataclass(frozen=True)
class FixedInDegree(ByRows):
    """Each postsynaptic neuron receives exactly `k` synapses from different presynaptic neurons, drawn at random."""

    k: int
    autapses: bool = False

    def __post_init__(self) -> None:
        _check_count(self, "k")
        check_autapses(self)

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
        start = row_starts(place.sum(axis=0))
        place += start[:-1] + np.cumsum(place, axis=0) - 2 * place
        cells = np.empty(start[-1], np.int32)
        each(draw, [(part,) for part in range(len(parts))], threads)
        return Rows(start, cells)

    def expected(self, pre: Side, post: Side) -> float:
        return float(self.k * post.n)


@explained_init
@dataclass(frozen=True)
class FixedOutDegree(ByRows):
    """Each presynaptic neuron makes exactly `k` synapses onto different postsynaptic neurons, drawn at random."""

    k: int
    autapses: bool = False

    def __post_init__(self) -> None:
        _check_count(self, "k")
        check_autapses(self)

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        from hebbstat.network.wiring_kernels import distinct_rows

        same = post.same and not self.autapses
        if self.k > post.n - same:
            raise BadValueError(
                f"k={self.k} of FixedOutDegree must be at most {post.n - same}, the number of possible targets"
            )
        targets = np.empty((pre.n, self.k), np.int32)
        bits, parts = np.uint64(key), blocks(pre.n, -(-pre.n // (8 * threads)))
        each(lambda a, b: distinct_rows(bits, a, b, post.n, same, targets[a:b]), parts, threads)
        return Rows(row_starts(np.full(pre.n, self.k)), targets.reshape(-1))

    def expected(self, pre: Side, post: Side) -> float:
        return float(self.k * pre.n)


@explained_init
@dataclass(frozen=True)
class FixedTotalNumber(ByRows):
    """Exactly `n` synapses in all, each between a pair drawn at random, as in NEST's `fixed_total_number`.

    With `multapses` (the default) pairs are drawn with replacement, so that one may have several synapses; without, no
    pair is drawn twice. With them, the numbers of synapses of the rows are multinomial, and the targets of a row are
    independent of each other.
    """

    n: int
    multapses: bool = True
    autapses: bool = False

    def __post_init__(self) -> None:
        _check_count(self, "n")
        check_autapses(self)
        if not isinstance(self.multapses, bool | np.bool_):
            raise BadValueError(f"multapses={self.multapses!r} of FixedTotalNumber must be True or False")

    @property
    def repeats(self) -> bool:
        return self.multapses

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        from hebbstat.network.wiring_kernels import repeated_rows

        same, rng = post.same and not self.autapses, np.random.default_rng(key)
        columns = post.n - same
        possible = pre.n * columns
        if self.n and (possible == 0 or (self.n > possible and not self.multapses)):
            raise BadValueError(
                f"n={self.n} of FixedTotalNumber is more than the {possible} possible pairs; allow multapses=True"
            )
        if not self.multapses:
            source, target = np.divmod(rng.choice(possible, self.n, replace=False), max(columns, 1))
            return rows_of_pairs(source, target + (same & (target >= source)), pre.n)._replace(order=None)
        sizes = rng.multinomial(self.n, np.full(pre.n, 1.0 / pre.n)) if pre.n else np.zeros(0, np.int64)
        start, bits = row_starts(sizes), np.uint64(key)
        targets, parts = np.empty(start[-1], np.int32), blocks(pre.n, -(-pre.n // (8 * threads)))
        each(lambda first, last: repeated_rows(bits, first, last, post.n, same, start, targets), parts, threads)
        return Rows(start, targets)

    def expected(self, pre: Side, post: Side) -> float:
        return float(self.n)


def _check_count(wiring: Any, name: str) -> None:
    value = getattr(wiring, name)
    if not (is_number(value) and value >= 0 and float(value).is_integer()):
        raise BadValueError(f"{name}={value!r} of {type(wiring).__name__} must be a whole number, at least 0")
    object.__setattr__(wiring, name, int(value))
