"""The rule of Bienenstock, Cooper and Munro."""

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre, together
from hebbstat.contract.units import Ms, Number


class BCM(Plasticity):
    """The BCM rule: responses above a threshold strengthen, below it weaken; the threshold slides with the response.

        dw/dt = eta x y (y - theta),    tau dtheta/dt = y^2 - theta

    x is the presynaptic rate that has made the postsynaptic rate y, `coming` the one that enters it in the next step;
    eta is per ms. Of n patterns that come equally often and are linearly independent a neuron chooses one, to which it
    responds with n, and with 0 to the others, if the threshold slides faster than the weights.

    Bienenstock, Cooper & Munro 1982, doi:10.1523/JNEUROSCI.02-01-00032.1982.
    """

    eta: Number = field(1e-4, "learning rate, per ms")
    tau: Ms = field(1000.0, "averaging of y^2")
    theta_start: Number = field(1.0, "the threshold at the beginning")

    x = PerPre.state()  # the rate that has entered y
    coming = PerPre.state()  # the one that enters in the next step

    @together(x, coming).step
    def arrive(coming, pre_rate):
        return coming, pre_rate

    theta = PerPost.state("theta_start", slow=True)

    @derived
    def share(dt, tau):
        return dt / tau

    @theta.step
    def slide(theta, post_rate, share):
        return theta + (post_rate * post_rate - theta) * share

    @staticmethod
    def step(x, post_rate, theta, eta, dt):
        return eta * x * post_rate * (post_rate - theta) * dt
