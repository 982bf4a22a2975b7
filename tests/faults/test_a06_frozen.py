"""A6: frozen time is frozen: nested, for slow state of every kind, for what is set inside; and what is fast moves."""

import math

import numpy as np
import pytest

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("plain")


class Slow(hs.Plasticity):
    """Slow states of each owner beside fast ones, at events and at steps."""

    tau: hs.units.Ms = 50.0
    period: hs.units.Ms = 5.0
    x = hs.PerPre.trace(decay="tau", slow=True)
    y = hs.PerPost.trace(decay="tau", slow=True)
    fast_x = hs.PerPre.trace(decay="tau")
    fast_y = hs.PerPost.trace(decay="tau")
    counts = hs.PerPost.state()
    slow_counts = hs.PerPost.state(slow=True)
    rows = hs.PerPre.state(slow=True)

    @counts.step
    def _(counts):
        return counts + 1.0

    @slow_counts.step
    def _(slow_counts):
        return slow_counts + 1.0

    @rows.on_pre
    def _(rows):
        return rows + 1.0

    @staticmethod
    def on_post(x, fast_x):
        return x + 0.01 * fast_x

    @staticmethod
    def on_pre(y, fast_y):
        return 0.1 * (y + 0.01 * fast_y)


class Tired(hs.Release):
    tau: hs.units.Ms = 30.0
    u = hs.PerSynapse.trace(decay="tau", slow=True)
    v = hs.PerSynapse.trace(decay="tau")

    @staticmethod
    def transmit(w, u, v):
        return w / (1.0 + u + v), u + 1.0, v + 1.0


class Clock(hs.NetworkRule):
    period: hs.units.Ms = 4.0
    ticks = hs.Global.state()
    age = hs.Global.state()

    @ticks.on_tick
    def _(ticks):
        return ticks + 1.0

    @age.step
    def _(age):
        return age + 1.0


STATES = "x y fast_x fast_y counts slow_counts rows".split()


def network():
    net = hs.Network(dt=1.0, seed=3)
    net.add_rule(Clock(), "clock")
    a, b = net.add(hs.PoissonSource(rate=60.0), 4, "a"), net.add(hs.LIF(), 3, "b")
    net.connect(a, b, hs.AllToAll(), weight=6.0, delay=3.0, dendritic_delay=2.0, release=Tired(),
                rules=[Slow(), hs.HardBounds(0.0, 30.0)], name="p")  # fmt: skip
    return net


def same(sim, reference):
    np.testing.assert_allclose(sim.weights("p"), reference.weights("p"), rtol=1e-9)
    for name in STATES:
        found = reference.peek("p", "rule0.0", name)
        np.testing.assert_allclose(sim.state("p", f"Slow.{name}"), found, rtol=1e-9, err_msg=name)
    for name in "uv":
        found = reference.peek("p", "release", name)
        np.testing.assert_allclose(sim.state("p", f"release.{name}"), found, rtol=1e-9, err_msg=name)
    for name in ("ticks", "age"):
        assert sim.modulator(f"clock.{name}") == reference.peek("clock", "rule", name)[0], name


def test_a6_frozen_stretches_nested_and_long_equal_the_reference():
    net = network()
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True, threads=2), hs.ReferenceSimulation(net)

    def run(steps):
        sim.run(steps=steps)
        reference.run(steps=steps)
        same(sim, reference)

    run(60)
    for outer, inner in ((False, True), (False, False), (True, False)):
        weights = sim.weights("p")
        with sim.frozen(outer), reference.frozen(outer):
            run(13)
            with sim.frozen(inner), reference.frozen(inner):
                run(40)
            run(25)
            assert sim.weights("p").tolist() == weights.tolist()
        assert sim.step_count == reference.step_count
        same(sim, reference)
        run(30)


def test_a6_the_slow_trace_of_the_example():
    class Count(hs.Plasticity):
        tau: hs.units.Ms = 20.0
        x = hs.PerPre.trace(decay="tau", slow=True)

        @staticmethod
        def on_post(x):
            return x

    net = hs.Network(dt=1.0)
    a = net.add(hs.SpikeSource(), 1, "a", spikes=([1.0], [0]))
    b = net.add(hs.SpikeSource(), 1, "b", spikes=([122.0], [0]))
    net.connect(a, b, hs.AllToAll(), weight=1.0, rules=[Count()], name="p")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(steps=12)
    with sim.frozen(restore=False):
        sim.run(steps=100)
    sim.run(steps=20)
    assert abs(sim.weights("p")[0] - (1.0 + math.exp(-1.0))) < 1e-12


def test_a6_what_is_set_inside_is_put_back_with_the_rest():
    net = network()
    sim = hs.Simulation(net, quiet=True)
    sim.run(steps=30)
    names = [("a", "rate"), ("p", "w"), ("p", "Slow.x"), ("p", "Slow.tau"), ("p", "Slow.period"), ("b", "v")]
    before = [sim.state(*name) for name in names]
    kernel = sim.state("p", "Slow.fast_x")
    with sim.frozen():
        for name in names:
            sim.set(*name, 7.0)
        sim.run(steps=20)
        assert sim.state("p", "Slow.tau") == 7.0
    assert all(np.array_equal(sim.state(*name), value) for name, value in zip(names, before, strict=True))
    assert np.array_equal(sim.state("p", "Slow.fast_x"), kernel)
    twin = hs.Simulation(net, quiet=True)
    twin.run(steps=30)
    for one in (sim, twin):
        one.run(steps=30)
    assert np.array_equal(sim.weights("p"), twin.weights("p"))
    with sim.frozen(restore=False):
        sim.set("a", "rate", 7.0)
    assert sim.state("a", "rate").tolist() == [7.0] * 4
