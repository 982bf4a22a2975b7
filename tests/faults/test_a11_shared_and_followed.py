"""A11: which receptors are one, which state a modulator's name means, in which order modulators follow each other."""

import itertools

import numpy as np
import pytest

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("plain")


class Hear(hs.Neuron):
    v = hs.PerNeuron.state()

    @v.step
    def _(v, current):
        return 0.9 * v + current

    @staticmethod
    def fires(v):
        return v > 1e9


class Saturating(hs.Receptor):
    """Not linear, so that it matters whether two are one."""

    half: hs.units.Number = 1.0
    g = hs.PerPost.state()

    @g.on_arrival
    def _(g, amount):
        return g + amount

    @g.step
    def _(g):
        return 0.8 * g

    @staticmethod
    def current(g, half):
        return g / (half + g)


ARRAY = np.array([1.0, 2.0, 3.0])
PLAN = np.array([[1.0, 2.0, 3.0], [2.0, 2.0, 2.0]])
HALVES = {
    "number": lambda: 1.0, "array": lambda: ARRAY.copy(),
    "plan": lambda: hs.TimedArray(PLAN.copy(), every=5.0, repeat=True),
    "other plan": lambda: hs.TimedArray(PLAN + 1.0, every=5.0, repeat=True), "follows": lambda: hs.FollowState("m"),
    "drawn": lambda: hs.Uniform(0.5, 2.0), "ones": lambda: np.ones(3),
}  # fmt: skip


class Mean(hs.NetworkRule):
    """A sensor declared first: it is what the rule's name means."""

    of: str
    seen = hs.Global.spikes_of("of")
    level = hs.Global.state(1.0)

    @level.step
    def _(level, seen):
        return 0.9 * level + 0.1 * seen


class Chained(hs.NetworkRule):
    start: hs.units.Number = 0.0
    source: hs.units.Number = 1.0
    period: hs.units.Ms = 3.0
    level = hs.Global.state("start")
    late = hs.Global.state()

    @level.step
    def _(level, source):
        return 0.5 * level + source

    @late.on_tick
    def _(late, source):
        return late + source


def compare(net, steps=40):
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    for _ in range(steps // 8):
        sim.run(steps=8)
        reference.run(steps=8)
        for population in net.populations.values():
            for name in population.neuron.states:
                expected = reference.peek(population.name, "neuron", name)
                np.testing.assert_allclose(sim.state(population, name), expected, rtol=1e-9, atol=1e-12)
        for name, rule in net.rules.items():
            for state in rule.states:
                assert sim.modulator(f"{name}.{state}") == pytest.approx(reference.peek(name, "rule", state)[0]), name
    return sim, reference


def test_a11_receptors_are_shared_alike_and_by_what_is_said():
    net = hs.Network(dt=1.0, seed=6)
    net.add_rule(Chained(start=1.0), "m")
    a = net.add(hs.PoissonSource(rate=200.0), 3, "a")
    pairs = list(itertools.combinations_with_replacement(HALVES, 2))
    for one, two in pairs:
        b = net.add(Hear(), 3, f"{one} and {two}")
        for half in (one, two):
            net.connect(a, b, hs.AllToAll(), weight=1.0, receptor=Saturating(half=HALVES[half]()))
    sim, _ = compare(net)
    shared = {name for name, cells in sim.core.model.cells.items() if len(cells.pools) == 1}
    assert shared == {f"{one} and {two}" for one, two in pairs if one == two and one != "drawn"}


def test_a11_a_modulators_name_means_its_first_state_in_gates_and_parameters():
    net = hs.Network(dt=1.0, seed=6)
    a = net.add(hs.PoissonSource(rate=200.0), 30, "a")
    net.add_rule(Mean(of="a"), "DA")
    b = net.add(hs.LIF(i_ext=hs.FollowState("DA")), 3, "b")
    c = net.add(hs.LIF(i_ext=hs.FollowState("DA.level")), 3, "c")
    rule = [hs.gated(hs.PairSTDP(), by=lambda DA: DA), hs.gated(hs.PairSTDP(), by=lambda DA_level: DA_level)]
    for k, target in enumerate((b, c)):
        net.connect(a, target, hs.AllToAll(), weight=1.0, rules=[rule[k]], name=f"p{k}")
    sim, reference = compare(net)
    for name in ("p0", "p1"):
        np.testing.assert_allclose(sim.weights(name), reference.weights(name), rtol=1e-9)
    assert sim.state("b", "i_ext")[0] != sim.state("c", "i_ext")[0]


@pytest.mark.parametrize("order", [("one", "two", "three"), ("three", "two", "one")])
def test_a11_what_follows_reads_what_the_step_before_left_in_any_order(order):
    sources = {"one": 1.0, "two": hs.FollowState("one"), "three": hs.FollowState("two.late")}
    net = hs.Network(dt=1.0)
    for name in order:
        net.add_rule(Chained(start=1.0, source=sources[name]), name)
    net.add(Hear(), 1, "a")
    sim, _ = compare(net, 16)
    one = two = three = 1.0  # plain: all read the values of the step before
    late = {"one": 0.0, "two": 0.0, "three": 0.0}
    for n in range(16):
        left = dict(late, one_level=one)
        one, two, three = 0.5 * one + 1.0, 0.5 * two + left["one_level"], 0.5 * three + left["two"]
        if (n + 1) % 3 == 0:
            added = {"one": 1.0, "two": left["one_level"], "three": left["two"]}
            late = {name: value + added[name] for name, value in late.items()}
    assert [sim.modulator(name) for name in ("one", "two", "three")] == pytest.approx([one, two, three])
    assert sim.modulator("three.late") == pytest.approx(late["three"])


def test_a11_an_argument_that_could_mean_two_states_is_refused():
    class Level(hs.NetworkRule):
        b_c = hs.Global.state()
        c = hs.Global.state()

    net = hs.Network(dt=1.0)
    net.add_rule(Level(), "a")
    net.add_rule(Level(), "a_b")
    x, y = net.add(hs.PoissonSource(), 2, "x"), net.add(hs.LIF(), 2, "y")
    net.connect(x, y, hs.AllToAll(), rules=[hs.gated(hs.PairSTDP(), by=lambda a_b_c: a_b_c)])
    for make in (hs.Simulation, hs.ReferenceSimulation):
        with pytest.raises(hs.ContractError, match="could be b_c of 'a' and c of 'a_b'"):
            make(net)


def test_a11_a_wrappers_own_gate_knows_no_modulators():
    """A network rule called as what SoftBounds asks for does not take its place."""
    net = hs.Network(dt=1.0, seed=1)
    for name in ("value", "low", "high", "change"):
        net.add_rule(Chained(start=9.0), name)
    x, y = net.add(hs.PoissonSource(rate=100.0), 4, "x"), net.add(hs.LIF(), 4, "y")
    net.connect(x, y, hs.AllToAll(), weight=0.5, rules=[hs.SoftBounds(hs.PairSTDP(A_plus=0.1), 0.0, 1.0)], name="p")
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    sim.run(steps=60)
    reference.run(steps=60)
    np.testing.assert_allclose(sim.weights("p"), reference.weights("p"), rtol=1e-9)
    assert sim.weights("p").min() > 0.0 and sim.weights("p").max() < 1.0
