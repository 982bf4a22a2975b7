"""Reductions of all that can be reduced: what moves, what lies with several threads, quantiles over all projections."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from helpers.dense import Told, network
from helpers.voices import agree, agree_compiled
from strangers.interpreted import plain_kernels

import hebbstat as hs


class OfRows(hs.Plasticity):
    """Of a presynaptic neuron's synapses, whatever their delays, in this projection and in all."""

    period: hs.units.Ms = 3.0
    tau: hs.units.Ms = 5.0
    x = hs.PerPre.trace(decay="tau")
    h = hs.PerSynapse.trace(decay="tau", init=0.4)
    out = hs.PerPre.reduce("w", "sum")
    mean = hs.PerPre.reduce("h", "mean")
    most = hs.PerPre.reduce("w", "max", over="neuron")
    least = hs.PerPre.reduce("x", "min")
    number = hs.PerPre.reduce("w", "count", over="neuron")
    middle = hs.PerPre.reduce("w", hs.quantile(0.3), over="neuron")
    kept = hs.PerPre.state()

    @h.on_post
    def _(h, w):
        return h + 0.1 * w

    @kept.on_tick
    def _(kept, out, number, middle):
        return 0.5 * kept + 0.1 * out - 0.01 * number + 0.1 * middle

    @staticmethod
    def on_tick(w, out, mean, most, least, kept):
        return 0.01 * (mean - w) + 0.001 * (most - out) + 0.01 * least - 0.001 * kept


class OfAll(hs.Plasticity):
    """Of a projection's synapses, and of what moves at those of a cell."""

    period: hs.units.Ms = 4.0
    tau: hs.units.Ms = 5.0
    h = hs.PerSynapse.trace(decay="tau", init=0.4)
    y = hs.PerPost.trace(decay="tau")
    total = hs.Global.reduce("w", "sum")
    mean = hs.PerPopulation.reduce("h", "mean")
    most = hs.Global.reduce("w", "max")
    least = hs.Global.reduce("post_v", "min")
    number = hs.Global.reduce("w", "count")
    middle = hs.Global.reduce("w", hs.quantile(0.7))
    moving = hs.PerPost.reduce("h", "sum")
    drive = hs.PerPost.reduce("pre_v", hs.quantile(0.5))
    all_middle = hs.PerPost.reduce("w", hs.quantile(0.4), over="neuron")
    g = hs.Global.state()

    @h.on_pre
    def _(h, y):
        return h + 0.1 * y

    @g.on_tick
    def _(g, total, number, middle):
        return 0.5 * g + 0.01 * total - 0.01 * number + middle

    @staticmethod
    def on_tick(w, total, mean, most, least, moving, drive, all_middle, g):
        change = 0.01 * (mean - w) + 0.001 * (most - 0.1 * total) + 0.01 * least
        return change - 0.001 * g + 0.001 * (moving - drive) + 0.01 * (all_middle - w)


class OfCells(hs.PopulationRule):
    """Of cells, and quantiles of all their synapses."""

    acts_on = "level"
    period: hs.units.Ms = 5.0
    tau: hs.units.Ms = 6.0
    x = hs.PerNeuron.trace(decay="tau")
    mean = hs.PerPopulation.reduce("neuron_v", "mean")
    total = hs.Global.reduce("x", "sum")
    most = hs.PerPopulation.reduce("neuron_twice", "max")
    middle = hs.PerPopulation.reduce("x", hs.quantile(0.5))
    strong = hs.PerNeuron.reduce("w", hs.quantile(0.8))
    g = hs.PerPopulation.state()

    @g.on_tick
    def _(g, mean, total):
        return 0.5 * g + 0.1 * mean + 0.1 * total

    @staticmethod
    def on_tick(value, g, most, middle, strong, mean):
        return 0.1 * (0.3 - value) + 0.01 * (g - most + middle) + 0.01 * strong - 0.001 * mean


CASES: dict[str, Callable[[], hs.Network]] = {
    "rows": lambda: network([OfRows(), hs.HardBounds(-3.0, 3.0)]),
    "rows, one delay": lambda: network([OfRows(), hs.PairSTDP(), hs.HardBounds(-3.0, 3.0)], delay=2.0),
    "all": lambda: network([OfAll(), hs.HardBounds(-3.0, 3.0)]),
    "all, replayed": lambda: network([OfAll(), hs.PairSTDP(), hs.HardBounds(-3.0, 3.0)], recurrent=False),
    "cells": lambda: network([hs.PairSTDP()], cells=[OfCells()]),
}


class Looked(hs.Plasticity):
    """Reductions that nobody reads but who looks."""

    period: hs.units.Ms = 7.0
    total = hs.PerPost.reduce("w", "sum")
    sent = hs.PerPre.reduce("w", "sum")


def beside_static() -> hs.Network:
    """A projection that never changes, from the same cells and onto the same."""
    net = network([OfRows(), OfAll(), hs.HardBounds(-3.0, 3.0)], recurrent=False)
    net.connect("a", "b", hs.AllToAll(), weight=0.3, name="static")
    net.add(Told(), 3, "c")
    net.connect("a", "c", hs.FixedProbability(0.5), weight=hs.Uniform(0.1, 0.9), delay=3.0)
    return net


CASES["beside static ones"] = beside_static


@pytest.mark.parametrize("others", [[], [OfAll()]])
def test_who_looks_sees_them(others: list[hs.Plasticity]) -> None:
    net = network([Looked(), hs.PairSTDP(), *others], recurrent=False)
    with plain_kernels():
        sim, reference = hs.Simulation(net, dtype="float64", quiet=True, threads=2), hs.ReferenceSimulation(net)
        for one in (sim, reference):
            one.run(steps=50)
        for name in ("Looked.total", "Looked.sent"):
            np.testing.assert_allclose(sim.state("a -> b", name), reference.state("a -> b", name), rtol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_engine_equals_reference(case: str) -> None:
    agree(CASES[case])


def test_compiled() -> None:
    rules = [OfRows(), OfAll(), hs.HardBounds(-3.0, 3.0)]
    agree_compiled(lambda: network(rules, cells=[OfCells()], recurrent=False))


class Wrong(hs.Plasticity):
    period: hs.units.Ms = 3.0

    @staticmethod
    def on_tick(w):
        return -w


def test_what_makes_no_sense_is_an_error_in_both() -> None:
    class Single(Wrong):
        one = hs.PerSynapse.reduce("w", "sum")

    class Twice(Wrong):
        one = hs.PerPost.reduce("w", "sum")
        two = hs.PerPost.reduce("one", "max")

    class Weights(hs.PopulationRule):
        acts_on = "level"
        period: hs.units.Ms = 3.0
        all = hs.PerPopulation.reduce("w", "sum")

        @staticmethod
        def on_tick(all):
            return 0.0 * all

    wrong = {"one synapse that": [Single()], "cannot reduce 'one'": [Twice()], "reduce weights PerNeuron": [Weights()]}
    for says, rules in wrong.items():
        cells = [rule for rule in rules if isinstance(rule, hs.PopulationRule)]
        net = network([] if cells else rules, cells=cells)
        for make in (hs.Simulation, hs.ReferenceSimulation):
            with pytest.raises(hs.ContractError, match=says):
                make(net)
