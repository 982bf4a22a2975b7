"""The covariance rule."""

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre, together
from hebbstat.contract.units import Ms, Number


class Covariance(Plasticity):
    """The covariance rule: rates that deviate from their means together strengthen, oppositely weaken.

        dw/dt = eta (x - <x>) (y - <y>)

    so that on average a weight grows with the covariance of the two rates. x is the presynaptic rate that has made the
    postsynaptic rate y, `coming` the one that enters it in the next step; the means are running averages;
    eta is per ms.

    Sejnowski 1977, doi:10.1007/BF00275079.
    """

    eta: Number = field(1e-4, "learning rate, per ms")
    tau: Ms = field(1000.0, "averaging of both rates")

    x = PerPre.state()  # the rate that has entered y
    coming = PerPre.state()  # the one that enters in the next step

    @together(x, coming).step
    def arrive(coming, pre_rate):
        return coming, pre_rate

    mean_pre = PerPre.state(slow=True)
    mean_post = PerPost.state(slow=True)

    @derived
    def share(dt, tau):
        return dt / tau

    @mean_pre.step
    def follow_pre(mean_pre, pre_rate, share):
        return mean_pre + (pre_rate - mean_pre) * share

    @mean_post.step
    def follow_post(mean_post, post_rate, share):
        return mean_post + (post_rate - mean_post) * share

    @staticmethod
    def step(x, post_rate, mean_pre, mean_post, eta, dt):
        return eta * (x - mean_pre) * (post_rate - mean_post) * dt
