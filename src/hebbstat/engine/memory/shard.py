"""One thread's synapses of one projection: cut out of the canonical order, and put back into it when somebody looks.

A shard's part of a presynaptic neuron's row is a piece of that row, because targets ascend in it and a shard is a block
of targets. So no index of synapses is kept. Where delays differ, the piece lies in virtual rows, one for each delay,
and a byte says for each synapse which delay is its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hebbstat.engine.memory import shard_kernels
from hebbstat.engine.runtime.allocate import aligned_empty
from hebbstat.network.instantiate import Synapses


class InShard(ABC):
    """One thread's synapses of a projection, wherever they lie in its arrays."""

    begin: np.ndarray  # the canonical index at which each presynaptic neuron's piece begins
    piece: np.ndarray  # how many synapses of the shard come before each piece, and all
    which: np.ndarray  # the number of each synapse's delay, piece by piece; empty with one delay
    first: int  # what has to be added to `post` for the index of the cell
    n: int  # how many synapses
    arrays: dict[str, Any]

    @property
    @abstractmethod
    def post(self) -> np.ndarray:
        """What says where they lie which cell they are of."""

    @property
    @abstractmethod
    def delay(self) -> np.ndarray:
        """The same for their delays."""

    @abstractmethod
    def places(self) -> np.ndarray:
        """Where the synapses of each presynaptic neuron begin, by the number of their delay: int64 [pre, delays]."""

    def to_shard(self, whole: np.ndarray, own: np.ndarray, offset: int = 0) -> np.ndarray:
        """Write the shard's part of an array in canonical order, less `offset`, into one in the shard's order."""
        shard_kernels.to_shard(whole, own, offset, self.begin, self.piece, self.which, self.places())
        return own

    def from_shard(self, own: np.ndarray, whole: np.ndarray, offset: int = 0) -> None:
        """Write an array in the shard's order, plus `offset`, into its places in one in canonical order."""
        shard_kernels.from_shard(own, whole, offset, self.begin, self.piece, self.which, self.places())


@dataclass(eq=False)
class SynapseShard(InShard):
    """The synapses of a shard, in its order: by virtual row, within it canonical."""

    begin: np.ndarray
    piece: np.ndarray
    which: np.ndarray
    first: int
    arrays: dict[str, Any] = field(default_factory=dict)

    @property
    def post(self) -> np.ndarray:
        """The cells of all synapses, counted from the first of the shard."""
        return self.arrays["post"]  # type: ignore[no-any-return]

    @property
    def delay(self) -> np.ndarray:
        """The delay of all synapses."""
        return np.repeat(self.arrays["row_delay"], np.diff(self.arrays["start"]))

    @property
    def n(self) -> int:  # type: ignore[override]
        """How many synapses."""
        return int(self.piece[-1])

    def places(self) -> np.ndarray:
        """Where virtual rows begin; those that are not there, anywhere."""
        return self.arrays["start"][np.maximum(self.arrays["row_of"], 0)]  # type: ignore[no-any-return]


def partition(synapses: Synapses, delays: np.ndarray, first: int, last: int) -> SynapseShard:
    """The synapses onto the cells from `first` to `last`, in virtual rows; `delays` are all that occur, ascending."""
    n_pre = len(synapses.start) - 1
    begin, sizes = np.empty(n_pre, np.int64), np.empty(n_pre, np.int64)
    shard_kernels.find_pieces(synapses.start, synapses.post, first, last, begin, sizes)
    shard = SynapseShard(begin, starts(sizes), np.empty(0, np.uint8), first)
    if len(delays) > 1:
        shard.arrays = _virtual_rows(shard, synapses.delay, delays)
    else:
        shard.arrays = rows_of_one_delay(shard, int(delays[0]) if len(delays) else 1)
    post = aligned_empty(shard.n, np.uint16 if last - first <= 1 << 16 else np.uint32)
    shard.to_shard(synapses.post, post, first)
    return complete(shard, post, last - first, delays, int(synapses.dendritic_delay))


def complete(shard: SynapseShard, post: np.ndarray, cells: int, delays: np.ndarray, dendritic: int) -> SynapseShard:
    """Give a shard that has its rows the cells of its synapses, and what follows from them."""
    full = np.flatnonzero(np.diff(shard.arrays["start"]))
    degree = np.zeros(cells, np.int64)
    shard_kernels.count(post, degree)
    shard.arrays |= {
        "post": post, "in_degree": degree, "delays": delays.astype(np.int64), "piece": shard.piece,
        "dendritic_delay": dendritic,
        "first_row_here": int(full[0]) if full.size else 0, "end_row_here": int(full[-1]) + 1 if full.size else 0,
    }  # fmt: skip
    return shard


def rows_of_one_delay(shard: SynapseShard, delay: int) -> dict[str, Any]:
    """Where all synapses have one delay, a row is all of a presynaptic neuron."""
    first_row = np.arange(len(shard.piece), dtype=np.int32)
    pre = first_row[:-1]
    return {
        "row_of": pre[:, None].copy(), "first_row": first_row, "pre": pre,
        "row_delay": np.full(len(pre), delay, np.int32), "start": shard.piece,
    }  # fmt: skip


def _virtual_rows(shard: SynapseShard, delay: np.ndarray, delays: np.ndarray) -> dict[str, Any]:
    """A row for each pair of presynaptic neuron and delay that occurs; notes in the shard which delay is whose."""
    n_pre, number = len(shard.begin), np.zeros(delays[-1] + 1, np.min_scalar_type(len(delays) - 1))
    number[delays] = np.arange(len(delays))
    shard.which = np.empty(shard.n, number.dtype)
    sizes = np.zeros((n_pre, len(delays)), np.int64)
    shard_kernels.number_delays(delay, number, shard.begin, shard.piece, shard.which, sizes)
    pre, which = np.nonzero(sizes)
    row_of = np.full(sizes.shape, -1, np.int32)
    row_of[pre, which] = np.arange(len(pre))
    return {
        "row_of": row_of, "pre": pre.astype(np.int32), "row_delay": delays[which].astype(np.int32),
        "start": starts(sizes[pre, which]), "first_row": np.searchsorted(pre, np.arange(n_pre + 1)).astype(np.int32),
    }  # fmt: skip


def starts(sizes: np.ndarray) -> np.ndarray:
    """Where parts of these sizes begin, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def delays_of(synapses: Synapses) -> np.ndarray:
    """All delays that occur in a projection, in steps, ascending; 1 if it has no synapses."""
    found = np.zeros(int(synapses.delay.max(initial=0)) + 1, np.bool_)
    shard_kernels.note_delays(synapses.delay, found)
    return np.flatnonzero(found) if found.any() else np.array([1])
