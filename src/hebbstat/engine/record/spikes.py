"""Recorders of spikes, which the engine logs: all of them, or how many there were.

    run = sim.run(seconds=5, record=[Spikes("exc"), Rates("inh", every=100.0)])
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import BadValueError
from hebbstat.engine.observer import Running, Subscription
from hebbstat.engine.plan.arrays import NEVER
from hebbstat.engine.record.recorder import IN_MEMORY, ON_DISK, Recorder, name_of, steps_between
from hebbstat.engine.state.view import SimulationView
from hebbstat.network.network import Population

ASSUMED_RATE = 50.0  # Hz, of a neuron whose spikes are recorded, where nothing better is known


class Logged(Recorder):
    """Recorders that take no samples: they are handed the spikes of a population."""

    of = ""

    def begin(self, sim: SimulationView, steps: int, budget: int | None = None) -> None:
        population = sim.net.population(self.of)
        if not population.spiking:
            raise BadValueError(
                f"'{self.of}' are rate neurons and have no spikes; record States('{self.of}', 'rate', every=...)"
            )
        self._dt, self._n, self._budget = sim.net.dt, population.n, budget

    def names(self, sim: SimulationView) -> list[str]:
        return [self.name]

    def due(self, step: int) -> int:
        return NEVER

    def observe(self, run: Running) -> None:
        pass

    def subscriptions(self) -> list[Subscription]:
        return [Subscription(self.of, self.add)]

    def add(self, steps: np.ndarray, ids: np.ndarray, until: int) -> None:
        """Take over spikes from the engine's log: all those before step `until` that were not handed over yet."""
        raise NotImplementedError

    @property
    def full(self) -> bool:
        return self._budget is not None and self.held >= self._budget

    def expected_held(self, sim: SimulationView, steps: int, budget: int) -> int:
        return min(self.expected_bytes(sim, steps), IN_MEMORY + 2 * budget)


class Spikes(Logged):
    """All spikes of a population: times and neurons, in order of time, then neuron.

    How many there will be nobody knows: `expected` is the mean rate (Hz) for which there must be room before the run
    begins. In memory, a run ends with `TooLargeError`, which carries the recording, when its spikes outgrow the room.
    """

    _steps: list[np.ndarray]
    _ids: list[np.ndarray]

    @explained
    def __init__(self, population: Population | str, *, expected: float = ASSUMED_RATE) -> None:
        if not 0.0 < float(expected) < np.inf:
            raise BadValueError(f"expected={expected!r} of Spikes must be a rate above 0 Hz")
        self.of, self.expected = name_of(population), float(expected)
        self.name = f"{self.of}.spikes"
        self.assumes = f" at {self.expected:g} Hz a neuron (Spikes(..., expected=) says what to expect)"

    def begin(self, sim: SimulationView, steps: int, budget: int | None = None) -> None:
        super().begin(sim, steps, budget)
        self.forget()

    def add(self, steps: np.ndarray, ids: np.ndarray, until: int) -> None:
        if len(steps):
            self._steps.append(steps.astype(np.int32))
            self._ids.append(ids)
            self._held += 8 * len(steps)

    def state_dict(self) -> Mapping[str, np.ndarray]:
        return {
            "steps": np.concatenate([np.empty(0, np.int32), *self._steps]),
            "ids": np.concatenate([np.empty(0, np.int32), *self._ids]),
        }

    def load_state_dict(self, state: Mapping[str, np.ndarray]) -> None:
        self._steps, self._ids, self._held = [state["steps"]], [state["ids"]], 8 * len(state["steps"])

    def vet(self, state: Mapping[str, np.ndarray], first: int, step: int, streamed: bool) -> None:
        steps, ids, n = state["steps"], state["ids"], self._n
        if len(steps) != len(ids):
            raise ValueError(f"{self.name} are {len(steps)} steps and {len(ids)} cells")
        if steps.size and not (steps.min() >= first and steps.max() < step and ids.min() >= 0 and ids.max() < n):
            raise ValueError(f"{self.name} must be from step {first} to {step - 1}, of cells from 0 to {n - 1}")
        if (np.diff(steps.astype(np.int64) * n + ids) <= 0).any():
            raise ValueError(f"{self.name} must be in order of time, then neuron")

    def data(self, finished: bool = False) -> dict[str, Any]:
        import xarray as xr

        steps, ids = self.state_dict().values()
        coords = {"time": ("spike", (steps + 1) * self._dt, {"units": "ms"}), "neuron": ("spike", ids)}
        return {self.name: xr.Dataset(coords=coords, attrs={"population": self.of, "cells": self._n})}

    def forget(self) -> None:
        self._steps, self._ids, self._held = [], [], 0

    @property
    def held(self) -> int:
        return self._held

    def expected_bytes(self, sim: SimulationView, steps: int) -> int:
        return IN_MEMORY + 28 * self._count(sim, steps)  # 8 a spike while it runs; at its end 4 + 4 + 4 + 8 more

    def expected_disk(self, sim: SimulationView, steps: int) -> int:
        return 12 * self._count(sim, steps) + ON_DISK

    def _count(self, sim: SimulationView, steps: int) -> int:
        return int(np.ceil(self.expected * sim.net.population(self.of).n * steps * sim.net.dt / 1000.0))


class Rates(Logged):
    """The mean rate of a population in Hz, in bins of `every` ms; `each=True` gives every neuron's.

    The bins begin where the run begins; if it ends within a bin, that one is shorter.
    """

    @explained
    def __init__(self, population: Population | str, *, every: float, each: bool = False) -> None:
        self.of, self.bin, self.each = name_of(population), every, each
        self.name = f"{self.of}.rate"

    def begin(self, sim: SimulationView, steps: int, budget: int | None = None) -> None:
        super().begin(sim, steps, budget)
        self._width, bins = self._bins(sim, steps)
        self._first = self._until = sim.step_count
        columns = self._n if self.each else 1
        rows = bins if budget is None else min(bins, max(1, budget // (8 * columns)))
        self._counts = np.zeros((rows, columns), np.int32)

    def _bins(self, sim: SimulationView, steps: int) -> tuple[int, int]:
        width = steps_between(self.bin, sim, "Rates")
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
        attrs = {"units": "Hz", "bin": float(self.bin)}
        return {self.name: xr.DataArray(values, coords, dims, name="rate", attrs=attrs)}

    def forget(self) -> None:
        whole = (self._until - self._first) // self._width
        begun = self._counts[whole : whole + 1].copy()
        self._counts[:] = 0
        self._counts[: len(begun)] = begun
        self._first += whole * self._width

    @property
    def held(self) -> int:
        return (self._until - self._first) // self._width * self._counts.shape[1] * 8

    def expected_bytes(self, sim: SimulationView, steps: int) -> int:
        n = sim.net.population(self.of).n if self.each else 1
        return IN_MEMORY + (40 + 12 * n) * (self._bins(sim, steps)[1] + 1)

    def state_dict(self) -> Mapping[str, np.ndarray]:
        return {"counts": self._counts, "span": np.array([self._first, self._until])}

    def load_state_dict(self, state: Mapping[str, np.ndarray]) -> None:
        self._counts = state["counts"].copy()
        self._first, self._until = state["span"].tolist()

    def vet(self, state: Mapping[str, np.ndarray], first: int, step: int, streamed: bool) -> None:
        counts, width = state["counts"], self._width
        begun = first + ((step - first) // width * width if streamed else 0)
        if state["span"].tolist() != [begun, step]:
            raise ValueError(f"{self.name} is not of the steps from {begun} to {step}")
        rows = -(-(step - begun) // width)
        if not rows <= len(counts) <= max(2 * rows, len(self._counts)):
            raise ValueError(f"{self.name} has {len(counts)} bins, where {rows} were begun")
        most = width * (1 if self.each else self._n)
        if (counts.size and not (counts.min() >= 0 and counts.max() <= most)) or counts[rows:].any():
            raise ValueError(f"{self.name} must be from 0 to {most} spikes in each bin that was begun, and 0 in others")

    def expected_disk(self, sim: SimulationView, steps: int) -> int:
        n = sim.net.population(self.of).n if self.each else 1
        return (8 + 8 * n) * (self._bins(sim, steps)[1] + 1) + ON_DISK
