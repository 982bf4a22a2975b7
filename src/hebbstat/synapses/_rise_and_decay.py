"""The difference of two exponentials, shared by the receptors that rise and decay."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Receptor
from hebbstat.contract.state import PerPost
from hebbstat.contract.units import Ms


class _RiseAndDecay(Receptor):
    """An arrival of weight 1 opens g along (exp(-t/tau_decay) - exp(-t/tau_rise)), scaled to a peak of 1.

        dx/dt = -x / tau_rise + arrivals;  dg/dt = -g / tau_decay + peak x

    As a chain of two it is exact, and remains so where both time constants are equal (the alpha function).
    """

    tau_rise: Ms = field(2.0, "rise of the conductance")
    tau_decay: Ms = field(20.0, "decay of the conductance")

    x = PerPost.trace(decay="tau_rise", add="amount")
    g = PerPost.state()

    @derived
    def peak(tau_rise, tau_decay):  # g' = 0 at the peak, so 1 = g = tau_decay peak x there, with x = exp(-t / tau_rise)
        ratio = tau_decay / tau_rise
        time_over_rise = math.log(ratio) * ratio / (ratio - 1.0) if ratio != 1.0 else 1.0
        return math.exp(time_over_rise) / tau_decay

    @derived
    def crossing(dt, tau_rise, tau_decay, peak):  # int exp(-(dt - s)/tau_decay) peak exp(-s/tau_rise) ds over a step
        gap = dt / tau_rise - dt / tau_decay
        return peak * dt * math.exp(-dt / tau_decay) * (-math.expm1(-gap) / gap if gap != 0.0 else 1.0)

    @derived
    def g_decay(dt, tau_decay):
        return math.exp(-dt / tau_decay)

    @derived
    def mean_of_g(dt, tau_decay):
        return -math.expm1(-dt / tau_decay) * tau_decay / dt

    @derived
    def mean_of_x(dt, tau_rise, tau_decay, peak, crossing):  # integrates dg/dt over the step from g = 0, x = 1
        return (-math.expm1(-dt / tau_rise) * tau_rise * peak - crossing) * tau_decay / dt

    @g.step
    def decay(x, g, g_decay, crossing):
        return g * g_decay + x * crossing
