"""A8: what is looked at or recorded is its value at that moment, whatever the engine keeps, on any threads."""

import math

import numpy as np
import pytest

import hebbstat as hs


class Mixed(hs.Plasticity):
    tau: hs.units.Ms = 20.0
    x = hs.PerPre.trace(decay="tau")
    y = hs.PerPost.trace(decay="tau", slow=True)
    e = hs.PerSynapse.trace(decay="tau")
    a = hs.PerPre.state(1.0)

    @hs.derived
    def double(tau, post_tau_m):
        return 2.0 * tau + post_tau_m

    @a.advance
    def _(a, elapsed, double):
        return a * math.exp(-elapsed / double)

    @a.on_pre
    def _(a):
        return a + 1.0

    @e.on_post
    def _(e, x):
        return e + x

    @staticmethod
    def on_post(x, a):
        return 0.01 * (x + a)

    @staticmethod
    def on_pre(y):
        return -0.01 * y


class Rate(hs.PopulationRule):
    acts_on = "v_threshold"
    tau: hs.units.Ms = 100.0
    period: hs.units.Ms = 50.0
    seen = hs.PerNeuron.trace(decay="tau")

    @staticmethod
    def on_tick(seen):
        return 0.1 * seen


@pytest.mark.usefixtures("kernels")
def test_a8_the_example():
    net = hs.Network(dt=1.0)
    a = net.add(hs.SpikeSource(), 1, "a", spikes=([1.0], [0]))
    net.connect(a, net.add(hs.LIF(), 1, "b"), hs.AllToAll(), rules=[hs.PairSTDP(tau_plus=20.0)], name="p")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    run = sim.run(steps=42, record=[hs.States("p", "PairSTDP.x", every=1.0)])
    assert sim.state("p", "PairSTDP.x")[0] == pytest.approx(math.exp(-2.0))  # 40 ms after its event
    expected = [0.0 if t < 2 else math.exp(-(t - 2) / 20.0) for t in run["p.PairSTDP.x"].time.values]
    np.testing.assert_allclose(run["p.PairSTDP.x"].values[:, 0], expected)  # no staircase


@pytest.mark.usefixtures("kernels")
def test_a8_looks_between_events_equal_the_reference_on_any_threads():
    net = hs.Network(dt=1.0, seed=2)
    a, b = net.add(hs.PoissonSource(rate=40.0), 6, "a"), net.add(hs.LIF(), 5, "b", rules=[Rate()])
    delays = hs.Uniform(1.0, 6.0)
    net.connect(a, b, hs.AllToAll(), weight=6.0, delay=delays, rules=[Mixed(), hs.PairSTDP()], name="p")
    sims = [hs.Simulation(net, dtype="float64", threads=threads, quiet=True) for threads in (1, 2, 3)]
    reference = hs.ReferenceSimulation(net)
    names = [f"Mixed.{name}" for name in "xyea"] + ["PairSTDP.x", "PairSTDP.y"]
    for steps in (37, 1, 13, 60):
        reference.run(steps=steps)
        for sim in sims:
            sim.run(steps=steps)
            for name in names:
                rule, _, state = name.partition(".")
                expected = reference.state("p", f"{rule}.{state}")
                np.testing.assert_allclose(sim.state("p", name), expected, rtol=1e-9, atol=1e-15, err_msg=name)
            expected = reference.state("b", "Rate.seen")
            np.testing.assert_allclose(sim.state("b", "Rate.seen"), expected, rtol=1e-9)
            assert sim.state("p", "Mixed.double").shape == (1,)


@pytest.mark.usefixtures("kernels")
def test_a8_looking_changes_no_bit():
    net = hs.Network(dt=1.0, seed=2)
    a, b = net.add(hs.PoissonSource(rate=40.0), 6, "a"), net.add(hs.LIF(), 5, "b", rules=[Rate()])
    net.connect(a, b, hs.AllToAll(), weight=6.0, delay=hs.Uniform(1.0, 6.0), rules=[Mixed()], name="p")
    quiet, looked = (hs.Simulation(net, quiet=True) for _ in range(2))
    quiet.run(steps=120)
    for _ in range(120):
        looked.run(steps=1)
        for name in "xyea":
            looked.state("p", f"Mixed.{name}")
        looked.state("b", "Rate.seen")
    for name in ("w", "Mixed.x", "Mixed.e"):
        assert np.array_equal(quiet.state("p", name), looked.state("p", name))
