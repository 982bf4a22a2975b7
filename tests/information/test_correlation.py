"""Pairwise correlations against the full matrix and against counts with a known shared part."""

import numpy as np
import pytest

from hebbstat.contract.errors import BadValueError
from hebbstat.information import mean_pairwise_correlation, residual_counts


def test_it_is_the_mean_of_the_matrix_of_correlations() -> None:
    counts = np.random.default_rng(0).poisson(3.0, (50, 12))
    matrix = np.corrcoef(counts.T)
    found = mean_pairwise_correlation(counts)
    assert found.mean == pytest.approx(matrix[np.triu_indices(12, 1)].mean(), abs=1e-14)
    assert (found.pairs, found.left_out) == (66, 0)


def test_two_neurons_move_together_or_against_each_other() -> None:
    assert mean_pairwise_correlation([[0, 0], [1, 5], [2, 10]]).mean == pytest.approx(1.0)
    assert mean_pairwise_correlation([[0, 2], [1, 1], [2, 0]]).mean == pytest.approx(-1.0)


def test_independent_counts_have_no_correlation() -> None:
    found = mean_pairwise_correlation(np.random.default_rng(1).poisson(2.0, (2000, 60)))
    assert abs(found.mean) < 4 / np.sqrt(2000 * found.pairs)


def test_a_shared_poisson_source_gives_its_share() -> None:
    # Counts a_j + c with means 3 and 1: correlation var(c) / (var(a) + var(c)) = 1/4.
    rng = np.random.default_rng(2)
    counts = rng.poisson(3.0, (20_000, 20)) + rng.poisson(1.0, (20_000, 1))
    assert mean_pairwise_correlation(counts).mean == pytest.approx(0.25, abs=0.01)


def test_constant_neurons_are_left_out_and_told() -> None:
    found = mean_pairwise_correlation([[0, 7, 1, 0.1], [1, 7, 3, 0.1], [2, 7, 5, 0.1]])
    assert (found.mean, found.pairs, found.left_out) == (pytest.approx(1.0), 1, 2)
    none = mean_pairwise_correlation([[0, 7], [1, 7]])
    assert np.isnan(none.mean) and (none.pairs, none.left_out) == (0, 1)


def test_residuals_leave_the_noise_and_take_the_shared_tuning() -> None:
    rng = np.random.default_rng(3)
    labels = np.arange(4000) % 4
    counts = rng.poisson(2.0 + 5.0 * labels[:, None], (4000, 10))
    assert mean_pairwise_correlation(counts).mean > 0.5
    residuals = residual_counts(counts, labels)
    assert abs(mean_pairwise_correlation(residuals).mean) < 4 / np.sqrt(4000 * 45)
    for stimulus in range(4):
        assert residuals[labels == stimulus].mean(axis=0) == pytest.approx(np.zeros(10), abs=1e-12)


def test_residuals_of_a_neuron_without_noise_are_exactly_zero() -> None:
    responses = np.array([[0.1], [0.3]])[[0, 1, 0, 1, 0, 1]]
    assert residual_counts(responses, [5, 2, 5, 2, 5, 2]).ravel().tolist() == [0.0] * 6


def test_bad_counts_are_refused() -> None:
    for bad, says in [([[1, 2]], "trials"), ([[1.0, np.nan], [1, 2]], "NaN"), ([1, 2], "dimension")]:
        with pytest.raises(BadValueError, match=says):
            mean_pairwise_correlation(bad)
    with pytest.raises(BadValueError, match="stimulus 4 has a single trial"):
        residual_counts([[1], [2], [3]], [1, 1, 4])
    with pytest.raises(BadValueError, match="one class per trial"):
        residual_counts([[1], [2]], [1])
