"""The BCM rule on linear rate neurons."""

from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Neuron, Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Ms, NonNegative, Number


class LinearUnit(Neuron):
    """y = input + bias."""

    bias: Number = 0.0

    @staticmethod
    def output(input, bias):
        return input + bias


class BCM(Plasticity):
    """dw/dt = eta x y (y - theta), theta = <y^2>: a neuron becomes selective, and strong responses raise the bar.

    A rate of step m makes the postsynaptic rate of step m + delay + 1, so x is read one step late.

    Bienenstock, Cooper & Munro 1982, doi:10.1523/JNEUROSCI.02-01-00032.1982.
    """

    eta: NonNegative = 1e-3  # per ms
    tau: Ms = 200.0
    one_step: Ms = 1.0

    arriving = PerPre.state()
    x = PerPre.lagged(arriving, by="one_step")
    theta = PerPost.state(1.0)

    @derived
    def share(dt, tau):
        return dt / tau

    @arriving.step
    def take(pre_rate):
        return pre_rate

    @theta.step
    def slide(theta, post_rate, share):
        return theta + (post_rate * post_rate - theta) * share

    @staticmethod
    def step(x, post_rate, theta, eta, dt):
        return eta * x * post_rate * (post_rate - theta) * dt
