"""Weights derived from what changes between events, such as calcium: they are so at all times."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from helpers.dense import Drifting, network
from helpers.voices import agree, agree_compiled
from strangers.faces import Face

import hebbstat as hs


class Calcium(hs.Plasticity):
    """The weight follows calcium that decays, a trace of the cell, and the cell itself."""

    tau: hs.units.Ms = 9.0
    gain: hs.units.Number = 1.0
    ca = hs.PerSynapse.trace(decay="tau", init=1.0)
    y = hs.PerPost.trace(decay="tau")

    @ca.on_pre
    def _(ca, w):
        return ca + 0.1 * w

    @ca.on_post
    def _(ca, w):
        return ca + 0.2 - 0.01 * w

    @staticmethod
    def weight(ca, y, post_v, gain):
        return gain * (0.2 * ca + 0.1 * y + 0.1 * post_v)


class OfBoth(Calcium):
    """And of the presynaptic neuron; a tick reads it."""

    period: hs.units.Ms = 7.0
    kept = hs.PerSynapse.state()

    @kept.on_tick
    def _(kept, w):
        return 0.5 * kept + w

    @staticmethod
    def weight(ca, y, pre_v, pre_level, kept):
        return 0.2 * ca + 0.1 * y + 0.1 * pre_v + 0.1 * pre_level + 0.01 * kept


def setting(face: Face) -> None:
    """Weights follow at once when something is set, in frozen time, too; else they stand still there."""
    face.run(30)
    for _ in face.frozen(restore=False):
        face.run(5)
        face.look()
        face.set("a -> b", "rule0.0", "ca", 0.7)
        face.look()
        face.run(3)
        face.look()
    face.set("a -> b", "rule0.0", "tau", 4.0)
    face.look()
    face.run(20)
    face.look()


CASES: dict[str, Callable[[], hs.Network]] = {
    "calcium": lambda: network([Calcium()]),
    "clipped": lambda: network([
        Calcium(gain=hs.TimedArray([1.0, 0.5], every=4.0, repeat=True)), hs.HardBounds(0.1, 0.5),
    ]),
    "of both neurons": lambda: network([OfBoth()], cells=[Drifting()]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_engine_equals_reference(case: str) -> None:
    agree(CASES[case])


def test_set_between_runs() -> None:
    agree(lambda: network([Calcium(), hs.HardBounds(0.0, 3.0)], delay=2.0), setting)


def test_compiled() -> None:
    agree_compiled(lambda: network([OfBoth()], cells=[Drifting()], recurrent=False))
