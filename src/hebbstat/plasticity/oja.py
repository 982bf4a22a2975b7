"""Oja's rule."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPre, together
from hebbstat.contract.units import Number


class Oja(Plasticity):
    """Oja's rule: Hebb's, with a decay that keeps the weights of a neuron of length one.

        dw/dt = eta y (x - y w)

    For a linear neuron the weights become the first principal component of its inputs, with norm 1. x is the
    presynaptic rate that has made the postsynaptic rate y, `coming` the one that enters it in the next step; eta is per
    ms.

    Oja 1982, doi:10.1007/BF00275687.
    """

    eta: Number = field(1e-4, "learning rate, per ms")

    x = PerPre.state()  # the rate that has entered y
    coming = PerPre.state()  # the one that enters in the next step

    @together(x, coming).step
    def arrive(coming, pre_rate):
        return coming, pre_rate

    @staticmethod
    def step(x, post_rate, w, eta, dt):
        return eta * post_rate * (x - post_rate * w) * dt
