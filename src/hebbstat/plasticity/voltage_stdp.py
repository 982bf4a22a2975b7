"""STDP by the voltage of the postsynaptic cell."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived, step_when
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Delay, MilliVolt, Ms, NonNegative


class VoltageSTDP(Plasticity):
    """Voltage-based STDP: a presynaptic spike onto a depolarized cell weakens; the cell's spiking after it strengthens.

        dw = -A_LTD [u_minus(t - delay_u) - theta_minus]+   on a presynaptic spike
        dw/dt = A_LTP x [v - theta_plus]+ [u_plus(t - delay_u) - theta_minus]+

    with a trace x of presynaptic spikes (1 / tau_x each) and low-passed voltages u_minus, u_plus, which are read late,
    so that a spike does not see its own depolarization.

    Clopath, Busing, Vasilaki & Gerstner 2010, doi:10.1038/nn.2479. Default: their visual cortex set.
    """

    A_LTD: NonNegative = field(14e-5, "weakening, per mV")
    A_LTP: NonNegative = field(8e-5, "strengthening, per mV^2")
    tau_x: Ms = field(15.0, "decay of the presynaptic trace x")
    tau_minus: Ms = field(10.0, "averaging of the voltage that weakens")
    tau_plus: Ms = field(7.0, "averaging of the voltage that strengthens")
    theta_minus: MilliVolt = field(-70.6, "averaged voltage above which weights change")
    theta_plus: MilliVolt = field(-45.3, "voltage above which they strengthen")
    u_start: MilliVolt = field(-70.6, "both averages at the beginning")
    delay_u: Delay = field(4.0, "how late they are read")

    x = PerPre.trace(decay="tau_x", add="per_spike")
    u_minus, u_plus = PerPost.state("u_start"), PerPost.state("u_start")
    late_minus, late_plus = PerPost.lagged(u_minus, by="delay_u"), PerPost.lagged(u_plus, by="delay_u")

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
    def average_minus(u_minus, post_v, keep_minus):
        return post_v + (u_minus - post_v) * keep_minus

    @u_plus.step
    def average_plus(u_plus, post_v, keep_plus):
        return post_v + (u_plus - post_v) * keep_plus

    @staticmethod
    def on_pre(late_minus, theta_minus, A_LTD):
        return -A_LTD * max(late_minus - theta_minus, 0.0)

    @step_when(lambda post_v, theta_plus: post_v > theta_plus)
    def strengthen(x, post_v, late_plus, theta_plus, theta_minus, A_LTP, dt):
        return A_LTP * x * (post_v - theta_plus) * max(late_plus - theta_minus, 0.0) * dt
