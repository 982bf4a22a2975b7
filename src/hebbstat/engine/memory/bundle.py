"""One thread's rows of a bundle: the synapses of several static projections, made of their canonical orders.

Each projection, a strand, knows where in the rows its own lie: in a column of its own, or, as places of cells ascend
within what has one delay, between two places. So its synapses can be put together again when somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from hebbstat.engine.memory import bundle_kernels, shard_kernels
from hebbstat.engine.memory.shard import starts
from hebbstat.engine.memory.sizes import BLOCK
from hebbstat.engine.plan.bundles import Sums, fed, sums_of
from hebbstat.engine.plan.groups import Bundle
from hebbstat.engine.plan.model import Model
from hebbstat.engine.runtime.allocate import aligned_empty, aligned_full
from hebbstat.network.instantiate import Synapses


@dataclass(eq=False)
class SumsOfThread:
    """What the bundles of a thread add to: variables of cells, side by side, `arrays[kind, place]`.

    `first` is the place of the first cell of each. Of a receptor that takes amounts in two variables, the second lies
    at the same place of the second kind.
    """

    arrays: np.ndarray
    first: dict[Sums, int]
    variables: dict[tuple[str, str], np.ndarray]  # population, variable -> its part

    @property
    def index_type(self) -> type:
        """What can number all places."""
        return np.uint16 if self.arrays.shape[1] <= 1 << 16 else np.uint32


def lay_sums(model: Model, cells: Mapping[str, tuple[int, int]], real: type) -> SumsOfThread:
    """Room for the sums of a thread that has the `cells` from first to last of each population."""
    sizes = {name: last - first for name, (first, last) in cells.items()}
    first: dict[Sums, int] = {}
    end, found = 0, sums_of(model)
    for key, links in found.items():
        first[key], end = end, end + -(-sizes[links.target.name] // BLOCK) * BLOCK
    kinds = max((len(links.delivers_to) for links in found.values()), default=1)
    arrays = aligned_full(0, kinds * end, real).reshape(kinds, end)
    variables = {
        (links.target.name, name): arrays[kind, first[key] : first[key] + sizes[links.target.name]]
        for key, links in found.items()
        for kind, name in enumerate(links.delivers_to)
    }
    return SumsOfThread(arrays, first, variables)


@dataclass(eq=False)
class Strand:
    """One thread's synapses of a projection that lies in a bundle, in the order of the rows."""

    rows: dict[str, Any]  # the arrays of the bundle
    columns: int
    column: int
    low: int  # the places of its cells: from here
    high: int
    first: int  # what has to be added to a place for the index of the cell
    n: int
    which: np.ndarray  # the number of each synapse's delay, neuron by neuron; empty with one delay
    arrays: dict[str, Any] = field(default_factory=dict)
    all: list[Strand] = field(default_factory=list)  # those of all threads

    @property
    def post(self) -> np.ndarray:
        """The places of the cells of all synapses in the rows."""
        return self.rows["post"]  # type: ignore[no-any-return]

    @cached_property
    def piece(self) -> np.ndarray:
        """How many of its synapses come before those of each presynaptic neuron, and all."""
        found = np.zeros(len(self.rows["segment"]), np.int64)
        bundle_kernels.sizes(*self._rows, self.low, self.high, self._room, found)
        return starts(found)

    @property
    def begin(self) -> np.ndarray:
        """The canonical index at which each presynaptic neuron's part of this thread begins."""
        sizes = np.array([np.diff(one.piece) for one in self.all])
        here = next(k for k, one in enumerate(self.all) if one is self)
        return starts(sizes.sum(axis=0))[:-1] + sizes[:here].sum(axis=0)  # type: ignore[no-any-return]

    @property
    def delay(self) -> np.ndarray:
        """The delay of all synapses in the rows."""
        sizes = np.diff(self.rows["segment"].astype(np.int64), axis=1)
        delays = np.repeat(self.rows["delays"].astype(np.int32), self.columns)
        return np.repeat(np.tile(delays, len(sizes)), sizes.ravel())

    def to_shard(self, whole: np.ndarray, own: np.ndarray, offset: int = 0) -> np.ndarray:
        """Write its part of an array in canonical order, less `offset`, to its places in one over all the rows."""
        order = self.begin, self.piece, self.which, *self._rows, self.low, self._room
        bundle_kernels.to_rows(whole, own, offset, *order)
        return own

    def from_shard(self, own: np.ndarray, whole: np.ndarray, offset: int = 0) -> None:
        """Write its part of an array over all the rows, plus `offset`, to its places in one in canonical order."""
        order = self.begin, self.piece, self.which, *self._rows, self.low, self._room
        bundle_kernels.from_rows(whole, own, offset, *order)

    @property
    def _rows(self) -> tuple[Any, ...]:
        return self.rows["begin"], self.rows["segment"], self.post, self.column, self.columns

    @property
    def _room(self) -> np.ndarray:
        return np.empty(len(self.rows["delays"]), np.int64)


def lay_rows(
    bundle: Bundle, synapses: Mapping[str, Synapses], sums: SumsOfThread, cells: Mapping[str, tuple[int, int]]
) -> tuple[dict[str, Any], list[Strand]]:
    """The rows of a thread that has the `cells` from first to last of each population, and the strands in them."""
    own = [synapses[links.name] for links in bundle.strands]
    delays = np.unique(np.concatenate([delays_of(one) for one in own]))
    number = np.zeros(int(delays[-1]) + 1, np.min_scalar_type(len(delays) - 1))
    number[delays] = np.arange(len(delays))
    segment = np.zeros((bundle.source.population.n, len(delays) * bundle.columns + 1), np.uint32)
    pieces = []
    for column, (links, one) in enumerate(zip(bundle.strands, own, strict=True)):
        begin, sizes = np.empty(len(segment), np.int64), np.empty(len(segment), np.int64)
        shard_kernels.find_pieces(one.start, one.post, *cells[links.target.name], begin, sizes)
        pieces.append((begin, sizes))
        bundle_kernels.count(one.delay, number, begin, sizes, _column(bundle, column), bundle.columns, segment)
    np.cumsum(segment, axis=1, out=segment)
    rows = starts(segment[:, -1].astype(np.int64))
    place = rows[:-1, None] + segment[:, :-1]
    arrays = {
        "delays": delays, "begin": rows, "post": aligned_empty(int(rows[-1]), sums.index_type), "sums": sums.arrays,
        "segment": segment.astype(np.uint16) if segment.max(initial=0) < 1 << 16 else segment,
        "w": aligned_empty(int(rows[-1]) if bundle.weighed else 0, sums.arrays.dtype),
    }  # fmt: skip
    strands = []
    for column, (links, one, (begin, sizes)) in enumerate(zip(bundle.strands, own, pieces, strict=True)):
        low, (first, last) = sums.first[fed(links)], cells[links.target.name]
        which = np.empty(int(sizes.sum()) if len(delays) > 1 else 0, number.dtype)
        weight = np.atleast_1d(np.asarray(links.variables["w"].value, float))
        bundle_kernels.fill(
            one.post, low - first, one.delay, number, weight, begin, sizes, starts(sizes), place,
            _column(bundle, column), bundle.columns, arrays["post"], arrays["w"], which,
        )  # fmt: skip
        made: dict[str, Any] = {"delays": delays_of(one), "dendritic_delay": int(one.dendritic_delay)}
        made |= {"w": arrays["w"]} if bundle.weighed else {}
        columns = (bundle.columns, _column(bundle, column))
        strands.append(
            Strand(arrays, *columns, low, low + last - first, first - low, int(sizes.sum()), which, made)
        )
    return arrays, strands


def _column(bundle: Bundle, strand: int) -> int:
    """The column in which a strand lies."""
    return 0 if bundle.weighed else strand


def delays_of(synapses: Synapses) -> np.ndarray:
    """All delays that occur in a projection, in steps, ascending; 1 if it has no synapses."""
    return np.flatnonzero(np.bincount(synapses.delay)) if synapses.delay.size else np.array([1])
