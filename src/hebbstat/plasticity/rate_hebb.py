"""Hebb's rule on rates."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPre, together
from hebbstat.contract.units import Number


class RateHebb(Plasticity):
    """Hebb's rule on rates: what is active together is connected more strongly. Nothing bounds it but other rules.

        dw/dt = eta x y

    x is the presynaptic rate that has made the postsynaptic rate y, `coming` the one that enters it in the next step;
    eta is per ms.

    Hebb 1949; in this form Miller & MacKay 1994, doi:10.1162/neco.1994.6.1.100.
    """

    eta: Number = field(1e-4, "learning rate, per ms")

    x = PerPre.state()  # the rate that has entered y
    coming = PerPre.state()  # the one that enters in the next step

    @together(x, coming).step
    def arrive(coming, pre_rate):
        return coming, pre_rate

    @staticmethod
    def step(x, post_rate, eta, dt):
        return eta * x * post_rate * dt
