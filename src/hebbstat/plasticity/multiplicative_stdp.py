"""Pair STDP that weakens strong synapses more, and scatters."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, NonNegative, Weight


class MultiplicativeSTDP(Plasticity):
    """Multiplicative STDP: weakening in proportion to the weight, strengthening the same for all; both scatter.

        dw = (A_plus + sigma w xi) x    on a postsynaptic spike
        dw = (-A_minus + sigma xi) w y  on a presynaptic spike

    with traces x of presynaptic and y of postsynaptic spikes, and a normal number xi for each. No bound is needed:
    independent spikes make one skewed peak of weights around A_plus tau_plus / (A_minus tau_minus).

    van Rossum, Bi & Turrigiano 2000, doi:10.1523/JNEUROSCI.20-23-08812.2000.
    """

    tau_plus: Ms = field(20.0, "decay of the presynaptic trace x")
    tau_minus: Ms = field(20.0, "decay of the postsynaptic trace y")
    A_plus: Weight = field(0.001, "strengthening by a pair at no distance")
    A_minus: NonNegative = field(0.003, "weakening by a pair at no distance, relative to the weight")
    sigma: NonNegative = field(0.015, "scatter of both, relative to the weight")

    x = PerPre.trace(decay="tau_plus")
    y = PerPost.trace(decay="tau_minus")

    @staticmethod
    def on_pre(y, w, normal, A_minus, sigma):
        return (-A_minus + sigma * normal) * w * y

    @staticmethod
    def on_post(x, w, normal, A_plus, sigma):
        return (A_plus + sigma * normal * w) * x
