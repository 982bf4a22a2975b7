"""Statistics of synaptic weights, and how far weights keep their order and their ratios between two times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.errors import BadValueError
from hebbstat.information.checks import Floats, finite_array


@dataclass(frozen=True)
class WeightStatistics:
    """A distribution of weights in numbers; `mean` and `sd` in the unit of the weights, the others without unit.

    What is undefined is NaN: `cv` at mean 0, `skewness` and `gini` where there is no spread or no weight at all,
    `at_lower` and `at_upper` without that bound.
    """

    number: int
    mean: float
    sd: float
    cv: float
    skewness: float
    gini: float
    at_lower: float
    at_upper: float


def weight_statistics(
    weights: ArrayLike, *, lower: float | None = None, upper: float | None = None, tolerance: float = 0.0
) -> WeightStatistics:
    """The statistics of a vector of weights.

        sd^2 = mean((w - mean)^2),   cv = sd / |mean|,   skewness = mean((w - mean)^3) / sd^3,   gini: see `gini`
        at_lower = fraction with w <= lower + tolerance,   at_upper = fraction with w >= upper - tolerance

    Moments are those of the given weights, divided by n: the weights are the population, not a sample of one. Give
    the existing synapses only, shape (synapses,); `lower`, `upper` and `tolerance` are in their unit. `BadValueError`
    on NaN, no weights, or bounds the wrong way round.

    >>> s = weight_statistics([0.0, 0.0, 1.0, 1.0], lower=0.0, upper=2.0)
    >>> s.mean, s.cv, s.skewness, s.gini, s.at_lower, s.at_upper
    (0.5, 1.0, 0.0, 0.5, 0.5, 0.0)
    """
    w = finite_array(weights, "weights", dimensions=1)
    lower, upper = _as_stored(lower, weights), _as_stored(upper, weights)
    if lower is not None and upper is not None and not lower < upper:
        raise BadValueError(f"lower={lower!r} must be below upper={upper!r}")
    if not tolerance >= 0:
        raise BadValueError(f"tolerance={tolerance!r} must not be below 0")
    mean, nan = float(w.mean()), float("nan")
    # Rounding of the mean gives equal weights a tiny spread; the range tells the truth.
    sd = float(w.std()) if np.ptp(w) > 0 else 0.0
    return WeightStatistics(
        number=len(w),
        mean=mean,
        sd=sd,
        cv=sd / abs(mean) if mean != 0 else nan,
        skewness=float((((w - mean) / sd) ** 3).mean()) if sd > 0 else nan,
        gini=gini(w),
        at_lower=nan if lower is None else float((w <= lower + tolerance).mean()),
        at_upper=nan if upper is None else float((w >= upper - tolerance).mean()),
    )


def gini(weights: ArrayLike) -> float:
    """The Gini coefficient of the weights' magnitudes: 0 if all are equal, (n - 1) / n if one holds everything.

        G = sum_ij |w_i - w_j| / (2 n^2 mean) = sum_i (2 i - n - 1) w_(i) / (n sum_i w_i),   w_(1) <= .. <= w_(n)

    Magnitudes, so that inhibitory weights given below 0 are measured alike. Exponential weights have 1/2, uniform
    ones from 0 up 1/3. Shape (synapses,); NaN if all are 0; `BadValueError` on NaN. Source: Gini 1912; the sorted form
    as in Dixon et al. 1987, doi:10.2307/1939238.

    >>> gini([0.0, 0.0, 0.0, 2.0])
    0.75
    """
    magnitudes = np.sort(np.abs(finite_array(weights, "weights", dimensions=1)))
    n, total = len(magnitudes), float(magnitudes.sum())
    if total == 0:
        return float("nan")
    position = 2 * np.arange(1, n + 1) - n - 1
    return float(position @ magnitudes) / (n * total)


def rank_correlation(before: ArrayLike, after: ArrayLike) -> float:
    """Spearman's rank correlation between the weights of the same synapses at two times: is their order kept?

        rho = Pearson correlation of the ranks, ties given their mean rank

    1 if every strong synapse stays as strong among the others, 0 if the order is forgotten, whatever common factor
    scaling has put in between. Both of shape (synapses,) in one order; synapses without a partner at the other time
    must be left out. NaN if all weights of one time are equal. `BadValueError` on NaN, unlike lengths, fewer than two
    synapses. Source: Spearman 1904, doi:10.2307/1412159.

    >>> rank_correlation([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 3.0])
    0.8
    """
    from scipy.stats import rankdata  # scipy.stats takes half a second to import, which `import hebbstat` must not

    first, second = _paired(before, after)
    if len(first) < 2:
        raise BadValueError("rank_correlation needs at least two synapses")
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    middle = (len(first) + 1) / 2
    a, b = rankdata(first) - middle, rankdata(second) - middle
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def relative_drift(before: ArrayLike, after: ArrayLike) -> float:
    """The largest change of any ratio of two weights, in log units: 0 under multiplicative scaling by any factor.

        drift = max_ij | log(w_i / w_j) after - log(w_i / w_j) before |
              = max_i g_i - min_i g_i,   g_i = log(after_i / before_i)

    Both of shape (synapses,) in one order. A synapse that is 0 at both times has no ratio and is left out; one that
    becomes 0, or leaves 0, has drifted without limit: infinity. NaN if fewer than two synapses remain. `BadValueError`
    on NaN, unlike lengths, or a weight that changes its sign, for which no ratio exists. The invariant of synaptic
    scaling: Turrigiano et al. 1998, doi:10.1038/36103.

    >>> relative_drift([1.0, 2.0, 4.0], [0.5, 1.0, 2.0])
    0.0
    >>> round(relative_drift([1.0, 1.0], [1.0, 2.0]), 4)  # log 2
    0.6931
    """
    first, second = _paired(before, after)
    flipped = np.flatnonzero(np.sign(first) * np.sign(second) < 0)
    if len(flipped):
        i = flipped[0]
        raise BadValueError(f"weight {i} changes its sign, from {first[i]:g} to {second[i]:g}; ratios need one sign")
    present = (first != 0) | (second != 0)
    if np.count_nonzero(present) < 2:
        return float("nan")
    with np.errstate(divide="ignore"):
        # A difference of logs, not the log of a quotient, which would overflow for weights near the ends of the floats.
        growth = np.log(np.abs(second[present])) - np.log(np.abs(first[present]))
    return float(np.ptp(growth)) if np.all(np.isfinite(growth)) else float("inf")


def _as_stored(bound: float | None, weights: ArrayLike) -> float | None:
    """A bound in the precision of the weights: a float32 weight clipped at 0.7 lies a little below the float64 0.7."""
    kind = np.asarray(weights).dtype
    return float(kind.type(bound)) if bound is not None and kind.kind == "f" else bound


def _paired(before: ArrayLike, after: ArrayLike) -> tuple[Floats, Floats]:
    """Two vectors of equal length."""
    first = finite_array(before, "before", dimensions=1)
    second = finite_array(after, "after", dimensions=1)
    if len(first) != len(second):
        raise BadValueError(
            f"before has length {len(first)} but after {len(second)}; give the same synapses in one order"
        )
    return first, second
