"""Rules that read of their neurons what changes: states, signals, parameters that rules change, on both sides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from helpers.dense import Drifting, Told, network
from helpers.user_mechanisms.three_factor import Modulator
from helpers.voices import agree, agree_compiled

import hebbstat as hs


class AtPre(hs.Plasticity):
    """Reads both neurons at presynaptic events: event-driven."""

    @staticmethod
    def on_pre(pre_v, post_v, pre_level, pre_twice, post_twice):
        return 0.01 * (pre_v - post_v) + 0.001 * (pre_level - pre_twice + post_twice)


class AtSteps(hs.Plasticity):
    """Reads the presynaptic neuron at each step and tick, and at events of its own."""

    period: hs.units.Ms = 4.0

    @staticmethod
    def on_pre(pre_own, w):
        return 0.01 * pre_own - 0.005 * w

    @staticmethod
    def step(pre_v, post_v):
        return 0.001 * (pre_v - post_v)

    @staticmethod
    def on_tick(pre_level, w):
        return 0.01 * (pre_level - w)


class AtPost(AtPre):
    """And at postsynaptic ones and each step: clock-driven."""

    c = hs.PerPre.state()

    @c.step
    def _(c, pre_v):
        return 0.8 * c + 0.1 * pre_v

    @staticmethod
    def on_post(pre_v, c, pre_own, pre_level):
        return 0.01 * (pre_v - c) + 0.01 * pre_level + 0.003 * pre_own

    @staticmethod
    def step(pre_v, w, pre_twice):
        return 0.001 * (pre_v - w) + 0.001 * pre_twice


class PostSignal(hs.Plasticity):
    """Reads the postsynaptic neuron as it was at past events."""

    @staticmethod
    def on_post(post_level, post_twice, w):
        return 0.02 * (post_level + post_twice - 0.5 * w)


class Sensing(hs.Release):
    """A release that reads the presynaptic neuron."""

    u = hs.PerPre.state(0.5)

    @staticmethod
    def transmit(w, u, pre_v, pre_level):
        return w * (0.5 + 0.1 * pre_v), 0.5 * u + 0.1 * pre_level


class OnRates(hs.Plasticity):
    """Rate neurons onto cells that spike: the rate that arrives and a state of now."""

    @staticmethod
    def on_post(w, pre_rate, pre_r):
        return 0.1 * (1.0 - w) + 0.01 * pre_rate - 0.02 * pre_r


class Cells(hs.PopulationRule):
    """Reads a signal of its cells, and changes what a trace of theirs decays by."""

    acts_on = "tau"

    @staticmethod
    def step(value, neuron_level, neuron_twice):
        return 0.2 * (4.0 + neuron_level + neuron_twice - value)


def planned(n: int) -> hs.TimedArray:
    return hs.TimedArray(np.random.default_rng(1).random((7, n)), every=2.0)


def of_rates() -> hs.Network:
    net = network(recurrent=False)
    net.add(hs.RateNeuron(), 4, "r")
    net.connect("r", "b", hs.AllToAll(), weight=hs.Uniform(0.5, 2.0), delay=hs.Uniform(1.0, 3.0), rules=[OnRates()])
    net.connect("b", "r", hs.AllToAll(), weight=0.5, delay=2.0)
    return net


def followed(rule: hs.Plasticity) -> hs.Network:
    plan = hs.TimedArray(np.random.default_rng(1).random(40), every=8.0)
    follows = {"a": Told(level=hs.FollowState("DA")), "b": Told(level=hs.FollowState("DA.level"))}
    return network([rule], modulators={"DA": Modulator(plan=plan)}, **follows)


CASES: dict[str, Callable[[], hs.Network]] = {
    "states": lambda: network([AtPre()]),
    "one delay": lambda: network([AtPre(), hs.PairSTDP()], delay=2.0),
    "steps and ticks": lambda: network([AtSteps()], cells=[Drifting()]),
    "changed parameters": lambda: network([AtPre()], cells=[Drifting()]),
    "at postsynaptic events": lambda: network([AtPost()], cells=[Drifting()]),
    "signals": lambda: network([AtPost()], a=Told(level=planned(6)), b=Told(level=planned(5))),
    "signals then": lambda: network([PostSignal()], b=Told(level=hs.TimedArray([0.1, 0.4], every=3.0, repeat=True))),
    "followed then": lambda: followed(PostSignal()),
    "followed": lambda: followed(AtPost()),
    "release": lambda: network([hs.PairSTDP()], release=Sensing(), cells=[Drifting()]),
    "rates": of_rates,
    "cells": lambda: network([PostSignal()], cells=[Cells()], b=Told(level=planned(5))),
    "gates": lambda: network([hs.gated(hs.PairSTDP(), by=lambda pre_v, post_twice: pre_v + post_twice)]),
}


@pytest.mark.parametrize("case", CASES)
def test_engine_equals_reference(case: str) -> None:
    agree(CASES[case])


def test_compiled() -> None:
    agree_compiled(lambda: network([AtPost(), PostSignal()], b=Told(level=planned(5)), recurrent=False))
