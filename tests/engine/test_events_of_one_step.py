"""Events of one step that see each other, cross over, or come later: clock-driven, as the reference has them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.dense import network
from helpers.voices import agree, agree_compiled

import hebbstat as hs


class Together(hs.Plasticity):
    """What one event does to the synapse is read by the other's hooks; they must not see it before the end."""

    tau: hs.units.Ms = 5.0
    c = hs.PerSynapse.state(0.1)
    d = hs.PerSynapse.state(0.1)
    x = hs.PerPre.trace(decay="tau")
    y = hs.PerPost.trace(decay="tau")

    @c.on_pre
    def _(c, w, y):
        return 0.9 * c + 0.1 * w + 0.05 * y

    @d.on_post
    def _(c, d, x):
        return 0.9 * d + 0.1 * c + 0.02 * x

    @d.advance
    def _(d, elapsed):
        return d * 2.0 ** (-elapsed / 8.0)

    @staticmethod
    def on_pre(c, d, y):
        return 0.01 * c - 0.02 * d * y

    @staticmethod
    def on_post(c, d, x, w):
        return 0.02 * c * x - 0.01 * w


class Crossing(hs.Plasticity):
    """Presynaptic events write states of the postsynaptic neuron, one after the other."""

    tau: hs.units.Ms = 5.0
    p = hs.PerPost.state(0.1)
    q = hs.PerPost.state(0.1, slow=True)
    y = hs.PerPost.trace(decay="tau", slow=True)

    @p.on_pre
    def _(p, y, post_v):
        return 0.9 * p + 0.1 * y + 0.01 * post_v

    @q.on_pre
    def _(q, p, uniform):
        return 0.9 * q + 0.1 * p + 0.1 * uniform

    @p.on_post
    def _(p):
        return 0.5 * p

    @y.on_pre
    def _(y, p):
        return 0.9 * y + 0.1 * p

    @staticmethod
    def on_pre(p, q):
        return 0.01 * p - 0.01 * q

    @staticmethod
    def on_post(p):
        return 0.02 * p


class Late(hs.Plasticity):
    """States of every kind of owner that see presynaptic events some time later."""

    tau: hs.units.Ms = 5.0
    late: hs.units.Delay = 3.0
    later: hs.units.Delay = 5.0
    by_row: hs.units.Delay = 2.0
    by_cell: hs.units.Delay = 0.0
    c = hs.PerSynapse.state(0.1)
    x = hs.PerPre.state(0.1)
    t = hs.PerPre.trace(decay="tau")
    p = hs.PerPost.state(0.1)

    @c.on_pre(after="late")
    def _(c, w, x):
        return 0.9 * c + 0.1 * w + 0.1 * x

    @c.on_pre(after="later")
    def _(c, w):
        return 0.9 * c - 0.1 * w

    @c.on_pre
    def _(c):
        return 0.9 * c + 0.01

    @hs.together(x, t).on_pre(after="by_row")
    def _(x, t):
        return 0.7 * x + 0.1, t + 0.5

    @p.on_pre(after="by_cell")
    def _(p, post_v):
        return 0.7 * p + 0.1 * post_v

    @staticmethod
    def on_post(c, x, p, t):
        return 0.01 * (c - x + p) + 0.005 * t


class Hidden(hs.Plasticity):
    """A weight derived from a state that sees events later."""

    late: hs.units.Delay = 4.0
    c = hs.PerSynapse.state(0.5)

    @c.on_pre(after="late")
    def _(c, w):
        return 0.9 * c + 0.05 * w

    @staticmethod
    def weight(c):
        return 2.0 * c


class Whole(Together):
    """Beside what is shared, counted, and past, which goes step by step."""

    where: str = "a"
    late: hs.units.Delay = 3.0
    g = hs.Global.trace(decay="tau", init=1.0)
    count = hs.Global.spikes_of("where")
    old = hs.PerSynapse.lagged(Together.c, by="late")
    was = hs.PerPre.lagged(Together.x, by="late")

    @g.step
    def _(g, count):
        return 0.9 * g + 0.05 * count

    @staticmethod
    def on_post(c, old, g, was, post_v):
        return 0.01 * (c - old) + 0.01 * g + 0.02 * was - 0.01 * post_v


CASES: dict[str, Callable[[], hs.Network]] = {
    "together": lambda: network([Together()]),
    "together, redirected": lambda: network([hs.Eligibility(Together(), period=3.0), hs.HardBounds(0.0, 2.0)]),
    "together, shared and past": lambda: network([Whole(tau=hs.TimedArray([4.0, 6.0], every=5.0, repeat=True))]),
    "crossing": lambda: network([Crossing()]),
    "late": lambda: network([Late()]),
    "late, drawn": lambda: network([Late(late=hs.Uniform(0.0, 6.0), by_row=hs.Uniform(0.0, 3.0), later=0.0)]),
    "late, hidden": lambda: network([Hidden()], delay=1.0),
}


@pytest.mark.parametrize("case", CASES)
def test_engine_equals_reference(case: str) -> None:
    agree(CASES[case])


def test_compiled() -> None:
    agree_compiled(lambda: network([Together(), Crossing(), Late()], recurrent=False))


def test_events_under_way_cannot_be_seen_later_still() -> None:
    net = network([Late()])
    for sim in (hs.Simulation(net, quiet=True), hs.ReferenceSimulation(net)):
        with pytest.raises(hs.BadValueError, match="some are under way; give it when the network is described"):
            sim.set("a -> b", "Late.later", 2.0)


def test_explain_says_why() -> None:
    reasons = {
        Together(): "events of one step see each other",
        Crossing(): "presynaptic events change what Crossing keeps of a postsynaptic neuron",
        Late(): "Late sees events later",
    }
    for rule, why in reasons.items():
        assert f"clock-driven: {why}" in hs.Simulation(network([rule]), quiet=True).explain()
