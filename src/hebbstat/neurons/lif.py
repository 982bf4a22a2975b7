"""Leaky integrate-and-fire neuron with current and conductance input."""

import math
from typing import Annotated

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Delay, MilliVolt, Ms, Parameter, PicoAmp, Unit


class LIF(Neuron):
    """Leaky integrate-and-fire: the membrane leaks, sums its input and fires at a threshold.

        tau_m g_leak dv/dt = g_leak (v_rest - v) + sum_k g_k (E_k - v) + current + i_ext

    The step is exponential Euler: exact for input that is constant over it. `input` lifts v at the start of the step.
    After a spike v is held at v_reset for `refractory`; what reaches v meanwhile is lost.

    Lapicque 1907; exact steps: Rotter & Diesmann 1999, doi:10.1007/s004220050570; values: Vogels & Abbott 2005,
    doi:10.1523/JNEUROSCI.3508-05.2005.
    """

    tau_m: Ms = field(20.0, "membrane time constant at rest; the capacitance is tau_m * g_leak (200 pF)")
    g_leak: Annotated[Parameter, Unit("nS", 0.0, above=True)] = field(10.0, "leak conductance")
    v_rest: MilliVolt = field(-60.0, "resting potential")
    v_threshold: MilliVolt = field(-50.0, "where it spikes")
    v_reset: MilliVolt = field(-60.0, "v after a spike")
    refractory: Delay = field(5.0, "time for which v is held after a spike, rounded to whole steps")
    i_ext: PicoAmp = field(0.0, "current into each cell, constant or scheduled")

    v = PerNeuron.state("v_rest")

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
    def fires(v, v_threshold):
        return v >= v_threshold

    @v.on_spike
    def reset(v_reset):
        return v_reset
