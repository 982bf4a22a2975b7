"""Finer points of reading receptors, on the engine as in the reference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.comparing import compare

import hebbstat as hs
from hebbstat.network import instantiate


class Aware(hs.CurrentLIF):
    """A cell that names a receptor of its own."""

    brake: str = "brake"
    braked = hs.PerNeuron.received("current", through="brake")
    closing = hs.PerNeuron.received("i", through="brake")
    startled = hs.PerNeuron.state()

    @startled.on_spike
    def _(braked, closing, excitation):
        return braked + closing + excitation


class ReadsCell(hs.Plasticity):
    """What a neuron receives is read of the neuron: at both events, so that one of them would be replayed."""

    y = hs.PerPost.trace(decay="tau")
    tau: hs.units.Ms = 20.0

    @staticmethod
    def on_pre(y, post_closing, post_braked):
        return 0.01 * y * (post_closing + post_braked)

    @staticmethod
    def on_post(post_braked, post_startled):
        return 0.01 * post_braked + 0.001 * post_startled


class Replayed(hs.Plasticity):
    """Postsynaptic events alone read the receptor, so they may wait: they are replayed with what it was then."""

    x = hs.PerPre.trace(decay="tau")
    tau: hs.units.Ms = 20.0

    @staticmethod
    def on_post(x, receptor_i, receptor_tau, post_inhibition):
        return 0.001 * x * receptor_i / receptor_tau + 0.0001 * post_inhibition


class Slower(hs.Plasticity):
    """A rule whose presynaptic events change the receptor that another one reads."""

    acts_on = "receptor.tau"

    @staticmethod
    def on_pre(value):
        return 0.05 * (12.0 - value)


class Average(hs.PopulationRule):
    """A rule on cells reduces what they receive."""

    acts_on = "i_ext"
    brake: str = "brake"
    period: hs.units.Ms = 5.0

    braked = hs.PerNeuron.received("current", through="brake")
    mean = hs.PerPopulation.reduce("braked", "mean")
    most = hs.Global.reduce("neuron_excitation", "max")

    @staticmethod
    def on_tick(mean, most, neuron_inhibition):
        return 0.1 * (mean + 0.01 * most + neuron_inhibition)


class Reduced(hs.Plasticity):
    """A rule reduces over synapses what their receptor is."""

    period: hs.units.Ms = 5.0
    of_post = hs.PerPost.reduce("receptor_i", "sum")
    of_pre = hs.PerPre.reduce("receptor_current", "mean")

    @staticmethod
    def on_tick(of_post, of_pre):
        return 0.001 * (of_post + of_pre)


class DerivedWeight(hs.Plasticity):
    """A weight that follows the inhibition of its cell at all times."""

    hidden = hs.PerSynapse.state(20.0)

    @hidden.on_post
    def _(hidden):
        return hidden + 1.0

    @staticmethod
    def weight(hidden, post_inhibition, receptor_i):
        return hidden / (1.0 + 0.01 * post_inhibition + 0.001 * receptor_i)


def network(rules: list[Any], on_cells: list[Any]) -> hs.Network:
    net = hs.Network(dt=0.5, seed=4)
    net.add(hs.PoissonSource(rate=60.0), 12, "in")
    net.add(Aware(i_ext=100.0), 7, "out", rules=on_cells)
    some = hs.FixedProbability(0.6)
    net.connect("in", "out", some, weight=40.0, receptor=hs.ExponentialCurrent(tau=5.0), rules=rules,
                delay=hs.Uniform(0.5, 3.0), dendritic_delay=1.0, name="learn")  # fmt: skip
    net.connect("in", "out", some, weight=-15.0, receptor=hs.ExponentialCurrent(tau=9.0), name="brake")
    return net


CASES = {
    "of the neuron": ([ReadsCell()], []),
    "replayed": ([Replayed()], []),
    "changed by events": ([Replayed(), Slower()], []),
    "reduced": ([Reduced()], [Average()]),
    "derived weight": ([DerivedWeight()], []),
    "gated": ([hs.gated(hs.PairSTDP(), by=lambda receptor_i, post_inhibition: receptor_i - post_inhibition)], []),
}


@pytest.mark.parametrize("case", CASES)
def test_engine_equals_reference(case: str, kernels: None) -> None:
    rules, on_cells = CASES[case]
    compare(instantiate(network(rules, on_cells)), 240, threads=2)


def test_what_only_postsynaptic_events_read_is_replayed(plain: None) -> None:
    assert "event-driven" in str(hs.Simulation(network([Replayed()], []), quiet=True).explain())


def test_a_frozen_probe_leaves_no_mark_on_what_was_given(plain: None) -> None:
    sims = [hs.Simulation(network([ReadsCell()], []), dtype="float64", quiet=True) for _ in range(2)]
    sims[0].run(steps=60)
    with sims[0].frozen():
        sims[0].run(steps=40)
    kept = sims[0].state("out", "braked")
    sims[0].run(steps=60)
    sims[1].run(steps=60)
    np.testing.assert_array_equal(kept, sims[1].state("out", "braked"))
    sims[1].run(steps=60)
    np.testing.assert_array_equal(sims[0].weights("learn"), sims[1].weights("learn"))
