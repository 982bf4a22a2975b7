"""Lagged states: what another state was some steps ago, of everything that can have states."""

from __future__ import annotations

import math

import pytest
from helpers.voices import agree, agree_compiled

import hebbstat as hs


class Cell(hs.Neuron):
    late: hs.units.Ms = 3.0
    more: hs.units.Ms = 2.0
    tau: hs.units.Ms = 7.0
    v = hs.PerNeuron.state(0.2)
    trace = hs.PerNeuron.trace(decay="tau")
    mood = hs.Global.state(0.3)
    v_old = hs.PerNeuron.lagged(v, by="late")
    trace_old = hs.PerNeuron.lagged(trace, by="late")
    older = hs.PerNeuron.lagged(v_old, by="late")
    mood_old = hs.Global.lagged(mood, by="more")

    @v.step
    def _(v, v_old, trace_old, mood_old, older, input):
        return 0.7 * v + 0.3 + 0.1 * input - 0.1 * v_old - 0.1 * trace_old + 0.05 * mood_old + 0.02 * older

    @mood.step
    def _(mood, mood_old, uniform):
        return 0.5 * mood + 0.3 * mood_old + 0.1 * uniform

    @v.on_spike
    def _(v, older, mood_old):
        return 0.1 * older - 0.1 * mood_old

    @staticmethod
    def fires(v, v_old):
        return v > 0.4 + 0.2 * v_old


class Hearing(Cell):
    @Cell.v.step
    def _(v, v_old, current, tau, dt):
        return v * math.exp(-dt / tau) + 0.1 * current + 0.2 - 0.1 * v_old


class Ear(hs.Receptor):
    late: hs.units.Ms = 2.0
    tau: hs.units.Ms = 4.0
    g = hs.PerPost.trace(decay="tau", add="amount")
    g_old = hs.PerPost.lagged(g, by="late")

    @staticmethod
    def current(g, g_old, post_v_old):
        return g + 0.3 * g_old + 0.01 * post_v_old


class Release(hs.Release):
    late: hs.units.Ms = 3.0
    u = hs.PerSynapse.state(0.5)
    u_old = hs.PerSynapse.lagged(u, by="late")

    @staticmethod
    def transmit(w, u, u_old):
        return w * (0.5 + u_old), 0.5 * u + 0.3 * u_old


class RowRelease(hs.Release):
    late: hs.units.Ms = 2.0
    u = hs.PerPre.state(0.5)
    u_old = hs.PerPre.lagged(u, by="late")

    @staticmethod
    def transmit(w, u, u_old):
        return w * (0.5 + u_old), 0.5 * u + 0.3 * u_old + 0.01


class OfCells(hs.Plasticity):
    """What neurons had: as rows replay events, they read what it was then."""

    late: hs.units.Ms = 4.0
    tau: hs.units.Ms = 12.0
    x = hs.PerPre.trace(decay="tau")
    y = hs.PerPost.trace(decay="tau")
    level = hs.Global.state(0.3)
    y_old = hs.PerPost.lagged(y, by="late")
    level_old = hs.Global.lagged(level, by="late")

    @level.step
    def _(level, level_old):
        return 0.9 * level + 0.05 * level_old

    @staticmethod
    def on_pre(y, y_old, post_v_old):
        return -0.01 * y * y_old - 0.001 * post_v_old

    @staticmethod
    def on_post(x, y_old, level_old, post_older):
        return 0.01 * x * (1.0 + y_old + level_old) + 0.001 * post_older


class OfSynapses(hs.Plasticity):
    """What rows and synapses had: that makes a projection clock-driven."""

    period: hs.units.Ms = 5.0
    late: hs.units.Ms = 3.0
    soon: hs.units.Ms = 1.0
    long: hs.units.Ms = 6.0
    tau: hs.units.Ms = 12.0
    x = hs.PerPre.trace(decay="tau")
    c = hs.PerSynapse.state()
    d = hs.PerSynapse.trace(decay="tau")
    x_old = hs.PerPre.lagged(x, by="late")
    c_old = hs.PerSynapse.lagged(c, by="soon")
    d_old = hs.PerSynapse.lagged(d, by="long")

    @c.on_pre
    def _(c, x_old, d_old):
        return 0.5 * c + x_old + 0.1 * d_old

    @d.on_post
    def _(d, x_old, d_old):
        return d + 0.1 + 0.1 * x_old - 0.05 * d_old

    @staticmethod
    def on_pre(c_old, x_old, d_old):
        return -0.001 * (c_old + x_old + d_old)

    @staticmethod
    def on_post(x_old, d_old):
        return 0.002 * x_old + 0.001 * d_old

    @staticmethod
    def on_tick(w, c_old, x_old):
        return 0.01 * (0.3 - w) + 0.001 * c_old - 0.001 * x_old


class Rule(hs.PopulationRule):
    acts_on = "tau"
    late: hs.units.Ms = 2.0
    period: hs.units.Ms = 3.0
    fade: hs.units.Ms = 9.0
    s = hs.PerNeuron.trace(decay="fade")
    common = hs.PerPopulation.state(0.1)
    s_old = hs.PerNeuron.lagged(s, by="late")
    common_old = hs.PerPopulation.lagged(common, by="period")

    @common.step
    def _(common, common_old, uniform):
        return 0.5 * common + 0.2 * common_old + 0.1 * uniform

    @staticmethod
    def on_spike(s_old, common_old):
        return 0.01 * s_old - 0.01 * common_old

    @staticmethod
    def step(value, s_old):
        return 0.02 * (7.0 - value) + 0.001 * s_old


class Tone(hs.NetworkRule):
    late: hs.units.Ms = 4.0
    who: str = "a"
    a = hs.Global.state(0.5)
    heard = hs.Global.spikes_of("who")
    a_old = hs.Global.lagged(a, by="late")
    heard_old = hs.Global.lagged(heard, by="late")

    @a.step
    def _(a, a_old, heard_old, uniform):
        return 0.6 * a - 0.2 * a_old + 0.02 * heard_old + 0.3 * uniform


def network(release: type = Release, delay: object = 2.0, rule: type = OfSynapses, late: object = 3.0) -> hs.Network:
    net = hs.Network(dt=1.0, seed=5)
    net.add_rule(Tone(), "tone")
    a = net.add(Cell(late=late), 6, "a", rules=[Rule()])
    b = net.add(Hearing(tau=hs.FollowState("tone.a_old")) if rule is OfCells else Hearing(), 5, "b")
    gate = hs.gated(rule(), by=lambda tone_a_old: 0.5 + tone_a_old)
    net.connect(a, a, hs.FixedProbability(0.6), weight=0.3, delay=delay, rules=[gate], name="aa")
    net.connect(
        a, b, hs.AllToAll(), weight=hs.Uniform(0.4, 0.8), delay=2.0, dendritic_delay=1.0, receptor=Ear(),
        release=release(), rules=[rule()], name="ab",
    )  # fmt: skip
    return net


CASES = {
    "cells": lambda: network(rule=OfCells),
    "synapses": network,
    "rows": lambda: network(RowRelease, late=hs.Uniform(1.0, 5.0)),
    "many delays": lambda: network(delay=hs.Uniform(1.0, 6.0)),
    "many delays, cells": lambda: network(delay=hs.Uniform(1.0, 6.0), rule=OfCells),
}


@pytest.mark.parametrize("case", CASES)
def test_lagged_states(case: str) -> None:
    engine = agree(CASES[case])
    assert {name for _, name, _ in engine.spikes} == {"a", "b"} and len(engine.spikes) > 60


def small() -> hs.Network:
    net = hs.Network(dt=1.0, seed=6)
    cells = net.add(Cell(late=hs.Uniform(1.0, 5.0)), 9, "a")
    net.connect(cells, cells, hs.FixedProbability(0.6), weight=0.3, delay=2.0, rules=[OfSynapses()], name="aa")
    return net


def test_they_are_compiled() -> None:
    agree_compiled(small)


def looked_at(face) -> None:
    lagged = {"a": ("v_old", "older", "mood_old"), "aa": ("OfSynapses.x_old", "OfSynapses.d_old")}
    lagged |= {"tone": ("a_old", "heard_old")}
    face.looks.append({(of, "", name): face.sim.state(of, name) for of, names in lagged.items() for name in names})


def test_what_is_looked_at_is_what_hooks_see() -> None:
    def story(sim):
        sim.run(14)
        looked_at(sim)
        sim.set("a", "neuron", "late", 1.0)
        sim.set("aa", "rule0.0", "long", 2.0)
        looked_at(sim)
        sim.run(9)
        sim.look()

    agree(network, story)


@pytest.mark.parametrize("kind", [hs.Simulation, hs.ReferenceSimulation])
def test_no_more_of_the_past_is_kept_than_was_asked_for(kind: type) -> None:
    sim = kind(network())
    with pytest.raises(hs.BadValueError, match="no more of the past is kept"):
        sim.set("a", "late", 4.0)
    with pytest.raises(hs.BadValueError, match="not a multiple of the step"):
        sim.set("a", "late", 1.5)
