"""Every event-driven rule within a network: delays, coincidences and bounds, against exact real-time events."""

import math

import numpy as np
import pytest
from helpers.driving import weight_after
from helpers.relay import pair_of_relays

from hebbstat.contract.mechanism import Plasticity
from hebbstat.homeostasis import InhibitorySTDP
from hebbstat.plasticity import (
    Eligibility,
    HardBounds,
    NearestTripletSTDP,
    OneSidedSTDP,
    PairSTDP,
    TripletSTDP,
    WeightDependentSTDP,
)

RULES: list[Plasticity] = [
    PairSTDP(tau_plus=15.0, tau_minus=35.0),
    TripletSTDP(),
    NearestTripletSTDP(),
    WeightDependentSTDP(eta=0.05, mu=0.5),
    OneSidedSTDP(),
    InhibitorySTDP(target=20.0),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize(("delay", "dendritic"), [(0.1, 0.0), (3.0, 0.0), (1.0, 7.0)])
def test_spike_trains_with_delays(rule: Plasticity, delay: float, dendritic: float) -> None:
    """Presynaptic events happen at t + delay, postsynaptic ones at t + dendritic_delay; some coincide."""
    rng = np.random.default_rng(4)
    pre, post = (np.unique(rng.integers(1, 1500, 60)) * 0.1 for _ in range(2))
    sim = pair_of_relays(pre, post, weight=0.5, delay=delay, dendritic_delay=dendritic, rules=[rule])
    sim.run(steps=1700)
    shifted = np.round(pre + delay, 6), np.round(post + dendritic, 6)
    assert set(shifted[0]) & set(shifted[1]), "this test should see coincidences"
    expected = weight_after(rule, *shifted, w=0.5)
    assert abs(expected - 0.5) > 1e-3
    assert sim.weights("a -> b")[0] == pytest.approx(expected, rel=1e-11)


def test_bounds_act_after_each_event() -> None:
    """Driven against both bounds, the weight stays within and leaves a bound at once."""
    rng = np.random.default_rng(8)
    pre, post = (np.unique(rng.integers(1, 3000, 150)) * 0.1 for _ in range(2))
    rule, low, high = PairSTDP(A_plus=0.05, A_minus=0.05), 0.2, 0.7
    sim = pair_of_relays(pre, post, weight=0.5, delay=0.1, rules=[rule, HardBounds(low, high)])
    history: list[float] = []
    last = weight_after(rule, np.round(pre + 0.1, 6), np.round(post, 6), 0.5, low=low, high=high, history=history)
    assert min(history) == low
    assert max(history) == high
    sim.run(steps=3100)
    assert sim.weights("a -> b")[0] == pytest.approx(last, rel=1e-11)


@pytest.mark.parametrize("period", [10.0, 50.0])
def test_eligibility_turns_a_change_into_weight(period: float) -> None:
    """A pair leaves c in the trace; ticks at k period add c exp(-(k period - t)/tau) gain period: c gain tau in all."""
    rule = PairSTDP(A_plus=0.01)
    sim = pair_of_relays(
        [5.0], [12.0], weight=0.3, delay=0.1, rules=[Eligibility(rule, tau=200.0, period=period, eta=5.0)]
    )
    c = 0.01 * math.exp(-6.9 / 20.0)
    sim.run(steps=120)
    assert sim.weights("a -> b") == [0.3]
    ticks = np.arange(1, 2000 / period + 1) * period
    ticks = ticks[ticks >= 12.0]
    sim.run(steps=20_000 - 120)
    expected = np.sum(c * np.exp(-(ticks - 12.0) / 200.0)) * 5.0 * period / 1000.0
    assert sim.weights("a -> b")[0] - 0.3 == pytest.approx(expected, rel=1e-9)
    assert expected == pytest.approx(c * 5.0 * 0.2, rel=0.15)
