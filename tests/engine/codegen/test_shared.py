"""States that a population or projection shares, and sensors: of neurons, receptors, releases and rules."""

from __future__ import annotations

import math

import numpy as np
import pytest
from helpers.voices import agree, agree_compiled

import hebbstat as hs
from hebbstat.contract.errors import ContractError


class Crowd(hs.Neuron):
    """Cells with a common mood, that hear how many of them and of others spiked."""

    tau: hs.units.Ms = 9.0
    level: hs.units.Number = 0.4
    who: str = "a"
    v = hs.PerNeuron.state()
    mood = hs.PerPopulation.state(0.2, slow=True)
    noise = hs.Global.state()
    fading = hs.Global.trace(decay="tau", init=1.0)
    heard = hs.Global.spikes_of("who")

    @v.step
    def _(v, mood, noise, fading, heard, input, tau, dt):
        return v * math.exp(-dt / tau) + 0.2 * mood + 0.1 * noise + 0.1 * fading - 0.02 * heard + 0.1 * input

    @mood.step
    def _(mood, heard, fading, uniform):
        return 0.9 * mood + 0.05 * heard + 0.01 * fading + 0.1 * uniform

    @hs.together(noise, fading).step
    def _(noise, normal, mood, fading):
        return 0.5 * noise + 0.3 * normal + 0.1 * mood, 0.95 * fading + 0.01

    @v.on_spike
    def _(v, mood, heard):
        return -0.1 * mood - 0.01 * heard

    @staticmethod
    def fires(v, mood, heard, level):
        return v > level + 0.1 * mood + 0.001 * heard


class Ear(hs.Receptor):
    who: str = "b"
    g = hs.PerPost.state()
    heard = hs.PerPost.spikes_of("who")

    @g.on_arrival
    def _(g, amount, heard, post_mood):
        return g + amount * (1.0 + 0.1 * heard + 0.1 * post_mood)

    @g.step
    def _(g, post_mood):
        return 0.8 * g + 0.01 * post_mood

    @staticmethod
    def current(g, post_noise):
        return g + 0.01 * post_noise


class Hearing(Crowd):
    @Crowd.v.step
    def _(v, mood, noise, current, tau, dt):
        return v * math.exp(-dt / tau) + 0.1 * mood + 0.1 * noise + 0.1 * current


class Release(hs.Release):
    who: str = "b"
    heard = hs.PerPre.spikes_of("who")

    @staticmethod
    def transmit(w, heard):
        return w * (1.0 + 0.1 * heard)


class Together(hs.Plasticity):
    """What synapses share moves at steps and ticks; synapses read it at all events, and at past ones."""

    period: hs.units.Ms = 5.0
    tau: hs.units.Ms = 12.0
    who: str = "a"
    x = hs.PerPre.trace(decay="tau")
    y = hs.PerPost.trace(decay="tau")
    level = hs.Global.state(0.3)
    slow = hs.PerPopulation.state(0.1, slow=True)
    fading = hs.Global.trace(decay="tau", init=1.0)
    ticks = hs.Global.trace(decay="tau", slow=True)
    heard = hs.Global.spikes_of("who")
    c = hs.PerSynapse.state()
    p = hs.PerPost.state()

    @level.step
    def _(level, heard, fading, uniform):
        return 0.9 * level + 0.01 * heard + 0.1 * fading + 0.01 * uniform

    @slow.step
    def _(slow, level):
        return 0.9 * slow + 0.01 * level

    @ticks.on_tick
    def _(ticks, level, heard):
        return ticks + level + 0.1 * heard

    @p.on_tick
    def _(p, ticks, level, post_mood):
        return 0.5 * p + ticks + level + 0.1 * post_mood

    @c.on_pre
    def _(c, level, fading, heard):
        return 0.5 * c + level + 0.1 * fading + 0.01 * heard

    @c.on_tick
    def _(c, ticks, p):
        return c + 0.1 * ticks + 0.1 * p

    @staticmethod
    def on_pre(y, slow, post_mood, heard):
        return -0.01 * y * slow - 0.001 * post_mood - 0.001 * heard

    @staticmethod
    def on_post(x, level, ticks, heard, post_noise, post_heard):
        return 0.01 * x * level + 0.001 * ticks + 0.001 * heard + 0.001 * post_noise + 0.001 * post_heard

    @staticmethod
    def on_tick(w, ticks, level, heard):
        return -0.01 * w * (ticks + level + 0.1 * heard)


class Herd(hs.PopulationRule):
    """Rules on cells with a common state."""

    acts_on = "level"
    period: hs.units.Ms = 4.0
    who: str = "b"
    fade: hs.units.Ms = 6.0
    common = hs.PerPopulation.state(0.1)
    fading = hs.Global.trace(decay="fade", init=1.0)
    own = hs.PerNeuron.state()
    heard = hs.PerNeuron.spikes_of("who")

    @common.step
    def _(common, fading, normal):
        return 0.8 * common + 0.1 * fading + 0.1 * normal

    @fading.on_tick
    def _(fading, common):
        return fading + 0.2 * common

    @own.step
    def _(own, common, fading, neuron_mood):
        return 0.5 * own + common + 0.1 * fading + 0.1 * neuron_mood

    @own.on_spike
    def _(own, common, heard):
        return own + common + 0.1 * heard

    @staticmethod
    def step(common, own, value, heard):
        return 0.05 * (0.4 + 0.1 * math.tanh(common + own + 0.1 * heard) - value)

    @staticmethod
    def on_tick(fading, value):
        return 0.01 * fading * (0.4 - value)


def network(dt: float = 1.0, delay: float = 2.0, dendritic: float = 0.0) -> hs.Network:
    net = hs.Network(dt=dt, seed=3)
    a = net.add(Crowd(), 7, "a", rules=[Herd(), Herd(period=3.0, who="a")])
    b = net.add(Hearing(who="b"), 6, "b", rules=[Herd()])
    net.connect(a, a, hs.FixedProbability(0.5), weight=0.3, delay=delay, rules=[Together()], name="aa")
    net.connect(
        a, b, hs.AllToAll(), weight=hs.Uniform(0.2, 0.5), delay=hs.Uniform(1.0, 6.0), dendritic_delay=dendritic,
        receptor=Ear(), release=Release(), rules=[Together(who="b"), Together(period=2.0)], name="ab",
    )  # fmt: skip
    return net


@pytest.mark.parametrize("dendritic", [0.0, 3.0])
def test_shared_states_and_sensors(dendritic: float) -> None:
    engine = agree(lambda: network(dendritic=dendritic))
    assert len(engine.spikes) > 100
    assert {len(values) for (_, _, name), values in _states(engine) if name in ("mood", "common", "slow")} == {1}


def test_they_are_compiled() -> None:
    agree_compiled(network)


def _states(engine: object) -> list[tuple[tuple[str, str, str], np.ndarray]]:
    return [(at, values) for at, values in engine.looks[-1].items() if isinstance(at, tuple)]


def test_they_can_be_set() -> None:
    def story(sim):
        sim.run(20)
        for at, place, name in (("a", "neuron", "mood"), ("a", "rule0.0", "fading"), ("ab", "rule0.0", "ticks")):
            sim.set(at, place, name, 0.7)
        sim.look()
        sim.run(15)
        sim.look()

    agree(network, story)


class Odd(hs.Neuron):
    mood = hs.Global.state()

    @mood.step
    def _(mood, input):
        return mood + input

    @staticmethod
    def fires(mood):
        return mood > 1.0


class Greedy(hs.PopulationRule):
    acts_on = "v_threshold"
    common = hs.PerPopulation.state()

    @common.step
    def _(common, value):
        return common + value


def _alone(neuron: hs.Neuron, *rules: hs.PopulationRule) -> hs.Network:
    net = hs.Network(dt=1.0)
    net.add(neuron, 3, "a", rules=list(rules))
    return net


@pytest.mark.parametrize("kind", [hs.Simulation, hs.ReferenceSimulation])
def test_what_is_shared_cannot_depend_on_one_cell(kind: type) -> None:
    with pytest.raises(ContractError, match="cannot read 'input', which not every owner shares"):
        kind(_alone(Odd()))
    with pytest.raises(ContractError, match="cannot read 'value', which not every owner shares"):
        kind(_alone(hs.LIF(), Greedy()))
    with pytest.raises(ContractError, match="tau of Crowd on 'a' is one number, since what is shared needs it"):
        kind(_alone(Crowd(), Herd(on="tau", who="a")))


class Noting(hs.Plasticity):
    """Changes nothing; it only remembers."""

    tau: hs.units.Ms = 10.0
    y = hs.PerPost.trace(decay="tau")
    x = hs.PerPre.trace(decay="tau")
    count = hs.Global.state()

    @count.step
    def _(count):
        return count + 1.0


def test_a_rule_may_change_nothing_and_remember() -> None:
    def noted() -> hs.Network:
        net = hs.Network(dt=1.0, seed=3)
        a, b = net.add(Crowd(), 7, "a"), net.add(Crowd(), 6, "b")
        net.connect(a, b, hs.AllToAll(), weight=0.3, rules=[Noting()], name="p")
        return net

    engine = agree(noted)
    assert engine.looks[-1]["p", "rule0.0", "count"].tolist() == [engine.step_count]
    assert engine.looks[-1]["p", "rule0.0", "y"].any() and engine.looks[-1]["p", "rule0.0", "x"].any()
