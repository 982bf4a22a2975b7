"""Spikes of many Poisson sources at once."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.units import Hz, Positive

FEW, TERMS, NEGLIGIBLE = 4.0, 23, 1e-9  # up to this mean so many terms are all that matter
MANY = 30.0  # a mean above which terms are too many to be added up


def normal_quantile(u):
    """The normal number at a cumulative probability (Acklam's rational approximation, within 1e-8 of its size)."""
    q = u - 0.5
    if abs(q) < 0.47575:
        r = q * q
        top = ((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r
               - 30.66479806614716) * r + 2.506628277459239
        return q * top / (
            ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r
             - 13.28068155288572) * r + 1.0
        )
    s = math.sqrt(-2.0 * math.log(max(min(u, 1.0 - u), 1e-300)))
    top = ((((-0.007784894002430293 * s - 0.3223964580411365) * s - 2.400758277161838) * s - 2.549732539343734) * s
           + 4.374664141464968) * s + 2.938163982698783
    below = (((0.007784695709041462 * s + 0.3224671290700398) * s + 2.445134137142996) * s + 3.754408661907416) * s
    return top / (below + 1.0) * (1.0 if q < 0.0 else -1.0)


class PoissonInput(Neuron):
    """The spikes of so many independent Poisson sources, counted: each step has any number of them.

        P(k spikes in a step) = exp(-m) m^k / k!,  m = sources source_rate dt

    A rate neuron whose output is k: connected by `OneToOne` it brings each cell k times the weight. k is found by
    inversion, exactly; for m above 30 from a normal number, by the expansion of Cornish & Fisher, with an error of the
    cumulative distribution below 4e-4.

    Cornish & Fisher 1938, doi:10.2307/1400905.

    >>> PoissonInput(sources=1600, source_rate=5.0)
    PoissonInput(sources=1600.0, source_rate=5.0)
    """

    sources: Positive = field(1.0, "how many, onto each cell")
    source_rate: Hz = field(8.0, "of each: a number, one for each cell, or scheduled")

    @derived
    def mean(dt, sources, source_rate):
        return sources * source_rate * dt / 1000.0

    @derived
    def none(mean):
        return math.exp(-mean)

    @staticmethod
    def output(uniform, mean, none):
        if mean > MANY:
            wide, z = math.sqrt(mean), normal_quantile(uniform)
            return math.floor(mean + wide * z + (z * z - 1.0) / 6.0 + (z - z**3) / (72.0 * wide) + 0.5)
        count, chance, below = 0, none, none
        if mean <= FEW:  # terms that are the same for all cells, and no loop whose end differs from cell to cell
            for k in range(1, TERMS):
                count += 1 if uniform >= below else 0
                chance *= mean / k
                below = below + chance if k < mean or chance > NEGLIGIBLE else 2.0
            return count
        while uniform >= below and (count < mean or chance > NEGLIGIBLE):
            count += 1
            chance *= mean / count
            below += chance
        return count
