"""A10: a rule whose changes single precision would lose says so when the simulation is made, with the way out."""

import warnings

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.engine.plan import precision


class Drift(hs.Plasticity):
    rate: hs.units.Number = 2.5e-8

    @staticmethod
    def step(rate):
        return rate


class AtEvents(hs.Plasticity):
    tau: hs.units.Ms = 20.0
    size: hs.units.Number = 2.5e-8
    x = hs.PerPre.trace(decay="tau")

    @staticmethod
    def on_post(x, size):
        return size * x

    @staticmethod
    def on_pre(w, size):
        return size * w


def network(*rules, **projection):
    net = hs.Network(dt=1.0, seed=1)
    a, b = net.add(hs.PoissonSource(rate=50.0), 4, "a"), net.add(hs.LIF(), 3, "b")
    net.connect(a, b, hs.AllToAll(), rules=rules, name="p", **{"weight": 1.0, **projection})
    return net


def told(net, **simulation):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        hs.Simulation(net, quiet=True, **simulation)
    return [str(one.message) for one in found if issubclass(one.category, hs.NetworkWarning)]


@pytest.mark.parametrize("rule", [Drift, AtEvents])
def test_a10_changes_that_vanish_are_told_with_the_way_out(rule):
    (text,) = told(network(rule()))
    assert f"{rule.__name__} on 'p' changes weights of about 1 by some 2.5e-08" in text and "dtype='float64'" in text
    assert not told(network(rule()), dtype="float64")
    assert not told(network(rule(1e-4) if rule is Drift else rule(size=1e-4)))
    assert len(told(network(hs.gated(rule(), by=lambda w: 0.5 * w)))) == 1
    assert not told(network(hs.Eligibility(rule())))  # the changes go to a trace that begins at 0


def test_a10_what_is_said_is_so():
    net = network(Drift())
    with pytest.warns(hs.NetworkWarning):
        single = hs.Simulation(net, quiet=True, threads=1)
    double = hs.Simulation(net, quiet=True, threads=1, dtype="float64")
    for sim in (single, double):
        sim.run(steps=20_000)
    assert np.all(single.weights("p") == 1.0)
    np.testing.assert_allclose(double.weights("p"), 1.0 + 20_000 * 2.5e-8)


def test_a10_a_releases_parameter_is_told_too():
    class Slowly(hs.Plasticity):
        @staticmethod
        def on_pre():
            return 1e-9

    (text,) = told(network(Slowly(on="release.U"), release=hs.TsodyksMarkram(U=0.5)))
    assert "release.U of about 0.5" in text


def test_a10_no_false_alarm_of_what_is_shipped():
    rules = [hs.PairSTDP(), hs.TripletSTDP(), hs.NearestTripletSTDP(), hs.OneSidedSTDP(), hs.WeightDependentSTDP()]
    rules += [hs.InhibitorySTDP(), hs.SynapticScaling(), hs.SoftBounds(hs.PairSTDP()), hs.HardBounds(0.0, 3.0)]
    assert not told(network(*rules, weight=hs.LogNormal(0.5, cv=0.5), receptor=hs.AMPA()))


class Hidden(hs.Plasticity):
    """A state of a synapse, of a row, of a cell that grows by too little."""

    part: hs.units.Number = 1e-8
    c = hs.PerSynapse.state(1.0)
    r = hs.PerPre.state(2.0)
    e = hs.PerPost.state(3.0)

    @c.on_pre
    def _(c, part):
        return c + part

    @r.on_pre
    def _(r, part):
        return r + part

    @e.on_post
    def _(e, part):
        return e + part


class Ticking(hs.Plasticity):
    period: hs.units.Ms = 10.0
    c = hs.PerSynapse.state(1.0)

    @c.on_tick
    def _(c):
        return c + 1e-8


class Tiring(hs.LIF):
    tau_fatigue: hs.units.Ms = 1e8
    fatigue = hs.PerNeuron.state(20.0)

    @fatigue.step
    def _(fatigue, dt, tau_fatigue):
        return fatigue - dt * fatigue / tau_fatigue


class Remembering(hs.LIF):
    tau_long: hs.units.Ms = 1e8
    long = hs.PerNeuron.trace(decay="tau_long")


def cells(model):
    net = hs.Network(dt=1.0, seed=1)
    net.add(model, 3, "b")
    return net


def test_a10_states_that_grow_by_too_little_are_told_once_for_each_rule():
    (text,) = told(network(Hidden()))
    assert "Hidden on 'p' changes its state c of about 1 by some 1e-08" in text and "slow=True" in text
    assert not told(network(Hidden(part=1e-4))) and not told(network(Hidden()), dtype="float64")
    (text,) = told(network(Ticking()))  # slow clocks round weights at random, not states
    assert "its state c of about 1" in text


def test_a10_states_and_traces_of_cells_are_told_too():
    (text,) = told(cells(Tiring()))
    assert "Tiring on 'b' changes its state fatigue of about 20 by some 2e-07" in text
    (text,) = told(cells(Remembering()))
    assert "trace long that decays by 1e-08 of itself in a step (tau_long=1e+08 ms)" in text
    assert not told(cells(Tiring(tau_fatigue=1e4))) and not told(cells(Remembering(tau_long=1e4)))


def test_a10_weights_that_begin_at_0_are_judged_at_their_bound():
    (text,) = told(network(Drift(), hs.HardBounds(0.0, 2.0), weight=0.0))
    assert "weights of about 2" in text
    assert not told(network(Drift(1e-4), hs.HardBounds(0.0, 2.0), weight=0.0))


def test_a10_what_cannot_be_tried_is_passed_over():
    class Odd(hs.Plasticity):
        x = hs.PerSynapse.state(0.0)

        @staticmethod
        def on_pre(x):
            return 1e-9 / x

    assert not told(network(Odd()))


@pytest.mark.parametrize("cell", [hs.LIF, hs.AdaptiveLIF, hs.AdEx])
@pytest.mark.parametrize("receptor", [hs.AMPA, hs.NMDA, hs.GABAB])
@pytest.mark.parametrize("dt", [0.01, 1.0])
def test_a10_no_false_alarm_of_shipped_models(cell, receptor, dt):
    net = hs.Network(dt=dt, seed=1)
    a, b = net.add(hs.PoissonSource(), 4, "a"), net.add(cell(), 3, "b", rules=[hs.IntrinsicThreshold()])
    rules = [hs.Eligibility(hs.PairSTDP()), hs.WeightNormalization(), hs.SynapticScaling(), hs.HardBounds(0.0, 1.0)]
    release = hs.TsodyksMarkram(tau_facil=500.0)
    net.connect(a, b, hs.AllToAll(), weight=0.5, receptor=receptor(), release=release, rules=rules)
    with warnings.catch_warnings():
        warnings.simplefilter("error", hs.NetworkWarning)
        precision.caution(hs.instantiate(net))
