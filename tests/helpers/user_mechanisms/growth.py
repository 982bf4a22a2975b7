"""Structural plasticity with free synaptic elements that grow by a calcium set point."""

import math

from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.state import PerPost, PerPre
from hebbstat.contract.units import Fraction, Ms, NonNegative, Number


class Growth(Plasticity):
    """Axonal and dendritic elements grow along a Gaussian of the neuron's calcium and pair up at random.

        dz/dt = nu (2 exp(-((Ca - xi) / zeta)^2) - 1),  zero at Ca = eta and Ca = eps

    Butz & van Ooyen 2013, doi:10.1371/journal.pcbi.1003259.
    """

    nu: NonNegative = 1e-3  # elements per ms
    eta: Number = 0.1
    eps: Number = 0.7
    tau: Ms = 1000.0
    beta: NonNegative = 0.05
    period: Ms = 100.0
    tries: NonNegative = 20.0
    loss: Fraction = 0.01  # of synapses at each tick
    first: Number = 1.0

    ca_pre = PerPre.trace(decay="tau", add="beta")
    ca_post = PerPost.trace(decay="tau", add="beta")
    free_pre = PerPre.state()
    free_post = PerPost.state()
    grown_pre = PerPre.state()
    grown_post = PerPost.state()

    @derived
    def middle(eta, eps):
        return (eta + eps) / 2.0

    @derived
    def width(eta, eps):
        return (eps - eta) / (2.0 * math.sqrt(math.log(2.0)))

    @free_pre.on_tick
    def grow_pre(free_pre, ca_pre, nu, middle, width, period):
        return free_pre + nu * period * (2.0 * math.exp(-(((ca_pre - middle) / width) ** 2)) - 1.0)

    @free_post.on_tick
    def grow_post(free_post, ca_post, nu, middle, width, period):
        return free_post + nu * period * (2.0 * math.exp(-(((ca_post - middle) / width) ** 2)) - 1.0)

    @grown_pre.on_tick
    def sum_pre(grown_pre, ca_pre, nu, middle, width, period):
        return grown_pre + nu * period * (2.0 * math.exp(-(((ca_pre - middle) / width) ** 2)) - 1.0)

    @grown_post.on_tick
    def sum_post(grown_post, ca_post, nu, middle, width, period):
        return grown_post + nu * period * (2.0 * math.exp(-(((ca_post - middle) / width) ** 2)) - 1.0)

    @staticmethod
    def prune(uniform, loss):
        return uniform < loss

    @staticmethod
    def attempts(tries):
        return tries

    @staticmethod
    def initial_weight(first):
        return first
