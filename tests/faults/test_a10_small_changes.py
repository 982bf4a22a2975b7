"""A10: a rule whose changes single precision would lose says so when the simulation is made, with the way out."""

import warnings

import numpy as np
import pytest

import homeostat as hs


class Drift(hs.Plasticity):
    rate: hs.Number = 2.5e-8

    @staticmethod
    def step(rate):
        return rate


class AtEvents(hs.Plasticity):
    tau: hs.Ms = 20.0
    size: hs.Number = 2.5e-8
    x = hs.PerPre.trace(decay="tau")

    @staticmethod
    def on_post(x, size):
        return size * x

    @staticmethod
    def on_pre(w, size):
        return size * w


def network(*rules, **projection):
    net = hs.Network(dt=1.0, seed=1)
    a, b = net.add(hs.Poisson(rate=50.0), 4, "a"), net.add(hs.LIF(), 3, "b")
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

    (text,) = told(network(Slowly(target="release.U"), release=hs.ShortTerm(U=0.5)))
    assert "release.U of about 0.5" in text


def test_a10_no_false_alarm_of_what_is_shipped():
    rules = [hs.PairSTDP(), hs.TripletSTDP(), hs.NearestTripletSTDP(), hs.OneSidedSTDP(), hs.WeightDependentSTDP()]
    rules += [hs.InhibitorySTDP(), hs.SynapticScaling(), hs.SoftBounds(hs.PairSTDP()), hs.HardBounds(0.0, 3.0)]
    assert not told(network(*rules, weight=hs.LogNormal(0.5, cv=0.5), receptor=hs.AMPA()))
