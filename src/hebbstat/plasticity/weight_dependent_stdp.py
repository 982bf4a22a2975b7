"""Pair STDP whose steps depend on the weight: from additive to multiplicative."""


from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, NonNegative, Positive, Weight


class WeightDependentSTDP(Plasticity):
    """Pair STDP with soft bounds: a weight near a bound moves toward it in small steps.

        dw = +eta (1 - w/w_max)^mu x          on a postsynaptic spike
        dw = -eta alpha (w/w_max)^mu y        on a presynaptic spike

    mu = 0 is additive (then add HardBounds), mu = 1 multiplicative. With independent spikes of equal rates and time
    constants the drift vanishes at w = w_max / (1 + alpha^(1/mu)).

    Gutig, Aharonov, Rotter & Sompolinsky 2003, doi:10.1523/JNEUROSCI.23-09-03697.2003.
    """

    tau_plus: Ms = field(20.0, "decay of the presynaptic trace x")
    tau_minus: Ms = field(20.0, "decay of the postsynaptic trace y")
    eta: Weight = field(0.005, "the largest step of one pair")
    alpha: NonNegative = field(1.05, "weakening relative to strengthening")
    mu: NonNegative = field(0.02, "how much the steps depend on the weight")
    w_max: Positive = field(1.0, "the upper bound of the weight")

    x = PerPre.trace(decay="tau_plus")
    y = PerPost.trace(decay="tau_minus")

    @staticmethod
    def on_pre(y, w, eta, alpha, mu, w_max):
        return -eta * alpha * (w / w_max if w > 0.0 else 0.0) ** mu * y

    @staticmethod
    def on_post(x, w, eta, mu, w_max):
        return eta * (1.0 - w / w_max if w < w_max else 0.0) ** mu * x
