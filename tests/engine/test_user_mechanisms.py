"""Mechanisms that a user wrote, and hooks that touch the finer points of an order: as the reference has them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
from helpers.tiny import Cell, Ear
from helpers.user_mechanisms.cascade import Cascade
from helpers.user_mechanisms.multisite import MultiSite
from helpers.user_mechanisms.release_probability import Depressing, ReleaseSTDP
from helpers.user_mechanisms.rhythm import Mark, Rhythm
from helpers.user_mechanisms.sorn import BinarySTDP, BinaryUnit, IntrinsicRate, SumToOne
from helpers.user_mechanisms.three_factor import Modulator, Pairing, Tag
from helpers.user_mechanisms.triplet import Triplet

import hebbstat as hs


class Tired(hs.Plasticity):
    """A state of the synapse that reads the weight at its event, and one that moves at each step."""

    gain: hs.units.Number = 0.1

    seen = hs.PerSynapse.state()
    drift = hs.PerSynapse.state()

    @seen.on_pre
    def look(seen, w):
        return 0.5 * seen + w

    @drift.step
    def move(drift, seen):
        return drift + 0.01 * (seen - drift)

    @staticmethod
    def on_pre(seen, gain):
        return gain * (1.0 - seen)

    @staticmethod
    def step(drift):
        return -0.001 * drift


class Clocked(hs.Plasticity):
    """A state of the synapse that ticks, read by the change of the same tick."""

    period: hs.units.Ms = 7.0
    age = hs.PerSynapse.state()

    @age.on_tick
    def grow(age):
        return age + 1.0

    @staticmethod
    def on_tick(age, w):
        return 0.01 * age * w


class Derived(hs.Plasticity):
    """A weight that is derived from a hidden state, from the first step on."""

    hidden = hs.PerSynapse.state(2.0)

    @hidden.on_post
    def grow(hidden):
        return hidden + 1.0

    @staticmethod
    def weight(hidden):
        return 0.5 * hidden


def network(rules: Sequence[Any], modulators: bool = False, **connection: Any) -> hs.Network:
    """Cells that are told when to spike, densely enough that many events fall into one step."""
    rng = np.random.default_rng(5)
    net = hs.Network(dt=1.0, seed=4)
    for name, n in (("a", 6), ("b", 5)):
        steps, ids = np.nonzero(rng.random((300, n)) < 0.15)
        cell_rules = [rule for rule in rules if isinstance(rule, hs.PopulationRule) and name == "b"]
        net.add(Cell(), n, name, spikes=(steps + 1.0, ids), rules=cell_rules)
    if modulators:
        for name in ("ACh", "DA"):
            net.add_rule(Modulator(plan=hs.TimedArray(rng.random(40), every=8.0)), name)
        net.add_rule(Rhythm(where="a", least=2.0, first_period=20.0), "theta")
    synapse_rules = [rule for rule in rules if isinstance(rule, hs.Plasticity)]
    net.connect(
        "a", "b", hs.FixedProbability(0.7), weight=hs.Uniform(0.5, 2.0), **{"rules": synapse_rules, **connection}
    )
    return net


def gate_of_all(ACh, DA_level, theta, theta_since):
    return ACh * DA_level + (0.1 if theta < 0.5 else 0.0) + 0.01 * theta_since


CASES: dict[str, tuple[Sequence[Any], dict[str, Any]]] = {
    "cascade": ([Cascade()], {}),
    "triplet": ([Triplet()], {"delay": 3.0, "dendritic_delay": 2.0}),
    "multi-site release": ([], {"release": MultiSite(tau=30.0)}),
    "release probability": ([ReleaseSTDP()], {"release": Depressing()}),
    "tag": ([Tag(Pairing(gain=0.1))], {}),
    "three factors": ([hs.gated(Tag(hs.gated(Pairing(), by=lambda ACh: ACh)), by=gate_of_all)], {"modulators": True}),
    "rhythm": ([hs.gated(Mark(), by=lambda theta: 1.0 if theta < 0.5 else 0.0)], {"modulators": True}),
    "sorn": ([BinarySTDP(eta=0.1), SumToOne()], {"delay": 2.0}),
    "tired": ([Tired(), hs.HardBounds(-1.0, 3.0)], {}),
    "clocked": ([Clocked(), Pairing(gain=0.01)], {}),
    "derived": ([Derived(), hs.HardBounds(0.0, 20.0)], {}),
    "soft bounds in and out": ([hs.SoftBounds(Tag(hs.SoftBounds(Pairing(), -1.0, 4.0)), 0.0, 3.0)], {}),
}


@pytest.mark.parametrize("case", CASES)
def test_engine_equals_reference(case: str, kernels: None) -> None:
    equal(case)


def test_one_compiled() -> None:
    equal("triplet")


def equal(case: str) -> None:
    """Engine and reference have the same weights and states, at several times."""
    rules, options = CASES[case]
    net = network(rules, **options)
    sim, reference = hs.Simulation(net, dtype="float64", threads=2, quiet=True), hs.ReferenceSimulation(net)
    begin = sim.weights("a -> b")
    for steps in (1, 120, 200):
        sim.run(steps=steps)
        reference.run(steps=steps)
        ours, theirs = sim.weights("a -> b"), reference.weights("a -> b")
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
        for state in ("got", "v"):
            expected = reference.peek("b", "neuron", state)
            np.testing.assert_allclose(sim.state("b", state), expected, rtol=1e-9, atol=1e-12, err_msg=state)
    assert not rules or case == "release probability" or not np.array_equal(begin, sim.weights("a -> b"))


class Startled(hs.Neuron):
    """Where it lands after a spike depends on the step's input, on its train and on chance."""

    v = hs.PerNeuron.state()
    spent = hs.PerNeuron.trace(add="cost", decay="tau")
    tau: hs.units.Ms = 20.0
    cost: hs.units.Number = 0.5

    @v.step
    def sum_up(v, input, spent, uniform, steps_since_spike):
        return 0.9 * v + input - spent + 0.2 * uniform - (0.4 if steps_since_spike == 2.0 else 0.0)

    @v.on_spike
    def land(v, input, scheduled, uniform, steps_since_spike):
        return 0.1 * v + 0.05 * input - 0.3 * uniform - (0.2 if scheduled else 0.0) - 0.1 / steps_since_spike

    @staticmethod
    def fires(v, scheduled, steps_since_spike):
        return (v > 1.0 and steps_since_spike > 1.0) or scheduled


def test_a_spike_may_read_the_sums_of_its_step() -> None:
    net = hs.Network(dt=1.0, seed=2)
    net.add(hs.PoissonSource(rate=200.0), 10, "a")
    net.add(Startled(cost=hs.Uniform(0.2, 0.8)), 20, "b", spikes=([5.0, 9.0, 30.0], [1, 1, 7]))
    net.connect("a", "b", hs.FixedProbability(0.5), weight=0.3)
    sim, reference = hs.Simulation(net, dtype="float64", threads=2, quiet=True), hs.ReferenceSimulation(net)
    run = sim.run(steps=300, record=[hs.Spikes("b")])
    reference.run(steps=300)
    assert run["b.spikes"].neuron.size == sum(name == "b" for _, name, _ in reference.spikes) > 100
    for state in ("v", "spent"):
        np.testing.assert_allclose(sim.state("b", state), reference.peek("b", "neuron", state), rtol=1e-9, atol=1e-12)


class Particular(hs.Receptor):
    """Counts its arrivals, holds the last, keeps a slow sum; its step reads a trace."""

    tau: hs.units.Ms = 4.0
    i = hs.PerPost.trace(decay="tau", add="amount")
    last = hs.PerPost.trace(decay="tau", set="amount")
    slow = hs.PerPost.trace(decay="tau", add="amount", slow=True)
    arrivals = hs.PerPost.state()
    smooth = hs.PerPost.state()

    @arrivals.on_arrival
    def count(arrivals, i, last):
        return arrivals + 1.0 + 0.1 * i - 0.2 * last

    @smooth.step
    def follow(smooth, i):
        return 0.5 * smooth + i

    @staticmethod
    def current(i, last, slow, arrivals, smooth):
        return i + 2.0 * last + 3.0 * slow + 0.01 * arrivals + smooth


@pytest.mark.parametrize("weight", [0.3, [[0.3], [-0.3], [0.0], [0.7]]])
def test_a_receptor_of_a_user(weight: Any) -> None:
    net = hs.Network(dt=1.0, seed=2)
    net.add(Cell(), 4, "a", spikes=([2.0, 2.0, 4.0, 5.0, 9.0, 9.0, 30.0], [0, 1, 2, 3, 0, 3, 1]))
    net.add(Ear(), 1, "b")
    net.connect("a", "b", hs.AllToAll(), weight=np.ravel(weight) if np.ndim(weight) else weight, receptor=Particular())
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    for step in range(40):
        with sim.frozen() if 4 < step < 10 else nullcontext():
            sim.run(steps=1)
        with reference.frozen() if 4 < step < 10 else nullcontext():
            reference.run(steps=1)
        ours, theirs = sim.state("b", "heard"), reference.peek("b", "neuron", "heard")
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, err_msg=str(step))
        for state in Particular.states:
            ours, theirs = sim.state("a -> b", f"receptor.{state}"), reference.peek("a -> b", "receptor", state)
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, err_msg=f"{state} in {step}")


def test_intrinsic_plasticity_of_a_user() -> None:
    net = hs.Network(dt=1.0, seed=2)
    net.add(BinaryUnit(threshold=hs.Uniform(0.0, 1.0), noise=0.3), 20, "exc", rules=[IntrinsicRate()])
    net.connect("exc", "exc", hs.FixedProbability(0.3), weight=hs.Uniform(0.0, 0.5), rules=[BinarySTDP(), SumToOne()])
    sim, reference = hs.Simulation(net, dtype="float64", threads=2, quiet=True), hs.ReferenceSimulation(net)
    sim.run(steps=200)
    reference.run(steps=200)
    np.testing.assert_allclose(sim.weights("exc -> exc"), reference.weights("exc -> exc"), rtol=1e-9, atol=1e-12)
    assert sim.weights("exc -> exc").size
