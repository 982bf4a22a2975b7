"""Inputs that are correlated: spike trains that share spikes, and rates that go up and down together."""

from __future__ import annotations

import numpy as np

from hebbstat.contract.signals import TimedArray
from hebbstat.stimuli.checks import at_least, count, share, ticks

Trains = tuple[np.ndarray, np.ndarray]


def shared_spikes(
    n: int, rate: float, correlation: float, ms: float, jitter: float = 0.0, start: float = 1.0, seed: int = 0
) -> Trains:
    """Poisson trains from `start` to `ms` of which any two share a part `correlation` of their spikes.

    Returned as (times in ms, neurons), for `net.add(SpikeSource(), n, spikes=...)`.

    Each train keeps the spikes of one mother train of rate / correlation with probability `correlation` (multiple
    interaction process); `jitter` (ms) is the standard deviation by which every copy is moved on its own. Kuhn, Aertsen
    & Rotter 2003, doi:10.1162/089976603321043702.
    """
    cells, hz = count(n, "n of shared_spikes()"), at_least(rate, 0.0, "rate (Hz) of shared_spikes()")
    c, length = share(correlation, "correlation of shared_spikes()"), at_least(ms, 0.0, "ms of shared_spikes()", True)
    spread, rng = at_least(jitter, 0.0, "jitter (ms) of shared_spikes()"), np.random.default_rng(seed)
    if c == 0.0:
        neurons = np.repeat(np.arange(cells), rng.poisson(hz * length / 1000.0, cells))
        times = rng.uniform(0.0, length, len(neurons))
    else:
        mother = rng.uniform(0.0, length, rng.poisson(hz / c * length / 1000.0))
        which, neurons = np.nonzero(rng.random((len(mother), cells)) < c)
        times = mother[which] + (rng.normal(0.0, spread, len(which)) if spread else 0.0)
    kept = (times >= at_least(start, 0.0, "start (ms) of shared_spikes()")) & (times <= length)
    order = np.argsort(times[kept], kind="stable")
    return times[kept][order], neurons[kept][order]


def gaussian_rates(
    n: int, mean: float, sd: float, correlation: float, ms: float, tau: float = 50.0, every: float = 1.0, seed: int = 0
) -> TimedArray:
    """Rates (Hz) of `n` cells that are white noise smoothed by a Gaussian of width `tau` ms, cut off at 0.

        rate_i = max(0, mean + sd (sqrt(correlation) s + sqrt(1 - correlation) x_i)),   s shared, x_i of its own

    with s and x of variance 1 and autocorrelation exp(-t^2 / (4 tau^2)). For `PoissonSource(rate=...)`.
    """
    steps, cells = ticks(ms, every, "gaussian_rates()"), count(n, "n of gaussian_rates()")
    c = share(correlation, "correlation of gaussian_rates()")
    middle = at_least(mean, 0.0, "mean (Hz) of gaussian_rates()")
    spread = at_least(sd, 0.0, "sd (Hz) of gaussian_rates()")
    width = at_least(tau, 0.0, "tau (ms) of gaussian_rates()", above=True) / every
    reach = int(np.ceil(5.0 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    kernel /= np.sqrt((kernel**2).sum())
    noise = np.random.default_rng(seed).standard_normal((cells + 1, steps + 2 * reach))
    smooth = np.stack([np.convolve(row, kernel, mode="valid") for row in noise])
    together = np.sqrt(c) * smooth[0] + np.sqrt(1.0 - c) * smooth[1:]
    return TimedArray(np.maximum(0.0, middle + spread * together.T), every=every)
