"""Recorders of weights: all, a sample, or a summary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import BadValueError
from hebbstat.engine.record.recorder import IN_MEMORY, Recorder, name_of
from hebbstat.engine.state.synapse_sample import recorded_synapses
from hebbstat.engine.state.view import SimulationView
from hebbstat.network.network import Projection
from hebbstat.network.rewiring import rewires

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Weights(Recorder):
    """The weights of a projection, each `every` ms: all, or those of `sample` synapses, the same ones for a seed."""

    _read: Callable[[], np.ndarray] | None
    _chosen: np.ndarray

    @explained
    def __init__(self, projection: Projection | str, *, every: float, sample: int | None = None) -> None:
        self.projection, self.every, self.sample = name_of(projection), every, sample
        self.name = f"{self.projection}.w"
        self._of: SimulationView | None = None  # whose weights `_read` reads, of its synapses `_chosen`

    def names(self, sim: SimulationView) -> list[str]:
        if rewires(sim.net.projection(self.projection)):
            raise BadValueError(
                f"synapses of '{self.projection}' die and are born, so their weights make no series; record "
                f"WeightSummary('{self.projection}', every=...), or Turnover('{self.projection}')"
            )
        return super().names(sim)

    def take(self, sim: SimulationView) -> np.ndarray:
        if self._of is not sim:
            self._find(sim)
        return self._read() if self._read else sim.weights(self.projection)

    def _find(self, sim: SimulationView) -> None:
        n = len(sim.pairs(self.projection)[0])
        self._of, self._read, self._chosen = sim, None, np.arange(n)
        if self.sample is not None and self.sample < n:
            self._chosen = recorded_synapses(sim.net.seed, self.projection, n, self.sample)
            self._read = sim.some_weights(self.projection, self._chosen)

    def expected_bytes(self, sim: SimulationView, steps: int) -> int:
        n = len(sim.pairs(self.projection)[0])
        search = 0 if self.sample is None or self.sample >= n else 24 * n  # for the sample, in all synapses
        return super().expected_bytes(sim, steps) + search

    def begin(self, sim: SimulationView, steps: int, budget: int | None = None) -> None:
        super().begin(sim, steps, budget)
        pre, post = sim.pairs(self.projection)
        self._pairs = pre[self._chosen], post[self._chosen]

    def label(self, time: Any, values: np.ndarray) -> Any:
        import xarray as xr

        coords = {"time": time, "pre": ("synapse", self._pairs[0]), "post": ("synapse", self._pairs[1])}
        return xr.DataArray(values, coords, ("time", "synapse"), name=self.name)


class WeightSummary(Recorder):
    """Mean, spread, extremes and quantiles of a projection's weights, each `every` ms; without a name, of all plastic
    projections."""

    @explained
    def __init__(self, projection: Projection | str | None = None, *, every: float) -> None:
        self.projection, self.every = None if projection is None else name_of(projection), every
        self.name = f"{self.projection or 'all'}.weights"

    def begin(self, sim: SimulationView, steps: int, budget: int | None = None) -> None:
        if not self._names(sim):
            raise BadValueError("WeightSummary(): the network has no plastic projection; name one")
        self._of = self._names(sim)
        super().begin(sim, steps, budget)

    def names(self, sim: SimulationView) -> list[str]:
        return [f"{name}.weights" for name in self._names(sim)]

    @property
    def recorded(self) -> list[str]:
        return [f"{name}.weights" for name in self._of]

    def _names(self, sim: SimulationView) -> list[str]:
        plastic = [name for name, projection in sim.net.projections.items() if projection.is_plastic]
        return [self.projection] if self.projection else plastic

    def expected_bytes(self, sim: SimulationView, steps: int) -> int:
        names = self._names(sim)
        largest = max((len(sim.pairs(name)[0]) for name in names), default=0)
        sample = 8 * (1 + (4 + len(QUANTILES)) * len(names))
        copies = 40 * largest  # of all weights, while a sample is taken
        return IN_MEMORY + (self._samples(sim, steps) + 2) * sample + copies

    def expected_held(self, sim: SimulationView, steps: int, budget: int) -> int:
        return self.expected_bytes(sim, steps)

    def take(self, sim: SimulationView) -> np.ndarray:
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
