"""Pair STDP, additive."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, Weight


class PairSTDP(Plasticity):
    """Pair STDP, all-to-all: pre before post strengthens, the reverse weakens.

        dw = +A_plus x   on a postsynaptic spike
        dw = -A_minus y  on a presynaptic spike

    with traces x of presynaptic and y of postsynaptic spikes.

    Song, Miller & Abbott 2000, doi:10.1038/78829.
    """

    tau_plus: Ms = field(20.0, "decay of the presynaptic trace x")
    tau_minus: Ms = field(20.0, "decay of the postsynaptic trace y")
    A_plus: Weight = field(0.0100, "strengthening by a pair at no distance")
    A_minus: Weight = field(0.0105, "weakening by a pair at no distance")

    x = PerPre.trace(decay="tau_plus")
    y = PerPost.trace(decay="tau_minus")

    @staticmethod
    def on_pre(y, A_minus):
        return -A_minus * y

    @staticmethod
    def on_post(x, A_plus):
        return A_plus * x
