"""Sigmoid rate neuron with intrinsic plasticity."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron, together
from hebbstat.contract.units import Number, Positive


class IntrinsicSigmoid(Neuron):
    """A sigmoid rate neuron whose gain and bias move until its rates are distributed exponentially.

        y = 1 / (1 + exp(-(a x + b))),   x = input + i_ext
        db/dt = eta (1 - (2 + 1 / mean) y + y^2 / mean),   da/dt = eta / a + x db/dt

    The exponential distribution carries most information at a given mean rate; the rule descends the distance
    (Kullback-Leibler) of the neuron's own to it. eta is per ms.

    Triesch 2007, doi:10.1162/neco.2007.19.4.885.
    """

    mean: Positive = field(0.1, "the mean of the exponential distribution; rates are between 0 and 1")
    eta: Positive = field(0.001, "learning rate, per ms")
    a_start: Positive = field(1.0, "gain at the beginning")
    b_start: Number = field(0.0, "bias at the beginning")
    i_ext: Number = field(0.0, "input into each cell, constant or scheduled")

    y = PerNeuron.state()
    a = PerNeuron.state("a_start", slow=True)
    b = PerNeuron.state("b_start", slow=True)

    @together(y, a, b).step
    def respond(a, b, input, i_ext, mean, eta, dt):
        x = input + i_ext
        y = 0.5 + 0.5 * math.tanh(0.5 * (a * x + b))  # the sigmoid, without overflow
        shift = eta * dt * (1.0 - (2.0 + 1.0 / mean) * y + y * y / mean)
        return y, a + eta * dt / a + x * shift, b + shift

    @staticmethod
    def output(y):
        return y
