"""Cuts a model into one shard per thread: a block of cells and all their incoming synapses.

Cell arrays are views of one array per population; synapse arrays belong to the shard (`shard.py`) and are gathered
into canonical order when somebody looks. What there is, and what each array begins with, the ledger says
(`plan/arrays.py`); only wiring is made here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np

from hebbstat.contract.errors import TooLargeError
from hebbstat.contract.state import Inflow
from hebbstat.engine.memory.bundle import SumsOfThread, lay_rows, lay_sums
from hebbstat.engine.memory.graves import Graves
from hebbstat.engine.memory.shard import InShard, SynapseShard, delays_of, partition
from hebbstat.engine.memory.sizes import BLOCK, SIZE, Sizes
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.groups import NETWORK, Bundle, Group, PopulationGroup, ProjectionGroup, inflows, tuple_name
from hebbstat.engine.plan.model import Model
from hebbstat.engine.runtime.allocate import aligned_empty, aligned_full
from hebbstat.engine.runtime.arguments import Packed
from hebbstat.engine.runtime.replay import BATCH
from hebbstat.engine.runtime.simd import LANES
from hebbstat.engine.runtime.sync import LINE
from hebbstat.network.memory import require_memory
from hebbstat.network.neighbours import neighbours
from hebbstat.network.parallel import cores, each

BYTES_PER_SPIKE = 52  # for each cell and step that spikes are kept: an id, and room for four in the log
MOST_SYNAPSES = 1 << 32  # of a projection in one shard
PARALLEL_FROM = 100_000  # synapses; below, starting threads costs more than it gains


@dataclass(eq=False)
class Layout:
    """All arrays of a simulation, whole and per thread."""

    model: Model
    module: ModuleType
    real: type
    threads: int
    slots: int  # steps that spikes are kept
    offsets: dict[str, np.ndarray] = field(default_factory=dict)
    shards: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # group -> per thread: field -> value
    links: dict[str, list[InShard]] = field(default_factory=dict)
    graves: dict[str, Graves] = field(init=False)
    learning: np.ndarray = field(init=False)
    frozen_from: np.ndarray = field(init=False)
    flags: np.ndarray = field(init=False)
    progress: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self._require_memory()
        self.graves = {name: Graves() for name, links in self.model.links.items() if links.rewires}
        self.offsets = {name: _blocks(cells.population.n, self.threads) for name, cells in self.model.cells.items()}
        sums = [lay_sums(self.model, self.cells(thread), self.real) for thread in range(self.threads)]
        for name, cells in self.model.cells.items():
            self._partition_cells(name, cells, sums)
        for bundle in self.model.bundles:
            self._partition_bundle(bundle, sums)
        for name, links in self.model.links.items():
            if links.bundle is None:
                self.partition_links(name, links)
        sizes = Sizes(self.threads, self.slots)
        shared = self._shared(self.model.rules, sizes)
        self.learning, self.frozen_from = shared["learning"], shared["frozen_from"]
        self.flags, self.progress = shared["flags"], shared["progress"]
        self.shards[NETWORK] = [self._shard(self.model.rules, shared, sizes) for _ in range(self.threads)]

    def _require_memory(self) -> None:
        """Refuse delays so long that the spikes under way would not fit."""
        cells = sum(group.population.n for group in self.model.cells.values())
        require_memory(
            float(self.slots) * cells * BYTES_PER_SPIKE,
            f"keeping the spikes of the longest delay, {self.slots} steps,",
            "use shorter delays, fewer cells or a longer dt",
        )

    def arguments(self, thread: int) -> tuple[Packed, ...]:
        """What the kernel of one thread takes: the groups' named tuples, packed anew only if something was replaced."""
        known = self._packed[thread]
        for group, kind, fields in self._tuples:
            values, old = [self.shards[group][thread][name] for name in fields], known.get(group)
            if old is None or any(one is not other for one, other in zip(values, old.of, strict=True)):
                known[group] = Packed(kind(*values), old)
        return tuple(known.values())

    @cached_property
    def _packed(self) -> list[dict[str, Packed]]:
        """For each thread, what it takes of each group."""
        return [{} for _ in range(self.threads)]

    @cached_property
    def _tuples(self) -> list[tuple[str, Any, tuple[str, ...]]]:
        """For each group: its name, the named tuple that kernels take, and the names of its values in a shard."""
        groups = self.model.groups
        kinds = [getattr(self.module, tuple_name(group)) for group in groups]
        return [(group.name, kind, kind._fields) for group, kind in zip(groups, kinds, strict=True)]

    def _type(self, variable: Variable) -> type:
        return self.real if variable.dtype == "F" else getattr(np, variable.dtype)

    def _new(self, variable: Variable, sizes: Sizes) -> Any:
        """A number, or an array as it begins where it is the same for all."""
        if variable.shape is Shape.NUMBER:
            return self._type(variable)(variable.value)
        shape, dtype = SIZE[variable.shape](sizes), self._type(variable)
        shape = (variable.depth, *shape) if variable.depth else shape
        if variable.shape is Shape.LOG:
            return np.zeros(shape, dtype)  # pages that no spike reaches are never touched
        return aligned_full(variable.value, math.prod(shape), dtype).reshape(shape)

    def _shared(self, group: Group, sizes: Sizes) -> dict[str, Any]:
        """The arrays that all threads share."""
        return {key: self._new(variable, sizes) for key, variable in group.arrays.items() if variable.shared}

    def cells(self, thread: int) -> dict[str, tuple[int, int]]:
        """The first of a thread's cells of each population, and the one after the last."""
        return {name: (int(bounds[thread]), int(bounds[thread + 1])) for name, bounds in self.offsets.items()}

    def _partition_cells(self, name: str, cells: PopulationGroup, sums: list[SumsOfThread]) -> None:
        n = cells.population.n
        shared = self._shared(cells, Sizes(self.threads, self.slots, n, n, cells.spiking))
        whole = {key: self._of_all(cells.array(key), n) for key in _seen_by_all(cells)}
        self.shards[name] = []
        for thread, (first, last) in enumerate(pairwise(self.offsets[name].tolist())):
            made = shared | self._place_of(name, thread, first, last) | self.near(cells, first, last)
            made |= {key: array[first:last] for key, array in whole.items()}
            made |= {f"all_{key}": array for key, array in whole.items()}
            for (of, key), array in sums[thread].variables.items():
                if of == name:
                    array[:] = _part_of_cells(cells.array(key), first, last)
                    made[key] = array
            sizes = Sizes(self.threads, self.slots, last - first, n, cells.spiking)
            self.shards[name].append(self._shard(cells, made, sizes, first, last))

    def _of_all(self, variable: Variable, n: int) -> np.ndarray:
        """An array of all cells, of which each thread has its part."""
        return self._filled(variable, np.broadcast_to(_part_of_cells(variable, 0, n), n))

    def near(self, cells: PopulationGroup, first: int, last: int) -> dict[str, np.ndarray]:
        """The neighbours in space of a shard's cells, by the present reach of each inflow."""
        made: dict[str, np.ndarray] = {}
        for member, state in inflows(cells):
            assert isinstance(state.origin, Inflow) and cells.population.positions is not None
            reach = cells.variables[f"{member.prefix}{state.origin.reach}"].value
            near, starts = neighbours(cells.population.positions, float(reach))
            name, starts = f"{member.prefix}{state.name}", starts[first : last + 1]
            made |= {f"near_{name}": near[starts[0] : starts[-1]].copy(), f"near_starts_{name}": starts - starts[0]}
        return made

    def begin(self, step: int) -> None:
        """No thread has begun with a step."""
        for group, key in self._lines:
            self.shards[group][0][key][:] = step

    @cached_property
    def _lines(self) -> list[tuple[str, str]]:
        """The group and the name of all arrays with a number of each thread."""
        arrays = [(group.name, key, one) for group in self.model.groups for key, one in group.arrays.items()]
        return [(group, key) for group, key, one in arrays if one.shape is Shape.THREAD_LINES]

    def _place_of(self, name: str, thread: int, first: int, last: int) -> dict[str, Any]:
        """Where a shard of a population lies, and the spikes that were given it."""
        steps, ids = self.model.made.trains.get(name, (np.empty(0, np.int64), np.empty(0, np.int32)))
        mine = (ids >= first) & (ids < last)
        return {
            "size": last - first, "first": first, "column": LINE * thread, "firsts": self.offsets[name][:-1].copy(),
            "train_step": np.ascontiguousarray(steps[mine], np.int64),
            "train_id": np.ascontiguousarray(ids[mine] - first, np.int32),
        }  # fmt: skip

    def _shard(
        self, group: Group, made: dict[str, Any], sizes: Sizes, first: int = 0, last: int = 0
    ) -> dict[str, Any]:
        """All that the ledger and the model declare for a shard: what was made, and the rest as it begins."""
        shard: dict[str, Any] = {}
        for key, variable in group.arrays.items():
            if key in made:
                shard[key] = made[key]
            elif variable.shape is Shape.CELL and isinstance(group, PopulationGroup):
                mine = np.broadcast_to(_part_of_cells(variable, first, last), last - first)
                shard[key] = self._filled(variable, mine)
            elif variable.shape is Shape.TABLE:
                values = variable.value.values
                values = values[:, first:last] if variable.over is Shape.CELL else values
                shard[key] = np.array(values, self.real, order="C")  # a copy: what was given cannot be written to
            elif variable.shape is not Shape.RECORD:
                shard[key] = self._new(variable, sizes)
        return shard

    def partition_links(self, name: str, links: ProjectionGroup) -> None:
        """Cut a projection's synapses, as they are in the model, into shards."""
        synapses = self.model.made.synapses[name]
        delays = delays_of(synapses)
        span = np.asarray(synapses.start, np.int64)
        self.lay_links(links, lambda _, first, last: partition(synapses, delays, first, last), span, delays)

    def lay_links(
        self, links: ProjectionGroup, cut: Callable[[int, int, int], SynapseShard], span: np.ndarray, delays: np.ndarray
    ) -> None:
        """Give the shards of a projection, which `cut` gives for a thread and its first and last cell, all arrays.

        `span` is where the synapses of each presynaptic neuron begin in canonical order, and where the last ones end.
        """
        name, total = links.name, int(span[-1])
        everybody = Sizes(self.threads, self.slots, population=links.target.population.n, all_synapses=total)
        shared = self._shared(links, everybody)
        together = max(links.together, total if links.reduces_all else 0)

        def shard_of(thread: int, first: int, last: int) -> SynapseShard:
            shard = cut(thread, first, last)
            _check_index(name, shard.n)
            keeps = links.rewires or any(v.shape is Shape.ROW and not v.fixed for v in links.variables.values())
            if not keeps:
                _leave_out_empty_rows(shard)
            made = shard.arrays
            made |= {"sending": _sending(shard, self.offsets[links.source.name])} | shared
            if links.gathers:
                made["canonical"] = shard.to_shard(np.arange(total), np.empty(shard.n, np.int64))
                made["span"] = span.copy()
            for key, variable in links.variables.items():
                if np.ndim(variable.value):
                    made[key] = self._part(variable, shard, first, last, links.branches)
                elif variable.over is Shape.SYNAPSE:
                    times = [shard.to_shard(row, np.empty(shard.n)) for row in variable.value.values]
                    made[key] = np.array(times, self.real)
            sizes = Sizes(
                self.threads, self.slots, last - first, sources=len(made["first_row"]) - 1, delays=len(delays),
                rows=len(made["pre"]), synapses=shard.n, together=together, at_once=_at_once(links, made["start"]),
                branches=links.branches,
            )  # fmt: skip
            shard.arrays = self._shard(links, made, sizes, first, last)
            if links.records:
                shard.arrays |= _side_by_side({name: shard.arrays[name] for name in links.records})
            return shard

        bounds = self.offsets[links.target.name].tolist()
        jobs = [(thread, *ends) for thread, ends in enumerate(pairwise(bounds))]
        self.links[name] = each(shard_of, jobs, self.threads if total > PARALLEL_FROM else 1)
        self.shards[name] = [shard.arrays for shard in self.links[name]]

    def _partition_bundle(self, bundle: Bundle, sums: list[SumsOfThread]) -> None:
        synapses, cells = self.model.made.synapses, [self.cells(thread) for thread in range(self.threads)]
        n = sum(synapses[links.name].n for links in bundle.strands)
        made = lay_rows(bundle, synapses, sums, cells, max(self.threads, cores()) if n > PARALLEL_FROM else 1)
        for rows in made:
            sizes = Sizes(
                self.threads, self.slots, sources=len(rows.place), delays=len(rows.arrays["delays"]),
                columns=bundle.columns,
            )  # fmt: skip
            for links, strand in zip(bundle.strands, rows.strands, strict=True):
                strand.arrays = self._shard(links, strand.arrays, sizes)
            rows.arrays.update(self._shard(bundle, rows.arrays, sizes))
        self.shards[bundle.name] = [rows.arrays for rows in made]
        for k, links in enumerate(bundle.strands):
            self.links[links.name] = [rows.strands[k] for rows in made]
            self.shards[links.name] = [strand.arrays for strand in self.links[links.name]]
            self.model.let_go(links)

    def _part(self, variable: Variable, shard: SynapseShard, first: int, last: int, branches: int) -> np.ndarray:
        """A shard's part of an array over synapses, presynaptic neurons, cells or their branches."""
        value, dtype = np.asarray(variable.value), self._type(variable)
        if variable.shape is Shape.SYNAPSE:
            own = shard.to_shard(value, aligned_empty(shard.n, dtype))
            return self._filled(variable, own) if variable.depth else own
        if variable.shape is Shape.ROW:
            return self._filled(variable, value[shard.arrays["pre"]])
        each = branches if variable.shape is Shape.BRANCH else 1
        return self._filled(variable, value[first * each : last * each])

    def _filled(self, variable: Variable, mine: np.ndarray) -> np.ndarray:
        """An array that begins with these values; at all of the last steps, if it has values for several."""
        values = np.broadcast_to(mine, (variable.depth, len(mine)) if variable.depth else len(mine))
        return aligned_full(values.reshape(-1), values.size, self._type(variable)).reshape(values.shape)

    def gathered(self, name: str, parts: list[np.ndarray]) -> np.ndarray:
        """An array of each shard over its synapses of a projection as one in canonical order."""
        whole = np.empty(self.synapses(name), parts[0].dtype)
        for shard, own in zip(self.links[name], parts, strict=True):
            shard.from_shard(own, whole)
        return whole

    def scatter(self, name: str, parts: list[np.ndarray], whole: np.ndarray) -> None:
        """Give an array of each shard values over its synapses of a projection, in canonical order."""
        for shard, own in zip(self.links[name], parts, strict=True):
            shard.to_shard(np.ascontiguousarray(whole, own.dtype), own)

    def synapses(self, name: str) -> int:
        """How many synapses a projection has."""
        return sum(shard.n for shard in self.links[name])

    def pairs(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Presynaptic and postsynaptic indices (int32) of a projection's synapses, in canonical order."""
        shards = self.links[name]
        sizes = sum(np.diff(shard.piece) for shard in shards)
        post = np.empty(self.synapses(name), np.int32)
        for shard in shards:
            shard.from_shard(shard.post, post, shard.first)
        return np.repeat(np.arange(len(shards[0].begin), dtype=np.int32), sizes), post


def _part_of_cells(variable: Variable, first: int, last: int) -> Any:
    """What a variable of cells begins with in a shard."""
    return variable.value[first:last] if np.ndim(variable.value) else variable.value


def _blocks(n: int, threads: int) -> np.ndarray:
    """Bounds of the threads' blocks: whole cache lines of cells where there are enough."""
    unit = BLOCK if n >= BLOCK * threads else 1
    bounds = np.rint(np.linspace(0, n / unit, threads + 1)).astype(np.int64) * unit
    bounds[-1] = n
    return np.minimum(bounds, n)


def _seen_by_all(cells: PopulationGroup) -> list[str]:
    """The arrays of cells that threads read of each other."""
    return [key.removeprefix("all_") for key, one in cells.arrays.items() if one.shape is Shape.WHOLE_ARRAY]


def _check_index(name: str, synapses: int) -> None:
    """The places of synapses in a shard, as replay lists them, must fit into 32 bits."""
    if synapses >= MOST_SYNAPSES:
        raise TooLargeError(
            f"'{name}' has {synapses:,} synapses in one thread's shard; the engine counts to {MOST_SYNAPSES:,}. "
            "Use more threads, or cut the target population in several"
        )


def _leave_out_empty_rows(shard: SynapseShard) -> None:
    """Spikes need not visit rows without synapses, unless these keep states, or get synapses later."""
    row_of, start = shard.arrays["row_of"], shard.arrays["start"]
    empty = np.append(np.diff(start) == 0, True)  # the last stands for the row that is not there, -1
    row_of[empty[row_of]] = -1


def _sending(shard: SynapseShard, bounds: np.ndarray) -> np.ndarray:
    """The threads in which neurons that have rows in this shard live."""
    has_row = (shard.arrays["row_of"] >= 0).any(axis=1)
    return np.array([t for t, (first, last) in enumerate(pairwise(bounds)) if has_row[first:last].any()], np.int64)


def _at_once(links: ProjectionGroup, start: np.ndarray) -> int:
    """How many synapses are worked on at once, at most: a row; or a batch, the last row of which may reach past it."""
    return int(np.diff(start).max(initial=1)) + (BATCH + LANES if links.coalesced else 0)


def _side_by_side(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same arrays as fields of records, one for each cell, and the records, which begin on fourths of a line."""
    types = [array.dtype for array in arrays.values()]
    width = max(dtype.itemsize for dtype in types)
    kind = np.dtype({
        "names": list(arrays), "formats": types, "offsets": [n * width for n in range(len(types))],
        "itemsize": -(-len(types) * width // 16) * 16,
    })  # fmt: skip
    records = aligned_full(np.zeros((), kind), len(next(iter(arrays.values()))), kind)
    for name, array in arrays.items():
        records[name] = array
    return {"records": records} | {name: records[name] for name in arrays}
