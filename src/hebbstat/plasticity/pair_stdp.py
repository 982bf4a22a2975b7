"""Pair STDP, additive."""

from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, Weight


class PairSTDP(Plasticity):
    """Pair STDP, all-to-all: pre before post strengthens, the reverse weakens.

        dw = +gain_up x    on a postsynaptic spike
        dw = -gain_down y  on a presynaptic spike

    with traces x of presynaptic and y of postsynaptic spikes.

    Song, Miller & Abbott 2000, doi:10.1038/78829.
    """

    tau_pre: Ms = 20.0  # decay of the presynaptic trace x
    tau_post: Ms = 20.0  # decay of the postsynaptic trace y
    gain_up: Weight = 0.0100  # strengthening
    gain_down: Weight = 0.0105  # weakening

    x = PerPre.trace(decay="tau_pre")
    y = PerPost.trace(decay="tau_post")

    @staticmethod
    def on_pre(y, gain_down):
        return -gain_down * y

    @staticmethod
    def on_post(x, gain_up):
        return gain_up * x
