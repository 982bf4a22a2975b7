"""Voltage-based STDP with delayed low-passed voltages."""

import math

from hebbstat.contract.hooks import derived, step_when
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Delay, MilliVolt, Ms, NonNegative


class VoltageSTDP(Plasticity):
    """Depression by a presynaptic spike on a depolarised cell, potentiation while the cell spikes after one.

        at a presynaptic spike  dw = -ltd [u_minus(t - late) - theta_minus]+
        continuously            dw/dt = ltp x [v - theta_plus]+ [u_plus(t - late) - theta_minus]+

    u_minus and u_plus are low-passed voltages, read late so that a spike does not see its own depolarisation.

    Clopath, Busing, Vasilaki & Gerstner 2010, doi:10.1038/nn.2479.
    """

    ltd: NonNegative = 14e-5
    ltp: NonNegative = 8e-5
    tau_x: Ms = 15.0
    tau_minus: Ms = 10.0
    tau_plus: Ms = 7.0
    theta_minus: MilliVolt = -70.6
    theta_plus: MilliVolt = -45.3
    rest: MilliVolt = -70.6
    late: Delay = 4.0

    x = PerPre.trace(decay="tau_x", add="per_spike")
    u_minus = PerPost.state("rest")
    u_plus = PerPost.state("rest")
    u_minus_late = PerPost.lagged(u_minus, by="late")
    u_plus_late = PerPost.lagged(u_plus, by="late")

    @derived
    def per_spike(tau_x):
        return 1.0 / tau_x

    @derived
    def keep_minus(dt, tau_minus):
        return math.exp(-dt / tau_minus)

    @derived
    def keep_plus(dt, tau_plus):
        return math.exp(-dt / tau_plus)

    @u_minus.step
    def smooth_minus(u_minus, post_v, keep_minus):
        return post_v + (u_minus - post_v) * keep_minus

    @u_plus.step
    def smooth_plus(u_plus, post_v, keep_plus):
        return post_v + (u_plus - post_v) * keep_plus

    @staticmethod
    def on_pre(u_minus_late, theta_minus, ltd):
        return -ltd * max(u_minus_late - theta_minus, 0.0)

    @step_when(lambda post_v, theta_plus: post_v > theta_plus)
    def potentiate(x, post_v, u_plus_late, theta_plus, theta_minus, ltp, dt):
        return ltp * x * (post_v - theta_plus) * max(u_plus_late - theta_minus, 0.0) * dt
