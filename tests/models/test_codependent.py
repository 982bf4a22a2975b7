"""Codependent plasticity: what a synapse learns depends on the excitation and inhibition of its whole neuron.

Agnes & Vogels 2024, doi:10.1038/s41593-024-01597-4, in a short version of our own: one gain of Hebbian growth by the
slow (NMDA) current, one limit of growth by its square, and both shut by the inhibitory current.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from helpers.comparing import compare

import hebbstat as hs
from hebbstat.network import instantiate


class Codependent(hs.Plasticity):
    """dw = (A x E - B y E^2) exp(-(I / I*)^gamma), with E the NMDA and I the inhibitory current of the neuron."""

    slow: str = "slow"  # the projection that brings the NMDA current
    brake: str = "inh -> exc"  # and the inhibitory one
    tau: hs.units.Ms = 20.0
    A: hs.units.NonNegative = 0.02  # growth at a postsynaptic spike, per pA of NMDA current
    B: hs.units.NonNegative = 2e-5  # shrinking at a presynaptic one, per pA^2
    scale: hs.units.Positive = 10.0  # I*, pA
    gamma: hs.units.Positive = 2.0

    x = hs.PerPre.trace(decay="tau")
    y = hs.PerPost.trace(decay="tau")
    E = hs.PerPost.received("current", through="slow")
    I = hs.PerPost.received("current", through="brake")

    @staticmethod
    def on_post(x, E, I, A, scale, gamma):
        return A * x * E * math.exp(-((abs(I) / scale) ** gamma))

    @staticmethod
    def on_pre(y, E, I, B, scale, gamma):
        return -B * y * E * E * math.exp(-((abs(I) / scale) ** gamma))


def network(inhibition: float, rule: Any = None, **more: Any) -> hs.Network:
    """Inputs with a fast, plastic and a slow, static path onto cells, and inhibition of a given strength."""
    net = hs.Network(dt=0.5, seed=3)
    inputs, brake = net.add(hs.PoissonSource(rate=40.0), 20, "inputs"), net.add(hs.PoissonSource(rate=40.0), 10, "inh")
    exc = net.add(hs.CurrentLIF(), 6, "exc")
    rules = [rule or Codependent(**more), hs.HardBounds(0.0, 400.0)]
    fast = hs.ExponentialCurrent(tau=5.0)
    net.connect(inputs, exc, hs.AllToAll(), weight=60.0, receptor=fast, rules=rules, name="fast")
    net.connect(inputs, exc, hs.AllToAll(), weight=2.0, receptor=hs.ExponentialCurrent(tau=80.0), name="slow")
    net.connect(brake, exc, hs.AllToAll(), weight=-inhibition, receptor=hs.ExponentialCurrent(tau=10.0))
    return net


@pytest.mark.parametrize("inhibition", [0.0, 4.0])
def test_engine_equals_reference(inhibition: float, kernels: None) -> None:
    compare(instantiate(network(inhibition)), 400, threads=2)


def grown(inhibition: float) -> float:
    """How much the plastic weights gained within a fifth of a second."""
    sim = hs.Simulation(network(inhibition), dtype="float64", quiet=True)
    begin = sim.weights("fast").mean()
    sim.run(steps=400)
    assert sim.state("fast", "Codependent.E").min() > 0.0
    return float(sim.weights("fast").mean() - begin)


def test_inhibition_shuts_learning(plain: None) -> None:
    """Without inhibition weights grow; inhibition of several I* leaves less than a tenth of that."""
    open_, shut = grown(0.0), grown(12.0)
    assert open_ > 1.0 and abs(shut) < 0.1 * open_


class Balanced(hs.Plasticity):
    """The same gate by all that excites and inhibits the neuron: no projection is named."""

    A: hs.units.NonNegative = 0.01

    @staticmethod
    def on_pre(post_excitation, post_inhibition, A):
        return A if post_excitation > post_inhibition else -A


@pytest.mark.parametrize(("inhibition", "sign"), [(0.0, 1), (300.0, -1)])
def test_a_gate_by_the_balance_of_the_neuron(inhibition: float, sign: int, plain: None) -> None:
    net = network(inhibition, Balanced())
    compare(instantiate(net), 200)
    sim = hs.ReferenceSimulation(net)
    begin = sim.weights("fast").mean()
    sim.run(steps=200)
    assert np.sign(sim.weights("fast").mean() - begin) == sign
