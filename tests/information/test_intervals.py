"""Confidence intervals: the t interval by hand, the bootstrap by its coverage."""

import numpy as np
import pytest
from scipy.stats import t

from hebbstat.contract.errors import BadValueError
from hebbstat.information import mean_interval, paired_difference_interval
from hebbstat.information.intervals import FEWEST_FOR_BOOTSTRAP


def coverage(draw: str, number: int, truth: float, level: float) -> float:
    """The fraction of 400 samples whose interval holds the true mean."""
    rng = np.random.default_rng(0)
    found = [mean_interval(getattr(rng, draw)(size=number), level=level, resamples=999) for _ in range(400)]
    return float(np.mean([interval.low <= truth <= interval.high for interval in found]))


def test_few_values_get_the_t_interval() -> None:
    values = [1.0, 2.0, 4.0, 7.0]
    half = t.ppf(0.975, 3) * np.std(values, ddof=1) / 2
    interval = mean_interval(values)
    assert (interval.mean, interval.method, interval.number, interval.level) == (3.5, "t", 4, 0.95)
    assert (interval.low, interval.high) == pytest.approx((3.5 - half, 3.5 + half))


def test_the_method_changes_where_it_says() -> None:
    values = np.random.default_rng(1).random(FEWEST_FOR_BOOTSTRAP)
    assert mean_interval(values[1:]).method == "t"
    assert mean_interval(values).method == "BCa"


@pytest.mark.parametrize("number", [5, 20, 40])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_of_normal_values_hold_the_mean_as_often_as_they_say(number: int, level: float) -> None:
    error = np.sqrt(level * (1 - level) / 400)
    # The bootstrap is known to be a little short, by about 0.01.
    assert abs(coverage("standard_normal", number, 0.0, level) - level) < 3 * error + (0.01 if number == 40 else 0)


def test_bootstrap_intervals_of_skewed_values_are_skewed_and_hold_the_mean() -> None:
    assert coverage("exponential", 30, 1.0, 0.95) > 0.9
    interval = mean_interval(np.random.default_rng(2).exponential(size=30))
    assert interval.high - interval.mean > interval.mean - interval.low


def test_the_bootstrap_agrees_with_theory_for_many_values() -> None:
    values = np.random.default_rng(3).normal(5.0, 2.0, 400)
    interval = mean_interval(values)
    half = 1.96 * values.std(ddof=1) / 20
    assert (interval.low, interval.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)


def test_intervals_are_repeatable_by_seed() -> None:
    values = np.random.default_rng(4).random(35)
    assert mean_interval(values, seed=1) == mean_interval(values, seed=1)
    assert mean_interval(values, seed=1) != mean_interval(values, seed=2)


@pytest.mark.parametrize("number", [2, 5, 50])
def test_equal_values_give_an_interval_without_width(number: int) -> None:
    interval = mean_interval([0.1] * number)
    assert (interval.mean, interval.low, interval.high, interval.method) == (0.1, 0.1, 0.1, "constant")


def test_nearly_constant_values_still_give_numbers() -> None:
    interval = mean_interval([0.0] * 35 + [1.0])
    assert 0.0 <= interval.low < interval.mean < interval.high < 1.0


@pytest.mark.parametrize("number", [6, 40])
def test_pairing_removes_what_seeds_have_in_common(number: int) -> None:
    rng = np.random.default_rng(5)
    control = 100.0 * rng.standard_normal(number)
    difference = 1.0 + 0.1 * rng.standard_normal(number)
    interval = paired_difference_interval(control + difference, control)
    assert 0.8 < interval.low < interval.high < 1.2
    assert mean_interval(control + difference).high - mean_interval(control).low > 10
    expected = mean_interval(difference)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-10)


def test_swapping_the_arms_turns_the_interval_round() -> None:
    rng = np.random.default_rng(6)
    treated, control = rng.random((2, 7))
    there, back = paired_difference_interval(treated, control), paired_difference_interval(control, treated)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_bad_values_are_refused() -> None:
    for bad, says in [([1.0], "number of values"), ([], "empty"), ([1.0, np.nan], "NaN"), ([[1.0, 2.0]], "dimension")]:
        with pytest.raises(BadValueError, match=says):
            mean_interval(bad)
    for level in (0.0, 1.0, 95.0, float("nan")):
        with pytest.raises(BadValueError, match="level"):
            mean_interval([1.0, 2.0], level=level)
    with pytest.raises(BadValueError, match="pair them by seed"):
        paired_difference_interval([1.0, 2.0], [1.0])
    with pytest.raises(BadValueError, match="resamples"):
        mean_interval(np.arange(40.0), resamples=0)
