"""Pair rules: learning windows, fixed points, bounds."""

import math

import numpy as np
import pytest
from helpers.driving import ask, hooks, names_of, weight_after

from hebbstat.plasticity import Eligibility, HardBounds, OneSidedSTDP, PairSTDP, WeightDependentSTDP


@pytest.mark.parametrize("lag", [0.5, 10.0, 40.0])
def test_learning_window(lag: float) -> None:
    """Song, Miller & Abbott: +A_plus exp(-lag/tau_plus) for pre before post, -A_minus exp(-lag/tau_minus) after it."""
    rule = PairSTDP(tau_plus=17.0, tau_minus=34.0, A_plus=0.01, A_minus=0.008)
    assert weight_after(rule, [100.0], [100.0 + lag]) == pytest.approx(0.01 * math.exp(-lag / 17.0), rel=1e-12)
    assert weight_after(rule, [100.0 + lag], [100.0]) == pytest.approx(-0.008 * math.exp(-lag / 34.0), rel=1e-12)
    assert weight_after(rule, [100.0], [100.0]) == 0.0


def test_all_pairs_count() -> None:
    """Three pre spikes before one post spike add up; a nearest-spike rule would take the last alone."""
    rule = PairSTDP()
    expected = 0.01 * sum(math.exp(-(50.0 - t) / 20.0) for t in (10.0, 20.0, 40.0))
    assert weight_after(rule, [10.0, 20.0, 40.0], [50.0]) == pytest.approx(expected, rel=1e-12)


def test_drift_of_independent_spikes() -> None:
    """<dw/dt> = r_pre r_post (A_plus tau_plus - A_minus tau_minus): the balance behind R12."""
    rng = np.random.default_rng(5)
    seconds = 1500.0
    pre, post = (np.sort(rng.uniform(0, seconds * 1000, rng.poisson(20.0 * seconds))) for _ in range(2))
    rule = PairSTDP(tau_plus=20.0, tau_minus=40.0, A_plus=0.01, A_minus=0.002)
    drift = weight_after(rule, pre, post) / seconds
    assert drift == pytest.approx(20.0 * 20.0 * (0.01 * 0.020 - 0.002 * 0.040), rel=0.03)


def test_additive_is_the_pair_rule() -> None:
    rng = np.random.default_rng(2)
    pre, post = rng.uniform(0, 2000, 60), rng.uniform(0, 2000, 60)
    gutig = WeightDependentSTDP(eta=0.01, alpha=1.05, mu=0.0)
    assert weight_after(gutig, pre, post, 0.4) == pytest.approx(weight_after(PairSTDP(), pre, post, 0.4), rel=1e-12)


def test_weight_dependent_steps() -> None:
    """f+ = (1 - w)^mu and f- = alpha w^mu, and both stop at their bound."""
    rule = WeightDependentSTDP(eta=0.1, alpha=1.2, mu=0.5, w_max=4.0)
    known = {**names_of(rule), "x": 1.0, "y": 1.0}
    (down,), (up,) = hooks(rule, "on_pre"), hooks(rule, "on_post")
    assert ask(up, {**known, "w": 3.0}) == pytest.approx(0.1 * math.sqrt(0.25), rel=1e-12)
    assert ask(down, {**known, "w": 1.0}) == pytest.approx(-0.12 * math.sqrt(0.25), rel=1e-12)
    assert ask(up, {**known, "w": 4.0}) == ask(up, {**known, "w": 4.5}) == 0.0
    assert ask(down, {**known, "w": 0.0}) == ask(down, {**known, "w": -0.5}) == 0.0


def test_small_exponents_split_weights() -> None:
    """mu -> 0: from a spread start, weights end near the bounds; mu = 1: all near the fixed point."""
    rng = np.random.default_rng(3)
    ends = {}
    for mu in (0.0, 1.0):
        rule = WeightDependentSTDP(eta=0.05, alpha=1.0, mu=mu)
        ends[mu] = []
        for start in np.linspace(0.05, 0.95, 12):
            pre, post = rng.uniform(0, 60e3, 1200), rng.uniform(0, 60e3, 1200)
            ends[mu].append(weight_after(rule, pre, post, start, low=0.0, high=1.0))
    middle = {mu: np.mean(np.abs(np.array(w) - 0.5) < 0.3) for mu, w in ends.items()}
    assert middle[1.0] == 1.0
    assert middle[0.0] < 0.6


def test_one_sided() -> None:
    """dw = gain (x - offset) at postsynaptic spikes, nothing at presynaptic ones."""
    rule = OneSidedSTDP(tau_plus=25.0, eta=0.1, offset=0.3)
    assert weight_after(rule, [10.0, 11.0, 12.0], []) == 0.0
    assert weight_after(rule, [], [10.0, 90.0]) == pytest.approx(-0.06, rel=1e-12)
    x = math.exp(-5.0 / 25.0) + math.exp(-2.0 / 25.0)
    assert weight_after(rule, [10.0, 13.0], [15.0]) == pytest.approx(0.1 * (x - 0.3), rel=1e-12)


def test_hard_bounds() -> None:
    for value, bounded in [(-0.1, 0.0), (0.0, 0.0), (0.3, 0.3), (2.0, 2.0), (2.1, 2.0)]:
        assert HardBounds.clip(value, 0.0, 2.0) == bounded
    assert HardBounds(-1.0, 0.0).values == {"low": -1.0, "high": 0.0}
    assert HardBounds(0.0, 1.0, on="release.U").acts_on == "release.U"


def test_eligibility_is_declared() -> None:
    rule = Eligibility(PairSTDP(), tau=500.0, period=20.0, eta=2.0)
    assert [bound.adds for bound in rule.bound()] == [(rule, "e"), (rule, "e"), (None, "w")]
    assert Eligibility(PairSTDP(on="release.U"), tau=500.0).acts_on == "release.U", "a wrapper aims where its rule does"
    known = names_of(rule)
    assert known["share"] == pytest.approx(0.04)
    fade = rule.states["e"].advancer
    whole = ask(fade, {**known, "e": 2.0, "elapsed": 30.0})
    assert whole == pytest.approx(2.0 * math.exp(-30.0 / 500.0), rel=1e-12)
    assert ask(fade, {**known, "e": ask(fade, {**known, "e": 2.0, "elapsed": 12.0}), "elapsed": 18.0}) == pytest.approx(
        whole
    )
