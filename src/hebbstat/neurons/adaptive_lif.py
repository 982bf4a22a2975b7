"""Leaky integrate-and-fire neuron whose threshold rises with its own spikes."""

import math
from typing import Annotated

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Delay, MilliVolt, Ms, Parameter, PicoAmp, Unit


class AdaptiveLIF(Neuron):
    """LIF with an adaptive threshold: each spike makes the next one harder, so that all cells get their share.

        tau_m g_leak dv/dt = g_leak (v_rest - v) + sum_k g_k (E_k - v) + current + i_ext
        fires at v >= v_threshold + theta
        d theta/dt = -theta / tau_theta;  theta += theta_plus at a spike of its own

    The step is that of `LIF`. theta is slow: kept in full precision, and it stands still under `frozen()`.

    Diehl & Cook 2015, doi:10.3389/fncom.2015.00099 (theta); membrane values as in `LIF`.
    """

    tau_m: Ms = field(20.0, "membrane time constant at rest; the capacitance is tau_m * g_leak (200 pF)")
    g_leak: Annotated[Parameter, Unit("nS", 0.0, above=True)] = field(10.0, "leak conductance")
    v_rest: MilliVolt = field(-60.0, "resting potential")
    v_threshold: MilliVolt = field(-50.0, "where it spikes while theta is 0")
    v_reset: MilliVolt = field(-60.0, "v after a spike")
    refractory: Delay = field(5.0, "time for which v is held after a spike, rounded to whole steps")
    tau_theta: Ms = field(1e7, "decay of theta")
    theta_plus: MilliVolt = field(0.05, "rise of theta at a spike")
    theta_start: MilliVolt = field(0.0, "theta at the beginning")
    i_ext: PicoAmp = field(0.0, "current into each cell, constant or scheduled")

    v = PerNeuron.state("v_rest")
    theta = PerNeuron.trace(decay="tau_theta", add="theta_plus", init="theta_start", slow=True)

    @derived
    def hold(dt, refractory):  # steps for which v stays at v_reset
        return math.floor(refractory / dt + 0.5)

    @derived
    def decay_per_nS(dt, tau_m, g_leak):
        return dt / (tau_m * g_leak)

    @v.step
    def integrate(v, steps_since_spike, hold, current, conductance, drive, input, g_leak, v_rest, i_ext, decay_per_nS):
        total = g_leak + conductance
        v_end = (g_leak * v_rest + drive + current + i_ext) / total
        moved = v_end + (v + input - v_end) * math.exp(-total * decay_per_nS)
        return v if steps_since_spike <= hold else moved

    @staticmethod
    def fires(v, v_threshold, theta):
        return v >= v_threshold + theta

    @v.on_spike
    def reset(v_reset):
        return v_reset
