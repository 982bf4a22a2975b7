"""A recorder of the synapses that die and are born."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import BadValueError
from hebbstat.engine.core import Core
from hebbstat.engine.memory.rewiring import Turned
from hebbstat.engine.observer import Running
from hebbstat.engine.plan.arrays import NEVER
from hebbstat.engine.record.recorder import IN_MEMORY, ON_DISK, Recorder, name_of
from hebbstat.engine.state.view import SimulationView
from hebbstat.network.network import Projection
from hebbstat.network.rewiring import rewires

ASSUMED = 1000.0  # deaths and births in a second, where nothing better is known
BYTES = 17  # of an event, while it is held
FIELDS = {"steps": np.int64, "pre": np.int32, "post": np.int32, "born": np.bool_}


class Turnover(Recorder):
    """Deaths and births of a projection's synapses: time, pre- and postsynaptic neuron, and whether it was born.

        run = sim.run(seconds=60, record=[hs.Turnover("exc -> exc")])
        run["exc -> exc.turnover"].born.sum()

    They are in order of time, deaths first. `expected` is how many in a second there must be room for.
    """

    @explained
    def __init__(self, projection: Projection | str, *, expected: float = ASSUMED) -> None:
        if not 0.0 < float(expected) < np.inf:
            raise BadValueError(f"expected={expected!r} of Turnover must be a number of events in a second, above 0")
        self.projection, self.expected = name_of(projection), float(expected)
        self.name = f"{self.projection}.turnover"
        self.assumes = f" at {self.expected:g} deaths and births in a second (Turnover(..., expected=))"
        self._core: Core | None = None
        self.forget()

    def names(self, sim: SimulationView) -> list[str]:
        if not rewires(sim.net.projection(self.projection)):
            raise BadValueError(f"no rule lets synapses of '{self.projection}' die or be born: nothing turns over")
        return [self.name]

    def begin(self, sim: SimulationView, steps: int, budget: int | None = None) -> None:
        self._dt, self._budget, self._core = sim.net.dt, budget, sim.core
        links = sim.core.model.links[self.projection]
        self._sizes = links.source.population.n, links.target.population.n
        self.forget()
        sim.core.hears_of_turnover.append(self.add)

    def close(self) -> None:
        if self._core is not None and self.add in self._core.hears_of_turnover:
            self._core.hears_of_turnover.remove(self.add)

    def due(self, step: int) -> int:
        return NEVER

    def observe(self, run: Running) -> None:
        pass

    def add(self, projection: str, turned: Turned) -> None:
        """Take note of what died and was born at the end of a step."""
        if projection == self.projection:
            pairs = np.concatenate([turned.died, turned.born])
            born = np.arange(len(pairs)) >= len(turned.died)
            self._events.append((np.full(len(pairs), turned.step), pairs >> 32, pairs & 0xFFFFFFFF, born))
            self._held += BYTES * len(pairs)

    def state_dict(self) -> Mapping[str, np.ndarray]:
        columns = zip(*self._events, strict=True) if self._events else [()] * len(FIELDS)
        return {
            name: np.concatenate([np.empty(0, kind), *parts]).astype(kind)
            for (name, kind), parts in zip(FIELDS.items(), columns, strict=True)
        }

    def load_state_dict(self, state: Mapping[str, np.ndarray]) -> None:
        self._events, self._held = [tuple(state[name] for name in FIELDS)], BYTES * len(state["steps"])

    def vet(self, state: Mapping[str, np.ndarray], first: int, step: int, streamed: bool) -> None:
        steps, *ends, born = (state[name] for name in FIELDS)
        if any(len(values) != len(steps) for values in (*ends, born)):
            raise ValueError(f"{self.name} has columns of different lengths")
        if steps.size and not (steps.min() >= first and steps.max() < step and (np.diff(steps) >= 0).all()):
            raise ValueError(f"{self.name} must be in order of time, from step {first} to {step - 1}")
        for values, n in zip(ends, self._sizes, strict=True):
            if values.size and not (values.min() >= 0 and values.max() < n):
                raise ValueError(f"{self.name} holds a neuron that is not there; there are {n}")

    def data(self, finished: bool = False) -> dict[str, Any]:
        import xarray as xr

        steps, pre, post, born = self.state_dict().values()
        coords = {"time": ("event", (steps + 1) * self._dt, {"units": "ms"}), "pre": ("event", pre)}
        coords |= {"post": ("event", post)}
        return {self.name: xr.Dataset({"born": ("event", born)}, coords, {"projection": self.projection})}

    def forget(self) -> None:
        self._events, self._held = list[tuple[np.ndarray, ...]](), 0

    @property
    def held(self) -> int:
        return self._held

    @property
    def full(self) -> bool:
        return self._budget is not None and self._held >= self._budget

    def expected_bytes(self, sim: SimulationView, steps: int) -> int:
        return IN_MEMORY + 3 * BYTES * self._count(sim, steps)

    def expected_held(self, sim: SimulationView, steps: int, budget: int) -> int:
        return min(self.expected_bytes(sim, steps), IN_MEMORY + 2 * budget)

    def expected_disk(self, sim: SimulationView, steps: int) -> int:
        return BYTES * self._count(sim, steps) + ON_DISK

    def _count(self, sim: SimulationView, steps: int) -> int:
        return int(np.ceil(self.expected * steps * sim.net.dt / 1000.0))
