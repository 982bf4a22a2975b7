"""A13: a simulation owns what it was made of; what is done to the description later does not reach it or its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.contract.distributions import Distribution
from hebbstat.network import instantiate
from hebbstat.network.serialise import describe
from hebbstat.network.wiring import Connector, Side


@dataclass(frozen=True, eq=False)
class Table(Connector):
    """A wiring of one's own that holds arrays and lists."""

    sources: Any
    targets: list

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> tuple[Any, Any]:
        return self.sources, np.array(self.targets)

    def expected(self, pre: Side, post: Side) -> float:
        return float(len(self.targets))


@dataclass(frozen=True)
class Choice(Distribution):
    """A distribution of one's own over given values."""

    among: Any

    @property
    def support(self) -> tuple[float, float]:
        return float(np.min(self.among)), float(np.max(self.among))

    def quantile(self, u: np.ndarray) -> np.ndarray:
        return np.asarray(self.among)[(u * len(self.among)).astype(int)]


def given() -> dict[str, Any]:
    """Everything that can be changed in place after it was handed over."""
    return {
        "rates": np.array([[100.0, 200.0, 300.0], [300.0, 200.0, 100.0]]), "positions": np.arange(6.0).reshape(3, 2),
        "times": np.array([5.0, 9.0, 30.0]), "cells": np.array([0, 1, 1]), "pre": np.array([0, 1, 2, 2]),
        "post": np.array([0, 1, 1, 0]), "weight": np.array([1.0, 2.0, 3.0, 4.0]),
        "delay": np.array([1.0, 2.0, 3.0, 4.0]),
        "tau": np.array([15.0, 25.0]), "gain": np.array([0.1, 0.2, 0.3, 0.4]), "branches": np.array([0, 1, 0, 1]),
        "sources": np.array([0, 1]), "targets": [1, 0], "among": np.array([1.0, 2.0]),
    }  # fmt: skip


class Drift(hs.Plasticity):
    gain: hs.units.Number = 0.0

    @staticmethod
    def on_pre(gain):
        return gain


def network(a: dict[str, Any]) -> hs.Network:
    net = hs.Network(dt=0.5, seed=3)
    inputs = net.add(
        hs.PoissonSource(rate=hs.TimedArray(a["rates"], every=10.0)), 3, "inputs", positions=a["positions"]
    )
    exc = net.add(hs.LIF(tau_m=a["tau"]), 2, "exc")
    src = net.add(hs.SpikeSource(), 2, "src", spikes=(a["times"], a["cells"]))
    wiring = hs.FromPairs(a["pre"], a["post"])
    rules = [Drift(gain=a["gain"])]
    net.connect(inputs, exc, wiring, weight=a["weight"], delay=a["delay"], receptor=hs.AMPA(), rules=rules)
    net.connect(src, exc, Table(a["sources"], a["targets"]), weight=Choice(a["among"]), receptor=hs.AMPA())
    return net


def spoil(a: dict[str, Any]) -> None:
    for value in a.values():
        value[:] = value[::-1] if isinstance(value, list) else np.flip(value).copy() * 2 if value.dtype == float else 0


def found(sim: hs.Simulation, steps: int = 100) -> tuple[Any, ...]:
    run = sim.run(steps=steps, record=[hs.Spikes("inputs"), hs.Spikes("exc")], progress=False)
    times = [run[f"{name}.spikes"].time.values.tobytes() for name in ("inputs", "exc")]
    return (*times, sim.weights("inputs -> exc").tobytes(), sim.state("exc", "v").tobytes())


@pytest.fixture(scope="module")
def wanted() -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    sim = hs.Simulation(network(given()), threads=1, quiet=True)
    return found(sim), found(sim)


def another_seed(net: hs.Network, a: dict[str, Any]) -> None:
    net.seed = 4


def another_step(net: hs.Network, a: dict[str, Any]) -> None:
    net.dt = 0.1


def more(net: hs.Network, a: dict[str, Any]) -> None:
    net.add(hs.PoissonSource(rate=10.0), 2, "new")
    net.connect("new", "exc", hs.AllToAll(), receptor=hs.AMPA())
    net.add_rule(hs.NetworkRule(), "DA")


def less(net: hs.Network, a: dict[str, Any]) -> None:
    del net.projections["inputs -> exc"], net.populations["inputs"]


def arrays(net: hs.Network, a: dict[str, Any]) -> None:
    spoil(a)


@pytest.mark.parametrize("change", [another_seed, another_step, more, less, arrays])
def test_a13_what_is_changed_after_reaches_neither_simulation_nor_file(
    change: Callable[..., None], tmp_path: Path, wanted: tuple[Any, Any]
) -> None:
    a = given()
    net = network(a)
    sim = hs.Simulation(net, threads=1, quiet=True)
    change(net, a)
    assert found(sim) == wanted[0]
    path = sim.save(tmp_path / "cut.ckpt")
    for again in (hs.Simulation.load(path, quiet=True), hs.Simulation.load(path, network(given()), quiet=True)):
        assert found(again) == wanted[1]
    assert found(sim) == wanted[1]


def test_a13_arrays_changed_between_description_and_simulation_do_not_count(wanted: tuple[Any, Any]) -> None:
    a = given()
    net = network(a)
    spoil(a)
    assert describe(net)[0] == describe(network(given()))[0]
    assert found(hs.Simulation(net, threads=1, quiet=True)) == wanted[0]


@pytest.mark.parametrize("kind", [list, np.array])
def test_a13_nothing_that_was_given_is_kept(kind: Any) -> None:
    """Lists and arrays, in every place that takes some."""
    pre, post, branches, positions = kind([0, 1]), kind([1, 0]), kind([0, 1]), kind([[0.0, 1.0], [2.0, 3.0]])
    values, tau = kind([1.0, 2.0]), kind([5.0, 6.0])
    net = hs.Network(dt=1.0)
    net.add(hs.LIF(tau_m=tau), 2, "a", positions=positions)
    net.connect("a", "a", hs.FromPairs(pre, post), branches=branches, receptor=hs.AMPA(), weight=values)
    net.connect("a", "a", Table(pre, post), receptor=hs.AMPA(tau=hs.LogNormal(5.0, cv=0.1)))
    timed = hs.TimedArray(values, every=1.0)
    before = describe(net)[0], timed.table(1.0)[0].tolist()
    for one in (pre, post, branches, values, tau):
        one[0] = 7
    positions[0][0] = 7.0
    assert (describe(net)[0], timed.table(1.0)[0].tolist()) == before


def test_a13_what_a_network_holds_cannot_be_written_to() -> None:
    net = network(given())
    arrays = [net.populations["inputs"].positions, *net.populations["src"].spikes, net.populations["exc"].neuron.tau_m]
    arrays += [net.projections["inputs -> exc"].weight, net.projections["inputs -> exc"].wiring.pre]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(hs.BadValueError, match=r"tau_m of a LIF cannot be changed: make another, hs\.replace\("):
        net.populations["exc"].neuron.tau_m = 3.0


def test_a13_the_network_of_a_simulation_stays_as_it_is() -> None:
    net = network(given())
    sim = hs.Simulation(net, threads=1, quiet=True)
    for change in (lambda: setattr(sim.net, "seed", 4), lambda: setattr(sim.net, "dt", 1.0)):
        with pytest.raises(hs.BadValueError, match="a simulation was made of it"):
            change()
    with pytest.raises(hs.BadValueError, match="'more' cannot be added to this network: a simulation was made of it"):
        sim.net.add(hs.LIF(), 1, "more")
    free = sim.net.copy()
    free.seed = 4
    free.add(hs.LIF(), 1, "more")
    assert sim.net.seed == net.seed == 3 and "more" not in net.populations


def test_a13_a_users_own_populations_and_projections_are_known() -> None:
    net = network(given())
    sim = hs.Simulation(net, threads=1, quiet=True)
    exc, link = net.populations["exc"], net.projections["inputs -> exc"]
    net.seed = 9
    sim.set(exc, "v", -60.0)
    run = sim.run(steps=4, record=[hs.Spikes(exc), hs.States(exc, "v", every=1.0), hs.Weights(link, every=1.0)])
    assert run["exc.v"].shape == (2, 2) and len(sim.pairs(link)[0]) == 4
    assert sim.net.population(exc) is exc


def test_a13_a_realised_network_and_the_reference_own_theirs_too() -> None:
    a = given()
    net = network(a)
    made = instantiate(net)
    net.seed, net.dt = 8, 0.1
    spoil(a)
    sim, reference = hs.Simulation(made, threads=1, quiet=True, dtype="float64"), hs.ReferenceSimulation(made)
    assert (sim.net.seed, sim.net.dt, reference.network.seed) == (3, 0.5, 3)


@pytest.mark.parametrize("name", ['x"""', 'x"""; [][n]; """', '"""'])
def test_a13_names_cannot_end_the_text_that_they_stand_in(name: str) -> None:
    """They are in docstrings of kernels, and come from files."""
    with pytest.raises(hs.BadValueError, match="three quotation marks"):
        hs.Network().add(hs.LIF(), 1, name)
