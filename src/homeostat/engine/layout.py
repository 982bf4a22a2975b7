"""Cuts a model into one share per thread: a block of cells and all their incoming synapses.

Within a share, synapses lie by virtual row (presynaptic id, then delay), in canonical order within the row. Cell
arrays are views of one array per population; synapse arrays belong to the share and are gathered into canonical
order when somebody looks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from homeostat.engine.memory import placed
from homeostat.engine.model import Cells, Group, Links, Model, Variable
from homeostat.engine.profile import MOST_PARTS
from homeostat.engine.runtime.rows import HISTORY, LANES
from homeostat.engine.write_module import tuple_fields, tuple_name
from homeostat.network.realise import Synapses
from homeostat.network.room import check_room

LOG_SPIKES = 1 << 16  # spikes that a share's log holds at least
BYTES_PER_SPIKE = 52  # for each cell and step that spikes are kept: an id, and room for four in the log


@dataclass(eq=False)
class LinkShare:
    """One thread's synapses of one projection."""

    order: np.ndarray | slice  # canonical indices of the share's synapses, in the share's order
    arrays: dict[str, Any] = field(default_factory=dict)


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
    learning: np.ndarray = field(default_factory=lambda: np.ones(1, np.int64))
    flags: np.ndarray = field(default_factory=lambda: np.zeros(64, np.int64))
    barrier: np.ndarray = field(default_factory=lambda: np.zeros(16, np.int64))

    def __post_init__(self) -> None:
        self._check_room()
        for name, cells in self.model.cells.items():
            self.bounds[name] = _blocks(cells.population.n, self.threads)
            self._cut_cells(name, cells)
        for name, links in self.model.links.items():
            self._cut_links(name, links)
        self.shares["network"] = [self._network_share() for _ in range(self.threads)]

    def _check_room(self) -> None:
        """Refuse delays so long that the spikes under way would not fit."""
        cells = sum(group.population.n for group in self.model.cells.values())
        check_room(
            float(self.slots) * cells * BYTES_PER_SPIKE,
            f"keeping the spikes of the longest delay, {self.slots} steps,",
            "use shorter delays, fewer cells or a longer dt",
        )

    def arguments(self, thread: int) -> tuple[Any, ...]:
        """The named tuples that the kernel of one thread takes."""
        given = []
        groups: list[Group] = [*self.model.cells.values(), *self.model.links.values(), self.model.rules]
        for group in groups:
            share = self.shares[group.name][thread]
            kind = getattr(self.module, tuple_name(group))
            given.append(kind(**{name: share[name] for name in tuple_fields(group)}))
        return tuple(given)

    def _type(self, variable: Variable) -> type:
        return self.real if variable.dtype == "F" else getattr(np, variable.dtype)

    def _cut_cells(self, name: str, cells: Cells) -> None:
        n, bounds = cells.population.n, self.bounds[name]
        shared = self.cells[name] = {
            "ids": np.zeros((self.slots if cells.population.spiking else 1, n), np.int32),
            "counts": np.zeros((self.slots if cells.population.spiking else 1, 8 * self.threads), np.int64),
            "rates": np.zeros((1 if cells.population.spiking else self.slots, n), self.real),
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
            "size": size, "first": first, "column": 8 * thread, "firsts": self.bounds[name][:-1].copy(),
            "fired": placed(0, (size + 63) // 64 * 64, np.uint8), "rate_now": np.zeros(size, self.real),
            "logging": np.zeros(1, np.int64), "logged": np.zeros(1, np.int64),
            "log_step": np.zeros(log, np.int64), "log_id": np.zeros(log, np.int32),
            "cursor": np.zeros(2, np.int64), "train_step": np.ascontiguousarray(steps[mine], np.int64),
            "train_id": np.ascontiguousarray(ids[mine] - first, np.int32), "scheduled": np.zeros(size, np.bool_),
        }  # fmt: skip

    def _plain(self, key: str, variable: Variable, first: int, last: int) -> dict[str, Any]:
        """Variables that are not arrays over something this share owns."""
        if variable.kind == "table":
            table = variable.value
            values = table.values if table.values.ndim == 1 else table.values[:, first:last]
            return {
                key: np.ascontiguousarray(values, self.real),
                f"{key}_every": int(table.every),
                f"{key}_repeat": bool(table.repeat),
            }
        if variable.kind == "global":
            return {key: np.array([variable.value], np.float64)}
        return {key: self._type(variable)(variable.value)}

    def _network_share(self) -> dict[str, Any]:
        share: dict[str, Any] = {
            "learning": self.learning,
            "was_frozen": np.zeros(self.slots, np.bool_),
            "flags": self.flags,
            "barrier": self.barrier,
            "spent": np.zeros(MOST_PARTS, np.int64),
        }
        for key, variable in self.model.rules.variables.items():
            share |= self._plain(key, variable, 0, 0)
        return share

    def _cut_links(self, name: str, links: Links) -> None:
        synapses = self.model.made.synapses[name]
        delays = np.unique(synapses.delay)
        self.shares[name], self.links[name] = [], []
        for thread in range(self.threads):
            first, last = (int(b) for b in self.bounds[links.target.name][thread : thread + 2])
            share = _rows(synapses, links.source.population.n, first, last, delays)
            for key, variable in links.variables.items():
                share.arrays |= self._link_variable(key, variable, share, first, last)
            if not any(variable.kind == "row" and not variable.fixed for variable in links.variables.values()):
                _leave_out_empty_rows(share)
            longest = int(np.diff(share.arrays["start"]).max(initial=1))
            share.arrays |= _replay_arrays(links, last - first, longest)
            self.links[name].append(share)
            self.shares[name].append(share.arrays)

    def _link_variable(self, key: str, variable: Variable, share: LinkShare, first: int, last: int) -> dict[str, Any]:
        kind, dtype, arrays = variable.kind, self._type(variable), share.arrays
        mine = {"synapse": share.order, "row": arrays["pre"], "cell": slice(first, last)}
        size = {"synapse": len(arrays["post"]), "row": len(arrays["pre"]), "cell": last - first}
        if kind in mine:
            value = np.asarray(variable.value)
            return {key: placed(value[mine[kind]] if value.ndim else value, size[kind], dtype)}
        if kind == "history":
            return {key: placed(0, (last - first) * HISTORY, dtype)}
        if kind == "scratch":
            return {key: placed(0, -(-int(np.diff(arrays["start"]).max(initial=1)) // LANES) * LANES, dtype)}
        return self._plain(key, variable, first, last)


def _blocks(n: int, threads: int) -> np.ndarray:
    """Bounds of the threads' blocks: whole lines of 16 cells where there are enough."""
    unit = 16 if n >= 16 * threads else 1
    bounds = np.rint(np.linspace(0, n / unit, threads + 1)).astype(np.int64) * unit
    bounds[-1] = n
    return np.minimum(bounds, n)


def _rows(synapses: Synapses, n_pre: int, first: int, last: int, delays: np.ndarray) -> LinkShare:
    """A share's synapses in virtual rows."""
    whole = first == 0 and last > (synapses.post.max(initial=-1))
    order: np.ndarray | slice = (
        slice(None) if whole else np.nonzero((synapses.post >= first) & (synapses.post < last))[0]
    )
    pre = synapses.pre[order]
    if len(delays) <= 1:
        row, row_of = pre, np.arange(n_pre, dtype=np.int32)[None, :]
        row_pre, row_delay = np.arange(n_pre, dtype=np.int32), np.full(n_pre, delays[0] if len(delays) else 1, np.int32)
    else:
        which = np.searchsorted(delays, synapses.delay[order])
        keys = pre.astype(np.int64) * len(delays) + which
        sort = np.argsort(keys, kind="stable")
        order = sort if isinstance(order, slice) else order[sort]
        rows, row = np.unique(keys[sort], return_inverse=True)
        row_pre, row_delay = (rows // len(delays)).astype(np.int32), delays[rows % len(delays)].astype(np.int32)
        row_of = np.full((len(delays), n_pre), -1, np.int32)
        row_of[rows % len(delays), row_pre] = np.arange(len(rows))
    post = synapses.post[order] - first
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(row_pre)))]).astype(np.int64)
    arrays = {
        "delays": delays.astype(np.int64), "dendritic_delay": int(synapses.dendritic_delay),
        "row_of": row_of, "row_delay": row_delay, "pre": row_pre, "start": start,
        "due": np.zeros(len(row_pre), np.int32), "due_count": np.zeros(1, np.int64),
        "last": np.full(len(row_pre), -1, np.int32), "flushed": np.zeros(1, np.int64),
        "post": post.astype(np.uint16 if last - first <= 65536 else np.uint32),
        "in_degree": np.bincount(post, minlength=last - first).astype(np.int64),
    }  # fmt: skip
    return LinkShare(order, arrays)


def _leave_out_empty_rows(share: LinkShare) -> None:
    """Spikes need not visit rows without synapses, unless these keep states."""
    row_of, start = share.arrays["row_of"], share.arrays["start"]
    row_of[(row_of >= 0) & (np.diff(start)[row_of] == 0)] = -1


def _replay_arrays(links: Links, size: int, longest: int) -> dict[str, np.ndarray]:
    """The history of postsynaptic events, and room to replay a row in."""
    used = any(key.startswith("new_") for key in links.variables)
    size, longest = (size, longest) if used else (1, 1)
    return {
        "h_step": placed(-1, size * HISTORY, np.int32), "h_fill": np.zeros(size, np.int32),
        "h_latest": np.full(1, -1, np.int64), "level": np.zeros(HISTORY + 1, np.int64),
        "pick": placed(0, longest * HISTORY + 1, np.uint32),
    }  # fmt: skip
