"""SoftBounds: each change is scaled by the room that is left in its direction; by hand, in reference and engine."""

from __future__ import annotations

import math

import pytest
from helpers.tiny import Cell, in_steps

from hebbstat.contract.combinators import gated
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.mechanism import Plasticity
from hebbstat.engine.simulation import Simulation
from hebbstat.network import AllToAll, Network
from hebbstat.plasticity import Eligibility, PairSTDP, SoftBounds
from hebbstat.plasticity.bounds import room
from hebbstat.reference import ReferenceSimulation
from hebbstat.synapses import AMPA

pytestmark = pytest.mark.usefixtures("kernels")

HALF = 1.0 / math.log(2.0)  # a time constant (ms) by which a trace halves in each step of 1 ms
PAIR = PairSTDP(tau_plus=HALF, tau_minus=HALF, A_plus=0.4, A_minus=0.8)


def weights(rule: Plasticity, pre: list[int], post: list[int], steps: int, weight: float) -> tuple[float, float]:
    """The weight of one synapse (delay 1 step) in the reference and in the engine."""
    net = Network(dt=1.0, seed=1)
    net.add(Cell(), 1, "a", spikes=in_steps(pre))
    net.add(Cell(), 1, "b", spikes=in_steps(post))
    net.connect("a", "b", AllToAll(), weight=weight, rules=[rule])
    reference, engine = ReferenceSimulation(net), Simulation(net, dtype="float64", threads=1, quiet=True)
    reference.run(steps=steps)
    engine.run(steps=steps)
    return float(reference.weights("a -> b")[0]), float(engine.weights("a -> b")[0])


def test_the_room_above_and_below() -> None:
    assert room(0.1, 3.0, 1.0, 5.0) == 0.5
    assert room(0.1, 4.0, 1.0, 5.0) == 0.25
    assert room(-0.1, 4.0, 1.0, 5.0) == 0.75
    assert room(0.1, 5.0, 1.0, 5.0) == room(-0.1, 1.0, 1.0, 5.0) == 0.0


def test_a_pair_in_each_order() -> None:
    # Arrival in step 3 leaves x = 1; the other cell spikes two steps later, so x = 1/4: up by 0.4 / 4 times the room.
    up = 1.0 + 0.1 * (5.0 - 1.0) / (5.0 - 0.0)
    assert weights(SoftBounds(PAIR, 0.0, 5.0), [2], [5], 8, 1.0) == pytest.approx((up, up), rel=1e-12)
    down = 1.0 - 0.8 / 4 * (1.0 - 0.0) / (5.0 - 0.0)
    assert weights(SoftBounds(PAIR, 0.0, 5.0), [4], [3], 8, 1.0) == pytest.approx((down, down), rel=1e-12)


def test_gates_apply_inner_first() -> None:
    flipped = gated(PAIR, by=lambda: -0.5)  # what strengthens now weakens: the room is that below
    down = 1.0 - 0.05 * 1.0 / 5.0
    assert weights(SoftBounds(flipped, 0.0, 5.0), [2], [5], 8, 1.0) == pytest.approx((down, down), rel=1e-12)
    up_then_flipped = 1.0 - 0.5 * 0.1 * 4.0 / 5.0
    outside = gated(SoftBounds(PAIR, 0.0, 5.0), by=lambda: -0.5)
    assert weights(outside, [2], [5], 8, 1.0) == pytest.approx((up_then_flipped,) * 2, rel=1e-12)


def test_around_a_slow_rule() -> None:
    slow = Eligibility(PAIR, tau=1e9, period=10.0, eta=100.0)  # share = 1: the trace is added at the tick
    up = 1.0 + 0.1 * 4.0 / 5.0
    assert weights(SoftBounds(slow, 0.0, 5.0), [2], [5], 10, 1.0) == pytest.approx((up, up), rel=1e-6)


def test_it_aims_where_its_rule_does_and_wants_an_interval() -> None:
    assert SoftBounds(PairSTDP(on="release.U"), 0.0, 1.0).acts_on == "release.U"
    with pytest.raises(BadValueError, match="low < high"):
        SoftBounds(PairSTDP(), 1.0, 1.0)
    with pytest.raises(BadValueError, match="wraps a plasticity rule"):
        SoftBounds(AMPA(), 0.0, 1.0)  # type: ignore[arg-type]
