"""A4: a state begins with the value of its owner, whatever the parameter varies over; plans and modulators too."""

import numpy as np
import pytest

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("plain")


class Rule(hs.Plasticity):
    tau: hs.units.Ms = 20.0
    g: hs.units.Number = 1.0
    h: hs.units.Number = 1.0
    x = hs.PerPre.trace(decay="tau", add="g")
    y = hs.PerPost.trace(decay="tau", add="h")
    z = hs.PerSynapse.state("g")
    u = hs.PerSynapse.state("h")
    d = hs.PerSynapse.state("both")

    @hs.derived
    def both(g, post_i_ext, pre_rate):
        return g + 10.0 * post_i_ext + 0.1 * pre_rate

    @staticmethod
    def on_post(x, z):
        return x + z

    @staticmethod
    def on_pre(y, u):
        return y + u


class Level(hs.NetworkRule):
    first: hs.units.Number = 7.0
    c = hs.Global.state("first")

    @c.step
    def _(c):
        return c + 1.0


class Cell(hs.Neuron):
    start: hs.units.Number = 0.0
    v = hs.PerNeuron.state("start")

    @staticmethod
    def fires(v, input):
        return v + input > 1e9


def test_a4_a_synapse_begins_with_the_value_of_its_neuron():
    net = hs.Network(dt=1.0)
    a, b = (
        net.add(hs.PoissonSource(rate=np.array([0.0, 1.0, 2.0])), 3, "a"),
        net.add(hs.LIF(i_ext=np.arange(4.0)), 4, "b"),
    )
    g, h = np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0, 30.0, 40.0])
    net.connect(a, b, hs.AllToAll(), rules=[Rule(g=g, h=h)], name="p")
    sim, reference = hs.Simulation(net, threads=2, quiet=True), hs.ReferenceSimulation(net)
    pre, post = np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3)
    for name, expected in (("z", g[pre]), ("u", h[post]), ("d", g[pre] + 10.0 * post + 0.1 * pre)):
        assert sim.state("p", f"Rule.{name}").tolist() == np.float32(expected).tolist()
        assert reference.peek("p", "rule0.0", name) == pytest.approx(expected)


def test_a4_plans_and_modulators_give_what_they_begin_with():
    net = hs.Network(dt=1.0)
    net.add_rule(Level(first=3.0), "level")
    net.add_rule(Level(first=hs.FollowState("level")), "other")
    net.add(Cell(start=hs.TimedArray([[5.0, 6.0], [0.0, 0.0]], every=1.0)), 2, "planned")
    net.add(Cell(start=hs.FollowState("other")), 2, "following")
    sim, reference = hs.Simulation(net, quiet=True), hs.ReferenceSimulation(net)
    assert sim.state("planned", "v").tolist() == reference.peek("planned", "neuron", "v") == [5.0, 6.0]
    assert sim.state("following", "v").tolist() == reference.peek("following", "neuron", "v") == [3.0, 3.0]


def test_a4_a_circle_of_initial_values_is_refused():
    net = hs.Network(dt=1.0)
    net.add_rule(Level(first=hs.FollowState("two")), "one")
    net.add_rule(Level(first=hs.FollowState("one")), "two")
    net.add(Cell(), 1, "a")
    for make in (hs.Simulation, hs.ReferenceSimulation):
        with pytest.raises(hs.ContractError, match="circle"):
            make(net)
