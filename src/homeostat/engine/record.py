"""Recorders: what to keep of a run. Each yields labelled xarray data; times are in ms, at the end of a step.

    run = sim.run(seconds=5, record=[Spikes("exc"), States("exc", "v", every=1.0, of=[0, 1])])
    run["exc.spikes"], run["exc.v"]

xarray takes half a second to load; it is loaded where data is asked for, so that a run begins without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from homeostat import keyed
from homeostat.errors import BadValue, NotSupported, TooLarge, UnknownName, suggestion
from homeostat.network.network import Population, Projection
from homeostat.signals import steps_of

if TYPE_CHECKING:
    from homeostat.engine.simulation import Simulation

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Recorder:
    """The base: `begin` before the run, `take` at each sample, `data` after it. `every` is in ms; None: no samples."""

    name = ""
    every: float | None = None

    def begin(self, sim: Simulation, steps: int) -> None:
        """Check names, make room."""
        raise NotImplementedError

    def take(self, sim: Simulation) -> None:
        """Keep a sample of the present state."""

    def data(self) -> dict[str, Any]:
        """What was recorded so far, by name."""
        raise NotImplementedError

    def kept(self) -> dict[str, np.ndarray]:
        """What was recorded so far, as arrays for a checkpoint."""
        raise NotSupported(
            f"{type(self).__name__} cannot be kept in a checkpoint; give it `kept`, and `take_up` that puts it back"
        )

    def take_up(self, kept: Mapping[str, np.ndarray]) -> None:
        """Go on from what `kept` gave; called after `begin`."""
        raise NotImplementedError

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        """The memory that a run of so many steps will need, known before it."""
        return 0

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


class Spikes(Recorder):
    """All spikes of a population: times and neurons, in order of time, then neuron."""

    def __init__(self, population: Population | str) -> None:
        self.of = name_of(population)
        self.name = f"{self.of}.spikes"

    def begin(self, sim: Simulation, steps: int) -> None:
        population = sim.net.population(self.of)
        if not population.spiking:
            raise BadValue(
                f"'{self.of}' are rate neurons and have no spikes; record States('{self.of}', 'rate', every=...)"
            )
        self._dt, self._steps, self._ids, self._n = sim.net.dt, [], [], population.n  # type: ignore[var-annotated]

    def add(self, steps: np.ndarray, ids: np.ndarray) -> None:
        """Take over spikes from the engine's log."""
        self._steps.append(steps)
        self._ids.append(ids)

    def kept(self) -> dict[str, np.ndarray]:
        return {
            "steps": np.concatenate([np.empty(0, np.int64), *self._steps]),
            "ids": np.concatenate([np.empty(0, np.int32), *self._ids]),
        }

    def take_up(self, kept: Mapping[str, np.ndarray]) -> None:
        self._steps, self._ids = [kept["steps"]], [kept["ids"]]

    def data(self) -> dict[str, Any]:
        import xarray as xr

        steps, ids = Spikes.kept(self).values()
        coords = {"time": ("spike", (steps + 1) * self._dt, {"units": "ms"}), "neuron": ("spike", ids)}
        return {self.name: xr.Dataset(coords=coords, attrs={"population": self.of, "cells": self._n})}


class _Sampled(Recorder):
    """Recorders that take an array at each sample."""

    def begin(self, sim: Simulation, steps: int) -> None:
        self.interval = self._interval(sim)
        self._times: list[float] = []
        self._values: list[np.ndarray] = []
        self._look(sim)

    def take(self, sim: Simulation) -> None:
        self._times.append(sim.step_count * sim.net.dt)
        self._values.append(self._look(sim))

    def kept(self) -> dict[str, np.ndarray]:
        return {"times": np.array(self._times, float), "values": self._stacked()}

    def take_up(self, kept: Mapping[str, np.ndarray]) -> None:
        self._times, self._values = kept["times"].tolist(), list(kept["values"])

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        return (steps // self._interval(sim) + 1) * self._look(sim).nbytes

    def _look(self, sim: Simulation) -> np.ndarray:
        raise NotImplementedError

    def _stacked(self) -> np.ndarray:
        return np.array(self._values)


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

    def data(self) -> dict[str, Any]:
        import xarray as xr

        values = self._stacked()
        index = np.arange(values.shape[1]) if values.ndim == 2 and self.of is None else self.of
        coords: dict[str, Any] = {"time": ("time", self._times, {"units": "ms"})}
        if values.ndim == 2 and index is not None and np.ndim(index) == 1:
            coords["element"] = index
        return {self.name: xr.DataArray(values, coords, ("time", "element")[: values.ndim], name=self.name)}


class Weights(_Sampled):
    """The weights of a projection, each `every` ms: all, or those of `sample` synapses, the same ones for a seed."""

    def __init__(self, projection: Projection | str, *, every: float, sample: int | None = None) -> None:
        self.projection, self.every, self.sample = name_of(projection), every, sample
        self.name = f"{self.projection}.w"

    def begin(self, sim: Simulation, steps: int) -> None:
        pre, post = sim.pairs(self.projection)
        self._chosen: Any = slice(None)
        if self.sample is not None and self.sample < len(pre):
            rng = keyed.generator(sim.net.seed, f"{self.projection}/recorded")
            self._chosen = np.sort(rng.choice(len(pre), self.sample, replace=False))
        self._pairs = (pre[self._chosen], post[self._chosen])
        super().begin(sim, steps)

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        weights = sim.weights(self.projection)
        n = weights.size if self.sample is None else min(self.sample, weights.size)
        return (steps // self._interval(sim) + 1) * n * weights.itemsize

    def _look(self, sim: Simulation) -> np.ndarray:
        return sim.weights(self.projection)[self._chosen]

    def data(self) -> dict[str, Any]:
        import xarray as xr

        coords = {
            "time": ("time", self._times, {"units": "ms"}),
            "pre": ("synapse", self._pairs[0]),
            "post": ("synapse", self._pairs[1]),
        }
        values = self._stacked() if self._values else np.empty((0, len(self._pairs[0])))
        return {self.name: xr.DataArray(values, coords, ("time", "synapse"), name=self.name)}


class WeightSummary(_Sampled):
    """Mean, spread, extremes and quantiles of a projection's weights, each `every` ms; without a name, of all plastic
    projections."""

    def __init__(self, projection: Projection | str | None = None, *, every: float) -> None:
        self.projection, self.every = None if projection is None else name_of(projection), every
        self.name = f"{self.projection or 'all'}.weights"

    def begin(self, sim: Simulation, steps: int) -> None:
        plastic = [name for name, plan in sim.plans.items() if plan.plastic]
        if self.projection is None and not plastic:
            raise BadValue("WeightSummary(): the network has no plastic projection; name one")
        self._names = [self.projection] if self.projection else plastic
        super().begin(sim, steps)

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        return (steps // self._interval(sim) + 1) * 8 * (4 + len(QUANTILES)) * len(sim.plans)

    def _look(self, sim: Simulation) -> np.ndarray:
        return np.array([_summary(sim.weights(name)) for name in self._names])

    def data(self) -> dict[str, Any]:
        import xarray as xr

        values = self._stacked().reshape(len(self._times), len(self._names), 4 + len(QUANTILES))
        time = ("time", self._times, {"units": "ms"})
        found = {}
        for k, name in enumerate(self._names):
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


class Rates(Spikes):
    """The mean rate of a population in Hz, in bins of `every` ms; `each=True` gives every neuron's."""

    def __init__(self, population: Population | str, *, every: float, each: bool = False) -> None:
        super().__init__(population)
        self.bin, self.each = every, each
        self.name = f"{self.of}.rate"

    def begin(self, sim: Simulation, steps: int) -> None:
        super().begin(sim, steps)
        self._width = _steps(self.bin, sim, "Rates")
        self._first, self._bins = sim.step_count, -(-steps // self._width)
        self._counts = np.zeros((self._bins, self._n if self.each else 1), np.int64)

    def expected_bytes(self, sim: Simulation, steps: int) -> int:
        n = sim.net.population(self.of).n if self.each else 1
        return 8 * n * (steps // _steps(self.bin, sim, "Rates") + 1)

    def add(self, steps: np.ndarray, ids: np.ndarray) -> None:
        bins = (steps - self._first) // self._width
        np.add.at(self._counts, (bins, ids if self.each else np.zeros_like(ids)), 1)

    def kept(self) -> dict[str, np.ndarray]:
        return {"counts": self._counts}

    def take_up(self, kept: Mapping[str, np.ndarray]) -> None:
        self._counts[:] = kept["counts"]

    def data(self) -> dict[str, Any]:
        import xarray as xr

        seconds = self._width * self._dt / 1000.0
        rates = self._counts / seconds / (1 if self.each else self._n)
        time = (self._first + self._width * (np.arange(self._bins) + 1)) * self._dt
        coords: dict[str, Any] = {"time": ("time", time, {"units": "ms"})}
        if self.each:
            return {self.name: xr.DataArray(rates, coords, ("time", "neuron"), name="rate", attrs={"units": "Hz"})}
        return {self.name: xr.DataArray(rates[:, 0], coords, ("time",), name="rate", attrs={"units": "Hz"})}


class Recording(Mapping[str, Any]):
    """What a run recorded: labelled xarray data by name, such as 'exc.spikes', 'exc.v' or 'inputs -> exc.weights'."""

    def __init__(self, data: dict[str, Any], attrs: dict[str, Any]) -> None:
        self._data, self.attrs = data, attrs

    def __getitem__(self, name: str) -> Any:
        if name not in self._data:
            raise UnknownName(f"nothing recorded as '{name}'; {suggestion(name, self._data)}")
        return self._data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def save(self, path: str | Path) -> Path:
        """Write everything to a zarr folder, one group per name, with the network's description."""
        import xarray as xr
        import zarr  # takes a second to load

        path = Path(path)
        zarr.open_group(path, mode="w").attrs.update(self.attrs)
        for name, value in self._data.items():
            value = value.to_dataset(name="value") if isinstance(value, xr.DataArray) else value
            value.reset_coords().to_zarr(path, group=_group(name), mode="w", consolidated=False)
        return path

    def __repr__(self) -> str:
        lines = [f"  {name}: {dict(value.sizes)}" for name, value in self._data.items()]
        return "\n".join(["<Recording", *lines, ">"]) if lines else "<Recording of nothing; pass record=[...] to run()>"


def _group(name: str) -> str:
    return name.replace(" -> ", "_to_").replace("/", "_").replace(" ", "_")


def check_memory(sim: Simulation, recorders: Any, steps: int, limit: float) -> None:
    """Refuse what would not fit, with the size of each recorder."""
    sizes = {r.name: r.expected_bytes(sim, steps) for r in recorders}
    if sum(sizes.values()) > limit:
        worst = max(sizes, key=lambda name: sizes[name])
        total, most, most_allowed = (f"{size / 2**30:.1f} GiB" for size in (sum(sizes.values()), sizes[worst], limit))
        raise TooLarge(
            f"recording would take {total}, {worst} alone {most}; the limit is {most_allowed}. "
            "Record less often (every=), fewer elements (of=, sample=) or a summary (WeightSummary, Rates)"
        )
