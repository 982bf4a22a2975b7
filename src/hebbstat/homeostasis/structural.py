"""Synapses that come and go toward a target rate."""

import math

from hebbstat.contract.fields import field
from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Hz, Ms, NonNegative, Weight


class StructuralPlasticity(Plasticity):
    """Homeostatic structural plasticity: neurons grow synaptic elements while too quiet, lose them while too active.

        growth z = growth_rate (2 exp(-((Ca - xi) / zeta)^2) - 1),   tau dCa/dt = -Ca + rate
        xi = (least + target) / 2,   zeta = (target - least) / (2 sqrt(ln 2))

    Calcium is in units of a rate. Growth is 0 at `target` and at `least`, below which a neuron is given up, and highest
    in between. Each period free axonal and dendritic elements pair up at random, and a neuron that has more synapses
    than elements loses as many, on average. A neuron without any spike does not grow if `least` is 0: give it a drive.

    Butz & van Ooyen 2013, doi:10.1371/journal.pcbi.1003259.
    """

    target: Hz = field(5.0, "rate at which a neuron neither gains nor loses elements")
    least: Hz = field(0.0, "rate below which it loses elements, too")
    growth_rate: NonNegative = field(1e-4, "the fastest growth, elements per ms")
    tau: Ms = field(10_000.0, "averaging of the rate")
    tau_vacant: Ms = field(100_000.0, "with which free elements decay")
    weight: Weight = field(1.0, "of a new synapse")
    most: NonNegative = field(1000.0, "births at one tick, at most")
    period: Ms = field(100.0, "period of the slow clock")

    calcium_pre = PerPre.trace(decay="tau", add="step_of_calcium")
    calcium_post = PerPost.trace(decay="tau", add="step_of_calcium")
    free_pre, free_post = PerPre.state(), PerPost.state()
    sent, received = PerPre.reduce("w", "count"), PerPost.reduce("w", "count")

    @derived
    def step_of_calcium(tau):
        return 1000.0 / tau

    @derived
    def kept(period, tau_vacant):
        return math.exp(-period / tau_vacant)

    @free_pre.on_tick
    def grow_axon(free_pre, calcium_pre, target, least, growth_rate, kept, period):
        return left(free_pre, kept) + period * growth_rate * growth(calcium_pre, least, target)

    @free_post.on_tick
    def grow_dendrite(free_post, calcium_post, target, least, growth_rate, kept, period):
        return left(free_post, kept) + period * growth_rate * growth(calcium_post, least, target)

    @staticmethod
    def prune(uniform, free_pre, free_post, sent, received):
        return uniform > (1.0 - lacking(free_pre, sent)) * (1.0 - lacking(free_post, received))

    @staticmethod
    def attempts(most):
        return most

    @staticmethod
    def initial_weight(weight):
        return weight


def growth(calcium, least, target):
    """The growth curve, from -1 to 1."""
    width = (target - least) / (2.0 * math.sqrt(math.log(2.0)))
    return 2.0 * math.exp(-(((calcium - 0.5 * (least + target)) / width) ** 2)) - 1.0


def left(free, kept):
    """Free elements, of which a part is kept."""
    return free * kept if free > 0.0 else free


def lacking(free, synapses):
    """The part of its synapses for which a neuron has no elements."""
    return min(1.0, -math.floor(free) / synapses) if free < 0.0 and synapses > 0.0 else 0.0
