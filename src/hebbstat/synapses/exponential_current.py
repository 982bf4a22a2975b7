"""Current that starts at once and decays exponentially."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Receptor
from hebbstat.contract.state import PerPost
from hebbstat.contract.units import Ms


class ExponentialCurrent(Receptor):
    """A current that jumps by the weight (pA) at an arrival and decays exponentially.

        di/dt = -i / tau

    The neuron gets the constant current that does to its membrane in one step what i does: over a step, the integrals
    of exp(-(dt - s)/post_tau_m) exp(-s/tau) and of exp(-(dt - s)/post_tau_m) have the ratio f(dt/post_tau_m - dt/tau) :
    f(dt/post_tau_m) with f(x) = (exp(x) - 1) / x. So CurrentLIF is exact. A neuron without `tau_m` gets the mean.

    Rotter & Diesmann 1999, doi:10.1007/s004220050570.
    """

    tau: Ms = field(5.0, "decay of the current")

    i = PerPost.trace(decay="tau", add="amount")

    @derived
    def effect(dt, tau, post_tau_m=math.inf):
        leak, gap = dt / post_tau_m, dt / post_tau_m - dt / tau
        return (math.expm1(gap) / gap if gap != 0.0 else 1.0) * (leak / math.expm1(leak) if leak > 0.0 else 1.0)

    @staticmethod
    def current(i, effect):
        return i * effect
