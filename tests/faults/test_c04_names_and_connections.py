"""C4, C5, C6, C7: parameters that are one number, receptors by place, given trains as targets, empty projections."""

import numpy as np
import pytest

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("plain")


def test_c4_every_name_that_messages_list_can_be_looked_at():
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.PoissonSource(rate=20.0), 3, "a"), net.add(hs.LIF(), 2, "b", rules=[hs.IntrinsicThreshold()])
    rules = [hs.Eligibility(hs.PairSTDP()), hs.SynapticScaling()]
    net.connect(a, b, hs.AllToAll(), weight=2.0, receptor=hs.AMPA(), release=hs.TsodyksMarkram(), rules=rules, name="p")
    net.connect(a, b, hs.AllToAll(), weight=2.0, receptor=hs.AMPA(), name="q")
    sim = hs.Simulation(net, quiet=True)
    sim.run(steps=50)
    assert sim.state("a", "rate").tolist() == [20.0] * 3
    names = ("tau_m", "v", "IntrinsicThreshold.rate")
    assert [sim.state("b", name).shape for name in names] == [(2,)] * 3
    assert sim.state("p", "receptor.g").tolist() == sim.state("q", "receptor.g").tolist()  # one, for both
    reference = hs.ReferenceSimulation(net)
    reference.run(steps=50)
    np.testing.assert_allclose(sim.state("p", "receptor.g"), reference.peek("p", "receptor", "g"), rtol=1e-4)
    for owner in "abpq":
        with pytest.raises(hs.UnknownNameError) as error:
            sim.state(owner, "nonsense")
        for name in str(error.value).split("Known: ")[1].split(", "):
            assert np.isfinite(sim.state(owner, name)).all()


def test_c5_the_window_of_two_given_trains():
    gaps = np.array([-30.0, -10.0, -1.0, 1.0, 10.0, 30.0])  # post - pre
    net = hs.Network(dt=1.0)
    pre = net.add(hs.SpikeSource(), 6, "pre", spikes=(np.full(6, 100.0), np.arange(6)))
    post = net.add(hs.SpikeSource(), 6, "post", spikes=(101.0 + gaps, np.arange(6)))
    net.connect(pre, post, hs.OneToOne(), weight=0.0, rules=[hs.PairSTDP()], name="p")
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    sim.run(steps=200)
    reference.run(steps=200)
    rule = hs.PairSTDP()
    expected = np.where(
        gaps > 0, rule.A_plus * np.exp(-gaps / rule.tau_plus), -rule.A_minus * np.exp(gaps / rule.tau_minus)
    )  # the presynaptic event is at 101 ms
    np.testing.assert_allclose(sim.weights("p"), expected, rtol=1e-9)
    np.testing.assert_allclose(reference.weights("p"), expected, rtol=1e-9)
    with pytest.raises(hs.ContractError, match="SpikeSource does not read"):
        net.connect(pre, post, hs.OneToOne(), receptor=hs.AMPA())


def test_c6_a_projection_without_synapses_runs():
    net = hs.Network(dt=1.0, seed=1)
    a, b = net.add(hs.PoissonSource(), 3, "a"), net.add(hs.LIF(), 2, "b")
    rules = [hs.PairSTDP(A_plus=hs.LogNormal(0.1, cv=0.1)), hs.Eligibility(hs.PairSTDP(A_plus=hs.Uniform(0.0, 1.0)))]
    release = hs.TsodyksMarkram(U=hs.Beta(0.5, sd=0.1))
    for name, wiring in (("p", hs.FixedProbability(0.0)), ("q", hs.FromPairs([], []))):
        net.connect(a, b, wiring, weight=hs.Normal(1.0, sd=0.1), delay=hs.Uniform(1.0, 3.0), receptor=hs.AMPA(),
                    release=release, rules=rules, name=name)  # fmt: skip
        rules = [hs.PairSTDP(A_plus=hs.LogNormal(0.1, cv=0.1))]
    sim, reference = hs.Simulation(net, quiet=True, threads=2), hs.ReferenceSimulation(net)
    sim.run(steps=30)
    reference.run(steps=30)
    assert sim.weights("p").size == sim.state("q", "PairSTDP.A_plus").size == len(reference.weights("q")) == 0


class Named(hs.Plasticity):
    x_ = hs.PerPre.state()

    @staticmethod
    def on_pre(x_, post_vv):
        return x_ + post_vv


def test_c7_messages_call_things_by_their_names():
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.PoissonSource(), 3, "a"), net.add(hs.LIF(), 2, "b")
    net.connect(a, b, hs.AllToAll(), receptor=hs.AMPA(), rules=[Named()], name="p")
    for make in (hs.Simulation, hs.ReferenceSimulation):
        with pytest.raises(hs.UnknownNameError, match="post_vv") as error:
            make(net)
        known = str(error.value).split("Known: ")[1].split(", ")
        assert "post_v" in known and all(name.startswith("post_") for name in known)
