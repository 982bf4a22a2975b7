"""Currents by a schedule: steps, ramps, samples of noise. For `i_ext` and other parameters of neurons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.contract.signals import TimedArray
from hebbstat.stimuli.checks import at_least, count, ticks


def pulses(when: Sequence[tuple[float, float, float]], ms: float, every: float = 1.0, base: float = 0.0) -> TimedArray:
    """A current that is `base` but for pulses, each (start ms, end ms, current); where two overlap they add up.

    >>> pulses([(2.0, 4.0, 50.0)], ms=5.0).values.tolist()
    [0.0, 0.0, 50.0, 50.0, 0.0]
    """
    values = np.full(ticks(ms, every, "pulses()"), float(base))
    at = np.arange(len(values)) * every
    for start, end, current in when:
        if not 0.0 <= start < end <= ms + 1e-9:
            raise BadValueError(
                f"a pulse from {start:g} to {end:g} ms: it must begin at 0 or later, and end after that, by ms={ms:g}"
            )
        for edge in (start, end):
            if abs(edge / every - round(edge / every)) > 1e-6:
                raise BadValueError(
                    f"a pulse from {start:g} to {end:g} ms does not fit into steps of every={every:g} ms"
                )
        values[(at >= start - 1e-9) & (at < end - 1e-9)] += current
    ends = [] if values[-1] == base else [base]  # the last value holds from then on
    return TimedArray([*values, *ends], every=every)


def ramp(first: float, last: float, ms: float, every: float = 1.0) -> TimedArray:
    """A current that goes from `first` to `last` in equal steps, and stays there.

    >>> ramp(0.0, 100.0, ms=5.0).values.tolist()
    [0.0, 25.0, 50.0, 75.0, 100.0]
    """
    return TimedArray(np.linspace(first, last, ticks(ms, every, "ramp()")), every=every)


def ornstein_uhlenbeck(
    n: int, ms: float, mean: float = 0.0, sd: float = 1.0, tau: float = 5.0, every: float = 0.1, seed: int = 0
) -> TimedArray:
    """A sample of Ornstein-Uhlenbeck noise for each of `n` cells, drawn exactly, stationary from the start.

        dx = (mean - x) dt / tau + sd sqrt(2 / tau) dW

    of mean `mean`, standard deviation `sd` and autocorrelation exp(-|t| / tau). Uhlenbeck & Ornstein 1930,
    doi:10.1103/PhysRev.36.823; the exact step: Gillespie 1996, doi:10.1103/PhysRevE.54.2084.
    """
    steps, cells = ticks(ms, every, "ornstein_uhlenbeck()"), count(n, "n of ornstein_uhlenbeck()")
    keep = np.exp(-every / at_least(tau, 0.0, "tau (ms) of ornstein_uhlenbeck()", above=True))
    spread = at_least(sd, 0.0, "sd of ornstein_uhlenbeck()")
    values = np.random.default_rng(seed).standard_normal((steps, cells)) * spread
    values[1:] *= np.sqrt(1.0 - keep**2)
    for t in range(1, steps):
        values[t] += keep * values[t - 1]
    return TimedArray(mean + values, every=every)


def white_noise(n: int, ms: float, mean: float = 0.0, sd: float = 1.0, every: float = 0.1, seed: int = 0) -> TimedArray:
    """Independent Gaussian values for each of `n` cells, new every so many ms: noise that is white below 1 / (2 every).

    Its power does not depend on `every` if sd^2 every is kept.
    """
    steps, cells = ticks(ms, every, "white_noise()"), count(n, "n of white_noise()")
    spread = at_least(sd, 0.0, "sd of white_noise()")
    return TimedArray(mean + spread * np.random.default_rng(seed).standard_normal((steps, cells)), every=every)
