"""Receptors that open at once and close exponentially."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Receptor
from hebbstat.contract.state import PerPost
from hebbstat.contract.units import MilliVolt, Ms


class Exponential(Receptor):
    """A conductance that jumps by the weight (nS) at an arrival and decays exponentially.

        dg/dt = -g / tau

    The neuron gets its mean over the step, g tau/dt (1 - exp(-dt/tau)).

    Rotter & Diesmann 1999, doi:10.1007/s004220050570.
    """

    tau: Ms = field(5.0, "decay of the conductance")
    reversal: MilliVolt = field(0.0, "reversal potential")

    g = PerPost.trace(decay="tau", add="amount")

    @derived
    def mean(dt, tau):
        return -math.expm1(-dt / tau) * tau / dt

    @staticmethod
    def conductance(g, mean):
        return g * mean


class AMPA(Exponential):
    """Fast excitation. Values of networks: Vogels & Abbott 2005, doi:10.1523/JNEUROSCI.3508-05.2005."""


class GABAA(Exponential):
    """Fast inhibition. Values of networks: Vogels & Abbott 2005, doi:10.1523/JNEUROSCI.3508-05.2005."""

    tau: Ms = 10.0
    reversal: MilliVolt = -80.0
