"""Weight statistics against closed forms of known distributions, and the invariant of multiplicative scaling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import erf

from hebbstat.contract.errors import BadValueError
from hebbstat.information import gini, rank_correlation, relative_drift, weight_statistics

WEIGHTS = st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=40).map(np.array)


def test_statistics_worked_out_by_hand() -> None:
    found = weight_statistics([0.0, 0.0, 0.0, 4.0], lower=0.0, upper=4.0)
    assert (found.number, found.mean, found.at_lower, found.at_upper) == (4, 1.0, 0.75, 0.25)
    assert found.sd == pytest.approx(np.sqrt(3))
    assert found.cv == pytest.approx(np.sqrt(3))
    assert found.skewness == pytest.approx((3 * -1 + 27) / 4 / 3**1.5)
    assert found.gini == pytest.approx(0.75)


def test_statistics_of_a_lognormal() -> None:
    """cv^2 = exp(s^2) - 1, skewness = (exp(s^2) + 2) cv, Gini = erf(s / 2)."""
    s = 0.4
    found = weight_statistics(np.random.default_rng(0).lognormal(0.0, s, 400_000))
    cv = np.sqrt(np.exp(s**2) - 1)
    assert found.mean == pytest.approx(np.exp(s**2 / 2), rel=0.005)
    assert found.cv == pytest.approx(cv, rel=0.01)
    assert found.skewness == pytest.approx((np.exp(s**2) + 2) * cv, rel=0.05)
    assert found.gini == pytest.approx(erf(s / 2), rel=0.01)


def test_what_is_undefined_is_nan() -> None:
    constant = weight_statistics([0.1] * 7)
    assert (constant.sd, constant.cv) == (0.0, 0.0)
    assert constant.gini == pytest.approx(0.0, abs=1e-15)
    assert np.isnan([constant.skewness, constant.at_lower, constant.at_upper]).all()
    assert np.isnan(weight_statistics([-1.0, 1.0]).cv)
    assert np.isnan(weight_statistics([0.0, 0.0]).gini)


def test_bounds_reach_as_far_as_the_tolerance() -> None:
    weights = [0.0, 0.01, 0.5, 0.99, 1.0]
    assert weight_statistics(weights, lower=0.0, upper=1.0).at_upper == 0.2
    near = weight_statistics(weights, lower=0.0, upper=1.0, tolerance=0.01)
    assert (near.at_lower, near.at_upper) == (0.4, 0.4)


@pytest.mark.parametrize("bound", [0.1, 0.3, 0.7])
def test_float32_weights_clipped_at_a_bound_are_at_the_bound(bound: float) -> None:
    weights = np.full(5, bound, dtype=np.float32)
    assert weight_statistics(weights, lower=bound).at_lower == 1.0
    assert weight_statistics(weights, upper=bound).at_upper == 1.0


@pytest.mark.parametrize(("draw", "value"), [("uniform", 1 / 3), ("exponential", 1 / 2)])
def test_gini_of_known_distributions(draw: str, value: float) -> None:
    assert gini(getattr(np.random.default_rng(1), draw)(size=200_000)) == pytest.approx(value, abs=0.005)


@given(WEIGHTS)
def test_gini_is_the_mean_absolute_difference_at_any_scale_and_sign(weights: np.ndarray) -> None:
    pairs = np.abs(weights[:, None] - weights).sum() / (2 * len(weights) ** 2 * weights.mean())
    assert gini(weights) == pytest.approx(pairs, abs=1e-12)
    assert gini(-3.0 * weights) == pytest.approx(pairs, abs=1e-12)


def test_rank_correlation_of_known_orders() -> None:
    before = np.array([1.0, 5.0, 2.0, 9.0])
    assert rank_correlation(before, np.exp(before)) == pytest.approx(1.0, rel=1e-15)
    assert rank_correlation(before, -before) == pytest.approx(-1.0, rel=1e-15)
    # Ranks 1 2 3 4 against 1 3 2 4: 1 - 6 (1 + 1) / (4 * 15).
    assert rank_correlation([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)
    # Ranks 1.5 1.5 3 against 1 2 3: 1.5 / sqrt(1.5 * 2).
    assert rank_correlation([0, 0, 1], [1, 2, 3]) == pytest.approx(1.5 / np.sqrt(3))
    assert np.isnan(rank_correlation([1, 2, 3], [4, 4, 4]))


def test_rank_correlation_is_spearmans() -> None:
    from scipy.stats import spearmanr

    rng = np.random.default_rng(2)
    before, after = rng.integers(0, 20, 300), rng.integers(0, 20, 300)
    assert rank_correlation(before, after) == pytest.approx(spearmanr(before, after).statistic, abs=1e-14)


@given(WEIGHTS, st.floats(1e-3, 1e3))
def test_scaling_by_any_factor_is_no_drift(weights: np.ndarray, factor: float) -> None:
    assert relative_drift(weights, factor * weights) < 1e-12
    assert relative_drift(-weights, -factor * weights) < 1e-12


@given(WEIGHTS, st.integers(0, 2**32 - 1))
def test_drift_is_the_largest_change_over_all_pairs(before: np.ndarray, seed: int) -> None:
    after = before * np.random.default_rng(seed).lognormal(0.0, 1.0, len(before))
    change = np.log(after[:, None] / after) - np.log(before[:, None] / before)
    assert relative_drift(before, after) == pytest.approx(np.abs(change).max(), abs=1e-12)


def test_subtractive_change_drifts() -> None:
    # 2 : 1 becomes 1.5 : 0.5.
    assert relative_drift([2.0, 1.0], [1.5, 0.5]) == pytest.approx(np.log(3 / 2))


def test_drift_at_zero_weights() -> None:
    assert relative_drift([1.0, 2.0, 0.0], [2.0, 4.0, 0.0]) == 0.0
    assert relative_drift([1.0, 2.0], [1.0, 0.0]) == np.inf
    assert relative_drift([1.0, 0.0], [1.0, 2.0]) == np.inf
    assert np.isnan(relative_drift([1.0, 0.0], [1.0, 0.0]))


def test_bad_weights_are_refused() -> None:
    for bad, says in [([], "empty"), ([np.nan], "NaN"), ([[1.0]], "dimension"), (["a"], "numbers")]:
        with pytest.raises(BadValueError, match=says):
            weight_statistics(bad)
    for measure in (rank_correlation, relative_drift):
        with pytest.raises(BadValueError, match="length"):
            measure([1.0, 2.0], [1.0])
        with pytest.raises(BadValueError, match="NaN"):
            measure([1.0, 2.0], [1.0, np.nan])
    with pytest.raises(BadValueError, match="weight 1 changes its sign"):
        relative_drift([1.0, 1.0], [1.0, -1.0])
    with pytest.raises(BadValueError, match="two synapses"):
        rank_correlation([1.0], [1.0])
    with pytest.raises(BadValueError, match="below upper"):
        weight_statistics([1.0], lower=1.0, upper=0.0)
    with pytest.raises(BadValueError, match="tolerance"):
        weight_statistics([1.0], tolerance=-1.0)
