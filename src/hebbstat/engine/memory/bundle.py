"""One thread's rows of a bundle: the synapses of several static projections, made of their canonical orders.

Each projection, a strand, knows where in the rows its own lie: in a column of its own, or, as places of cells ascend
within what has one delay, between two places. So its synapses can be put together again when somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from hebbstat.engine.memory import bundle_kernels, shard_kernels
from hebbstat.engine.memory.shard import InShard, delays_of, starts
from hebbstat.engine.memory.sizes import BLOCK, whole
from hebbstat.engine.plan.bundles import Sums, fed, sums_of
from hebbstat.engine.plan.groups import Bundle
from hebbstat.engine.plan.model import Model
from hebbstat.engine.runtime.allocate import aligned_empty, aligned_full
from hebbstat.network.drawn import AT_ONCE, Drawn
from hebbstat.network.instantiate import Synapses
from hebbstat.network.parallel import each


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
        first[key], end = end, end + whole(sizes[links.target.name], BLOCK)
    kinds = max((len(links.delivers_to) for links in found.values()), default=1)
    arrays = aligned_full(0, kinds * end, real).reshape(kinds, end)
    variables = {
        (links.target.name, name): arrays[kind, first[key] : first[key] + sizes[links.target.name]]
        for key, links in found.items()
        for kind, name in enumerate(links.delivers_to)
    }
    return SumsOfThread(arrays, first, variables)


@dataclass(eq=False)
class Strand(InShard):
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
    def piece(self) -> np.ndarray:  # type: ignore[override]  # found when somebody looks
        """How many of its synapses come before those of each presynaptic neuron, and all."""
        return starts((self._from(self.high) - self._from(self.low)).sum(axis=1))

    @property
    def begin(self) -> np.ndarray:  # type: ignore[override]
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

    def places(self) -> np.ndarray:
        """Where its synapses begin in the rows."""
        return self._from(self.low)

    def _from(self, low: int) -> np.ndarray:
        """Where those synapses begin that lie in its column and have their place from `low` on."""
        found = np.empty((len(self.rows["segment"]), len(self.rows["delays"])), np.int64)
        rows = self.rows["begin"], self.rows["segment"], self.post
        bundle_kernels.find_places(*rows, self.column, self.columns, low, found)
        return found


Cells = Mapping[str, tuple[int, int]]  # the first of a thread's cells of each population, and the one after the last


def lay_rows(
    bundle: Bundle, synapses: Mapping[str, Synapses], sums: Sequence[SumsOfThread], cells: Sequence[Cells], workers: int
) -> list[Rows]:
    """The rows of each thread. So many workers share the work, a block of presynaptic neurons at a time each."""
    own = [synapses[links.name] for links in bundle.strands]
    delays = [delays_of(one) for one in own]
    rows = each(lambda t: Rows(bundle, own, delays, sums[t], cells[t]), ((t,) for t in range(len(cells))), workers)
    for strand, (links, one) in enumerate(zip(bundle.strands, own, strict=True)):
        weight = links.variables["w"].value if bundle.weighed else 0.0

        def fill(first: int, last: int, strand: int = strand, one: Synapses = one, weight: Any = weight) -> None:
            begin, end = int(one.start[first]), int(one.start[last])
            values = weight.part(begin, end) if isinstance(weight, Drawn) else np.asarray(weight, float)
            offset = begin if isinstance(weight, Drawn) else 0
            for of_thread in rows:
                of_thread.fill(strand, first, last, np.atleast_1d(values), offset)

        each(fill, _blocks(one.start), workers)
    for strand in range(len(own)):
        strands = [of_thread.strands[strand] for of_thread in rows]
        for one_of in strands:
            one_of.all = strands
    return rows


class Rows:
    """The rows of a thread while they are made: `arrays` of the bundle, and its `strands`."""

    def __init__(
        self, bundle: Bundle, own: Sequence[Synapses], occur: Sequence[np.ndarray], sums: SumsOfThread, cells: Cells
    ) -> None:
        self.own, self.columns, delays = own, bundle.columns, np.unique(np.concatenate(occur))
        self.number = np.zeros(int(delays[-1]) + 1, np.min_scalar_type(len(delays) - 1))
        self.number[delays] = np.arange(len(delays))
        segment = np.zeros((bundle.source.population.n, len(delays) * bundle.columns + 1), np.uint32)
        self.pieces = []
        for strand, (links, one) in enumerate(zip(bundle.strands, own, strict=True)):
            begin, sizes = np.empty(len(segment), np.int64), np.empty(len(segment), np.int64)
            shard_kernels.find_pieces(one.start, one.post, *cells[links.target.name], begin, sizes)
            self.pieces.append((begin, sizes, starts(sizes)))
            bundle_kernels.count(one.delay, self.number, begin, sizes, self._column(strand), self.columns, segment)
        np.cumsum(segment, axis=1, out=segment)
        begins = starts(segment[:, -1].astype(np.int64))
        self.place = segment[:, :-1].copy()
        n = int(begins[-1])
        self.arrays: dict[str, Any] = {
            "delays": delays, "begin": begins, "post": aligned_empty(n, sums.index_type), "sums": sums.arrays,
            "segment": segment.astype(np.uint16) if segment.max(initial=0) < 1 << 16 else segment,
        }  # fmt: skip
        self.weights = aligned_empty(n if bundle.weighed else 0, sums.arrays.dtype)
        self.arrays |= {"w": self.weights} if bundle.weighed else {}
        self.strands = [
            self._strand(k, one, occur[k], sums.first[fed(links)], *cells[links.target.name], bundle.weighed)
            for k, (links, one) in enumerate(zip(bundle.strands, own, strict=True))
        ]

    def _column(self, strand: int) -> int:
        """The column in which a strand lies."""
        return strand if self.columns > 1 else 0

    def _strand(
        self, k: int, one: Synapses, delays: np.ndarray, low: int, first: int, last: int, weighed: bool
    ) -> Strand:
        n = int(self.pieces[k][2][-1])
        which = np.empty(n if len(self.arrays["delays"]) > 1 else 0, self.number.dtype)
        made: dict[str, Any] = {"delays": delays, "dendritic_delay": int(one.dendritic_delay)}
        made |= {"w": self.weights} if weighed else {}
        places = low, low + last - first, first - low
        return Strand(self.arrays, self.columns, self._column(k), *places, n, which, made)

    def fill(self, k: int, first: int, last: int, weight: np.ndarray, offset: int) -> None:
        """Lay the synapses of a strand from the presynaptic neurons `first` to `last`.

        `weight` is one for all, or those of its synapses from the canonical index `offset` on.
        """
        one, strand, here = self.own[k], self.strands[k], slice(first, last)
        begin, sizes, piece = self.pieces[k]
        bundle_kernels.fill(
            one.post, -strand.first, one.delay, self.number, weight, offset, begin[here], sizes[here], piece[here],
            self.arrays["begin"][here], self.place[here], self._column(k), self.columns, self.arrays["post"],
            self.weights, strand.which,
        )  # fmt: skip


def _blocks(start: np.ndarray) -> list[tuple[int, int]]:
    """Blocks of presynaptic neurons that have about as many synapses each."""
    marks = np.searchsorted(start, np.arange(0, start[-1], AT_ONCE)[1:])
    bounds = np.unique([0, *marks, len(start) - 1])
    return list(pairwise(bounds.tolist()))
