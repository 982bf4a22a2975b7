"""Inhibitory plasticity (row R29 of the published results): the exact rule."""

import numpy as np
import pytest
from helpers.driving import names_of, weight_after

from hebbstat.homeostasis import InhibitorySTDP


def test_alpha_has_its_factor_of_two() -> None:
    assert names_of(InhibitorySTDP(target=3.0, tau=20.0))["alpha"] == pytest.approx(0.12, rel=1e-12)


def test_drift_vanishes_at_the_target() -> None:
    """Independent Poisson spikes: mean drift 2 gain tau r_pre (r_post - target). Zero at the target +- 2 %, sign right
    at +- 20 %. Catches alpha without the 2, and a presynaptic spike that sees its own trace."""
    rng = np.random.default_rng(29)
    target, seconds = 10.0, 3000.0
    rates = target * np.array([0.8, 0.9, 1.0, 1.1, 1.2])
    drift = []
    for rate in rates:
        pre, post = (np.sort(rng.uniform(0, seconds * 1000, rng.poisson(r * seconds))) for r in (20.0, rate))
        drift.append(weight_after(InhibitorySTDP(target=target, tau=20.0, eta=1.0), pre, post) / seconds)
    slope, at_zero = np.polyfit(rates, drift, 1)
    assert -at_zero / slope == pytest.approx(target, rel=0.02)
    assert slope == pytest.approx(2 * 0.020 * 20.0, rel=0.1)
    assert drift[0] < 0 < drift[-1]


def test_window_is_symmetric() -> None:
    rule = InhibitorySTDP(target=0.0)
    before, after = weight_after(rule, [100.0], [108.0]), weight_after(rule, [108.0], [100.0])
    assert before == pytest.approx(after, rel=1e-12)
    assert before == pytest.approx(0.01 * np.exp(-8.0 / 20.0), rel=1e-12)
