"""A disinhibition gate: VIP cells, when they are active, let excitatory synapses learn.

Letzkus, Wolff & Luthi 2015, doi:10.1016/j.neuron.2015.09.024. The rule watches the VIP population by its name.
"""

from __future__ import annotations

import pytest
from helpers.comparing import compare

import hebbstat as hs
from hebbstat.network import instantiate


class Disinhibited(hs.Plasticity):
    """Pair STDP times a sigmoid gate of the rate of a population, which it watches itself."""

    watched: str = "vip"
    cells: hs.units.Positive = 10.0  # how many these are
    smooth: hs.units.Ms = 50.0
    half: hs.units.Hz = 10.0
    tau: hs.units.Ms = 20.0
    A: hs.units.NonNegative = 0.01

    x = hs.PerPre.trace(decay="tau")
    y = hs.PerPost.trace(decay="tau")
    spikes = hs.Global.spikes_of("watched")
    rate = hs.Global.state()  # Hz

    @rate.step
    def _(rate, spikes, cells, smooth, dt):
        return rate + (1000.0 * spikes / cells - rate * dt) / smooth

    @staticmethod
    def on_post(x, rate, half, A):
        return A * x * rate**2 / (half**2 + rate**2)

    @staticmethod
    def on_pre(y, rate, half, A):
        return -0.4 * A * y * rate**2 / (half**2 + rate**2)


class Vip(hs.NetworkRule):
    """The same rate as a rule of the network, for `gated`."""

    watched: str = "vip"
    cells: hs.units.Positive = 10.0
    smooth: hs.units.Ms = 50.0
    rate = hs.Global.state()
    spikes = hs.Global.spikes_of("watched")

    @rate.step
    def _(rate, spikes, cells, smooth, dt):
        return rate + (1000.0 * spikes / cells - rate * dt) / smooth


class ByRates(hs.Plasticity):
    """Hebb's rule times the mean rate of a population of rate neurons, at every step and at ticks."""

    watched: str = "vip"
    eta: hs.units.NonNegative = 0.001
    period: hs.units.Ms = 7.0

    vip = hs.Global.rate_of("watched")

    @staticmethod
    def step(pre_rate, post_rate, vip, eta, dt):
        return eta * pre_rate * post_rate * vip * dt

    @staticmethod
    def on_tick(w, vip):
        return -0.001 * vip * w


class Mean(hs.NetworkRule):
    watched: str = "vip"
    vip = hs.Global.rate_of("watched")
    kept = hs.Global.state()

    @kept.step
    def _(kept, vip):
        return 0.5 * kept + vip


class Watcher(hs.LinearRate):
    """A neuron that sees the rate of the step before."""

    watched: str = "vip"
    vip = hs.Global.rate_of("watched")
    seen = hs.PerNeuron.state()

    @seen.step
    def _(vip):
        return vip


def rates(vip: float) -> hs.Network:
    net = hs.Network(dt=1.0, seed=8)
    net.add(hs.LinearRate(i_ext=[1.0, 2.0, 3.0]), 3, "in")
    net.add(hs.LinearRate(i_ext=hs.Sine(vip, 0.5 * vip, 20.0)), 300, "vip")
    net.add(Watcher(i_ext=1.0), 2, "exc")
    net.add_rule(Mean(), "mean")
    net.connect("in", "exc", hs.AllToAll(), weight=0.1, rules=[ByRates()], name="learn")
    return net


def test_rate_neurons_are_watched_too(kernels: None) -> None:
    compare(instantiate(rates(1.0)), 60, threads=2)


def test_their_rate_opens_the_gate(plain: None) -> None:
    sims = [hs.ReferenceSimulation(rates(vip)) for vip in (0.0, 1.0)]
    for sim in sims:
        sim.run(steps=40)
    assert (sims[0].weights("learn") == 0.1).all() and (sims[1].weights("learn") > 0.11).all()


def network(vip: float, by_name: bool = False) -> hs.Network:
    net = hs.Network(dt=1.0, seed=8)
    net.add(hs.PoissonSource(rate=30.0), 20, "inputs")
    net.add(hs.PoissonSource(rate=vip), 10, "vip")
    net.add(hs.LIF(), 5, "exc")
    rule: hs.Plasticity = Disinhibited()
    if by_name:
        net.add_rule(Vip(), "VIP")
        rule = hs.gated(hs.PairSTDP(), by=lambda VIP: VIP**2 / (100.0 + VIP**2))
    rules = {"stdp": rule, "limits": hs.HardBounds(0.0, 5.0)}
    net.connect("inputs", "exc", hs.AllToAll(), weight=2.5, receptor=hs.AMPA(), rules=rules, name="learn")
    return net


@pytest.mark.parametrize("by_name", [False, True])
def test_engine_equals_reference(by_name: bool, kernels: None) -> None:
    compare(instantiate(network(20.0, by_name)), 300, threads=2)


@pytest.mark.parametrize("by_name", [False, True])
def test_active_vip_cells_open_the_gate(by_name: bool, plain: None) -> None:
    """Learning at 40 Hz of VIP cells is more than ten times that at 1 Hz: 16 / 17 against about 0.01."""
    moved = []
    for vip in (1.0, 40.0):
        sim = hs.Simulation(network(vip, by_name), dtype="float64", quiet=True)
        sim.run(steps=400)
        moved.append(abs(sim.weights("learn") - 2.5).mean())
    assert moved[1] > 10.0 * moved[0] > 0.0
