"""Inhibitory plasticity."""

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Hz, Ms, Weight


class InhibitorySTDP(Plasticity):
    """Inhibitory plasticity: coincidence strengthens inhibition, presynaptic spikes alone weaken it.

        dw = eta (y - alpha)  on a presynaptic spike
        dw = eta x            on a postsynaptic spike,    alpha = 2 target tau

    with traces x of presynaptic and y of postsynaptic spikes. For independent Poisson spikes the drift vanishes where
    the postsynaptic rate is the target. In a network, where an inhibitory spike lowers the chance of the next
    postsynaptic one, neurons settle somewhat above it.

    Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011, doi:10.1126/science.1211095.
    """

    target: Hz = field(5.0, "the postsynaptic rate at which independent spikes change nothing")
    tau: Ms = field(20.0, "decay of both traces")
    eta: Weight = field(0.01, "learning rate: the change at a spike for a trace of 1")

    x = PerPre.trace(decay="tau")
    y = PerPost.trace(decay="tau")

    @derived
    def alpha(target, tau):
        return 2.0 * target * tau / 1000.0

    @staticmethod
    def on_pre(y, alpha, eta):
        return eta * (y - alpha)

    @staticmethod
    def on_post(x, eta):
        return eta * x
