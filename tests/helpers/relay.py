"""Neurons for tests: they spike at given times, at random, or never, and remember or sum up what arrives."""

from typing import Any

import numpy as np

from hebbstat.contract.hooks import derived
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Ms
from hebbstat.network import AllToAll, Network
from hebbstat.neurons import PoissonSource, SpikeSource
from hebbstat.reference import ReferenceSimulation


class Relay(Neuron):
    """Spikes when told to; `got` is its input of the step."""

    got = PerNeuron.state()

    @got.step
    def take(input):
        return input

    @staticmethod
    def fires(scheduled):
        return scheduled


class Meter(Neuron):
    """Never spikes; `total` is all that has arrived, `last` what arrived last."""

    total = PerNeuron.state()
    last = PerNeuron.state()

    @total.step
    def add(total, input):
        return total + input

    @last.step
    def keep(last, input):
        return input if input != 0.0 else last

    @staticmethod
    def fires(total):
        return False


class Deaf(PoissonSource):
    """Spikes at random whatever arrives, as the postsynaptic cell of theory does."""

    got = PerNeuron.state()

    @got.step
    def take(input):
        return input


class SmoothPoisson(Neuron):
    """Spikes by chance, at a rate that follows its smoothed input: subclasses say how, in `fires`."""

    tau: Ms = 100.0
    s = PerNeuron.state()

    @derived
    def share(dt, tau):
        return dt / tau

    @s.step
    def smooth(s, input, share):
        return s + input - s * share


def trains(*of_neurons: Any) -> tuple[list[float], list[int]]:
    """Spike times of each neuron, as `Network.add(spikes=...)` takes them."""
    pairs = [(float(t), i) for i, times in enumerate(of_neurons) for t in np.atleast_1d(times)]
    return [t for t, _ in pairs], [i for _, i in pairs]


def pair_of_relays(pre: Any, post: Any, dt: float = 0.1, **connection: Any) -> ReferenceSimulation:
    """One synapse 'a -> b' between neurons that spike at given times."""
    net = Network(dt=dt, seed=1)
    a, b = net.add(SpikeSource(), 1, "a", spikes=trains(pre)), net.add(Relay(), 1, "b", spikes=trains(post))
    net.connect(a, b, AllToAll(), **connection)
    return ReferenceSimulation(net)
