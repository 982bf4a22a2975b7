"""The network as a description: it prints, it refuses what makes no sense, and it is instantiated from names alone."""

import math

import numpy as np
import pytest
from helpers.tiny import Cell, Ear, in_steps

from hebbstat.contract.combinators import gated
from hebbstat.contract.distributions import Beta, LogNormal, Normal, Uniform, jointly
from hebbstat.contract.errors import BadValueError, ContractError, TooLargeError, UnknownNameError
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import NetworkRule, Neuron, Plasticity, Receptor, Release
from hebbstat.contract.signals import FollowState, Sine, TimedArray, steps_of
from hebbstat.contract.state import Global, PerPost, PerPre, PerSynapse
from hebbstat.contract.units import Fraction, Ms, Number
from hebbstat.network import (
    AllToAll,
    DistanceDependent,
    FixedInDegree,
    FixedProbability,
    Network,
    OneToOne,
    instantiate,
)
from hebbstat.plasticity import HardBounds


class Channel(Receptor):
    tau: Ms = 5.0
    i = PerPost.trace(decay="tau", add="amount")

    @staticmethod
    def current(i):
        return i


class Leaky(Release):
    U: Fraction = 0.5
    R = PerSynapse.state(1.0)

    @staticmethod
    def transmit(w, R, U):
        return w * U * R, R


class Rule(Plasticity):
    tau: Ms = 20.0
    gain: Number = 1.0
    x = PerPre.trace(decay="tau")

    @derived
    def scaled(gain, post_v_threshold):
        return gain * post_v_threshold

    @derived
    def steps(dt, tau):
        return tau / dt

    @staticmethod
    def on_post(x, scaled):
        return scaled * x


class Tunes(Plasticity):
    """Changes the time constant of the neurons, and derives from it."""

    acts_on = "post.tau"

    @derived
    def ratio(dt, post_tau):
        return dt / post_tau

    @staticmethod
    def on_post(ratio):
        return ratio


class Rate(Neuron):
    @staticmethod
    def output(input):
        return input


class Level(NetworkRule):
    level = Global.state()


def some():
    net = Network(dt=0.5, seed=3)
    a = net.add(Cell(), 100, "a")
    b = net.add(Ear(), 20, "ear")
    net.connect(a, b, FixedProbability(0.1), weight=LogNormal(0.3, cv=0.5), receptor=Channel(tau=8.0), release=Leaky())
    net.connect(
        a, a, FixedProbability(0.2), weight=0.25, delay=Uniform(0.5, 2.0), dendritic_delay=1.0, rules=[Rule(gain=2.0)]
    )
    net.add_rule(Level(), "DA")
    return net


def test_a_network_prints_as_a_table():
    text = str(some()).splitlines()
    assert text[2:6] == [
        "population  cells  model   rules",
        "----------  -----  ------  -----",
        "a           100    Cell()",
        "ear         20     Ear()",
    ]
    lines = [" ".join(line.split()) for line in text]
    assert lines[0] == "Network of 120 cells, 2 projections, dt=0.5 ms, seed=3"
    assert "projection wiring, synapses weight delay ms receptor, release rules" in lines
    assert (
        "a -> ear FixedProbability(p=0.1, autapses=False), ~200 LogNormal(mean=0.3, sd=0.15) 1 Channel(tau=8), Leaky()"
        in lines
    )
    assert (
        "a -> a FixedProbability(p=0.2, autapses=False), ~2,000 0.25 Uniform(low=0.5, high=2.0) + 1 direct Rule(gain=2)"
        in lines
    )
    assert "DA Level()" in lines


def test_reprs_are_short():
    net = some()
    assert repr(net) == "<Network of 120 cells, 2 projections, dt=0.5 ms, seed=3>"
    assert repr(net.populations["a"]) == "<100 Cell 'a'>"
    assert repr(net.projections["a -> ear"]) == "<projection 'a -> ear'>"
    assert repr(TimedArray([1.0, 2.0], every=5.0)) == "TimedArray([1., 2.], every=5)"
    many = TimedArray(np.ones((50, 3)), every=5.0, repeat=True)
    assert repr(many) == "TimedArray(array(50, 3) from 1 to 1, every=5, repeat=True)"


def test_names():
    net = some()
    assert list(net.projections) == ["a -> ear", "a -> a"]
    net.connect("a", "a", OneToOne())
    assert "a -> a (2)" in net.projections
    with pytest.raises(UnknownNameError, match="no population 'eer'; did you mean 'ear'"):
        net.population("eer")
    with pytest.raises(UnknownNameError, match="no projection 'a -> b'; did you mean 'a -> a'"):
        net.projection("a -> b")
    with pytest.raises(BadValueError, match="the name 'DA' is taken"):
        net.add(Cell(), 3, "DA")
    with pytest.raises(BadValueError, match="must not be empty, nor contain"):
        net.add(Cell(), 3, "a/b")
    with pytest.raises(UnknownNameError, match="belongs to another network"):
        net.connect(some().populations["a"], "a", OneToOne())


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda net: Network(dt=0.0), BadValueError, "dt=0.0 ms of Network must be a number above 0"),
        (lambda net: Network(dt=math.nan), BadValueError, "must be a number above 0"),
        (lambda net: Network(seed=-1), BadValueError, "whole number, at least 0"),
        (lambda net: net.add(Rule(), 3), BadValueError, "takes a neuron model such as LIF"),
        (lambda net: net.add(Cell(), 0), BadValueError, "n=0 of a population must be a whole number"),
        (lambda net: net.add(Cell(), 3, rules=[Rule()]), BadValueError, "rules on synapses go to net.connect"),
        (
            lambda net: net.add(Cell(), 3, positions=[[0.0, 1.0]]),
            BadValueError,
            r"of shape \[3, dimensions\], not \(1, 2\)",
        ),
        (
            lambda net: net.add(Cell(), 3, spikes=([1.0], [3])),
            BadValueError,
            "neurons must be whole numbers from 0 to 2",
        ),
        (lambda net: net.add(Cell(), 3, spikes=([1.0, 2.0], [1])), BadValueError, "two lists of one length"),
        (lambda net: net.add(Cell(), 3, spikes=([-1.0], [1])), BadValueError, "at least 0 ms"),
        (lambda net: net.connect("a", "a", 0.1), BadValueError, "is not a wiring; use FixedProbability"),
        (
            lambda net: net.connect("a", "ear", OneToOne()),
            ContractError,
            "Ear takes no direct input; give it a receptor",
        ),
        (
            lambda net: net.connect("a", "a", OneToOne(), receptor=Channel()),
            ContractError,
            "gives a current, which Cell does not read",
        ),
        (lambda net: net.connect("a", "ear", OneToOne(), receptor=Rule()), BadValueError, "is not a receptor"),
        (lambda net: net.connect("a", "a", OneToOne(), release=Channel()), BadValueError, "is not a release"),
        (
            lambda net: net.connect("a", "a", OneToOne(), rules=[Channel()]),
            BadValueError,
            "rules on cells go to net.add",
        ),
        (
            lambda net: net.connect("a", "a", OneToOne(), delay=0.0),
            BadValueError,
            "delay=0 ms of 'a -> a.*' must be above 0 ms",
        ),
        (
            lambda net: net.connect("a", "a", OneToOne(), delay=Normal(1.0, sd=1.0)),
            BadValueError,
            "can give values from -inf",
        ),
        (
            lambda net: net.connect("a", "a", OneToOne(), dendritic_delay=Uniform(1, 2)),
            BadValueError,
            "must be one number",
        ),
        (lambda net: net.add_rule(Rule(), "x"), BadValueError, "takes a network rule"),
        (lambda net: Network(dt="0.1"), BadValueError, "dt='0.1' ms of Network must be a number"),
        (lambda net: net.add(Cell, 3), BadValueError, r"not Cell; write Cell\(\)"),
        (lambda net: net.add(Cell(), 3, 7), BadValueError, "name=7 must be a text"),
        (lambda net: net.add(Cell(), 3, rules=Level()), BadValueError, r"must be a list: rules=\[...\]"),
        (lambda net: net.add(Cell(), 3, positions="grid"), BadValueError, "must be numbers, not 'grid'"),
        (lambda net: net.add(Cell(), 3, spikes=[1.0, 2.0, 3.0]), BadValueError, r"must be \(times in ms, neurons\)"),
        (lambda net: net.add(Cell(), 3, spikes=(["soon"], [0])), BadValueError, "must be numbers"),
        (lambda net: net.add(Ear(), 3, spikes=([1.0], [0])), ContractError, "would do nothing; use SpikeSource"),
        (lambda net: net.connect(["a"], "a", OneToOne()), BadValueError, "is no population; give what net.add"),
        (lambda net: net.projection(3), BadValueError, "is no projection; give what net.connect"),
        (lambda net: net.connect("a", "a", OneToOne), BadValueError, "OneToOne is not a wiring"),
        (lambda net: net.connect("a", "ear", OneToOne(), receptor=Channel), BadValueError, r"write Channel\(\)"),
        (lambda net: net.connect("a", "a", OneToOne(), rules=Rule()), BadValueError, r"must be a list: rules=\[...\]"),
        (lambda net: net.connect("a", "a", OneToOne(), rules=[Rule]), BadValueError, r"write Rule\(\)"),
        (
            lambda net: net.connect("a", "a", OneToOne(), weight=math.nan),
            BadValueError,
            "weight=nan .* is not a number",
        ),
        (lambda net: FixedProbability("half"), BadValueError, "p='half' of FixedProbability must be a probability"),
        (lambda net: FixedInDegree("k"), BadValueError, "k='k' of FixedInDegree must be a whole number"),
        (lambda net: FixedInDegree(math.nan), BadValueError, "k=nan of FixedInDegree must be a whole number"),
        (
            lambda net: DistanceDependent(0.3),
            BadValueError,
            r"must be a function .*without distance: FixedProbability\(p\)",
        ),
        (lambda net: TimedArray("abc", every=1.0), BadValueError, "values must be numbers"),
        (lambda net: gated(Rule(), by=3), BadValueError, r"gated\(by=3\): it must be a function"),
        (lambda net: HardBounds(1.0, 0.0), BadValueError, "low=1 of HardBounds must not be above high=0"),
        (lambda net: Rule(tau=-20.0), BadValueError, "tau=-20 ms of Rule must be above 0 ms; did you mean 20?"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_is_said(make, error, message):
    with pytest.raises(error, match=message):
        make(some())


def test_rate_neurons_have_no_vesicles():
    net = some()
    net.add(Rate(), 3, "rate")
    with pytest.raises(ContractError, match="rate neurons do not release vesicles"):
        net.connect("rate", "a", AllToAll(), release=Leaky())


@pytest.mark.parametrize(
    ("connection", "message"),
    [
        ({"weight": [1.0, 2.0]}, "weight of 'x' is an array of shape .* one value for each of 9"),
        ({"weight": Sine(1.0, 1.0, 5.0)}, "cannot be a signal; let a rule change it"),
        ({"delay": 0.7}, "delay of 'x' of 0.7 ms is not a multiple of the step dt=0.5 ms; nearest: 0.5 ms"),
        ({"branches": 0}, "branches=0 of 'x' must be a whole number, at least 1"),
        ({"branches": "many"}, "branches='many' of 'x' must be a whole number"),
        ({"branches": [1, 2]}, "branches of 'x' must be a number or an array of its 9 synapses"),
        ({"rules": [Rule(tau=[1.0, 2.0])]}, "tau of Rule on 'x' .PerPre. is an array of shape"),
        ({"rules": [Rule(gain=TimedArray([[1.0, 2.0]], every=1.0))]}, "is a signal for 2 elements; it must be for 9"),
    ],
)
def test_sizes_are_checked_when_the_network_is_realised(connection, message):
    net = Network(dt=0.5)
    net.add(Cell(), 3, "a")
    net.connect("a", "a", AllToAll(autapses=True), name="x", **connection)
    with pytest.raises(BadValueError, match=message):
        instantiate(net)


def test_an_empty_network_and_a_huge_one_are_refused():
    with pytest.raises(BadValueError, match="no population"):
        instantiate(Network())
    net = Network()
    net.add(Cell(), 10**6, "a")
    net.connect("a", "a", FixedProbability(0.5))
    with pytest.raises(TooLargeError, match=r"needs about .* GiB, and .* are free; use fewer cells"):
        instantiate(net)


def test_a_time_constant_given_in_seconds_is_warned_of():
    net = some()
    net.connect("a", "a", FixedProbability(0.1), rules=[Rule(tau=0.02)], name="x")
    with pytest.warns(UserWarning, match=r"tau=0.02 ms of Rule on 'x' is shorter than a step.* did you mean 20 ms\?"):
        instantiate(net)


def test_parameters_are_drawn_by_place_and_derived_values_over_the_right_owners():
    net = Network(dt=0.5, seed=3)
    net.add(Cell(v_threshold=LogNormal(2.0, cv=0.5)), 4, "a")
    net.connect("a", "a", FixedProbability(0.6), rules=[Rule(gain=LogNormal(1.0, cv=0.5), tau=LogNormal(20.0, cv=0.1))])
    made = instantiate(net)
    values, synapses = made.values["a -> a", "rule0.0"], made.synapses["a -> a"]
    assert (values["gain"].shape, values["tau"].shape) == ((synapses.n,), (4,))
    assert (
        values["scaled"].tolist()
        == (values["gain"] * made.values["a", "neuron"]["v_threshold"][synapses.post]).tolist()
    )
    assert values["steps"].tolist() == (values["tau"][synapses.pre()] / 0.5).tolist()  # no state needs it
    again = instantiate(net).values["a -> a", "rule0.0"]
    assert all((values[name] == again[name]).all() for name in values)


def test_derived_values_of_what_moves_are_live():
    net = Network(dt=0.5)
    net.add(Cell(v_threshold=Sine(2.0, 1.0, 10.0)), 4, "a")
    net.add_rule(Level(), "DA")
    net.connect("a", "a", FixedProbability(0.6), rules=[Rule(tau=FollowState("DA")), Tunes()])
    made = instantiate(net)
    assert made.live == {
        ("a -> a", "rule0.0", "scaled"),
        ("a -> a", "rule0.0", "steps"),
        ("a -> a", "rule1.0", "ratio"),
    }


def test_linked_parameters_are_linked_across_the_mechanisms_of_a_projection():
    net = Network(dt=0.5, seed=1)
    net.add(Cell(), 60, "a")
    linked = jointly(U=Beta(0.5, sd=0.2), gain=LogNormal(1.0, cv=0.5), correlation=-0.9)
    net.connect("a", "a", FixedProbability(0.5), release=Leaky(U=linked["U"]), rules=[Rule(gain=linked["gain"])])
    made = instantiate(net)
    u, gain = made.values["a -> a", "release"]["U"], made.values["a -> a", "rule0.0"]["gain"]
    assert np.corrcoef(u, np.log(gain))[0, 1] < -0.8


def test_given_trains_are_rounded_to_steps():
    net = Network(dt=0.5)
    net.add(Cell(), 2, "a", spikes=([1.1, 0.5, 0.6, 3.0], [1, 0, 0, 0]))
    steps, neurons = instantiate(net).trains["a"]
    assert (steps.tolist(), neurons.tolist()) == ([0, 1, 5], [0, 1, 0])  # 0.5 and 0.6 are one
    net = Network(dt=0.5)
    net.add(Cell(), 1, "a", spikes=([0.1], [0]))
    with pytest.raises(BadValueError, match=r"the earliest possible time is the end of the first step, 0\.5 ms"):
        instantiate(net)
    assert in_steps([0, 2], [1]) == ([1.0, 3.0, 2.0], [0, 0, 1])


def test_signals():
    values, every, repeat = Sine(1.0, 2.0, frequency=100.0, phase=math.pi / 2).table(0.5)
    assert (len(values), every, repeat) == (20, 1, True)
    assert values[[0, 5, 10]] == pytest.approx([3.0, 1.0, -1.0])
    assert TimedArray([1.0, 2.0], every=2.0).table(0.5)[1:] == (4, False)
    assert steps_of(0.3, 0.1, "x") == 3
    with pytest.raises(BadValueError, match="must be finite"):
        TimedArray([1.0, math.nan], every=1.0)
    with pytest.raises(BadValueError, match="must be a time above 0"):
        TimedArray([1.0], every=0.0)
    with pytest.raises(BadValueError, match="must be above 0 Hz"):
        Sine(0.0, 1.0, frequency=0.0)
