"""Tiny networks for hand computation: dt = 1 ms, neurons that spike in given steps, one time constant per factor."""

import math
from typing import Any

from hebbstat.contract.mechanism import Neuron, Plasticity
from hebbstat.contract.state import PerNeuron, PerPost, PerPre
from hebbstat.contract.units import Ms, Number
from hebbstat.network import AllToAll, Network
from hebbstat.reference import ReferenceSimulation

HALF = 1.0 / math.log(2.0)  # a time constant (ms) by which a trace halves in each step of 1 ms


class Cell(Neuron):
    """Spikes in given steps. `got` is its input of the step, `v` the sum of all since its last spike."""

    v_threshold: Number = 1.0
    tau: Ms = HALF

    got = PerNeuron.state()
    v = PerNeuron.state()
    own = PerNeuron.trace(decay="tau")

    @got.step
    def take(input):
        return input

    @v.step
    def sum_up(v, input):
        return v + input

    @v.on_spike
    def reset(v):
        return 0.0

    @staticmethod
    def fires(scheduled):
        return scheduled


class Ear(Neuron):
    """Never spikes; hears currents and conductances."""

    v = PerNeuron.state()
    heard = PerNeuron.state()
    g = PerNeuron.state()
    pull = PerNeuron.state()

    @heard.step
    def hear(current):
        return current

    @g.step
    def open(conductance):
        return conductance

    @pull.step
    def drawn(drive):
        return drive

    @v.step
    def count(v):
        return v + 1.0

    @staticmethod
    def fires(v):
        return v < 0.0


class Pair(Plasticity):
    """dw = x at a postsynaptic event, -y at a presynaptic one; both traces halve in each step."""

    tau: Ms = HALF
    up: Number = 1.0
    down: Number = 1.0

    x = PerPre.trace(decay="tau")
    y = PerPost.trace(decay="tau")

    @staticmethod
    def on_pre(y, down):
        return -down * y

    @staticmethod
    def on_post(x, up):
        return up * x


class Fixed(Plasticity):
    """Fixed changes."""

    pre: Number = 0.0
    post: Number = 0.0

    @staticmethod
    def on_pre(pre):
        return pre

    @staticmethod
    def on_post(post):
        return post


class Factor(Plasticity):
    """w changes by a share of itself at a presynaptic event."""

    share: Number = 0.5

    @staticmethod
    def on_pre(w, share):
        return share * w


class Between(Plasticity):
    low: Number = 0.0
    high: Number = 1.0

    @staticmethod
    def clip(value, low, high):
        return min(max(value, low), high)


def in_steps(*of_neurons: Any) -> tuple[list[float], list[int]]:
    """Trains from the steps in which each neuron spikes: a spike of step n has the time n + 1 ms."""
    pairs = [(float(n + 1), i) for i, steps in enumerate(of_neurons) for n in steps]
    return [t for t, _ in pairs], [i for _, i in pairs]


def network(pre: list[list[int]], post: list[list[int]], seed: int = 1) -> Network:
    """Populations 'a' and 'b' whose neurons spike in the given steps."""
    net = Network(dt=1.0, seed=seed)
    net.add(Cell(), len(pre), "a", spikes=in_steps(*pre))
    net.add(Cell(), len(post), "b", spikes=in_steps(*post))
    return net


def pair(pre: list[int], post: list[int], *rules: Any, **connection: Any) -> ReferenceSimulation:
    """One synapse 'a -> b' (weight 1, delay 1 step unless given)."""
    net = network([pre], [post])
    net.connect("a", "b", AllToAll(), rules=rules, **connection)
    return ReferenceSimulation(net)


def traced(sim: ReferenceSimulation, steps: int, *what: Any) -> list[float]:
    """The first value of a state, or the first weight of a projection, after each step."""
    found = []
    for _ in range(steps):
        sim.run(steps=1)
        found.append((sim.peek(*what) if len(what) == 3 else sim.weights(*what))[0])
    return found
