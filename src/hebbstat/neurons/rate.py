"""Threshold-linear rate neuron."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Ms, Number


class RateNeuron(Neuron):
    """A rate neuron: its rate follows its rectified input.

        tau dr/dt = -r + gain [input + i_ext - threshold]+

    The step is exact for input that is constant over it. `input` is the sum of weight times rate over all synapses.

    Wilson & Cowan 1972, doi:10.1016/S0006-3495(72)86068-5.
    """

    tau: Ms = field(10.0, "time constant of the rate")
    gain: Number = field(1.0, "slope of the rate above threshold")
    threshold: Number = field(0.0, "input at which the rate begins")
    i_ext: Number = field(0.0, "input into each cell, constant or scheduled")

    r = PerNeuron.state()

    @derived
    def decay(dt, tau):
        return math.exp(-dt / tau)

    @r.step
    def follow(r, input, i_ext, gain, threshold, decay):
        above = input + i_ext - threshold
        aim = gain * above if above > 0.0 else 0.0
        return aim + (r - aim) * decay

    @staticmethod
    def output(r):
        return r
