"""More members of these kinds, found when the mended code was attacked anew: each with its smallest network."""

import math

import numpy as np
import pytest
from helpers.comparing import compare

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("plain")


class Cell(hs.Neuron):
    th: hs.units.Number = 1.0
    gain: hs.units.Number = 1.0
    v = hs.PerNeuron.state()

    @hs.derived
    def d1(th):
        return 2.0 * th

    @hs.derived
    def d2(d1):
        return d1 + 1.0

    @v.step
    def _(v, input, current):
        return v + input + current

    @staticmethod
    def fires(v):
        return v > 1e9


class Tone(hs.NetworkRule):
    g: hs.units.Number = 1.0
    a = hs.Global.state()

    @a.step
    def _(a, g):
        return a + g


class Rec(hs.Receptor):
    k: hs.units.Number = 0.4
    s = hs.PerPost.state()

    @hs.derived
    def k2(k, post_gain):
        return k * post_gain

    @s.on_arrival
    def _(s, amount):
        return s + amount

    @staticmethod
    def current(s, k2):
        return s * k2


class Derived(hs.Plasticity):
    g: hs.units.Number = 1.0
    h = hs.PerSynapse.state(0.3)

    @hs.derived
    def e1(g):
        return 2.0 * g

    @hs.derived
    def e2(e1):
        return e1 + 1.0

    @h.on_pre
    def _(h):
        return h

    @staticmethod
    def weight(h, e2):
        return h * e2


def network(*rules, cell=None, times=(2.0, 5.0, 9.0), **projection):
    net = hs.Network(dt=1.0)
    net.add(hs.SpikeSource(), 1, "a", spikes=(list(times), [0] * len(times)))
    net.add(cell or Cell(), 1, "b")
    net.connect("a", "b", hs.AllToAll(), rules=rules, name="p", **{"weight": 2.0, **projection})
    return net


def both(net, steps):
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    sim.run(steps=steps)
    reference.run(steps=steps)
    return sim, reference


def test_what_was_set_of_receptors_modulators_and_rows_can_be_saved_and_loaded(tmp_path):
    class Rows(hs.Plasticity):
        tau: hs.units.Ms = 5.0
        x = hs.PerPre.trace(decay="tau")

        @staticmethod
        def on_post(x):
            return x

    net = hs.Network(dt=1.0, seed=1)
    net.add_rule(Tone(), "T")
    a, b = net.add(hs.PoissonSource(rate=50.0), 4, "a"), net.add(hs.LIF(), 3, "b")
    net.connect(a, b, hs.AllToAll(), receptor=hs.AMPA(), name="p", delay=hs.Uniform(1.0, 5.0),
                rules=[Rows(tau=[3.0, 4.0, 5.0, 6.0]), hs.HardBounds(0.0, 5.0)])  # fmt: skip
    sim = hs.Simulation(net, quiet=True)
    for owner, name, value in (("T", "g", 3.0), ("p", "receptor.tau", 3.0), ("p", "Rows.tau", [7.0, 8.0, 9.0, 10.0])):
        sim.set(owner, name, value)
    sim.run(steps=5)
    sim.save(tmp_path / "x.ckpt")
    loaded = hs.Simulation.load(tmp_path / "x.ckpt", net, threads=2)
    assert loaded.state("p", "Rows.tau").tolist() == [7.0, 8.0, 9.0, 10.0] and loaded.state("T", "g") == 3.0
    for one in (sim, loaded):
        one.run(steps=20)
    assert np.array_equal(sim.weights("p"), loaded.weights("p")) and sim.modulator("T") == loaded.modulator("T")


def test_a_shared_receptor_keeps_what_was_set_of_it():
    net = network(receptor=Rec())
    net.connect("b", "b", hs.AllToAll(autapses=True), receptor=Rec(), name="q")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.set("p", "receptor.k", 0.9)
    sim.set("b", "gain", 2.0)
    assert sim.state("p", "receptor.k2") == sim.state("q", "receptor.k2") == pytest.approx(1.8)


def test_a_limit_of_a_releases_parameter_reads_the_weight():
    class Rel(hs.Release):
        U: hs.units.Fraction = 0.4

        @staticmethod
        def transmit(w, U):
            return w * U

    class Up(hs.Plasticity):
        acts_on = "release.U"

        @staticmethod
        def on_pre():
            return 0.5

    class Bound(hs.Plasticity):
        acts_on = "release.U"

        @staticmethod
        def clip(value, w):
            return min(value, 0.1 * w)

    sim, reference = both(network(Up(), Bound(), release=Rel()), 4)
    assert sim.state("p", "release.U") == pytest.approx(0.2)
    assert reference.values_of("p", "release", "U") == pytest.approx([0.2])


class Raise(hs.PopulationRule):
    acts_on = "th"

    @staticmethod
    def step():
        return 1.0


class Surroundings(hs.Plasticity):
    """Own derived values of a neuron's."""

    h = hs.PerSynapse.state(1.0)

    @hs.derived
    def of_post(post_th):
        return 2.0 * post_th

    @hs.derived
    def of_pre(pre_th):
        return 2.0 * pre_th


def rule(**hooks):
    return type("Odd", (Surroundings,), {name: staticmethod(hook) for name, hook in hooks.items()})()


PLANNED = hs.TimedArray([1.0, 5.0], every=4.0)
MOVING = {
    "derived twice": (lambda: Derived(g=PLANNED), {}),
    "weight of a neuron": (lambda: rule(weight=lambda h, of_post: h * of_post), {"changed": True}),
    "gate of pre": (lambda: hs.gated(hs.PairSTDP(), by=lambda pre_v: 1.0 + pre_v), {}),
    "gate of a plan": (lambda: hs.gated(hs.PairSTDP(), by=lambda post_th: post_th), {"planned": True}),
    "gate of a derived plan": (lambda: hs.gated(hs.PairSTDP(), by=lambda post_d2: post_d2), {"planned": True}),
    "own of a plan": (lambda: rule(on_pre=lambda of_post: of_post), {"planned": True}),
    "own of pre": (lambda: rule(on_pre=lambda of_pre: of_pre), {"planned": True}),
    "derived twice of post": (lambda: rule(on_pre=lambda post_d2: post_d2), {"planned": True}),
    "derived twice, changed": (lambda: rule(on_pre=lambda post_d2: post_d2), {"changed": True}),
}


@pytest.mark.parametrize("what", MOVING)
def test_what_moves_is_what_it_is_however_it_is_read(what, plain):
    make, where = MOVING[what]
    net = hs.Network(dt=1.0, seed=1)
    cell = Cell(th=PLANNED) if "planned" in where else Cell()
    a = net.add(cell, 3, "a")
    b = net.add(cell, 2, "b", rules=[Raise()] if "changed" in where else [])
    net.connect(a, b, hs.AllToAll(), name="p", rules=[make()])
    for threads in (1, 2):
        compare(hs.instantiate(net), 40, threads)


def test_own_names_come_before_a_neurons():
    class Own(hs.Plasticity):
        pre_v: hs.units.Number = 3.0

        @staticmethod
        def on_pre(pre_v):
            return pre_v

    sim, reference = both(network(Own(), times=(1.0,)), 4)
    assert sim.weights("p").tolist() == reference.weights("p") == [5.0]


def test_an_advance_by_a_neurons_moving_parameter_goes_step_by_step():
    class Fade(hs.Plasticity):
        z = hs.PerSynapse.state(1.0)

        @hs.derived
        def rate(post_th):
            return 0.01 * post_th

        @z.advance
        def _(z, elapsed, rate):
            return z * math.exp(-elapsed * rate)

        @staticmethod
        def on_pre(z):
            return 0.0 * z

    net = hs.Network(dt=1.0)
    a, b = net.add(hs.PoissonSource(rate=0.0), 1, "a"), net.add(Cell(), 1, "b", rules=[Raise()])
    net.connect(a, b, hs.AllToAll(), name="p", rules=[Fade()])
    reference = hs.ReferenceSimulation(net)
    reference.run(steps=10)
    assert reference.peek("p", "rule0.0", "z") == pytest.approx([math.exp(-0.01 * sum(range(1, 11)))])
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(steps=10)
    assert sim.state("p", "Fade.z") == pytest.approx([math.exp(-0.01 * sum(range(1, 11)))])


def test_derived_weights_are_so_from_the_start_and_in_frozen_time():
    net = network(Derived())
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    assert sim.weights("p") == reference.weights("p") == pytest.approx([0.9])
    with sim.frozen(), reference.frozen():
        sim.set("p", "Derived.h", 1.0)
        reference.poke("p", "rule0.0", "h", 1.0)
        assert sim.weights("p") == reference.weights("p") == pytest.approx([3.0])
    assert sim.weights("p") == reference.weights("p") == pytest.approx([0.9])


def test_a_parameter_that_follows_is_looked_at_as_the_last_step_had_it():
    net = hs.Network(dt=1.0)
    net.add_rule(Tone(), "T")
    net.add_rule(Tone(g=hs.FollowState("T")), "U")
    net.add(Cell(gain=hs.FollowState("T")), 1, "b")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    reference = hs.ReferenceSimulation(net)
    assert sim.state("b", "gain") == reference.values_of("b", "neuron", "gain") == [0.0]
    sim.run(steps=5)
    reference.run(steps=5)
    assert sim.state("b", "gain") == reference.values_of("b", "neuron", "gain") == [4.0]
    assert sim.state("U", "g") == [4.0]


def test_live_derived_values_have_the_shape_of_their_owners():
    class Live(hs.Plasticity):
        tau: hs.units.Ms = 9.0
        e: hs.units.Number = 1.0
        g: hs.units.Number = 1.0
        x = hs.PerPre.trace(decay="tau", add="g")

        @hs.derived
        def of_rows(e, g):
            return e * g

        @hs.derived
        def of_synapses(e, pre_gain):
            return e * pre_gain

        @staticmethod
        def on_post(x, of_rows, of_synapses):
            return x * of_rows * of_synapses

    net = hs.Network(dt=1.0, seed=1)
    a, b = net.add(Cell(gain=np.arange(4.0)), 4, "a"), net.add(Cell(), 3, "b")
    plan = hs.TimedArray(np.arange(8.0).reshape(2, 4), every=3.0)
    rules = [Live(e=PLANNED, g=plan)]
    net.connect(a, b, hs.AllToAll(), delay=hs.Uniform(1.0, 4.0), name="p", rules=rules)
    sim, reference = both(net, 5)
    for name in ("of_rows", "of_synapses"):
        found, expected = sim.state("p", f"Live.{name}"), reference.state("p", f"Live.{name}")
        if len(found) == len(expected):
            np.testing.assert_allclose(found, expected)
    assert sim.state("p", "Live.of_synapses").tolist() == np.repeat(5.0 * np.arange(4.0), 3).tolist()
    assert len(sim.state("p", "Live.g")) == 4


def test_an_empty_projection_with_drawn_delays_has_rows_too():
    class Count(hs.Plasticity):
        tau: hs.units.Ms = 20.0
        x = hs.PerPre.trace(decay="tau")

        @staticmethod
        def on_post(x):
            return x

    net = hs.Network(dt=1.0)
    a, b = net.add(hs.SpikeSource(), 1, "a", spikes=([2.0, 5.0], [0, 0])), net.add(Cell(), 1, "b")
    for name, delay in (("p", hs.Uniform(1.0, 3.0)), ("q", 1.0)):
        net.connect(a, b, hs.FromPairs([], []), delay=delay, rules=[Count()], name=name)
    sim, reference = both(net, 12)
    for name in "pq":
        np.testing.assert_allclose(sim.state(name, "Count.x"), reference.state(name, "Count.x"))


def test_a_slow_state_of_a_row_is_read_as_before_an_event_that_changed_it_only():
    class Count(hs.Plasticity):
        s = hs.PerPre.state(-0.25, slow=True)

        @s.on_pre
        def _(s):
            return s + 1.0

        @staticmethod
        def on_post(s):
            return s

    net = hs.Network(dt=1.0)
    net.add(hs.SpikeSource(), 1, "a", spikes=([1.0, 15.0], [0, 0]))
    net.add(hs.SpikeSource(), 1, "b", spikes=([16.0], [0]))
    net.connect("a", "b", hs.AllToAll(), weight=1.0, delay=1.0, rules=[Count()], name="p")
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    for one in (sim, reference):
        one.run(steps=5)
        with one.frozen(False):
            one.run(steps=10)
        one.run(steps=10)
    assert sim.weights("p") == reference.weights("p") == [1.75]


def test_a_probe_in_which_something_is_set_leaves_no_mark_in_float32():
    """Numbers, such as the decay of a trace, come back in full precision, not as kernels have them."""
    found = []
    for probes in (True, False):
        net = hs.Network(dt=0.5, seed=6)
        net.add(hs.PoissonSource(rate=np.full(20, 40.0)), 20, "a")
        net.add(hs.LIF(i_ext=120.0), 5, "b")
        net.connect("a", "b", hs.AllToAll(), weight=1.0, receptor=hs.AMPA(), rules=[hs.PairSTDP()], name="p")
        sim = hs.Simulation(net, quiet=True)
        for _ in range(3):
            sim.run(ms=40)
            if probes:
                with sim.frozen():
                    sim.set("a", "rate", 10.0)
                    sim.run(ms=10)
        found.append([sim.state("p", name) for name in ("PairSTDP.x", "PairSTDP.y")])
    for probed, never in zip(*found, strict=True):
        np.testing.assert_array_equal(probed, never)


@pytest.mark.parametrize("nothing", [hs.from_matrix(np.zeros((2, 3))), hs.FromPairs([], [], weight=[])])
def test_pairs_that_bring_their_weights_may_be_none_at_all(nothing):
    net = hs.Network(dt=1.0)
    net.add(hs.LIF(i_ext=300.0), 2, "a")
    net.add(hs.LIF(), 3, "b")
    net.connect("a", "b", nothing, rules=[hs.PairSTDP()], name="p")
    for sim in (hs.Simulation(net, quiet=True), hs.ReferenceSimulation(net)):
        sim.run(steps=30)
        assert len(sim.weights("p")) == 0
