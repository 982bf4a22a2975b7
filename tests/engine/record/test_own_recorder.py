"""A recorder of a user's own: one class with two methods."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

import hebbstat as hs


class Spread(hs.Recorder):
    """The standard deviation of the membrane voltage over a population."""

    def __init__(self, population: str, every: float) -> None:
        self.population, self.every, self.name = population, every, f"{population}.spread"

    def take(self, sim: hs.SimulationView) -> Any:
        return sim.state(self.population, "v").std()


class Both(Spread):
    """Two numbers, labelled."""

    def take(self, sim: hs.SimulationView) -> Any:
        v = sim.state(self.population, "v")
        return [v.min(), v.max()]

    def label(self, time: Any, values: np.ndarray) -> Any:
        return xarray.DataArray(values, {"time": time, "end": ["low", "high"]}, ("time", "end"), name=self.name)


def simulation() -> hs.Simulation:
    net = hs.Network(dt=0.5, seed=2)
    inputs, exc = net.add(hs.PoissonSource(rate=60.0), 8, "inputs"), net.add(hs.LIF(i_ext=150.0), 5, "exc")
    net.connect(inputs, exc, hs.FixedProbability(0.5), weight=2.0, receptor=hs.AMPA(), name="p")
    return hs.Simulation(net, quiet=True)


def test_samples_are_taken_at_their_times_and_labelled(plain: None) -> None:
    sim = simulation()
    run = sim.run(ms=50, record=[Spread("exc", every=5.0), hs.Spikes("exc")])
    spread = run["exc.spread"]
    assert spread.dims == ("time",) and spread.time.values.tolist() == [5.0 * k for k in range(1, 11)]
    states = simulation().run(ms=50, record=[hs.States("exc", "v", every=5.0)])["exc.v"]
    assert spread.values == pytest.approx(states.values.std(axis=1), rel=1e-6)
    both = simulation().run(ms=40, record=[Both("exc", every=20.0)])["exc.spread"]
    assert both.sel(end="low").values == pytest.approx(states.values.min(axis=1)[3:8:4])


def test_the_same_however_the_run_is_cut(plain: None) -> None:
    """In pieces the samples are at the same multiples of `every`."""
    whole = simulation().run(ms=60, record=[Spread("exc", every=4.0)])["exc.spread"]
    sim, parts = simulation(), []
    for ms in (3.5, 0.5, 21.0, 35.0):
        parts.append(sim.run(ms=ms, record=[Spread("exc", every=4.0)])["exc.spread"])
    cut = xarray.concat(parts, "time")
    assert np.array_equal(cut.time, whole.time) and np.array_equal(cut.values, whole.values)


def test_it_streams_and_is_kept_and_taken_up(tmp_path: Path, plain: None) -> None:
    whole = simulation().run(ms=60, record=[Spread("exc", every=4.0), hs.Rates("exc", every=10.0)])
    streamed = simulation().run(ms=60, record=[Spread("exc", every=4.0)], out=tmp_path / "run.zarr")
    assert np.array_equal(streamed["exc.spread"].values, whole["exc.spread"].values)

    class Stop(Spread):
        """Ends the run by an error once."""

        _at: float = np.inf

        def take(self, sim: hs.SimulationView) -> Any:
            if sim.time >= self._at:
                raise KeyboardInterrupt
            return super().take(sim)

    first = Stop("exc", every=4.0)
    first._at = 33.0
    checkpoint = hs.Checkpoint(tmp_path / "run.ckpt", every_s=0.0)
    with pytest.raises(KeyboardInterrupt):
        simulation().run(ms=60, record=[first], checkpoint=checkpoint)
    again = simulation()
    resumed = again.run(ms=60, record=[Stop("exc", every=4.0)], checkpoint=checkpoint)
    assert np.array_equal(resumed["exc.spread"].values, whole["exc.spread"].values)


class NoTake(hs.Recorder):
    name, every = "x", 1.0


class NoEvery(Spread):
    def __init__(self) -> None:
        self.population, self.name = "exc", "x"


class NoName(Spread):
    def __init__(self) -> None:
        self.population, self.every = "exc", 1.0


class Text(Spread):
    def take(self, sim: hs.SimulationView) -> Any:
        return "high"


class Timeless(Spread):
    def label(self, time: Any, values: np.ndarray) -> Any:
        return xarray.DataArray(values.mean(), name=self.name)


class Grows(Spread):
    def take(self, sim: hs.SimulationView) -> Any:
        return np.zeros(1 + int(sim.time))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (NoTake, r"NoTake is a recorder without a method take\(self, sim\)"),
        (NoEvery, "NoEvery does not say how often it takes a sample; set self.every"),
        (NoName, "NoName has no name for what it records; set self.name"),
        (lambda: Text("exc", 1.0), r"take\(\) of Text must give numbers, not array\('high'"),
        (lambda: Grows("exc", 1.0), r"take\(\) of Grows gave an array of shape \(2,\), and \(1,\) before"),
        (lambda: Timeless("exc", 1.0), r"label\(\) of Timeless must give xarray data over 'time'"),
        (lambda: Spread("exc", 0.3), "every of Spread of 0.3 ms is not a multiple"),
        (lambda: Spread("exc", "1"), "every='1' of Spread must be a time in ms"),
    ],
)
def test_what_is_missing_is_said(make: Any, says: str, plain: None) -> None:
    with pytest.raises(hs.BadValueError, match=says):
        simulation().run(ms=5, record=[make()])


def test_all_recorders_are_recorders() -> None:
    made: list[hs.Recorder] = [
        hs.Spikes("a"), hs.Rates("a", every=1.0), hs.States("a", "v", every=1.0), hs.Weights("p", every=1.0),
        hs.WeightSummary(every=1.0),
    ]  # fmt: skip
    assert all(isinstance(one, hs.Recorder) for one in made)


def test_an_error_in_a_recorder_leaves_a_simulation_that_goes_on(plain: None) -> None:
    sim = simulation()
    with pytest.raises(hs.BadValueError):
        sim.run(ms=5, record=[Grows("exc", 1.0)])
    whole = simulation()
    whole.run(ms=sim.time)
    for one in (sim, whole):
        one.run(ms=20)
    assert np.array_equal(sim.state("exc", "v"), whole.state("exc", "v"))
