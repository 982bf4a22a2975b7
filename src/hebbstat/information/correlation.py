"""Correlations of spike counts between neurons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.errors import BadValueError
from hebbstat.information.checks import Floats, at_least, class_labels, count_matrix, finite_array


@dataclass(frozen=True)
class CountCorrelation:
    """A mean pairwise correlation: `mean` (NaN without a pair), the `pairs` it averages, the neurons `left_out`."""

    mean: float
    pairs: int
    left_out: int


def mean_pairwise_correlation(counts: ArrayLike) -> CountCorrelation:
    """The mean Pearson correlation of spike counts over all pairs of different neurons.

        mean = [ sum_k (sum_j z_kj)^2 / trials - n ] / (n (n - 1)),   z_kj = (count_kj - mean_j) / sd_j

    which equals the average of the off-diagonal correlation matrix, without forming it. `counts` has shape (trials,
    neurons); residuals may be negative. Neurons whose count never changes have no correlation and are left out, and
    told. Over trials with several stimuli this mixes shared tuning and shared noise: take `residual_counts` first for
    the noise correlation. `BadValueError` on NaN or fewer than two trials.
    Source: Cohen & Kohn 2011, doi:10.1038/nn.2842.

    >>> mean_pairwise_correlation([[0, 1, 5], [2, 3, 5]])  # the third neuron never changes
    CountCorrelation(mean=1.0, pairs=1, left_out=1)
    """
    matrix = finite_array(counts, "counts", dimensions=2)
    trials = at_least(len(matrix), 2, "the number of trials of counts")
    changing = matrix[:, np.ptp(matrix, axis=0) > 0]
    n, left_out = changing.shape[1], matrix.shape[1] - changing.shape[1]
    if n < 2:
        return CountCorrelation(float("nan"), 0, left_out)
    scores = (changing - changing.mean(axis=0)) / changing.std(axis=0)
    summed = float((scores.sum(axis=1) ** 2).sum()) / trials
    return CountCorrelation((summed - n) / (n * (n - 1)), n * (n - 1) // 2, left_out)


def residual_counts(counts: ArrayLike, labels: ArrayLike) -> Floats:
    """Counts with the mean response to each trial's stimulus taken away, so that only the noise is left.

        residual_kj = count_kj - mean of count_j over the trials with the label of k

    `counts` has shape (trials, neurons), `labels` shape (trials,), integers of 0 and more. Returns shape (trials,
    neurons). `BadValueError` if a stimulus was shown once, since its residual would be 0 whatever the noise.

    >>> residual_counts([[1], [3], [10], [14]], [0, 0, 1, 1]).ravel()
    array([-1.,  1., -2.,  2.])
    """
    matrix = count_matrix(counts)
    stimuli, first, of_trial = np.unique(class_labels(labels, len(matrix)), return_index=True, return_inverse=True)
    repeats = np.bincount(of_trial)
    if repeats.min() < 2:
        raise BadValueError(f"stimulus {stimuli[repeats.argmin()]} has a single trial; show each twice or more")
    # Counting from the first trial leaves exactly 0, not a rounding error, where a neuron always responds alike.
    shifted = matrix - matrix[first][of_trial]
    sums = np.zeros((len(stimuli), matrix.shape[1]))
    np.add.at(sums, of_trial, shifted)
    return np.asarray(shifted - (sums / repeats[:, None])[of_trial], dtype=np.float64)
