"""Scaling, normalisation and intrinsic homeostasis within a network: invariants and closed forms."""

import math

import numpy as np
import pytest
from helpers.relay import Relay, trains

from hebbstat.contract.mechanism import Plasticity
from hebbstat.homeostasis import IntrinsicThreshold, SynapticScaling, WeightNormalization
from hebbstat.network import AllToAll, Network
from hebbstat.neurons import CurrentLIF, SpikeSource
from hebbstat.plasticity import HardBounds
from hebbstat.reference import ReferenceSimulation

START = np.array([0.2, 0.3, 0.5, 1.1, 0.0, 2.0, 0.7, 0.4])  # 4 sources to 2 targets, canonical order


def network(rule: Plasticity, spikes: tuple = ([], []), *more: Plasticity) -> ReferenceSimulation:
    net = Network(dt=1.0, seed=2)
    source, target = net.add(SpikeSource(), 4, "a"), net.add(Relay(), 2, "b", spikes=spikes)
    net.connect(source, target, AllToAll(), weight=START, rules=[rule, *more])
    return ReferenceSimulation(net)


def weights(sim: ReferenceSimulation) -> np.ndarray:
    return np.array(sim.weights("a -> b"))


def test_scaling_steps_are_limited() -> None:
    """A tick changes weights by at most `largest`."""
    sim = network(
        SynapticScaling(target=0.1, tau_rate=1000.0, strength=5.0, largest=0.2), trains(np.arange(1, 999, 2.0), [])
    )
    sim.run(steps=1000)
    assert weights(sim)[0::2] == pytest.approx(0.8 * START[0::2], rel=1e-12)
    sim.run(steps=4000)
    assert weights(sim)[1::2] == pytest.approx(1.2**5 * START[1::2], rel=1e-12)


def test_scaling_with_bounds() -> None:
    sim = network(SynapticScaling(strength=0.5, largest=0.5), ([], []), HardBounds(0.0, 1.5))
    sim.run(steps=20_000)
    assert set(weights(sim)) == {0.0, 1.5}


def test_normalisation_sets_the_sum() -> None:
    """After a tick the incoming sum is `total` (1e-12), ratios are kept; a neuron without weight is left alone."""
    sim = network(WeightNormalization(total=3.0, period=10.0))
    sim.run(steps=9)
    assert weights(sim) == pytest.approx(START)
    sim.run(steps=1)
    w = weights(sim)
    for neuron in (0, 1):
        before, after = START[neuron::2], w[neuron::2]
        assert after.sum() == pytest.approx(3.0, rel=1e-12)
        assert after == pytest.approx(3.0 * before / before.sum(), rel=1e-12)
    assert WeightNormalization.hooks[0](incoming=0.0, total=3.0) == 0.0


def test_normalisation_per_neuron() -> None:
    """`total` may differ between postsynaptic neurons."""
    sim = network(WeightNormalization(total=np.array([1.0, 5.0]), period=10.0))
    sim.run(steps=10)
    assert [weights(sim)[0::2].sum(), weights(sim)[1::2].sum()] == pytest.approx([1.0, 5.0], rel=1e-12)


def test_thresholds_bring_neurons_to_their_target() -> None:
    """Cells with different drive end at the target rate; their thresholds are those of the analytic f-I curve."""
    bias, target = np.array([120.0, 200.0, 400.0]), 20.0
    rule = IntrinsicThreshold(target=target, tau_rate=500.0, eta=2.0, period=50.0)
    net = Network(dt=1.0)
    net.add(CurrentLIF(i_ext=bias, refractory=5.0), 3, "cells", rules=[rule])
    sim = ReferenceSimulation(net)
    sim.run(steps=15_000)
    start = len(sim.spikes)
    sim.run(steps=10_000)
    counts = np.bincount([i for _, _, i in sim.spikes[start:]], minlength=3)
    assert counts / 10.0 == pytest.approx([target] * 3, rel=0.02)
    rise = math.exp(-(1000.0 / target - 5.0) / 20.0)
    analytic = -60.0 + bias / 10.0 * (1 - rise)
    found = sim.values_of("cells", "neuron", "v_threshold")
    assert found == pytest.approx(analytic, abs=0.15 * (bias.max() / 100.0))


def test_threshold_of_a_silent_neuron() -> None:
    """It sinks by gain period (target - rate), rate decaying from the target, and no further than `low`."""
    rule = IntrinsicThreshold(target=10.0, tau_rate=1000.0, eta=0.5, period=100.0, low=-52.5)
    net = Network(dt=1.0)
    net.add(CurrentLIF(), 1, "cell", rules=[rule])
    sim = ReferenceSimulation(net)
    sim.run(steps=500)
    sunk = 0.5 * 0.1 * 10.0 * sum(1 - math.exp(-k / 10.0) for k in range(1, 6))
    assert sim.values_of("cell", "neuron", "v_threshold")[0] == pytest.approx(-50.0 - sunk, rel=1e-12)
    sim.run(steps=2000)
    assert sim.values_of("cell", "neuron", "v_threshold") == [-52.5]
