"""Cuts a model into one share per thread: a block of cells and all their incoming synapses.

Cell arrays are views of one array per population; synapse arrays belong to the share (`shares.py`) and are gathered
into canonical order when somebody looks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np

from hebbstat.contract.errors import TooLargeError
from hebbstat.engine.codegen.module import tuple_name
from hebbstat.engine.inspect.profile import MOST_PARTS
from hebbstat.engine.memory.shard import LinkShare, cut
from hebbstat.engine.plan.model import NETWORK, Cells, Group, Links, Model, Variable
from hebbstat.engine.runtime.allocate import placed, placed_rows, room
from hebbstat.engine.runtime.arguments import Packed
from hebbstat.engine.runtime.replay import BATCH, HISTORY
from hebbstat.engine.runtime.simd import LANES
from hebbstat.engine.runtime.sync import LINE, NEVER
from hebbstat.network.memory import check_room
from hebbstat.network.parallel import each

LOG_SPIKES = 1 << 16  # spikes that a share's log holds at least
BYTES_PER_SPIKE = 52  # for each cell and step that spikes are kept: an id, and room for four in the log
MOST_SYNAPSES = 1 << 32  # of a projection in one share
BLOCK = 16  # cells whose numbers fill a cache line, or several
PARALLEL_FROM = 100_000  # synapses; below, starting threads costs more than it gains


@dataclass(eq=False)
class Layout:
    """All arrays of a simulation, whole and per thread."""

    model: Model
    module: ModuleType
    real: type
    threads: int
    slots: int  # steps that spikes are kept
    bounds: dict[str, np.ndarray] = field(default_factory=dict)
    cells: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)  # shared arrays of populations
    shares: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # group -> per thread: field -> value
    links: dict[str, list[LinkShare]] = field(default_factory=dict)
    learning: np.ndarray = field(default_factory=lambda: placed(1, 1, np.int64))
    frozen_from: np.ndarray = field(default_factory=lambda: placed(NEVER, 1, np.int64))  # the first step of frozen time
    flags: np.ndarray = field(default_factory=lambda: placed(0, 64, np.int64))
    progress: np.ndarray = field(init=False)  # the step that each thread has come to, a cache line apart

    def __post_init__(self) -> None:
        self._check_room()
        self.progress = placed(0, LINE * self.threads, np.int64)
        for name, cells in self.model.cells.items():
            self.bounds[name] = _blocks(cells.population.n, self.threads)
            self._cut_cells(name, cells)
        for name, links in self.model.links.items():
            self._cut_links(name, links)
        self.shares[NETWORK] = [self._network_share() for _ in range(self.threads)]

    def _check_room(self) -> None:
        """Refuse delays so long that the spikes under way would not fit."""
        cells = sum(group.population.n for group in self.model.cells.values())
        check_room(
            float(self.slots) * cells * BYTES_PER_SPIKE,
            f"keeping the spikes of the longest delay, {self.slots} steps,",
            "use shorter delays, fewer cells or a longer dt",
        )

    def arguments(self, thread: int) -> tuple[Packed, ...]:
        """What the kernel of one thread takes: the groups' named tuples, packed anew only if something was replaced."""
        known = self._packed[thread]
        for group, kind, fields in self._tuples:
            values, old = [self.shares[group][thread][name] for name in fields], known.get(group)
            if old is None or any(one is not other for one, other in zip(values, old.of, strict=True)):
                known[group] = Packed(kind(*values))
        return tuple(known.values())

    @cached_property
    def _packed(self) -> list[dict[str, Packed]]:
        """For each thread, what it takes of each group."""
        return [{} for _ in range(self.threads)]

    @cached_property
    def _tuples(self) -> list[tuple[str, Any, tuple[str, ...]]]:
        """For each group: its name, the named tuple that kernels take, and the names of its values in a share."""
        groups: list[Group] = [*self.model.cells.values(), *self.model.links.values(), self.model.rules]
        kinds = [getattr(self.module, tuple_name(group)) for group in groups]
        return [(group.name, kind, kind._fields) for group, kind in zip(groups, kinds, strict=True)]

    def _type(self, variable: Variable) -> type:
        return self.real if variable.dtype == "F" else getattr(np, variable.dtype)

    def _cut_cells(self, name: str, cells: Cells) -> None:
        n, bounds = cells.population.n, self.bounds[name]
        spikes, rates = (self.slots, 1) if cells.population.spiking else (1, self.slots)
        shared = self.cells[name] = {
            "ids": placed_rows(spikes, -(-n // BLOCK) * BLOCK, np.int32),
            "counts": placed_rows(spikes, LINE * self.threads, np.int64),
            "rates": placed_rows(rates, n, self.real),
        }
        for key, variable in cells.variables.items():
            if variable.kind == "cell":
                shared[key] = placed(variable.value, n, self._type(variable))
        self.shares[name] = []
        for thread in range(self.threads):
            first, last = int(bounds[thread]), int(bounds[thread + 1])
            share: dict[str, Any] = {key: array[first:last] for key, array in shared.items() if array.ndim == 1}
            share |= {key: shared[key] for key in ("ids", "counts", "rates")}
            for key, variable in cells.variables.items():
                if variable.kind != "cell":
                    share |= self._plain(key, variable, first, last)
            self.shares[name].append(share | self._cell_extras(name, first, last, thread))

    def _cell_extras(self, name: str, first: int, last: int, thread: int) -> dict[str, Any]:
        size = last - first
        steps, ids = self.model.made.trains.get(name, (np.empty(0, np.int64), np.empty(0, np.int32)))
        mine = (ids >= first) & (ids < last)
        log = max(LOG_SPIKES, 4 * size * self.slots) if self.model.cells[name].population.spiking else 1
        return {
            "size": size, "first": first, "column": LINE * thread, "firsts": self.bounds[name][:-1].copy(),
            "fired": placed(0, (size + 63) // 64 * 64, np.uint8), "rate_now": placed(0, size, self.real),
            "logging": placed(0, 1, np.int64), "logged": placed(0, 1, np.int64),
            "log_step": np.zeros(log, np.int64), "log_id": np.zeros(log, np.int32),
            "cursor": placed(0, 2, np.int64), "train_step": np.ascontiguousarray(steps[mine], np.int64),
            "train_id": np.ascontiguousarray(ids[mine] - first, np.int32), "scheduled": placed(0, size, np.bool_),
        }  # fmt: skip

    def _plain(self, key: str, variable: Variable, first: int, last: int) -> dict[str, Any]:
        """Variables that are not arrays over something this share owns."""
        if variable.kind == "table":
            table = variable.value
            values = table.values[:, first:last] if variable.over == "cell" else table.values
            return {
                key: np.array(values, self.real, order="C"),  # a copy: what was given cannot be written to
                f"every_{key}": int(table.every),
                f"repeat_{key}": bool(table.repeat),
            }
        if variable.kind == "global":
            return {key: placed(variable.value, 1, np.float64)}
        return {key: self._type(variable)(variable.value)}

    def _network_share(self) -> dict[str, Any]:
        share: dict[str, Any] = {
            "learning": self.learning,
            "frozen_from": self.frozen_from,
            "was_frozen": placed(0, self.slots, np.bool_),
            "flags": self.flags,
            "progress": self.progress,
            "spent": placed(0, MOST_PARTS, np.int64),
        }
        for key, variable in self.model.rules.variables.items():
            share |= self._plain(key, variable, 0, 0)
        return share

    def _cut_links(self, name: str, links: Links) -> None:
        synapses = self.model.made.synapses[name]
        delays = np.flatnonzero(np.bincount(synapses.delay)) if synapses.delay.size else np.array([1])

        def share_of(first: int, last: int) -> LinkShare:
            share = cut(synapses, delays, first, last)
            _check_index(name, share.n)
            for key, variable in links.variables.items():
                share.arrays |= self._link_variable(links, key, variable, share, first, last)
            if not any(variable.kind == "row" and not variable.fixed for variable in links.variables.values()):
                _leave_out_empty_rows(share)
            share.arrays["sending"] = _sending(share, self.bounds[links.source.name])
            share.arrays |= _replay_arrays(links, last - first, _at_once(links, share.arrays["start"]))
            if links.near:
                share.arrays |= _side_by_side({name: share.arrays[name] for name in links.near})
            return share

        bounds = self.bounds[links.target.name].tolist()
        self.links[name] = each(share_of, pairwise(bounds), self.threads if synapses.n > PARALLEL_FROM else 1)
        self.shares[name] = [share.arrays for share in self.links[name]]

    def _link_variable(
        self, links: Links, key: str, variable: Variable, share: LinkShare, first: int, last: int
    ) -> dict[str, Any]:
        kind, dtype, arrays = variable.kind, self._type(variable), share.arrays
        size = {"synapse": share.n, "copy": share.n, "row": len(arrays["pre"]), "cell": last - first}
        if kind in size:
            value = np.asarray(variable.value)
            if kind in ("synapse", "copy") and value.ndim:
                return {key: share.take(value, room(share.n, dtype))}
            mine = arrays["pre"] if kind == "row" else slice(first, last)
            return {key: placed(value[mine] if value.ndim else value, size[kind], dtype)}
        if kind == "history":
            return {key: placed(0, (last - first) * HISTORY, dtype)}
        if kind == "scratch":
            return {key: placed(0, -(-_at_once(links, arrays["start"]) // LANES) * LANES, dtype)}
        return self._plain(key, variable, first, last)

    def gathered(self, name: str, key: str) -> np.ndarray:
        """A projection's variable over its synapses, in canonical order."""
        shares = self.links[name]
        whole = np.empty(self.synapses(name), shares[0].arrays[key].dtype)
        for share in shares:
            share.put(share.arrays[key], whole)
        return whole

    def scatter(self, name: str, key: str, whole: np.ndarray) -> None:
        """Give a projection's variable values over its synapses, in canonical order."""
        for share in self.links[name]:
            own = share.arrays[key]
            share.take(np.ascontiguousarray(whole, own.dtype), own)

    def synapses(self, name: str) -> int:
        """How many synapses a projection has."""
        return sum(share.n for share in self.links[name])

    def pairs(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Presynaptic and postsynaptic indices (int32) of a projection's synapses, in canonical order."""
        shares, bounds = self.links[name], self.bounds[self.model.links[name].target.name]
        sizes = sum(np.diff(share.piece) for share in shares)
        post = np.empty(self.synapses(name), np.int32)
        for share, first in zip(shares, bounds[:-1].tolist(), strict=True):
            share.put(share.arrays["post"], post, first)
        return np.repeat(np.arange(len(shares[0].begin), dtype=np.int32), sizes), post


def _blocks(n: int, threads: int) -> np.ndarray:
    """Bounds of the threads' blocks: whole cache lines of cells where there are enough."""
    unit = BLOCK if n >= BLOCK * threads else 1
    bounds = np.rint(np.linspace(0, n / unit, threads + 1)).astype(np.int64) * unit
    bounds[-1] = n
    return np.minimum(bounds, n)


def _check_index(name: str, synapses: int) -> None:
    """The places of synapses in a share, as replay lists them, must fit into 32 bits."""
    if synapses >= MOST_SYNAPSES:
        raise TooLargeError(
            f"'{name}' has {synapses:,} synapses in one thread's share; the engine counts to {MOST_SYNAPSES:,}. "
            "Use more threads, or cut the target population in several"
        )


def _leave_out_empty_rows(share: LinkShare) -> None:
    """Spikes need not visit rows without synapses, unless these keep states."""
    row_of, start = share.arrays["row_of"], share.arrays["start"]
    empty = np.append(np.diff(start) == 0, True)  # the last stands for the row that is not there, -1
    row_of[empty[row_of]] = -1


def _sending(share: LinkShare, bounds: np.ndarray) -> np.ndarray:
    """The threads in which neurons that have rows in this share live."""
    has_row = (share.arrays["row_of"] >= 0).any(axis=1)
    return np.array([t for t, (first, last) in enumerate(pairwise(bounds)) if has_row[first:last].any()], np.int64)


def _at_once(links: Links, start: np.ndarray) -> int:
    """How many synapses are worked on at once, at most: a row; or a batch, the last row of which may reach past it."""
    return int(np.diff(start).max(initial=1)) + (BATCH + LANES if links.batched else 0)


def _replay_arrays(links: Links, size: int, longest: int) -> dict[str, np.ndarray]:
    """The history of postsynaptic events, and room to replay a row in."""
    if not any(key.startswith("packed_") for key in links.variables):
        return {}
    return {
        "h_step": placed(-1, size * HISTORY, np.int32), "h_fill": placed(0, size, np.int32),
        "h_newest": placed(-1, size, np.int32), "h_older": placed(-1, size, np.int32),
        "h_latest": placed(-1, 1, np.int64), "level": placed(0, HISTORY + 1, np.int64),
        "pick": placed(0, longest * HISTORY + LANES, np.uint32),
        "seen": placed(0, longest * HISTORY + LANES, np.int32),
    }  # fmt: skip


def _side_by_side(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same arrays as fields of records, one for each cell, and the records, which begin on fourths of a line."""
    types = [array.dtype for array in arrays.values()]
    width = max(dtype.itemsize for dtype in types)
    kind = np.dtype({
        "names": list(arrays), "formats": types, "offsets": [n * width for n in range(len(types))],
        "itemsize": -(-len(types) * width // 16) * 16,
    })  # fmt: skip
    near = placed(np.zeros((), kind), len(next(iter(arrays.values()))), kind)
    for name, array in arrays.items():
        near[name] = array
    return {"near": near} | {name: near[name] for name in arrays}
