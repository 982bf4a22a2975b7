"""Pair STDP whose strengthening is a power of the weight."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, NonNegative, Positive


class PowerLawSTDP(Plasticity):
    """Power-law STDP: weakening in proportion to the weight, strengthening with a power of it below one.

        dw = +eta w_0 (w / w_0)^mu x  on a postsynaptic spike
        dw = -eta alpha w y           on a presynaptic spike

    with traces x of presynaptic and y of postsynaptic spikes. No bound is needed. With independent spikes of equal
    rates the drift vanishes at w = w_0 (tau_plus / (alpha tau_minus))^(1 / (1 - mu)).

    Morrison, Aertsen & Diesmann 2007, doi:10.1162/neco.2007.19.6.1437, fitted to Bi & Poo 1998.
    """

    tau_plus: Ms = field(20.0, "decay of the presynaptic trace x")
    tau_minus: Ms = field(20.0, "decay of the postsynaptic trace y")
    eta: NonNegative = field(0.1, "the largest step of one pair, relative to a weight of w_0")
    alpha: NonNegative = field(0.11, "weakening relative to strengthening")
    mu: NonNegative = field(0.4, "the power")
    w_0: Positive = field(1.0, "the reference weight")

    x = PerPre.trace(decay="tau_plus")
    y = PerPost.trace(decay="tau_minus")

    @staticmethod
    def on_pre(y, w, eta, alpha):
        return -eta * alpha * w * y

    @staticmethod
    def on_post(x, w, eta, mu, w_0):
        return eta * w_0 * (w / w_0 if w > 0.0 else 0.0) ** mu * x
