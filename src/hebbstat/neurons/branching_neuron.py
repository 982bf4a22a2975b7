"""Neuron of a branching network."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Hz


class BranchingNeuron(Neuron):
    """A neuron that spikes by chance: because of spikes that arrive, each with its weight, or by itself.

        P(spike) = 1 - exp(-(input + drive dt))

    For small weights each arriving spike is passed on with a probability that is its weight, independently, and a spike
    of a neuron whose outgoing weights sum to m causes m others on average, less what coincides: a branching process,
    which is critical at m = 1. A generation lasts a step longer than the delay of the synapses.

    Zierenberg, Wilting & Priesemann 2018, doi:10.1103/PhysRevX.8.031018.
    """

    drive: Hz = field(1.0, "rate of spikes that nothing caused, scheduled or constant")

    chance = PerNeuron.state()

    @chance.step
    def add_up(input, drive, dt):
        caused = input if input > 0.0 else 0.0
        return -math.expm1(-(caused + drive * dt / 1000.0))

    @staticmethod
    def fires(uniform, chance):
        return uniform < chance
