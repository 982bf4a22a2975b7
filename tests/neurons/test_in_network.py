"""Neurons within a network, through the plain-Python reference: closed forms with spikes, delays and receptors."""

import math

import numpy as np
import pytest
from helpers.relay import trains

from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.signals import TimedArray
from hebbstat.network import AllToAll, Network, OneToOne
from hebbstat.neurons import LIF, AdaptiveLIF, CurrentLIF, RateNeuron, SpikeSource
from hebbstat.reference import ReferenceSimulation
from hebbstat.synapses import Exponential, ExponentialCurrent


@pytest.mark.parametrize("neuron", [CurrentLIF(), LIF(), AdaptiveLIF()], ids=["CurrentLIF", "LIF", "AdaptiveLIF"])
@pytest.mark.parametrize("tau", [2.0, 20.0])
def test_voltage_with_exponential_currents(neuron: Neuron, tau: float) -> None:
    """Spikes at t reach the membrane at t + delay; from there v is the closed form, to 1e-9, at every step."""
    times, delay, w = np.array([1.0, 3.7, 3.8, 20.0]), 1.5, 40.0
    net = Network(dt=0.1)
    source, target = net.add(SpikeSource(), 1, spikes=trains(times)), net.add(neuron, 1, "cell")
    net.connect(source, target, AllToAll(), weight=w, delay=delay, receptor=ExponentialCurrent(tau=tau))
    sim = ReferenceSimulation(net)
    for n in range(1, 400):
        sim.run(steps=1)
        t = n * 0.1 - times - delay
        t = t[t > 1e-9]
        shape = (
            t * np.exp(-t / 20.0) if tau == 20.0 else tau * 20.0 / (tau - 20.0) * (np.exp(-t / tau) - np.exp(-t / 20.0))
        )
        assert sim.peek("cell", "neuron", "v")[0] == pytest.approx(-60.0 + w / 200.0 * shape.sum(), abs=1e-9)


def test_refractory_cells_lose_input_but_receptors_go_on() -> None:
    """A current that arrives in the refractory time acts with what is left of it afterwards."""
    net = Network(dt=0.1)
    source = net.add(SpikeSource(), 2, spikes=trains([1.0], [2.0]))
    target = net.add(CurrentLIF(refractory=3.0), 1, "cell")
    net.connect(
        source, target, AllToAll(), weight=np.array([0.0, 40.0]), delay=0.1, receptor=ExponentialCurrent(tau=5.0)
    )
    net.connect(source, target, AllToAll(), weight=np.array([30.0, 3.0]), delay=0.1, name="jumps")
    sim = ReferenceSimulation(net)
    sim.run(steps=42)  # the jump enters in step 11 and makes a spike at 1.2 ms; integration begins again at 4.2 ms
    assert [step for step, name, _ in sim.spikes if name == "cell"] == [11]
    assert sim.peek("cell", "neuron", "v") == [-60.0]
    sim.run(steps=50)
    left = 40.0 * math.exp(-(4.2 - 2.1) / 5.0)
    expected = left / 200.0 * 100.0 / (5.0 - 20.0) * (math.exp(-5.0 / 5.0) - math.exp(-5.0 / 20.0))
    assert sim.peek("cell", "neuron", "v")[0] == pytest.approx(-60.0 + expected, abs=1e-9)


def test_parameters_may_differ_between_cells_and_follow_a_plan() -> None:
    """An array of tau, and a bias that is switched: each cell follows its own closed form."""
    taus = np.array([5.0, 20.0, 60.0])
    net = Network(dt=0.5)
    net.add(CurrentLIF(tau_m=taus, g_leak=10.0, i_ext=TimedArray([0.0, 50.0], every=10.0)), 3, "cells")
    sim = ReferenceSimulation(net)
    sim.run(steps=20)
    assert sim.peek("cells", "neuron", "v") == [-60.0] * 3
    sim.run(steps=30)
    assert sim.peek("cells", "neuron", "v") == pytest.approx(-60.0 + 5.0 * (1 - np.exp(-15.0 / taus)), rel=1e-12)


def test_sustained_conductance_sets_the_steady_voltage() -> None:
    """Regular conductance input settles v at (leak v_rest + <g> E)/(leak + <g>), with <g> = w rate tau."""
    net = Network(dt=0.1)
    source = net.add(SpikeSource(), 1, spikes=trains(np.arange(1, 9000) * 0.1))  # 10 kHz: g is constant but for 2 %
    target = net.add(LIF(v_threshold=0.0), 1, "cell")
    net.connect(source, target, AllToAll(), weight=0.2, delay=0.1, receptor=Exponential(tau=5.0, reversal=-20.0))
    sim = ReferenceSimulation(net)
    sim.run(steps=3000)
    g = 0.2 * 10.0 * 5.0
    assert sim.peek("cell", "neuron", "v")[0] == pytest.approx((10.0 * -60.0 + g * -20.0) / (10.0 + g), abs=1e-9)


def test_rate_neurons_pass_their_rates_on() -> None:
    """A chain: the second neuron follows w times the first, one delay later."""
    net = Network(dt=0.1)
    first = net.add(RateNeuron(i_ext=np.array([2.0, 5.0])), 2, "first")
    second = net.add(RateNeuron(tau=5.0, gain=0.5), 2, "second")
    net.connect(first, second, OneToOne(), weight=3.0, delay=1.0)
    sim = ReferenceSimulation(net)
    sim.run(steps=3000)
    assert sim.peek("first", "neuron", "r") == pytest.approx([2.0, 5.0], rel=1e-9)
    assert sim.peek("second", "neuron", "r") == pytest.approx([3.0, 7.5], rel=1e-9)
