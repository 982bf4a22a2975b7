"""Poisson spike source."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.units import Hz


class PoissonSource(Neuron):
    """A source of random spikes: in each step it fires with the probability that a Poisson process has an event in it.

        P(spike) = 1 - exp(-rate dt)

    Dayan & Abbott 2001, Theoretical Neuroscience, section 1.4.
    """

    rate: Hz = field(10.0, "a number, one for each cell, or scheduled: TimedArray(values[time, cell], every=...)")

    @derived
    def chance(dt, rate):
        return -math.expm1(-rate * dt / 1000.0)

    @staticmethod
    def fires(uniform, chance):
        return uniform < chance
