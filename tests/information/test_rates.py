"""Rates, counts and variability against processes whose values are known exactly."""

import numpy as np
import pytest

from hebbstat.contract.errors import BadValueError
from hebbstat.information import binned_counts, fano_factor, firing_rates, interval_variation


def renewal_train(rng: np.random.Generator, order: float, neurons: int, spikes: int) -> tuple[np.ndarray, np.ndarray]:
    """Gamma intervals of the given order with mean 100 ms."""
    intervals = rng.gamma(order, 100.0 / order, size=(neurons, spikes))
    return intervals.cumsum(axis=1).ravel(), np.repeat(np.arange(neurons), spikes)


def test_rates_are_spikes_per_second_in_a_half_open_window() -> None:
    times, ids = [10.0, 99.9, 100.0, 150.0, 200.0], [0, 0, 0, 1, 1]  # of steps that end then: (start, stop]
    assert firing_rates(times, ids, 3, start=10.0, stop=100.0).tolist() == [2 * 1000 / 90, 0.0, 0.0]
    assert firing_rates(times, ids, 3, start=100.0, stop=200.0).tolist() == [0.0, 20.0, 0.0]


def test_a_window_ends_where_the_user_says_even_if_rounding_would_move_it() -> None:
    start, stop = 0.3, 0.9
    assert start + (stop - start) != stop
    assert firing_rates([stop], [0], 1, start=start, stop=stop) == [1000.0 / (stop - start)]
    assert firing_rates([start], [0], 1, start=start, stop=stop) == [0.0]


def test_counts_take_unsorted_spikes_overlapping_windows_and_gaps() -> None:
    times, ids = [25.0, 5.0, 15.0, 15.0], [0, 1, 0, 0]
    counts = binned_counts(times, ids, 2, onsets=[0.0, 10.0, 5.0, 100.0], duration=15.0)
    assert counts.tolist() == [[2, 1], [3, 0], [2, 0], [0, 0]]  # (0, 15], (10, 25], (5, 20], (100, 115]
    assert counts.dtype == np.int64


def test_adjoining_windows_count_every_spike_once() -> None:
    rng = np.random.default_rng(3)
    times, ids = (np.arange(5000) + 1) * 0.1, rng.integers(0, 7, 5000)
    counts = binned_counts(times, ids, 7, onsets=np.arange(50) * 10.0, duration=10.0)
    assert counts.sum(axis=0).tolist() == np.bincount(ids, minlength=7).tolist()


def test_no_spikes_at_all_is_a_valid_train() -> None:
    assert firing_rates([], [], 2, start=0.0, stop=1.0).tolist() == [0.0, 0.0]
    assert np.isnan(interval_variation([], [], 2)).all()


@pytest.mark.parametrize("order", [1.0, 2.0, 4.0, 9.0])
def test_variation_of_gamma_intervals_is_one_over_root_order(order: float) -> None:
    times, ids = renewal_train(np.random.default_rng(1), order, neurons=20, spikes=5000)
    variation = interval_variation(times, ids, 20)
    error = variation.std(ddof=1) / np.sqrt(20)
    assert abs(variation.mean() - 1 / np.sqrt(order)) < 4 * error < 0.02


def test_dead_time_lowers_the_variation_of_a_poisson_process_by_rate_times_dead_time() -> None:
    dead, mean = 30.0, 100.0
    intervals = dead + np.random.default_rng(2).exponential(mean - dead, 100_000)
    variation = interval_variation(intervals.cumsum(), np.zeros(100_000, int), 1)
    assert variation[0] == pytest.approx(1 - dead / mean, abs=0.01)


def test_variation_of_two_intervals_is_exact_and_needs_no_order() -> None:
    # Intervals 1 and 3: mean 2, sample sd sqrt(2).
    assert interval_variation([4.0, 0.0, 1.0, 7.0], [0, 0, 0, 1], 3)[0] == pytest.approx(np.sqrt(2) / 2, rel=1e-15)


@pytest.mark.filterwarnings("error")
def test_variation_is_nan_where_there_are_too_few_intervals() -> None:
    variation = interval_variation([0.0, 1.0, 3.0, 0.0, 5.0, 2.0, 2.0, 2.0], [0, 0, 0, 1, 1, 2, 2, 2], 4)
    assert np.isnan(variation).tolist() == [False, True, True, True]
    assert np.isnan(interval_variation([0.0, 1.0, 3.0], [0, 0, 0], 1, least_intervals=3)[0])


@pytest.mark.parametrize("mean", [0.5, 4.0, 30.0])
def test_poisson_counts_have_fano_factor_one(mean: float) -> None:
    fano = fano_factor(np.random.default_rng(4).poisson(mean, (2000, 50)))
    assert abs(fano.mean() - 1) < 4 * fano.std(ddof=1) / np.sqrt(50) < 0.03


def test_binomial_counts_have_fano_factor_one_minus_p() -> None:
    fano = fano_factor(np.random.default_rng(5).binomial(20, 0.3, (2000, 50)))
    assert fano.mean() == pytest.approx(0.7, abs=0.02)


def test_fano_factor_is_exact_and_nan_for_the_silent() -> None:
    assert fano_factor([[1.0, 0.0, 2.0], [3.0, 0.0, 2.0]]) == pytest.approx([1.0, np.nan, 0.0], nan_ok=True)


@pytest.mark.parametrize(
    ("times", "ids", "neurons", "says"),
    [
        ([1.0], [0, 1], 2, "length"),
        ([1.0], [2], 2, "0 to 1"),
        ([1.0], [-1], 2, "integers"),
        ([1.0], [0.5], 2, "integers"),
        ([np.nan], [0], 2, "NaN"),
        ([[1.0]], [[0]], 2, "dimension"),
        ([1.0], [0], 0, "neurons=0"),
        ([1.0], [0], float("nan"), "neurons=nan"),
        (["a"], [0], 2, "numbers"),
    ],
)
def test_bad_spikes_are_refused_by_name(times: list, ids: list, neurons: int, says: str) -> None:
    with pytest.raises(BadValueError, match=says):
        firing_rates(times, ids, neurons, start=0.0, stop=1.0)
    with pytest.raises(BadValueError, match=says):
        interval_variation(times, ids, neurons)


def test_bad_windows_and_counts_are_refused() -> None:
    with pytest.raises(BadValueError, match="stop - start"):
        firing_rates([1.0], [0], 1, start=5.0, stop=5.0)
    with pytest.raises(BadValueError, match="duration"):
        binned_counts([1.0], [0], 1, onsets=[0.0], duration=-1.0)
    with pytest.raises(BadValueError, match="onsets"):
        binned_counts([1.0], [0], 1, onsets=[], duration=1.0)
    with pytest.raises(BadValueError, match="trials"):
        fano_factor([[1, 2]])
    with pytest.raises(BadValueError, match="below 0"):
        fano_factor([[1, -2], [1, 1]])
    with pytest.raises(BadValueError, match="least_intervals"):
        interval_variation([1.0], [0], 1, least_intervals=1)
