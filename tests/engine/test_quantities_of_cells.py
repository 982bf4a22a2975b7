"""Rules on synapses that change what belongs to the postsynaptic neuron or its receptor; and read it as `value`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.dense import Drifting, network
from helpers.voices import agree, agree_compiled

import hebbstat as hs


class Level(hs.Plasticity):
    """Changes a parameter of the neuron at every kind of event."""

    acts_on = "post.level"
    tau: hs.units.Ms = 5.0
    period: hs.units.Ms = 4.0
    y = hs.PerPost.trace(decay="tau")
    z = hs.PerPost.state()

    @z.on_post
    def _(z, value, post_level):
        return 0.5 * z + 0.1 * value + 0.1 * post_level

    @staticmethod
    def on_pre(y, value):
        return 0.01 * y - 0.001 * value

    @staticmethod
    def on_post(value, uniform):
        return -0.01 * value + 0.01 * uniform

    @staticmethod
    def step(y):
        return 0.001 * y

    @staticmethod
    def on_tick(y, value):
        return 0.01 * y - 0.01 * value

    @staticmethod
    def clip(value):
        return min(max(value, 0.1), 0.5)


class Receptor(Level):
    acts_on = "receptor.tau"

    @staticmethod
    def clip(value):
        return min(max(value, 1.0), 15.0)


class Seen(hs.Plasticity):
    """Reads, at every event, what another rule changes of both neurons."""

    c = hs.PerSynapse.state()

    @c.on_post
    def _(c, post_level):
        return 0.5 * c + post_level

    @staticmethod
    def on_pre(pre_level, post_twice, c):
        return 0.01 * (pre_level - post_twice) + 0.001 * c


class Ticking(hs.Plasticity):
    """Acts at ticks alone, so events of its projection are replayed."""

    acts_on = "post.v_threshold"
    period: hs.units.Ms = 5.0

    @staticmethod
    def on_tick(value, post_v):
        return 0.1 * (1.7 + 0.1 * post_v - value)


class Use(hs.Plasticity):
    """States that read the release's parameter that the rule acts on."""

    acts_on = "release.U"
    c = hs.PerSynapse.state()

    @c.on_pre
    def _(c, value):
        return 0.5 * c + value

    @c.on_post
    def _(c, value):
        return 0.5 * c - value

    @staticmethod
    def on_post(c, value):
        return 0.01 * c - 0.1 * (value - 0.5)


class Constant(hs.Release):
    U: hs.units.Fraction = 0.5

    @staticmethod
    def transmit(w, U):
        return w * U


CASES: dict[str, Callable[[], hs.Network]] = {
    "neuron": lambda: network([Level()]),
    "neuron, seen by others": lambda: network([Level(), Seen()], cells=[Drifting()]),
    "neuron, at ticks": lambda: network([Ticking(), hs.PairSTDP(), hs.HardBounds(0.0, 2.0)]),
    "neuron, gated": lambda: network([hs.gated(Level(), by=lambda post_v: 0.5 + 0.1 * post_v)], delay=1.0),
    "receptor": lambda: network([Receptor()], receptor=hs.ExponentialCurrent(tau=5.0)),
    "release": lambda: network([Use()], release=Constant()),
}


@pytest.mark.parametrize("case", CASES)
def test_engine_equals_reference(case: str) -> None:
    agree(CASES[case])


def test_compiled() -> None:
    made = {"rules": [Level(), Receptor(), Seen()], "receptor": hs.ExponentialCurrent(tau=5.0), "recurrent": False}
    agree_compiled(lambda: network(cells=[Drifting()], **made))
