"""Adaptive exponential integrate-and-fire neuron."""

import math
from typing import Annotated

from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron, together
from hebbstat.contract.units import MilliVolt, Ms, PicoAmp, PicoFarad, Slope, Unit


class AdEx(Neuron):
    """Adaptive exponential integrate-and-fire: an exponential upswing, and a current w that adapts to v and to spikes.

        capacitance dv/dt = leak (v_rest - v) + leak slope exp((v - v_threshold) / slope) - w + I
        tau_w dw/dt = coupling (v - v_rest) - w;  at v >= v_peak: v = v_reset, w += jump
        I = sum_k g_k (E_k - v) + current + bias;  `input` lifts v at the start of the step

    The step is Heun's: order 2 between spikes, order 1 in spike times; v is clipped at v_peak.
    Brette & Gerstner 2005, doi:10.1152/jn.00686.2005.
    """

    capacitance: PicoFarad = 281.0
    leak: Annotated[float, Unit("nS", 0.0, above=True)] = 30.0  # leak conductance
    v_rest: MilliVolt = -70.6
    v_threshold: MilliVolt = -50.4  # where the upswing begins
    slope: Slope = 2.0  # steepness of the upswing
    tau_w: Ms = 144.0
    coupling: Annotated[float, Unit("nS")] = 4.0  # how w follows v; may be negative
    jump: PicoAmp = 80.5  # rise of w at a spike
    v_peak: MilliVolt = 20.0
    v_reset: MilliVolt = -70.6
    bias: PicoAmp = 0.0  # current into each cell, constant or planned

    v = PerNeuron.state("v_rest")
    w = PerNeuron.state()

    @together(v, w).step
    def integrate(
        v, w, current, conductance, drive, input, dt,
        capacitance, leak, v_rest, v_threshold, slope, tau_w, coupling, v_peak, bias,
    ):  # fmt: skip
        lifted = v_peak if v + input > v_peak else v + input
        steady, total = leak * v_rest + drive + current + bias, leak + conductance
        upswing = leak * slope * math.exp((lifted - v_threshold) / slope)
        dv, dw = (steady - total * lifted + upswing - w) / capacitance, (coupling * (lifted - v_rest) - w) / tau_w
        ahead, w_ahead = v_peak if lifted + dt * dv > v_peak else lifted + dt * dv, w + dt * dw
        upswing_ahead = leak * slope * math.exp((ahead - v_threshold) / slope)
        dv_ahead = (steady - total * ahead + upswing_ahead - w_ahead) / capacitance
        heun = lifted + 0.5 * dt * (dv + dv_ahead)
        w_heun = w + 0.5 * dt * (dw + (coupling * (ahead - v_rest) - w_ahead) / tau_w)
        return v_peak if heun > v_peak else heun, w_heun

    @staticmethod
    def fires(v, v_peak):
        return v >= v_peak

    @together(v, w).on_spike
    def reset(w, v_reset, jump):
        return v_reset, w + jump
