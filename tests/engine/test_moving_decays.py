"""States that decay or advance by what changes go step by step, with the values of each step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from helpers.dense import Told, network
from helpers.user_mechanisms.three_factor import Modulator
from helpers.voices import agree, agree_compiled
from strangers.faces import Face

import hebbstat as hs


class Decaying(hs.Plasticity):
    """States of rows, cells and synapses."""

    tau: hs.units.Ms = 5.0
    other: hs.units.Ms = 8.0
    x = hs.PerPre.trace(decay="tau")
    y = hs.PerPost.trace(decay="other", slow=True)
    s = hs.PerSynapse.state(0.3)

    @hs.derived
    def rate(tau, post_level):
        return 1.0 / (tau + post_level)

    @s.on_pre
    def _(s, y):
        return s + 0.1 * y

    @s.advance
    def _(s, elapsed, rate):
        return s * 2.0 ** (-elapsed * rate)

    @staticmethod
    def on_pre(s, y):
        return 0.01 * s - 0.01 * y


class Replayed(Decaying):
    """And they are read at postsynaptic events."""

    @staticmethod
    def on_post(x, y):
        return 0.02 * x - 0.01 * y


class OnCells(hs.PopulationRule):
    acts_on = "level"
    tau: hs.units.Ms = 5.0
    x = hs.PerNeuron.trace(decay="tau")
    z = hs.PerNeuron.trace(decay="tau", slow=True)

    @staticmethod
    def step(x, z, value):
        return 0.01 * (x - z) + 0.02 * (0.3 - value)


class Leaky(hs.Release):
    U: hs.units.Fraction = 0.5
    tau: hs.units.Ms = 6.0
    u = hs.PerSynapse.trace(decay="tau", init=0.5)

    @staticmethod
    def transmit(w, u, U):
        return w * u, u + U * (1.0 - u)


class Tone(Modulator):
    level = hs.Global.state(3.0)

    @level.step
    def _(plan):
        return plan


def planned(*values: float) -> hs.TimedArray:
    return hs.TimedArray(list(values), every=3.0, repeat=True)


def followed() -> hs.Network:
    tone = Tone(plan=hs.TimedArray(2.0 + np.random.default_rng(1).random(40), every=8.0))
    return network([Decaying(tau=planned(3.0, 7.0, 4.0), other=hs.FollowState("DA"))], modulators={"DA": tone})


CASES: dict[str, Callable[[], hs.Network]] = {
    "followed": followed,
    "replayed": lambda: network([Replayed(tau=planned(3.0, 7.0), other=planned(5.0, 2.0))]),
    "of cells only": lambda: network([hs.PairSTDP(tau_minus=planned(5.0, 2.0)), hs.HardBounds(0.0, 2.0)]),
    "derived": lambda: network([Decaying()], b=Told(level=planned(0.1, 0.6)), delay=1.0),
    "rules on cells": lambda: network([Decaying()], cells=[OnCells(tau=planned(5.0, 2.0))]),
    "release": lambda: network([Decaying()], release=Leaky(tau=planned(5.0, 2.0))),
    "of each": lambda: network([hs.PairSTDP(tau_plus=hs.TimedArray([[3.0] * 6, [6.0] * 6], every=9.0))], delay=1.0,
                               recurrent=False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_engine_equals_reference(case: str) -> None:
    agree(CASES[case])


def test_compiled() -> None:
    planned_taus = {"tau": planned(3.0, 7.0), "other": planned(5.0, 2.0)}
    agree_compiled(lambda: network([Replayed(**planned_taus)], recurrent=False))


def test_set_between_runs() -> None:
    """What is stepped stays as it is when a parameter is set, and goes on by the new one."""

    def story(face: Face) -> None:
        face.run(40)
        face.set("a -> b", "rule0.0", "other", 3.0)
        face.look()
        face.run(40)
        face.look()

    agree(lambda: network([Replayed(tau=planned(3.0, 7.0))]), story)
