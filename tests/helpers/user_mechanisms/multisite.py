"""Stochastic release from several sites."""

import math

from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Release
from hebbstat.contract.state import PerSynapse
from hebbstat.contract.units import Fraction, Ms, Positive


class MultiSite(Release):
    """Each docked vesicle is released with probability p; an empty site is refilled at the rate 1/tau.

    Rosenbaum, Rubin & Doiron 2012, doi:10.1371/journal.pcbi.1002557.
    """

    sites: Positive = 5.0
    p: Fraction = 0.5
    tau: Ms = 700.0

    docked = PerSynapse.state("sites")

    @derived
    def rate(tau):
        return 1.0 / tau

    @staticmethod
    def transmit(w, docked, sites, p, rate, elapsed, binomial):
        ready = docked + binomial(sites - docked, -math.expm1(-elapsed * rate))
        released = binomial(ready, p)
        return w * released, ready - released
