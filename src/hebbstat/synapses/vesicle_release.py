"""Stochastic release of vesicles from several sites, with depletion and recovery."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Release
from hebbstat.contract.state import PerSynapse
from hebbstat.contract.units import Count, Fraction, Ms


class VesicleRelease(Release):
    """Stochastic release: each docked vesicle is released with probability p, each empty site refilled at 1 / tau_rec.

        at a spike      k ~ Binomial(docked, p);  the synapse releases w k;  docked -= k
        between spikes  each of the sites - docked empty sites is refilled
                        with probability 1 - exp(-t / tau_rec)

    so w is the effect of one vesicle (the quantal size). Exact: sites are filled when a spike arrives. The mean over
    trials is w sites times the resources of `TsodyksMarkram(U=p, tau_facil=0)`; for rare spikes the squared coefficient
    of variation is (1 - p) / (sites p), which a change of w leaves as it is and a change of p does not.

    Rosenbaum, Rubin & Doiron 2012, doi:10.1371/journal.pcbi.1002557; depression by depletion: Tsodyks & Markram 1997,
    doi:10.1073/pnas.94.2.719.
    """

    sites: Count = field(5.0, "release sites; all docked at the beginning")
    p: Fraction = field(0.5, "release probability of a docked vesicle")
    tau_rec: Ms = field(800.0, "recovery of an empty site")

    docked = PerSynapse.state("sites")  # just after the last spike

    @derived
    def rate(tau_rec):
        return 1.0 / tau_rec

    @staticmethod
    def transmit(w, docked, sites, p, rate, elapsed, binomial):
        ready = docked + binomial(sites - docked, -math.expm1(-elapsed * rate))
        released = binomial(ready, p)
        return w * released, ready - released
