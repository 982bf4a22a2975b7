"""Firing rates, spike counts and their variability, from spike times (ms) and neuron ids.

A spike train of a population is two vectors of equal length, `times` in ms and `ids` in 0 .. neurons - 1, in any
order. Windows are half-open, (onset, onset + duration], as recorders bin: a spike has the time of the END of its step,
so that a window from a to b holds the spikes of the steps between a and b, and adjoining windows share no spike.

Times are multiples of dt with a rounding error: 3 * 0.1 is a little above 0.3. So what lies within `EDGE` of an edge
lies on it, and edges that near are one edge.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.errors import BadValueError
from hebbstat.information.checks import Floats, Integers, at_least, count_matrix, finite_array, integers, positive

MS_PER_SECOND = 1000.0
EDGE = 1e-6
"""Times (ms) that differ by less, or by two roundings of their type, are the same: far above the rounding errors of
sums of steps, far below any step."""


def firing_rates(times: ArrayLike, ids: ArrayLike, neurons: int, *, start: float, stop: float) -> Floats:
    """The firing rate of each neuron in a window, in Hz.

        rate_j = 1000 (spikes of j with start < t <= stop) / (stop - start)

    `times`, `start` and `stop` in ms; edges as in the module. Returns shape (neurons,), 0 for silent neurons.
    `BadValueError` on an empty window, ids out of range, or vectors of unlike length.

    >>> firing_rates([1.0, 2.0, 7.0], [0, 0, 1], 3, start=0.0, stop=500.0)
    array([4., 2., 0.])
    """
    duration = positive(stop - start, "stop - start")
    counts = _counts_between(times, ids, neurons, np.array([start]), np.array([stop]))[0]
    return np.asarray(counts * MS_PER_SECOND / duration, dtype=np.float64)


def binned_counts(times: ArrayLike, ids: ArrayLike, neurons: int, *, onsets: ArrayLike, duration: float) -> Integers:
    """How often each neuron fires in each of several windows of one length: the matrix that decoders read.

        count_kj = spikes of j with onset_k < t <= onset_k + duration

    `times`, `onsets` and `duration` in ms; windows may overlap or leave gaps; edges as in the module. Returns int64 of
    shape (trials, neurons), row k for onset k. `BadValueError` as in `firing_rates`.

    >>> binned_counts([1.0, 12.0, 13.0], [0, 1, 1], 2, onsets=[0.0, 10.0], duration=10.0)
    array([[1, 0],
           [0, 2]])
    """
    starts = finite_array(onsets, "onsets", dimensions=1)
    return _counts_between(times, ids, neurons, starts, starts + positive(duration, "duration"))


def interval_variation(times: ArrayLike, ids: ArrayLike, neurons: int, *, least_intervals: int = 2) -> Floats:
    """The coefficient of variation of each neuron's inter-spike intervals: 0 for a clock, 1 for a Poisson process.

        CV_j = sd(intervals of j) / mean(intervals of j)

    with the sample standard deviation (n - 1). A renewal process with gamma intervals of order k has 1 / sqrt(k), a
    Poisson process with dead time d and rate r has 1 - r d. Slow changes of rate raise it. `times` in ms.
    Returns shape (neurons,), no unit; NaN for neurons with fewer than `least_intervals` intervals (at least 2).
    Source: Softky & Koch 1993, doi:10.1523/JNEUROSCI.13-01-00334.1993.

    >>> interval_variation([0.0, 10.0, 20.0, 30.0, 5.0], [0, 0, 0, 0, 1], 2)
    array([ 0., nan])
    """
    times, ids, neurons = _spikes(times, ids, neurons)
    at_least(least_intervals, 2, "least_intervals")
    order = np.lexsort((times, ids))
    times, ids = times[order], ids[order]
    within = ids[1:] == ids[:-1]
    intervals, owner = np.diff(times)[within], ids[1:][within]
    number = np.bincount(owner, minlength=neurons)
    variation = np.full(neurons, np.nan)
    enough = number >= least_intervals
    mean = np.bincount(owner, intervals, minlength=neurons) / np.maximum(number, 1)
    squares = np.bincount(owner, (intervals - mean[owner]) ** 2, minlength=neurons)
    # All spikes of a neuron at one time leave a mean interval of 0, for which there is no variation to speak of.
    enough &= mean > 0
    variation[enough] = np.sqrt(squares[enough] / (number[enough] - 1)) / mean[enough]
    return variation


def fano_factor(counts: ArrayLike) -> Floats:
    """The variance of each neuron's spike count over trials, divided by its mean: 1 for a Poisson process.

        F_j = var(count_j) / mean(count_j)

    with the sample variance (n - 1). `counts` has shape (trials, neurons), repeats of one stimulus in windows of one
    length: trials with unlike stimuli add the variance of the tuning. Returns shape (neurons,); NaN for neurons that
    never fire. `BadValueError` for fewer than two trials. Source: Fano 1947, doi:10.1103/PhysRev.72.26.

    >>> fano_factor([[1, 0], [3, 0]])
    array([ 1., nan])
    """
    matrix = count_matrix(counts)
    at_least(len(matrix), 2, "the number of trials of counts")
    mean = matrix.mean(axis=0)
    fano = np.full(matrix.shape[1], np.nan)
    active = mean > 0
    fano[active] = matrix.var(axis=0, ddof=1)[active] / mean[active]
    return fano


def _counts_between(times: ArrayLike, ids: ArrayLike, neurons: int, starts: Floats, stops: Floats) -> Integers:
    """Spikes of each neuron with start < t <= stop, for each pair of a start and a stop."""
    rounding = _rounding(times)
    times, ids, neurons = _spikes(times, ids, neurons)
    order = np.argsort(times, kind="stable")
    times, ids = times[order], ids[order]
    first = np.searchsorted(times, _edges(starts, rounding), side="right")
    last = np.searchsorted(times, _edges(_joined(stops, starts, rounding), rounding), side="right")
    windows = [np.bincount(ids[a:b], minlength=neurons) for a, b in zip(first, last, strict=True)]
    return np.array(windows, dtype=np.int64)


def _rounding(times: ArrayLike) -> float:
    """The relative rounding error of a time: of float32 if they were kept as such."""
    kind = np.asarray(times).dtype
    return 2.0 * float(np.finfo(kind if kind.kind == "f" else np.float64).eps)


def _edges(at: Floats, rounding: float) -> Floats:
    """Edges moved up so far that times on them, whatever their rounding, are below."""
    return np.asarray(at + EDGE + rounding * np.abs(at))


def _joined(stops: Floats, starts: Floats, rounding: float) -> Floats:
    """The ends of windows; where another window starts at an end, but for rounding, exactly its start."""
    onsets = np.sort(starts)
    above = np.searchsorted(onsets, stops).clip(0, len(onsets) - 1)
    below = (above - 1).clip(0)
    near = np.where(np.abs(onsets[below] - stops) < np.abs(onsets[above] - stops), onsets[below], onsets[above])
    return np.where(np.abs(near - stops) <= EDGE + rounding * np.abs(stops), near, stops)


def _spikes(times: ArrayLike, ids: ArrayLike, neurons: int) -> tuple[Floats, Integers, int]:
    """Spike times and ids as vectors of equal length, with all ids in range; no spikes at all is a valid train."""
    neurons = at_least(neurons, 1, "neurons")
    owner = integers(ids, "ids")
    when = np.zeros(0) if np.shape(times) == (0,) else finite_array(times, "times", dimensions=1)
    if len(when) != len(owner):
        raise BadValueError(f"times has length {len(when)} but ids {len(owner)}; give one id per spike")
    if len(owner) and owner.max() >= neurons:
        raise BadValueError(f"ids hold {owner.max()}, but neurons={neurons} allows 0 to {neurons - 1}")
    return when, owner, neurons
