"""Adaptive exponential integrate-and-fire neuron with what a spike leaves behind."""

import math
from typing import Annotated

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron, together
from hebbstat.contract.units import Delay, MilliVolt, Ms, Parameter, PicoAmp, PicoFarad, Slope, Unit
from hebbstat.neurons._heun import heun


class ClopathAdEx(Neuron):
    """AdEx whose spikes have a width, and leave a depolarizing current z and a threshold that is raised by theta.

        capacitance dv/dt = g_leak (v_rest - v) - w + z + I
                            + g_leak delta_T exp((v - v_threshold - theta) / delta_T)
        tau_w dw/dt = a (v - v_rest) - w,  tau_z dz/dt = -z,  tau_theta dtheta/dt = -theta
        at v >= v_peak: w += b, z = i_after, theta = jump, and v = v_spike for `width`, then v_after

    I and the step are those of `AdEx`; w stands still while v is held. For rules that read v, such as `VoltageSTDP`.

    Clopath, Busing, Vasilaki & Gerstner 2010, doi:10.1038/nn.2479.
    """

    capacitance: PicoFarad = field(281.0, "membrane capacitance")
    g_leak: Annotated[Parameter, Unit("nS", 0.0, above=True)] = field(30.0, "leak conductance")
    v_rest: MilliVolt = field(-70.6, "resting potential")
    v_threshold: MilliVolt = field(-50.4, "where it spikes when it has not done so for long")
    delta_T: Slope = field(2.0, "steepness of the upswing")
    tau_w: Ms = field(144.0, "decay of the adaptation w")
    a: Annotated[Parameter, Unit("nS")] = field(4.0, "how w follows v; may be negative")
    b: PicoAmp = field(80.5, "rise of w at a spike")
    tau_z: Ms = field(40.0, "decay of the current after a spike")
    i_after: PicoAmp = field(400.0, "that current right after it")
    tau_theta: Ms = field(50.0, "decay of what a spike adds to the threshold")
    jump: MilliVolt = field(20.0, "what it adds")
    v_peak: MilliVolt = field(20.0, "where the upswing ends: the spike")
    v_spike: MilliVolt = field(33.0, "v during a spike")
    width: Delay = field(2.0, "how long a spike lasts, rounded to whole steps")
    v_after: MilliVolt = field(-49.6, "v after a spike")
    i_ext: PicoAmp = field(0.0, "current into each cell, constant or scheduled")

    v = PerNeuron.state("v_rest")
    w = PerNeuron.state()
    z = PerNeuron.trace(decay="tau_z", set="i_after")
    theta = PerNeuron.trace(decay="tau_theta", set="jump")

    @derived
    def hold(dt, width):  # steps from a spike to the reset
        return math.floor(width / dt + 0.5)

    @together(v, w).step
    def integrate(
        v, w, z, theta, steps_since_spike, hold, current, conductance, drive, input, dt,
        capacitance, g_leak, v_rest, v_threshold, delta_T, tau_w, a, v_peak, v_after, i_ext,
    ):  # fmt: skip
        if steps_since_spike <= hold:
            return (v_after if steps_since_spike == hold else v), w
        steady, total = g_leak * v_rest + drive + current + i_ext + z, g_leak + conductance
        threshold = v_threshold + theta
        return heun(v + input, w, steady, total, threshold, dt, capacitance, g_leak, v_rest, delta_T, tau_w, a, v_peak)

    @staticmethod
    def fires(v, v_peak, steps_since_spike, hold):
        return v >= v_peak and steps_since_spike > hold

    @together(v, w).on_spike
    def reset(w, v_spike, v_after, hold, b):
        return (v_spike if hold > 0 else v_after), w + b
