"""A3: no two random streams of a network are one: copies of a pair, instances of a rule, rows, gates, threads."""

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.engine.plan.arrays import Role
from hebbstat.network.streams import joined


class Coin(hs.Release):
    p: hs.units.Fraction = 0.5

    @staticmethod
    def transmit(w, p, uniform):
        return w if uniform < p else 0.0


class Docked(hs.Release):
    left = hs.PerPre.state(1000.0)

    @staticmethod
    def transmit(w, left, binomial):
        sent = binomial(10, 0.5)
        return w * sent, left - sent


class Noise(hs.NetworkRule):
    level = hs.Global.state()

    @level.step
    def _(level, normal):
        return 0.9 * level + normal


class Sum(hs.Neuron):
    got = hs.PerNeuron.state()
    total = hs.PerNeuron.state()
    squares = hs.PerNeuron.state()

    @got.step
    def _(input):
        return input

    @total.step
    def _(total, input):
        return total + input

    @squares.step
    def _(squares, input):
        return squares + input * input

    @staticmethod
    def fires(input):
        return input > 1e9


class Jitter(hs.Plasticity):
    """Two hooks of one event, two gates, and rules of the same class: each draws for itself."""

    up = hs.PerSynapse.state()

    @hs.step_when(lambda w: w < 1e9)
    def one(uniform):
        return uniform

    @hs.step_when(lambda w: w < 1e9)
    def two(uniform):
        return -uniform


def every_step(n):
    return np.arange(1.0, n + 1.0)


def test_a3_copies_draw_apart_and_rows_alike_on_any_threads():
    net = hs.Network(dt=1.0, seed=4)
    a = net.add(hs.SpikeSource(), 2, "a", spikes=(np.repeat(every_step(2000), 2), np.tile([0, 1], 2000)))
    b, c = net.add(Sum(), 2, "b"), net.add(Sum(), 3, "c")
    net.connect(a, b, hs.FromPairs([0] * 10, [0] * 10), weight=1.0, release=Coin(), name="copies")
    net.connect(a, c, hs.FromPairs([0, 0, 0, 1, 1, 0], [0, 1, 2, 0, 2, 2]), delay=[1.0, 2.0, 1.0, 1.0, 3.0, 2.0],
                release=Docked(), name="rows")  # fmt: skip
    found = []
    for threads in (1, 2):
        sim = hs.Simulation(net, dtype="float64", threads=threads, quiet=True)
        sim.run(steps=2000)
        found.append([sim.state("b", "total"), sim.state("c", "squares"), sim.state("rows", "release.left")])
        mean = sim.state("b", "total")[0] / 2000
        variance = sim.state("b", "squares")[0] / 2000 - mean**2
        assert 2.5 * 0.85 < variance < 2.5 * 1.15  # of ten coins; 25 if all were one
    assert all(np.array_equal(one, two) for one, two in zip(*found, strict=True))
    reference = hs.ReferenceSimulation(net)
    reference.run(steps=300)
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(steps=300)
    assert sim.state("b", "total").tolist() == reference.peek("b", "neuron", "total")
    assert sim.state("c", "total").tolist() == reference.peek("c", "neuron", "total")
    assert sim.state("rows", "release.left").tolist() == reference.peek("rows", "release", "left")


def test_a3_instances_hooks_and_gates_draw_apart():
    net = hs.Network(dt=1.0, seed=4)
    net.add_rule(Noise(), "a")
    net.add_rule(Noise(), "b")
    x, y = net.add(hs.PoissonSource(rate=50.0), 4, "x"), net.add(hs.LIF(), 4, "y")
    net.connect(x, y, hs.AllToAll(), weight=0.0, rules=[Jitter()], name="p")
    twice = hs.gated(hs.gated(Steady(), by=lambda uniform: uniform), by=lambda uniform: uniform)
    net.connect(x, y, hs.OneToOne(), weight=0.0, rules=[twice], name="q")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(steps=400)
    assert sim.modulator("a") != sim.modulator("b")
    assert sim.weights("p").std() > 1.0  # one + two is 0 if they draw alike
    assert abs(sim.weights("q").mean() / 400 - 1 / 4) < 0.02  # E[u v] of two; E[u^2] is 1/3
    variables = [one for group in sim.core.model.groups for one in group.variables.values()]
    keys = [int(one.value) for one in variables if one.role is Role.KEY]
    assert len(set(keys)) == len(keys) >= 7


class Steady(hs.Plasticity):
    @staticmethod
    def step():
        return 1.0


def test_a3_joint_distributions_of_two_rules_draw_apart():
    net = hs.Network(dt=1.0, seed=4)
    x, y = net.add(hs.PoissonSource(), 4, "x"), net.add(hs.LIF(), 50, "y")

    def rule():
        both = dict(A_plus=hs.Normal(1.0, sd=0.1), A_minus=hs.Normal(1.0, sd=0.1))
        return hs.PairSTDP(**hs.jointly(**both, correlation=0.9))

    net.connect(x, y, hs.AllToAll(), rules=[rule(), rule()], name="p")
    from hebbstat.network import instantiate

    values = instantiate(net).values
    one, two = values["p", "rule0.0"], values["p", "rule1.0"]
    assert np.corrcoef(one["A_plus"], one["A_minus"])[0, 1] > 0.8
    assert abs(np.corrcoef(one["A_plus"], two["A_plus"])[0, 1]) < 0.3


def test_a3_names_of_streams_cannot_be_mixed_up():
    with pytest.raises(hs.BadValueError):
        joined("a/b", "c")
    assert joined("a", "b c") != joined("a b", "c")
