"""A2: a field may have the name of what hooks are offered; then that name is the field's, in traces too."""

from __future__ import annotations

import numpy as np
import pytest

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("kernels")


class Marked(hs.Neuron):
    """A cell with a trace of its spikes that is set to a field called as what receptors give it."""

    tau: hs.units.Ms = 10.0
    drive: hs.units.Number = 0.5
    conductance: hs.units.Number = 0.25

    v = hs.PerNeuron.state()
    set_to = hs.PerNeuron.trace(decay="tau", set="drive")
    added = hs.PerNeuron.trace(decay="tau", add="conductance")

    @v.step
    def _(v, drive, conductance, scheduled):
        return v + drive + conductance

    @staticmethod
    def fires(scheduled):
        return scheduled


class Steady(hs.Receptor):
    """A receptor whose trace adds a field that is called as what arrives."""

    tau: hs.units.Ms = 5.0
    amount: hs.units.Number = 3.0

    g = hs.PerPost.trace(decay="tau", add="amount")

    @staticmethod
    def current(g):
        return g


class Arriving(Steady):
    """It has a hook for arrivals, too."""

    seen = hs.PerPost.state()

    @seen.on_arrival
    def _(seen, amount):
        return seen + amount


def test_a2_a_trace_is_set_to_a_field_that_is_called_as_what_is_offered() -> None:
    net = hs.Network(dt=1.0)
    net.add(Marked(drive=np.array([0.5, 1.5])), 2, "a", spikes=([2.0, 4.0, 5.0], [0, 1, 1]))
    sims = [hs.ReferenceSimulation(net), hs.Simulation(net, dtype="float64", threads=1, quiet=True)]
    for sim in sims:
        sim.run(steps=5)
    left = np.exp(-0.1 * np.array([3.0, 0.0]))
    for sim in sims:
        np.testing.assert_allclose(sim.state("a", "set_to"), np.array([0.5, 1.5]) * left, rtol=1e-12)
        np.testing.assert_allclose(sim.state("a", "added"), [0.25 * left[0], 0.25 * np.exp(-0.1) + 0.25], rtol=1e-12)
        np.testing.assert_allclose(sim.state("a", "v"), np.array([0.75, 1.75]) * 5, rtol=1e-12)


@pytest.mark.parametrize("receptor", [Steady(), Arriving()], ids=["trace", "hook"])
def test_a2_a_receptor_adds_its_own_amount(receptor: hs.Receptor) -> None:
    net = hs.Network(dt=1.0)
    a = net.add(hs.SpikeSource(), 2, "a", spikes=([2.0, 2.0], [0, 1]))
    b = net.add(hs.LIF(), 1, "b")
    net.connect(a, b, hs.AllToAll(), weight=1.0, receptor=receptor, name="p")
    sims = [hs.ReferenceSimulation(net), hs.Simulation(net, dtype="float64", threads=1, quiet=True)]
    for sim in sims:
        sim.run(steps=5)
        np.testing.assert_allclose(sim.state("p", "receptor.g"), [3.0 * np.exp(-0.4)], rtol=1e-12)
        if isinstance(receptor, Arriving):
            np.testing.assert_allclose(sim.state("p", "receptor.seen"), [3.0], rtol=1e-12)
