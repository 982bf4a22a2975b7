"""Recorders: what to keep of a run. Each yields labelled xarray data; times are in ms, at the end of a step.

    run = sim.run(seconds=5, record=[Spikes("exc"), States("exc", "v", every=1.0, of=[0, 1])])
    run["exc.spikes"], run["exc.v"]

xarray takes half a second to load; it is loaded where data is asked for, so that a run begins without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract import random
from hebbstat.contract.calls import explained
from hebbstat.contract.errors import BadValueError, NotSupportedError
from hebbstat.contract.signals import steps_of
from hebbstat.contract.units import is_number
from hebbstat.engine.state.synapse_sample import SynapseSample
from hebbstat.network.network import Population, Projection

if TYPE_CHECKING:
    from hebbstat.engine.simulation import Simulation

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
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

    def names(self, sim: Simulation) -> list[str]:
        """What its data will be called."""
        return [self.name]

    def take(self, sim: Simulation) -> None:
        """Keep a sample of the present state."""

    def data(self, finished: bool = False) -> dict[str, Any]:
        """What is held, by name; `finished`: only what no later step can change."""
        raise NotImplementedError

    def kept(self) -> dict[str, np.ndarray]:
        """What was recorded so far, as arrays for a checkpoint."""
        raise NotSupportedError(
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
        return steps_between(self.every, sim, type(self).__name__)


def steps_between(every: Any, sim: Simulation, what: str) -> int:
    """The steps between two samples of a recorder, from its `every` in ms."""
    if not is_number(every):
        raise BadValueError(f"every={every!r} of {what} must be a time in ms")
    return steps_of(float(every), sim.net.dt, f"every of {what}")


def name_of(of: Population | Projection | str) -> str:
    """The name of a population or projection, however it was given."""
    if not isinstance(of, str | Population | Projection):
        raise BadValueError(
            f"{of!r} is no population or projection; give what net.add() or net.connect() returned, or its name"
        )
    return of if isinstance(of, str) else of.name


class Sampled(Recorder):
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


class States(Sampled):
    """A state or parameter of a population or projection, each `every` ms; `of` picks neurons or synapses."""

    @explained
    def __init__(
        self, owner: Population | Projection | str, state: str, *, every: float, of: ArrayLike | None = None
    ) -> None:
        self.owner, self.state, self.every, self.of = name_of(owner), state, every, of
        self.name = f"{self.owner}.{state}"

    def _look(self, sim: Simulation) -> np.ndarray:
        values = sim.state(self.owner, self.state)
        if self.of is None:
            return values
        index = np.asarray(self.of)
        if index.dtype.kind not in "iu" or (index.size and (index.min() < 0 or index.max() >= len(values))):
            raise BadValueError(
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


class Weights(Sampled):
    """The weights of a projection, each `every` ms: all, or those of `sample` synapses, the same ones for a seed."""

    @explained
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
    rng = random.generator(sim.net.seed, f"{projection}/recorded")
    return np.sort(rng.choice(len(sim.pairs(projection)[0]), count, replace=False))


class WeightSummary(Sampled):
    """Mean, spread, extremes and quantiles of a projection's weights, each `every` ms; without a name, of all plastic
    projections."""

    @explained
    def __init__(self, projection: Projection | str | None = None, *, every: float) -> None:
        self.projection, self.every = None if projection is None else name_of(projection), every
        self.name = f"{self.projection or 'all'}.weights"

    def begin(self, sim: Simulation, steps: int, room: int | None = None) -> None:
        if not self._names(sim):
            raise BadValueError("WeightSummary(): the network has no plastic projection; name one")
        self._of = self._names(sim)
        super().begin(sim, steps, room)

    def names(self, sim: Simulation) -> list[str]:
        return [f"{name}.weights" for name in self._names(sim)]

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
