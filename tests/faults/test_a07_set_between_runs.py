"""A7: what is set between runs takes all with it that follows from it, and nothing else."""

import math

import numpy as np
import pytest

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("plain")


class Cell(hs.Neuron):
    tau: hs.units.Ms = 20.0
    gain: hs.units.Number = 1.0
    v = hs.PerNeuron.state()
    t = hs.PerNeuron.trace(decay="tau")

    @hs.derived
    def rate(tau):
        return 1.0 / tau

    @hs.derived
    def kept(dt, rate):
        return math.exp(-dt * rate)

    @v.step
    def _(v, kept, gain, input):
        return kept * v + gain * input

    @staticmethod
    def fires(v):
        return v > 3.0


class Reads(hs.Plasticity):
    """Derived from derived, from both neurons, and a clock."""

    tau: hs.units.Ms = 30.0
    period: hs.units.Ms = 7.0
    size: hs.units.Number = 0.1
    x = hs.PerPre.trace(decay="tau")
    y = hs.PerPost.trace(decay="tau")
    z = hs.PerSynapse.state()

    @hs.derived
    def both(size, post_kept):
        return size * post_kept

    @hs.derived
    def all_of_it(both, pre_gain):
        return both + 0.01 * pre_gain

    @z.on_pre
    def _(z, pre_gain):
        return 0.9 * z + pre_gain

    @staticmethod
    def on_post(x, all_of_it, post_gain):
        return x * all_of_it * post_gain

    @staticmethod
    def on_pre(y, size):
        return -0.5 * size * y

    @staticmethod
    def on_tick(w):
        return 0.1 * (1.0 - w)


SETS = [
    ("a", "neuron", "gain", 3.0), ("b", "neuron", "tau", 5.0), ("p", "rule0.0", "tau", 6.0),
    ("p", "rule0.0", "period", 3.0), ("p", "rule0.0", "size", np.linspace(0.0, 0.2, 12)), ("p", "rule0.0", "x", 2.5),
    ("p", "rule0.0", "y", np.array([0.5, 1.0, 0.0])), ("p", "rule0.0", "z", np.arange(12.0)), ("b", "neuron", "v", 1.0),
    ("b", "neuron", "t", np.arange(3.0)), ("p", "synapse", "w", np.linspace(0.5, 1.5, 12)),
]  # fmt: skip


def network(**cell):
    net = hs.Network(dt=1.0, seed=8)
    a = net.add(Cell(gain=np.array([1.0, 2.0, 3.0, 4.0]), **cell), 4, "a")
    source = net.add(hs.PoissonSource(rate=80.0), 4, "source")
    b = net.add(Cell(), 3, "b")
    net.connect(source, a, hs.OneToOne(), weight=2.0)
    rules = [Reads(size=np.full(12, 0.1)), hs.HardBounds(0.0, 5.0)]
    net.connect(a, b, hs.AllToAll(), weight=1.0, delay=2.0, rules=rules, name="p")
    return net


def compare(sim, reference):
    np.testing.assert_allclose(sim.weights("p"), reference.weights("p"), rtol=1e-9)
    for name in "xyz":
        expected = reference.peek("p", "rule0.0", name)
        np.testing.assert_allclose(sim.state("p", f"Reads.{name}"), expected, rtol=1e-9, atol=1e-12, err_msg=name)
    for population in "ab":
        for name in "vt":
            expected = reference.peek(population, "neuron", name)
            np.testing.assert_allclose(sim.state(population, name), expected, rtol=1e-9, atol=1e-12, err_msg=name)


def test_a7_everything_follows_in_engine_and_reference():
    net = network()
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True, threads=2), hs.ReferenceSimulation(net)
    for name, place, what, value in SETS:
        sim.run(steps=25)
        reference.run(steps=25)
        compare(sim, reference)
        prefix = {"neuron": "", "synapse": ""}.get(place, "Reads.")
        sim.set(name, f"{prefix}{what}", value)
        reference.poke(name, place, what, value)
        compare(sim, reference)
    sim.run(steps=40)
    reference.run(steps=40)
    compare(sim, reference)


def test_a7_set_at_the_start_is_as_described():
    """A third voice: a network that is described with the values."""
    told, described = hs.Simulation(network(), dtype="float64", quiet=True), network(tau=5.0)
    told.set("a", "tau", 5.0)
    other = hs.Simulation(described, dtype="float64", quiet=True)
    for sim in (told, other):
        sim.run(steps=100)
    assert np.array_equal(told.weights("p"), other.weights("p"))
    assert np.array_equal(told.state("a", "v"), other.state("a", "v"))


def test_a7_the_examples():
    net = hs.Network(dt=10.0)
    net.add(hs.SpikeSource(), 1, "s", spikes=([10.0], [0]))
    net.add(Cell(tau=1000.0), 1, "c")
    net.connect("s", "c", hs.AllToAll(), weight=1.0, delay=10.0)
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(steps=3)
    sim.set("c", "tau", 5.0)
    sim.set("c", "v", 1.0)
    sim.run(steps=1)
    assert sim.state("c", "v")[0] == pytest.approx(math.exp(-2.0))  # 0.135
    assert sim.state("c", "kept")[0] == pytest.approx(math.exp(-2.0))


def test_a7_names_of_messages_can_be_set_and_what_moves_says_why_not():
    net = hs.Network(dt=1.0)
    a = net.add(hs.PoissonSource(rate=hs.Sine(20.0, 5.0, 10.0)), 2, "a")
    b = net.add(hs.LIF(), 2, "b", rules=[hs.IntrinsicThreshold(target=5.0)])
    net.connect(a, b, hs.AllToAll(), receptor=hs.AMPA(), rules=[hs.PairSTDP()], name="p")
    sim = hs.Simulation(net, quiet=True)
    with pytest.raises(hs.UnknownNameError) as error:
        sim.set("p", "PairSTDP.gian_up", 1.0)
    known = str(error.value).split("Known: ")[1].split(", ")
    assert "PairSTDP.A_plus" in known and "PairSTDP.x" in known and "receptor.g" in known and "w" in known
    for owner, name in [("p", name) for name in known]:
        try:
            sim.set(owner, name, 0.5 if "tau" in name else 1.0)
        except hs.BadValueError as reason:
            assert "cannot be set" in str(reason)
        assert sim.state(owner, name).size
    with pytest.raises(hs.BadValueError, match="rate of 'a' is Sine"):
        sim.set("a", "rate", 5.0)
    with pytest.raises(hs.BadValueError, match="multiple of the step"):
        sim.set("b", "IntrinsicThreshold.period", 0.5)
    sim.set("b", "IntrinsicThreshold.target", 7.0)
    assert sim.state("b", "IntrinsicThreshold.target").tolist() == [7.0, 7.0]
