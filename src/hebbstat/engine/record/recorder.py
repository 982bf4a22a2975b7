"""Recorders: what to keep of a run. Each yields labelled xarray data; times are in ms, at the end of a step.

    run = sim.run(seconds=5, record=[Spikes("exc"), States("exc", "v", every=1.0, of=[0, 1])])
    run["exc.spikes"], run["exc.v"]

xarray takes half a second to load; it is loaded where data is asked for, so that a run begins without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.contract.signals import steps_of
from hebbstat.contract.units import is_number
from hebbstat.engine.observer import Observer, Running
from hebbstat.engine.plan.arrays import NEVER
from hebbstat.engine.state.view import SimulationView
from hebbstat.network.network import Population, Projection

IN_MEMORY = 512 * 2**10  # bytes that any recorder may need besides its data
ON_DISK = 16 * 2**10  # the same on disk: names, shapes, units


def steps_between(every: Any, sim: SimulationView, what: str) -> int:
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


class Recorder(Observer):
    """What is to be kept of a run. One of your own is a class with two methods:

        class Spread(hs.Recorder):
            def __init__(self, population, every):
                self.population, self.every, self.name = population, every, f"{population}.spread"

            def take(self, sim):
                return sim.state(self.population, "v").std()

        run = sim.run(seconds=1, record=[Spread("exc", every=10.0)])
        run["exc.spread"]                                    # xarray, over time

    `take` gets a `SimulationView` and returns a number or an array, of one shape and kind throughout; what it reads is
    as of the end of the step. Samples are taken at multiples of `every` (ms), however a run is cut; one is taken before
    it too, to learn how large they are. They are streamed with `out=`, kept in checkpoints and taken up again;
    attributes whose names begin with an underscore are not part of what tells one recorder from another. `label` may be
    overridden to name dimensions and add coordinates.
    """

    name = ""
    every: float | None = None
    _sized: tuple[tuple[int, int], np.ndarray] | None = None
    assumes = ""
    """What the predicted size rests on, for error messages."""

    def take(self, sim: SimulationView) -> Any:
        """What is to be kept of the present moment: a number or an array."""
        raise NotImplementedError

    def label(self, time: Any, values: np.ndarray) -> Any:
        """The samples `[time, ...]` as labelled data; `time` is as xarray takes a coordinate."""
        import xarray as xr

        dims = ("time", *(f"dim_{axis}" for axis in range(1, values.ndim)))
        return xr.DataArray(values, {"time": time}, dims, name=self.name)

    @property
    def recorded(self) -> list[str]:
        """What it recorded is called."""
        return [self.name]

    # --- what a run asks ----------------------------------------------------------------------------------------

    def names(self, sim: SimulationView) -> list[str]:
        """What its data will be called; `BadValueError` if a class of the user's is not whole."""
        self._check()
        return [self.name]

    def begin(self, sim: SimulationView, steps: int, budget: int | None = None) -> None:
        """Check what is asked for, make room: for the whole run, or for about `budget` bytes if it streams to disk."""
        self._dt, self._interval = sim.net.dt, self._steps_between(sim)
        sample, self._sized = self._size(sim), None
        samples = self._samples(sim, steps)
        self._capacity = samples if budget is None else min(samples, max(1, budget // max(1, sample.nbytes + 8)))
        self._times, self._values = np.empty(self._capacity), np.empty((self._capacity, *sample.shape), sample.dtype)
        self._taken, self._due, self._streams = 0, NEVER, budget is not None

    def _size(self, sim: SimulationView) -> np.ndarray:
        """A sample from before the run, to learn how large they are: one is enough, whoever wants to know."""
        now = (id(sim), sim.step_count)
        if self._sized is None or self._sized[0] != now:
            self._sized = now, self._sampled(sim)
        return self._sized[1]

    def _check(self) -> None:
        """Whether a class of the user's is whole."""
        who = type(self).__name__
        if type(self).take is Recorder.take:
            raise BadValueError(f"{who} is a recorder without a method take(self, sim), which says what is to be kept")
        if not isinstance(self.name, str) or not self.name:
            raise BadValueError(f"{who} has no name for what it records; set self.name in its __init__")
        if self.every is None:
            raise BadValueError(f"{who} does not say how often it takes a sample; set self.every (ms) in its __init__")

    def _sampled(self, sim: SimulationView) -> np.ndarray:
        """A sample as an array of numbers."""
        found = np.asarray(self.take(sim))
        if found.dtype.kind not in "biuf":
            raise BadValueError(f"take() of {type(self).__name__} must give numbers, not {found!r:.40}")
        return found

    def due(self, step: int) -> int:
        self._due = (step // self._interval + 1) * self._interval
        return self._due

    def observe(self, run: Running) -> None:
        if run.step == self._due:
            self._keep(run.sim)

    def _keep(self, sim: SimulationView) -> None:
        sample, wanted = self._sampled(sim), self._values
        if sample.shape != wanted.shape[1:]:
            who = f"take() of {type(self).__name__}"
            raise BadValueError(f"{who} gave an array of shape {sample.shape}, and {wanted.shape[1:]} before")
        if np.result_type(sample, wanted) != wanted.dtype:  # such as 1, then 0.5: nothing is rounded
            self._values = self._widened(np.result_type(sample, wanted))
        self._times[self._taken] = sim.step_count * sim.net.dt
        self._values[self._taken] = sample
        self._taken += 1

    def _widened(self, kind: np.dtype) -> np.ndarray:
        """What was taken, as numbers of a wider kind; what was written cannot be changed any more."""
        if self._streams:
            who = f"take() of {type(self).__name__}"
            raise BadValueError(f"{who} gave {kind} after {self._values.dtype}: give one kind of number, float(...)")
        return self._values.astype(kind)

    def data(self, finished: bool = False) -> dict[str, Any]:
        """What is held, by name; `finished`: only what no later step can change."""
        found = self.label(*self._so_far())
        if "time" not in getattr(found, "dims", ()):
            who = f"label() of {type(self).__name__}"
            raise BadValueError(f"{who} must give xarray data over 'time', not {found!r:.60}")
        return {self.name: found}

    def forget(self) -> None:
        """Drop what `data(finished=True)` gave: it is on disk."""
        self._taken = 0

    @property
    def held(self) -> int:
        """Bytes of spikes held at present: of what a run takes, all that was not known before it."""
        return 0

    @property
    def full(self) -> bool:
        """Whether a run that streams has to write what is held."""
        return self._taken == self._capacity

    def state_dict(self) -> Mapping[str, np.ndarray]:
        return {"times": self._times[: self._taken], "values": self._values[: self._taken]}

    def load_state_dict(self, state: Mapping[str, np.ndarray]) -> None:
        self._taken = len(state["times"])
        self._times[: self._taken], self._values[: self._taken] = state["times"], state["values"]

    def vet(self, state: Mapping[str, np.ndarray], first: int, step: int, streamed: bool) -> None:
        """`ValueError`, with a sentence's rest, if it cannot have kept this of the steps from `first` to `step`.

        As many samples as were due, each at its time; a run that streams has written all of them.
        """
        due = range(first // self._interval + 1, step // self._interval + 1)
        times = np.array([] if streamed else due, np.int64) * self._interval * self._dt
        if len(state["times"]) != len(times) or len(state["values"]) != len(times):
            raise ValueError(f"of {self.name} it holds {len(state['times'])} samples, where {len(times)} were due")
        if not np.array_equal(state["times"], times):
            raise ValueError(f"the times of {self.name} are not those at which it takes samples")

    def expected_bytes(self, sim: SimulationView, steps: int) -> int:
        """The memory that a run of so many steps will need, known before it."""
        return IN_MEMORY + (self._samples(sim, steps) + 2) * (8 + self._size(sim).nbytes)

    def expected_disk(self, sim: SimulationView, steps: int) -> int:
        """The disk that it will need if it streams, or is saved."""
        return max(0, self.expected_bytes(sim, steps) - IN_MEMORY) + ON_DISK

    def expected_held(self, sim: SimulationView, steps: int, budget: int) -> int:
        """The memory that it will need if it streams to disk."""
        return min(self.expected_bytes(sim, steps), IN_MEMORY + 2 * max(budget, self._size(sim).nbytes))

    def _steps_between(self, sim: SimulationView) -> int:
        return steps_between(self.every, sim, type(self).__name__)

    def _samples(self, sim: SimulationView, steps: int) -> int:
        interval = self._steps_between(sim)
        return (sim.step_count + steps) // interval - sim.step_count // interval

    def _so_far(self) -> tuple[Any, np.ndarray]:
        """The times with their unit, as xarray takes them, and the values."""
        return ("time", self._times[: self._taken].copy(), {"units": "ms"}), self._values[: self._taken]
