"""Adaptive exponential integrate-and-fire neuron."""

from typing import Annotated

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron, together
from hebbstat.contract.units import MilliVolt, Ms, Parameter, PicoAmp, PicoFarad, Slope, Unit
from hebbstat.neurons._heun import heun


class AdEx(Neuron):
    """Adaptive exponential integrate-and-fire: an exponential upswing, and a current w that adapts to v and to spikes.

        capacitance dv/dt = g_leak (v_rest - v) - w + I
                            + g_leak delta_T exp((v - v_threshold) / delta_T)
        tau_w dw/dt = a (v - v_rest) - w;  at v >= v_peak: v = v_reset, w += b
        I = sum_k g_k (E_k - v) + current + i_ext;  `input` lifts v at the start of the step

    The step is Heun's: order 2 between spikes, order 1 in spike times; v is clipped at v_peak.
    Brette & Gerstner 2005, doi:10.1152/jn.00686.2005.
    """

    capacitance: PicoFarad = field(281.0, "membrane capacitance")
    g_leak: Annotated[Parameter, Unit("nS", 0.0, above=True)] = field(30.0, "leak conductance")
    v_rest: MilliVolt = field(-70.6, "resting potential")
    v_threshold: MilliVolt = field(-50.4, "where it spikes")
    delta_T: Slope = field(2.0, "steepness of the upswing")
    tau_w: Ms = field(144.0, "decay of the adaptation w")
    a: Annotated[Parameter, Unit("nS")] = field(4.0, "how w follows v; may be negative")
    b: PicoAmp = field(80.5, "rise of w at a spike")
    v_peak: MilliVolt = field(20.0, "where the upswing ends: the spike")
    v_reset: MilliVolt = field(-70.6, "v after a spike")
    i_ext: PicoAmp = field(0.0, "current into each cell, constant or scheduled")

    v = PerNeuron.state("v_rest")
    w = PerNeuron.state()

    @together(v, w).step
    def integrate(
        v, w, current, conductance, drive, input, dt,
        capacitance, g_leak, v_rest, v_threshold, delta_T, tau_w, a, v_peak, i_ext,
    ):  # fmt: skip
        lifted, steady, total = v + input, g_leak * v_rest + drive + current + i_ext, g_leak + conductance
        return heun(lifted, w, steady, total, v_threshold, dt, capacitance, g_leak, v_rest, delta_T, tau_w, a, v_peak)

    @staticmethod
    def fires(v, v_peak):
        return v >= v_peak

    @together(v, w).on_spike
    def reset(w, v_reset, b):
        return v_reset, w + b
