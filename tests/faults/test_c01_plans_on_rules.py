"""C1, C3: planned values wherever a parameter stands, presynaptic rates in every hook: run, or refused in words."""

import numpy as np
import pytest

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("plain")

PLAN = hs.TimedArray([1.0, 3.0, 0.5], every=7.0, repeat=True)
SINE = hs.Sine(2.0, 1.0, 50.0)


class Everywhere(hs.Plasticity):
    """A planned parameter in each kind of hook."""

    tau: hs.units.Ms = 20.0
    period: hs.units.Ms = 6.0
    one: hs.units.Number = 1.0  # read by hooks of synapses
    row: hs.units.Number = 1.0  # by states of rows
    cell: hs.units.Number = 1.0  # by states of neurons
    jump: hs.units.Number = 1.0
    x = hs.PerPre.trace(decay="tau", add="row")
    y = hs.PerPost.trace(decay="tau", add="cell")
    z = hs.PerSynapse.state("jump")
    r = hs.PerPre.state()
    c = hs.PerPost.state()

    @hs.derived
    def twice(one):
        return 2.0 * one

    @r.step
    def _(r, row):
        return 0.9 * r + row

    @c.step
    def _(c, cell):
        return 0.9 * c + cell

    @z.on_post
    def _(z, x, twice):
        return 0.5 * z + x * twice

    @staticmethod
    def on_pre(y, one, c):
        return -0.01 * y * one - 0.001 * c

    @staticmethod
    def on_post(x, twice, r):
        return 0.01 * x * twice + 0.001 * r

    @staticmethod
    def on_tick(w, one):
        return 0.1 * one - 0.1 * w


def per(n):
    return hs.TimedArray(np.arange(1.0, 3 * n + 1.0).reshape(3, n), every=5.0, repeat=True)


def compare(net, names, steps=80, projection="p"):
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True, threads=2), hs.ReferenceSimulation(net)
    for _ in range(4):
        sim.run(steps=steps // 4)
        reference.run(steps=steps // 4)
        np.testing.assert_allclose(sim.weights(projection), reference.weights(projection), rtol=1e-9)
        for name in names:
            found, expected = sim.state(projection, name), reference.state(projection, name)
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("delay", [2.0, hs.Uniform(1.0, 5.0)])
@pytest.mark.parametrize(
    "plans", [{"one": PLAN, "row": SINE, "cell": SINE}, {"one": SINE, "row": per(5), "cell": per(4)}]
)
def test_c1_plans_on_a_rule(plans, delay):
    net = hs.Network(dt=1.0, seed=5)
    a, b = net.add(hs.PoissonSource(rate=60.0), 5, "a"), net.add(hs.LIF(), 4, "b")
    rules = [Everywhere(**plans, jump=PLAN), hs.HardBounds(-50.0, hs.TimedArray([20.0, 30.0], every=9.0, repeat=True))]
    net.connect(a, b, hs.AllToAll(), weight=5.0, delay=delay, rules=rules, name="p")
    compare(net, [f"Everywhere.{name}" for name in "xyzrc"])


def test_c1_plans_on_wrappers_gates_and_release():
    net = hs.Network(dt=1.0, seed=5)
    a, b = net.add(hs.PoissonSource(rate=60.0), 5, "a"), net.add(hs.LIF(), 4, "b")
    soft = hs.SoftBounds(
        hs.PairSTDP(A_plus=SINE, A_minus=PLAN), -1.0, hs.TimedArray([9.0, 12.0], every=9.0, repeat=True)
    )
    rules = [soft, hs.Eligibility(hs.PairSTDP(A_plus=PLAN), tau=50.0, eta=SINE)]
    release = hs.TsodyksMarkram(U=hs.TimedArray([0.2, 0.6], every=8.0, repeat=True), tau_rec=SINE)
    net.connect(a, b, hs.AllToAll(), weight=5.0, rules=rules, release=release, name="p")
    compare(net, ["Eligibility.e", "release.u", "release.R"])


def test_c1_a_trace_whose_time_constant_moves_decays_step_by_step():
    class Cell(hs.Neuron):
        tau: hs.units.Ms = 20.0
        v = hs.PerNeuron.trace(decay="tau")

        @staticmethod
        def fires(input, v):
            return input - v > 0.0

    net = hs.Network(dt=1.0, seed=5)
    a = net.add(hs.PoissonSource(rate=60.0), 5, "a")
    b = net.add(Cell(tau=hs.TimedArray([10.0, 30.0], every=9.0, repeat=True)), 5, "b")
    net.connect(a, b, hs.OneToOne(), weight=5.0, receptor=None, name="p")
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    sim.run(steps=100)
    reference.run(steps=100)
    np.testing.assert_allclose(sim.state("b", "v"), reference.peek("b", "neuron", "v"), rtol=1e-9)
    net.connect(a, b, hs.AllToAll(), rules=[hs.PairSTDP(tau_plus=SINE)], name="q")
    compare(net, ["PairSTDP.x", "PairSTDP.y"], projection="q")


def test_c1_what_follows_a_modulator_cannot_be_regulated_too():
    class Level(hs.NetworkRule):
        level = hs.Global.state(-50.0)

    net = hs.Network(dt=1.0)
    net.add_rule(Level(), "m")
    net.add(hs.LIF(v_threshold=hs.FollowState("m")), 3, "a", rules=[hs.IntrinsicThreshold()])
    for make in (hs.Simulation, hs.ReferenceSimulation):
        with pytest.raises(hs.BadValueError, match="v_threshold of LIF on 'a' is a signal, so no rule can change it"):
            make(net)


def test_c3_a_state_of_a_row_reads_the_presynaptic_rate():
    class Averages(hs.Plasticity):
        mean = hs.PerPre.state()

        @mean.step
        def _(mean, pre_rate):
            return 0.9 * mean + 0.1 * pre_rate

        @staticmethod
        def step(mean, post_rate, pre_rate):
            return 0.001 * (mean * post_rate - pre_rate)

    net = hs.Network(dt=1.0, seed=5)
    a, b = net.add(hs.RateNeuron(i_ext=hs.Uniform(1.0, 4.0)), 4, "a"), net.add(hs.RateNeuron(i_ext=1.0), 3, "b")
    net.connect(a, b, hs.AllToAll(), weight=0.2, delay=hs.Uniform(1.0, 4.0), rules=[Averages()], name="p")
    compare(net, ["Averages.mean"])
