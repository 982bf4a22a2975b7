"""Pair STDP, nearest-spike."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, Weight


class NearestPairSTDP(Plasticity):
    """Pair STDP between nearest spikes: each spike is paired with the last one of the other neuron alone.

        dw = +A_plus x   on a postsynaptic spike
        dw = -A_minus y  on a presynaptic spike

    with traces x of presynaptic and y of postsynaptic spikes, which a spike sets to 1. This is the symmetric scheme.
    Independent Poisson spikes of rates r and s give x the mean r tau_plus / (1 + r tau_plus), and y alike, so that the
    drift depends on the rates:

        <dw/dt> = r s (A_plus / (1/tau_plus + r) - A_minus / (1/tau_minus + s))

    Morrison, Diesmann & Gerstner 2008, doi:10.1007/s00422-008-0233-1, section 4.1.
    """

    tau_plus: Ms = field(20.0, "decay of the presynaptic trace x")
    tau_minus: Ms = field(20.0, "decay of the postsynaptic trace y")
    A_plus: Weight = field(0.0100, "strengthening by a pair at no distance")
    A_minus: Weight = field(0.0105, "weakening by a pair at no distance")

    x = PerPre.trace(decay="tau_plus", set=1.0)
    y = PerPost.trace(decay="tau_minus", set=1.0)

    @staticmethod
    def on_pre(y, A_minus):
        return -A_minus * y

    @staticmethod
    def on_post(x, A_plus):
        return A_plus * x
