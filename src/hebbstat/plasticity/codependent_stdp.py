"""STDP that depends on the excitation and inhibition of the whole neuron."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, NonNegative, Positive


class CodependentSTDP(Plasticity):
    """Co-dependent plasticity: excitation lets the synapses of a neuron learn together, inhibition shuts learning.

        dw = -A_LTD w y exp(-I / I_star)                     on a presynaptic spike
        dw = (A_LTP x E - A_het y_het E^2) exp(-I / I_star)  on a postsynaptic spike
        tau_E dE/dt = -E + current of the synapses' receptors,  tau_I dI/dt = -I + all inhibitory current

    with traces x of presynaptic, y and y_het of postsynaptic spikes. The receptors are meant to be NMDA. E and I are in
    pA; the paper's are in mV, the same for a leak of 1 nS.

    Agnes & Vogels 2024, doi:10.1038/s41593-024-01597-4.
    """

    A_LTP: NonNegative = field(0.0025, "strengthening by a pair at no distance, per E")
    A_LTD: NonNegative = field(0.012, "weakening by a pair at no distance, relative to the weight")
    A_het: NonNegative = field(1e-5, "weakening of all synapses, per E squared")
    tau_plus: Ms = field(16.8, "decay of the presynaptic trace x")
    tau_minus: Ms = field(33.7, "decay of the postsynaptic trace y")
    tau_het: Ms = field(125.0, "decay of the postsynaptic trace y_het")
    tau_E: Ms = field(50.0, "averaging of excitation")
    tau_I: Ms = field(500.0, "averaging of inhibition")
    I_star: Positive = field(10.0, "inhibition that leaves 1/e of learning")

    x = PerPre.trace(decay="tau_plus")
    y, y_het = PerPost.trace(decay="tau_minus"), PerPost.trace(decay="tau_het")
    E, I = PerPost.state(), PerPost.state()

    @derived
    def keep_E(dt, tau_E):
        return math.exp(-dt / tau_E)

    @derived
    def keep_I(dt, tau_I):
        return math.exp(-dt / tau_I)

    @E.step
    def average_E(E, keep_E, receptor_current=0.0):
        return receptor_current + (E - receptor_current) * keep_E

    @I.step
    def average_I(I, keep_I, post_inhibition=0.0):
        return post_inhibition + (I - post_inhibition) * keep_I

    @staticmethod
    def on_pre(w, y, I, A_LTD, I_star):
        return -A_LTD * w * y * math.exp(-I / I_star)

    @staticmethod
    def on_post(x, y_het, E, I, A_LTP, A_het, I_star):
        return (A_LTP * x * E - A_het * y_het * E * E) * math.exp(-I / I_star)
