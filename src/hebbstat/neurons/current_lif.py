"""Leaky integrate-and-fire neuron with current input only: linear, hence exact and cheap."""

import math
from typing import Annotated

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Delay, MilliVolt, Ms, Parameter, PicoAmp, Unit


class CurrentLIF(Neuron):
    """Leaky integrate-and-fire driven by currents: all its factors are known before the run.

        tau_m g_leak dv/dt = g_leak (v_rest - v) + current + i_ext

    The step is exact. `input` lifts v at the start of the step. After a spike v is held at v_reset for `refractory`.

    Rotter & Diesmann 1999, doi:10.1007/s004220050570; values as in `LIF`.
    """

    tau_m: Ms = field(20.0, "membrane time constant; the capacitance is tau_m * g_leak (200 pF)")
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
    def decay(dt, tau_m):
        return math.exp(-dt / tau_m)

    @derived
    def lift(dt, tau_m, g_leak):  # mV that 1 pA adds in a step
        return -math.expm1(-dt / tau_m) / g_leak

    @v.step
    def integrate(v, steps_since_spike, hold, current, input, i_ext, v_rest, decay, lift):
        moved = v_rest + (v + input - v_rest) * decay + lift * (current + i_ext)
        return v if steps_since_spike <= hold else moved

    @staticmethod
    def fires(v, v_threshold):
        return v >= v_threshold

    @v.on_spike
    def reset(v_reset):
        return v_reset
