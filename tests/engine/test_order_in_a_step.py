"""Hooks of one moment read the values before it, whatever they belong to, in engine and reference."""

import numpy as np
import pytest

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("kernels")


class OnSpike(hs.PopulationRule):
    acts_on = "v_threshold"
    k: hs.units.Number = 0.1
    seen = hs.PerNeuron.state()

    @seen.on_spike
    def _(seen, value):
        return 0.5 * seen + value

    @staticmethod
    def on_spike(value, k):
        return k * (value + 60.0)


class Reads(hs.Plasticity):
    """Synapses' hooks read what hooks of the neuron write in the same moment, and the other way round."""

    c = hs.PerPost.state()
    d = hs.PerSynapse.state()
    r = hs.PerPre.state()

    @c.on_post
    def _(c, post_v_threshold):
        return 0.5 * c + post_v_threshold

    @d.on_post
    def _(d, post_v_threshold, c):
        return 0.5 * d + post_v_threshold + 0.1 * c

    @staticmethod
    def on_post(post_v_threshold):
        return 1e-3 * post_v_threshold

    @c.step
    def _(c):
        return 0.99 * c

    @r.step
    def _(r):
        return r + 1.0

    @d.step
    def _(d, c, r):
        return 0.9 * d + 0.01 * c + 0.001 * r

    @staticmethod
    def step(c, d, r):
        return 1e-5 * (c - d + r)


def test_rules_on_cells_and_synapses_read_what_was_before():
    net = hs.Network(dt=1.0, seed=2)
    a = net.add(hs.PoissonSource(rate=80.0), 5, "a")
    b = net.add(hs.LIF(), 4, "b", rules=[OnSpike(), OnSpike(k=-0.05)])
    net.connect(a, b, hs.AllToAll(), weight=6.0, rules=[Reads()], name="p")
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    for _ in range(6):
        sim.run(steps=20)
        reference.run(steps=20)
        found = [(sim.state("b", "v_threshold"), reference.values_of("b", "neuron", "v_threshold"))]
        names = [("b", "OnSpike_1.seen"), ("b", "OnSpike_2.seen"), *(("p", f"Reads.{name}") for name in "cdr")]
        found += [(sim.state(*name), reference.state(*name)) for name in names]
        for ours, theirs in [*found, (sim.weights("p"), reference.weights("p"))]:
            np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    assert len(reference.spikes) > 50
