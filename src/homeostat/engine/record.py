"""Recorders: what to keep of a run. Each yields labelled xarray data; times are in ms, at the end of a step.

    run = sim.run(seconds=5, record=[Spikes("exc"), States("exc", "v", every=1.0, of=[0, 1])])
    run["exc.spikes"], run["exc.v"]

xarray takes half a second to load; it is loaded where data is asked for, so that a run begins without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from homeostat import keyed
from homeostat.engine.sample import SynapseSample
from homeostat.errors import BadValue, NotSupported
from homeostat.network.network import Population, Projection
from homeostat.signals import steps_of

if TYPE_CHECKING:
    from homeostat.engine.simulation import Simulation

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
ASSUMED_RATE = 50.0  # Hz, of a neuron whose spikes are recorded, where nothing better is known
IN_MEMORY = 512 * 2**10  # bytes that any recorder may need besides its data
ON_DISK = 16 * 2**10  # the same on disk: names, shapes, units


class Recorder:
    """The base: `begin` before the run, `take` at each sample, `data` after it. `every` is in ms; None: no samples.

    A run that streams to disk calls `data(finished=True)` and `forget()` now and then.
    """

    name = ""
    every: float | None = None
    assumes = ""
    """What the predicted size rests on, for error messages."""

    def begin(self, sim: Simulation, steps: int, room: int | None = None) -> None:
        """Check names, make room: for the whole run, or for about `room` bytes if it streams to disk."""
        raise NotImplementedError

    def take(self, sim: Simulation) -> None:
        """Keep a sample of the present state."""

    def data(self, finished: bool = False) -> dict[str, Any]:
        """What is held, by name; `finished`: only what no later step can change."""
        raise NotImplementedError

    def kept(self) -> dict[str, np.ndarray]:
        """What was recorded so far, as arrays for a checkpoint."""
        raise NotSupported(
            f"{type(self).__name__} cannot be kept in a checkpoint; give it `kept`, and `take_up` that puts it back"
        )

    def take_up(self, kept: Mapping[str, np.ndarray]) -> None:
        """Go on from what `kept` gave; called after `begin`."""
        raise NotImplementedError

    def forget(self) -> None:
        """Drop what `data(finished=True)` gave: it is on disk."""

    @property
    def held(self) -> int:
        """Bytes held at present."""
        return 0

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        """The memory that a run of so many steps will need, known before it."""
        return 0

    def expected_held(self, sim: Simulation, steps: int, room: int) -> int:
        """The memory that it will need if it streams to disk."""
        return min(self.expected_bytes(sim, steps), IN_MEMORY + 2 * room)

    def expected_disk(self, sim: Simulation, steps: int) -> int:
        """The disk that it will need if it streams, or is saved."""
        return max(0, self.expected_bytes(sim, steps) - IN_MEMORY) + ON_DISK

    def _interval(self, sim: Simulation) -> int:
        assert self.every is not None
        return _steps(self.every, sim, type(self).__name__)


def _steps(every: Any, sim: Simulation, what: str) -> int:
    if not isinstance(every, int | float | np.number):
        raise BadValue(f"every={every!r} of {what} must be a time in ms")
    return steps_of(float(every), sim.net.dt, f"every of {what}")


def name_of(of: Population | Projection | str) -> str:
    """The name of a population or projection, however it was given."""
    if not isinstance(of, str | Population | Projection):
        raise BadValue(
            f"{of!r} is no population or projection; give what net.add() or net.connect() returned, or its name"
        )
    return of if isinstance(of, str) else of.name


class _Logged(Recorder):
    """Recorders that are handed the spikes of a population."""

    of = ""

    def begin(self, sim: Simulation, steps: int, room: int | None = None) -> None:
        population = sim.net.population(self.of)
        if not population.spiking:
            raise BadValue(
                f"'{self.of}' are rate neurons and have no spikes; record States('{self.of}', 'rate', every=...)"
            )
        self._dt, self._n = sim.net.dt, population.n

    def add(self, steps: np.ndarray, ids: np.ndarray, until: int) -> None:
        """Take over spikes from the engine's log: all those before step `until` that were not handed over yet."""
        raise NotImplementedError


class Spikes(_Logged):
    """All spikes of a population: times and neurons, in order of time, then neuron.

    How many there will be nobody knows: `expected` is the mean rate (Hz) for which there must be room before the run
    begins. In memory, a run ends with `TooLarge`, which carries the recording, when its spikes outgrow the room.
    """

    _steps: list[np.ndarray]
    _ids: list[np.ndarray]

    def __init__(self, population: Population | str, *, expected: float = ASSUMED_RATE) -> None:
        if not 0.0 < float(expected) < np.inf:
            raise BadValue(f"expected={expected!r} of Spikes must be a rate above 0 Hz")
        self.of, self.expected = name_of(population), float(expected)
        self.name = f"{self.of}.spikes"
        self.assumes = f" at {self.expected:g} Hz a neuron (Spikes(..., expected=) says what to expect)"

    def begin(self, sim: Simulation, steps: int, room: int | None = None) -> None:
        super().begin(sim, steps, room)
        self.forget()

    def add(self, steps: np.ndarray, ids: np.ndarray, until: int) -> None:
        if len(steps):
            self._steps.append(steps.astype(np.int32))
            self._ids.append(ids)
            self._held += 8 * len(steps)

    def kept(self) -> dict[str, np.ndarray]:
        return {
            "steps": np.concatenate([np.empty(0, np.int32), *self._steps]),
            "ids": np.concatenate([np.empty(0, np.int32), *self._ids]),
        }

    def take_up(self, kept: Mapping[str, np.ndarray]) -> None:
        self._steps, self._ids, self._held = [kept["steps"]], [kept["ids"]], 8 * len(kept["steps"])

    def data(self, finished: bool = False) -> dict[str, Any]:
        import xarray as xr

        steps, ids = self.kept().values()
        coords = {"time": ("spike", (steps + 1) * self._dt, {"units": "ms"}), "neuron": ("spike", ids)}
        return {self.name: xr.Dataset(coords=coords, attrs={"population": self.of, "cells": self._n})}

    def forget(self) -> None:
        self._steps, self._ids, self._held = [], [], 0

    @property
    def held(self) -> int:
        return self._held

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        return IN_MEMORY + 28 * self._count(sim, steps)  # 8 a spike while it runs; at its end 4 + 4 + 4 + 8 more

    def expected_disk(self, sim: Simulation, steps: int) -> int:
        return 12 * self._count(sim, steps) + ON_DISK

    def _count(self, sim: Simulation, steps: int) -> int:
        return int(np.ceil(self.expected * sim.net.population(self.of).n * steps * sim.net.dt / 1000.0))


class _Sampled(Recorder):
    """Recorders that take an array at each sample."""

    def begin(self, sim: Simulation, steps: int, room: int | None = None) -> None:
        self.interval = self._interval(sim)
        look = self._look(sim)
        samples = self._samples(sim, steps)
        self.capacity = samples if room is None else min(samples, max(1, room // max(1, look.nbytes + 8)))
        self._times, self._values = np.empty(self.capacity), np.empty((self.capacity, *look.shape), look.dtype)
        self._taken = 0

    def take(self, sim: Simulation) -> None:
        self._times[self._taken] = sim.step_count * sim.net.dt
        self._values[self._taken] = self._look(sim)
        self._taken += 1

    def forget(self) -> None:
        self._taken = 0

    @property
    def full(self) -> bool:
        """Whether there is no room for another sample."""
        return self._taken == self.capacity

    def kept(self) -> dict[str, np.ndarray]:
        return {"times": self._times[: self._taken], "values": self._values[: self._taken]}

    def take_up(self, kept: Mapping[str, np.ndarray]) -> None:
        self._taken = len(kept["times"])
        self._times[: self._taken], self._values[: self._taken] = kept["times"], kept["values"]

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        return IN_MEMORY + (self._samples(sim, steps) + 2) * (8 + self._look(sim).nbytes)

    def expected_held(self, sim: Simulation, steps: int, room: int) -> int:
        return min(self.expected_bytes(sim, steps), IN_MEMORY + 2 * max(room, self._look(sim).nbytes))

    def _samples(self, sim: Simulation, steps: int) -> int:
        interval = self._interval(sim)
        return (sim.step_count + steps) // interval - sim.step_count // interval

    def _look(self, sim: Simulation) -> np.ndarray:
        raise NotImplementedError

    def _so_far(self) -> tuple[Any, np.ndarray]:
        """The times with their unit, as xarray takes them, and the values."""
        return ("time", self._times[: self._taken].copy(), {"units": "ms"}), self._values[: self._taken]


class States(_Sampled):
    """A state or parameter of a population or projection, each `every` ms; `of` picks neurons or synapses."""

    def __init__(self, owner: Population | Projection | str, state: str, *, every: float, of: Any = None) -> None:
        self.owner, self.state, self.every, self.of = name_of(owner), state, every, of
        self.name = f"{self.owner}.{state}"

    def _look(self, sim: Simulation) -> np.ndarray:
        values = sim.state(self.owner, self.state)
        if self.of is None:
            return values
        index = np.asarray(self.of)
        if index.dtype.kind not in "iu" or (index.size and (index.min() < 0 or index.max() >= len(values))):
            raise BadValue(
                f"of={self.of!r} of States('{self.owner}', '{self.state}') must be indices from 0, below {len(values)}"
            )
        return values[index]

    def data(self, finished: bool = False) -> dict[str, Any]:
        import xarray as xr

        time, values = self._so_far()
        index = np.arange(values.shape[1]) if values.ndim == 2 and self.of is None else self.of
        coords: dict[str, Any] = {"time": time}
        if values.ndim == 2 and index is not None and np.ndim(index) == 1:
            coords["element"] = index
        return {self.name: xr.DataArray(values, coords, ("time", "element")[: values.ndim], name=self.name)}


class Weights(_Sampled):
    """The weights of a projection, each `every` ms: all, or those of `sample` synapses, the same ones for a seed."""

    def __init__(self, projection: Projection | str, *, every: float, sample: int | None = None) -> None:
        self.projection, self.every, self.sample = name_of(projection), every, sample
        self.name = f"{self.projection}.w"
        self._some: SynapseSample | None = None

    def _look(self, sim: Simulation) -> np.ndarray:
        n = len(sim.pairs(self.projection)[0])
        if self.sample is None or self.sample >= n:
            return sim.weights(self.projection)
        if self._some is None or self._some.sim is not sim:
            self._some = SynapseSample(sim, self.projection, recorded_synapses(sim, self.projection, self.sample))
        return self._some.read()

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        n = len(sim.pairs(self.projection)[0])
        search = 0 if self.sample is None or self.sample >= n else 24 * n  # for the sample, in all synapses
        return super().expected_bytes(sim, steps) + search

    def begin(self, sim: Simulation, steps: int, room: int | None = None) -> None:
        super().begin(sim, steps, room)
        pre, post = sim.pairs(self.projection)
        self._pairs = (pre, post) if self._some is None else (pre[self._some.chosen], post[self._some.chosen])

    def data(self, finished: bool = False) -> dict[str, Any]:
        import xarray as xr

        time, values = self._so_far()
        coords = {"time": time, "pre": ("synapse", self._pairs[0]), "post": ("synapse", self._pairs[1])}
        return {self.name: xr.DataArray(values, coords, ("time", "synapse"), name=self.name)}


def recorded_synapses(sim: Simulation, projection: str, count: int) -> np.ndarray:
    """Canonical indices of `count` synapses of a projection, the same ones for a seed."""
    rng = keyed.generator(sim.net.seed, f"{projection}/recorded")
    return np.sort(rng.choice(len(sim.pairs(projection)[0]), count, replace=False))


class WeightSummary(_Sampled):
    """Mean, spread, extremes and quantiles of a projection's weights, each `every` ms; without a name, of all plastic
    projections."""

    def __init__(self, projection: Projection | str | None = None, *, every: float) -> None:
        self.projection, self.every = None if projection is None else name_of(projection), every
        self.name = f"{self.projection or 'all'}.weights"

    def begin(self, sim: Simulation, steps: int, room: int | None = None) -> None:
        if not self._names(sim):
            raise BadValue("WeightSummary(): the network has no plastic projection; name one")
        self._of = self._names(sim)
        super().begin(sim, steps, room)

    def _names(self, sim: Simulation) -> list[str]:
        return [self.projection] if self.projection else [name for name, plan in sim.plans.items() if plan.plastic]

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        names = self._names(sim)
        largest = max((len(sim.pairs(name)[0]) for name in names), default=0)
        sample = 8 * (1 + (4 + len(QUANTILES)) * len(names))
        copies = 40 * largest  # of all weights, while a sample is taken
        return IN_MEMORY + (self._samples(sim, steps) + 2) * sample + copies

    def expected_held(self, sim: Simulation, steps: int, room: int) -> int:
        return self.expected_bytes(sim, steps)

    def _look(self, sim: Simulation) -> np.ndarray:
        return np.array([_summary(sim.weights(name)) for name in self._of])

    def data(self, finished: bool = False) -> dict[str, Any]:
        import xarray as xr

        time, values = self._so_far()
        found = {}
        for k, name in enumerate(self._of):
            variables: dict[str, Any] = {
                stat: ("time", values[:, k, s]) for s, stat in enumerate(("mean", "sd", "min", "max"))
            }
            variables["quantiles"] = (("time", "q"), values[:, k, 4:])
            found[f"{name}.weights"] = xr.Dataset(variables, {"time": time, "q": list(QUANTILES)})
        return found


def _summary(w: np.ndarray) -> np.ndarray:
    if not w.size:
        return np.full(4 + len(QUANTILES), np.nan)
    w = w.astype(float)
    return np.array([w.mean(), w.std(), w.min(), w.max(), *np.quantile(w, QUANTILES)])


class Rates(_Logged):
    """The mean rate of a population in Hz, in bins of `every` ms; `each=True` gives every neuron's.

    The bins begin where the run begins; if it ends within a bin, that one is shorter.
    """

    def __init__(self, population: Population | str, *, every: float, each: bool = False) -> None:
        self.of, self.bin, self.each = name_of(population), every, each
        self.name = f"{self.of}.rate"

    def begin(self, sim: Simulation, steps: int, room: int | None = None) -> None:
        super().begin(sim, steps, room)
        self._width, bins = self._bins(sim, steps)
        self._first = self._until = sim.step_count
        columns = self._n if self.each else 1
        rows = bins if room is None else min(bins, max(1, room // (8 * columns)))
        self._counts = np.zeros((rows, columns), np.int32)

    def _bins(self, sim: Simulation, steps: int) -> tuple[int, int]:
        width = _steps(self.bin, sim, "Rates")
        return width, -(-steps // width)

    def add(self, steps: np.ndarray, ids: np.ndarray, until: int) -> None:
        bins, needed = (steps - self._first) // self._width, -(-(until - self._first) // self._width)
        if needed > len(self._counts):
            more = max(needed - len(self._counts), len(self._counts))
            self._counts = np.concatenate([self._counts, np.zeros((more, self._counts.shape[1]), np.int32)])
        np.add.at(self._counts, (bins, ids if self.each else np.zeros_like(ids)), 1)
        self._until = until

    def data(self, finished: bool = False) -> dict[str, Any]:
        import xarray as xr

        whole = (self._until - self._first) // self._width
        ends = self._first + self._width * (np.arange(whole) + 1)
        if not finished and (self._until - self._first) % self._width:
            ends = np.append(ends, self._until)
        lasts = np.diff(ends, prepend=self._first)[:, None] * self._dt / 1000.0
        rates = self._counts[: len(ends)] / lasts
        rates /= 1 if self.each else self._n
        coords: dict[str, Any] = {"time": ("time", ends * self._dt, {"units": "ms"})}
        dims = ("time", "neuron") if self.each else ("time",)
        values = rates if self.each else rates[:, 0]
        return {self.name: xr.DataArray(values, coords, dims, name="rate", attrs={"units": "Hz"})}

    def forget(self) -> None:
        whole = (self._until - self._first) // self._width
        begun = self._counts[whole : whole + 1].copy()
        self._counts[:] = 0
        self._counts[: len(begun)] = begun
        self._first += whole * self._width

    @property
    def held(self) -> int:
        return (self._until - self._first) // self._width * self._counts.shape[1] * 8

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        n = sim.net.population(self.of).n if self.each else 1
        return IN_MEMORY + (40 + 12 * n) * (self._bins(sim, steps)[1] + 1)

    def kept(self) -> dict[str, np.ndarray]:
        return {"counts": self._counts, "until": np.array([self._until])}

    def take_up(self, kept: Mapping[str, np.ndarray]) -> None:
        self._counts, self._until = kept["counts"].copy(), int(kept["until"][0])

    def expected_disk(self, sim: Simulation, steps: int) -> int:
        n = sim.net.population(self.of).n if self.each else 1
        return (8 + 8 * n) * (self._bins(sim, steps)[1] + 1) + ON_DISK
