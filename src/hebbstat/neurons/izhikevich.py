"""Izhikevich's simple model of spiking neurons."""

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron, together
from hebbstat.contract.units import Number


class Izhikevich(Neuron):
    """Izhikevich's simple model: two equations, and with four numbers the firing patterns of cortical cells.

        dv/dt = 0.04 v^2 + 5 v + 140 - u + I;  du/dt = a (b v - u);  at v >= v_peak: v = c, u += d
        I = current + i_ext (dimensionless, as published);  `input` lifts v at the start of the step

    An arrival of the published network, which lasts one step of 1 ms, is an `input` of the same size here. The step is
    Heun's: order 2 between spikes, order 1 in spike times. v is clipped at v_peak.

    Izhikevich 2003, doi:10.1109/TNN.2003.820440. Default: regular spiking.
    """

    a: Number = field(0.02, "speed of the recovery u (1/ms)")
    b: Number = field(0.2, "how u follows v")
    c: Number = field(-65.0, "v after a spike (mV)")
    d: Number = field(8.0, "rise of u at a spike")
    v_peak: Number = field(30.0, "where the upswing ends: the spike (mV)")
    i_ext: Number = field(0.0, "input into each cell, constant or scheduled")

    @derived
    def u_start(b, c):
        return b * c

    v = PerNeuron.state("c")
    u = PerNeuron.state("u_start")

    @together(v, u).step
    def integrate(v, u, current, input, i_ext, dt, a, b, v_peak):
        lifted = v_peak if v + input > v_peak else v + input
        dv = (0.04 * lifted + 5.0) * lifted + 140.0 - u + current + i_ext
        du = a * (b * lifted - u)
        ahead = v_peak if lifted + dt * dv > v_peak else lifted + dt * dv
        u_ahead = u + dt * du
        dv_ahead = (0.04 * ahead + 5.0) * ahead + 140.0 - u_ahead + current + i_ext
        heun = lifted + 0.5 * dt * (dv + dv_ahead)
        return v_peak if heun > v_peak else heun, u + 0.5 * dt * (du + a * (b * ahead - u_ahead))

    @staticmethod
    def fires(v, v_peak):
        return v >= v_peak

    @together(v, u).on_spike
    def reset(u, c, d):
        return c, u + d
