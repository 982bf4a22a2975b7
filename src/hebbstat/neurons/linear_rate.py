"""Linear rate neuron."""

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.units import Number


class LinearRate(Neuron):
    """A rate neuron without threshold or memory: its output is its input, and may be negative.

        r = gain (input + i_ext)

    `input` is the sum of weight times rate over all synapses. The unit of theories of learning, such as Oja 1982,
    doi:10.1007/BF00275687.
    """

    gain: Number = field(1.0, "slope of the rate over the input")
    i_ext: Number = field(0.0, "input into each cell, constant or scheduled")

    @staticmethod
    def output(input, i_ext, gain):
        return gain * (input + i_ext)
