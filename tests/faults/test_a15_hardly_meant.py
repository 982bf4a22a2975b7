"""A15: negative conductances and rates that no step can deliver are told once, by name, when a simulation is made."""

import warnings

import numpy as np
import pytest

import hebbstat as hs


def told(net):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        hs.Simulation(net, quiet=True)
    return [str(one.message) for one in found if issubclass(one.category, hs.NetworkWarning)]


def network(rate=10.0, dt=1.0, rules=(), **projection):
    net = hs.Network(dt=dt, seed=1)
    a, b = net.add(hs.PoissonSource(rate=rate), 20, "a"), net.add(hs.LIF(), 30, "b")
    net.connect(a, b, hs.AllToAll(), rules=rules, name="p", **{"receptor": hs.GABAA(), "weight": 1.0, **projection})
    return net


@pytest.mark.parametrize("weight", [-5.0, hs.Normal(1.0, sd=0.8), np.where(np.arange(600) == 7, -0.1, 1.0)])
def test_a15_negative_conductances(weight):
    (text,) = told(network(weight=weight))
    assert "weights of 'p' reach -" in text and "GABAA" in text and "at least 0" in text


UNBOUNDED = [
    hs.PairSTDP, hs.TripletSTDP, hs.NearestTripletSTDP, hs.OneSidedSTDP, hs.InhibitorySTDP,
    lambda: hs.gated(hs.PairSTDP(), by=lambda w: 2.0), lambda: hs.HardBounds(0.0, 1.0, on="release.U"),
]  # fmt: skip


@pytest.mark.parametrize("rule", UNBOUNDED[:-1])
def test_a15_rules_that_may_turn_a_conductance_negative(rule):
    (text,) = told(network(rules=[rule()]))
    assert "on 'p' may make weights negative" in text and "HardBounds(0.0, ...)" in text
    assert not told(network(rules=[rule(), hs.HardBounds(0.0, 5.0)]))
    other = told(network(rules=[rule(), UNBOUNDED[-1]()], release=hs.TsodyksMarkram()))
    assert len(other) == 1  # a bound of something else is none of the weight


def test_a15_rules_that_cannot_are_not_told():
    rules = [hs.SynapticScaling(), hs.WeightNormalization(total=3.0), hs.SoftBounds(hs.PairSTDP(), 0.0, 2.0)]
    assert not told(network(rules=rules))
    assert not told(network(rules=[hs.PairSTDP()], receptor=None))


@pytest.mark.parametrize(
    "rate", [2000.0, np.linspace(1.0, 2000.0, 20), hs.TimedArray([10.0, 2000.0], every=5.0), hs.Uniform(1900.0, 2000.0)]
)
def test_a15_rates_that_the_step_cannot_deliver(rate):
    (text,) = told(network(rate=rate))
    assert "Hz of PoissonSource on 'a'" in text and "dt=1 ms" in text and "Hz come out" in text
    if not isinstance(rate, hs.Uniform):
        assert "rate=2000 Hz" in text and "864.7 Hz come out" in text
    assert not told(network(rate=rate, dt=0.05))


def test_a15_what_is_said_is_so():
    with pytest.warns(hs.NetworkWarning):
        sim = hs.Simulation(network(rate=2000.0), quiet=True)
    run = sim.run(steps=2000, record=[hs.Spikes("a")])
    assert run["a.spikes"].sizes["spike"] / 20 / 2.0 == pytest.approx(864.7, rel=0.02)


def test_a15_a_distribution_that_reaches_below_0_is_told_though_no_draw_does():
    net = hs.Network(dt=1.0, seed=1)
    a, b = net.add(hs.PoissonSource(), 1, "a"), net.add(hs.LIF(), 1, "b")
    net.connect(a, b, hs.AllToAll(), weight=hs.Normal(1.0, sd=0.5), receptor=hs.GABAA(), name="p")
    assert hs.instantiate(net).synapses["p"].weights().min() > 0
    (text,) = told(net)
    assert "weight=Normal(mean=1.0, sd=0.5" in text and "may be negative" in text
    for weight in (hs.Normal(1.0, sd=0.5, low=0.0), hs.Normal(1.0, sd=0.1)):
        assert not told(network(weight=weight))


def test_a15_bounds_that_reach_below_0_are_none():
    (text,) = told(network(rules=[hs.PairSTDP(), hs.HardBounds(-5.0, 5.0)]))
    assert "PairSTDP on 'p' may make weights negative" in text


class Plain(hs.Neuron):
    """Fires with the probability that is asked for, up to 1."""

    rate: hs.units.Hz = 10.0

    @staticmethod
    def fires(uniform, rate, dt):
        return uniform >= 1.0 - rate * dt / 1000.0


class Fixed(hs.NetworkRule):
    level = hs.Global.state(2000.0)

    @level.step
    def _(level):
        return level


def source(model, dt=1.0):
    net = hs.Network(dt=dt, seed=1)
    net.add_rule(Fixed(), "level")
    net.add(model, 3, "a")
    return net


def test_a15_what_a_source_delivers_is_found_by_trying_it():
    assert not told(source(Plain(rate=600.0)))
    (text,) = told(source(Plain(rate=2000.0)))
    assert "rate=2000 Hz of Plain on 'a'" in text and "1000 Hz come out" in text


def test_a15_a_rate_that_follows_a_rule_is_what_that_begins_with():
    (text,) = told(source(hs.PoissonSource(rate=hs.FollowState("level"))))
    assert "864.7 Hz come out" in text


def test_a15_warnings_name_the_line_of_the_user():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        hs.Simulation(network(rate=2000.0), quiet=True)
    assert {one.filename for one in found} == {__file__}
