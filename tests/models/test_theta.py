"""Theta that the network makes: the phase of its own bursts gates STDP.

After Hasselmo, Bodelon & Wyble 2002, doi:10.1162/089976602317318965: learning at one phase, recall at the other.
"""

from __future__ import annotations

import numpy as np
from helpers.comparing import compare
from helpers.tiny import Cell

import hebbstat as hs
from hebbstat.network import instantiate


class Theta(hs.NetworkRule):
    """The phase, 0 to 1, of bursts of a population: the time since the last one over the mean time between them."""

    where: str = "pacers"
    least: hs.units.Positive = 4.0  # cells in one step that begin a burst
    dead: hs.units.Ms = 30.0
    first: hs.units.Ms = 100.0

    phase = hs.Global.state()
    since = hs.Global.state()
    mean = hs.Global.state("first")
    spikes = hs.Global.spikes_of("where")

    @hs.together(phase, since, mean).step
    def _(since, mean, spikes, least, dead, dt):
        waited = since + dt
        begins = spikes >= least and waited >= dead
        period = mean + 0.3 * (waited - mean) if begins else mean
        since_now = 0.0 if begins else waited
        return min(since_now / period, 1.0), since_now, period


class Pacer(hs.Neuron):
    """A cell that fires by itself, and is pulled along by the others."""

    slope: hs.units.Number = 0.0085  # per ms
    v = hs.PerNeuron.state(0.0)

    @v.step
    def _(v, input, slope, normal, steps_since_spike, dt):
        return 0.0 if steps_since_spike < 20.0 else v + slope * dt + input + 0.002 * normal

    @v.on_spike
    def _():
        return 0.0

    @staticmethod
    def fires(v):
        return v >= 1.0


def network(early: bool) -> hs.Network:
    """Pairs of spikes a quarter (`early`) or three quarters of a period after each burst, as told beforehand."""
    net = hs.Network(dt=1.0, seed=3)
    net.add(Pacer(), 8, "pacers")
    net.connect("pacers", "pacers", hs.AllToAll(), weight=0.3)
    net.add_rule(Theta(), "theta")
    bursts = np.array(_bursts(net)[3:])
    times = bursts + (30.0 if early else 80.0)
    nobody = np.zeros(len(times), int)
    net.add(Cell(), 1, "a", spikes=(times, nobody))
    net.add(Cell(), 1, "b", spikes=(times + 5.0, nobody))
    stdp = hs.gated(hs.PairSTDP(A_plus=0.1), by=lambda theta: 1.0 if theta < 0.5 else 0.0)
    net.connect("a", "b", hs.AllToAll(), weight=1.0, rules=[stdp], name="learn")
    return net


def _bursts(net: hs.Network) -> list[float]:
    """The moments at which the phase is 0: nothing that is added later changes them."""
    sim, found = hs.ReferenceSimulation(net), []
    for _ in range(1000):
        sim.run(steps=1)
        if sim.modulator("theta.since") == 0.0:
            found.append(sim.time)
    return found


def test_engine_equals_reference(kernels: None) -> None:
    compare(instantiate(network(early=True)), 500)


def test_the_network_makes_theta_and_one_phase_learns(plain: None) -> None:
    weights = []
    for early in (True, False):
        sim = hs.Simulation(network(early), dtype="float64", quiet=True)
        sim.run(steps=1000)
        weights.append(float(sim.weights("learn")[0]))
    assert 4.0 < 1000.0 / sim.modulator("theta.mean") < 12.0  # Hz
    assert weights[0] > 1.3 and weights[1] == 1.0
