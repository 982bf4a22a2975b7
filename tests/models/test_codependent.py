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
    B: hs.units.NonNegative = 0.004  # shrinking at a presynaptic one, per pA^2
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
    net.connect(inputs, exc, hs.AllToAll(), weight=60.0, receptor=hs.ExponentialCurrent(tau=5.0), rules=rules, name="fast")
    net.connect(inputs, exc, hs.AllToAll(), weight=2.0, receptor=hs.ExponentialCurrent(tau=80.0), name="slow")
    net.connect(brake, exc, hs.AllToAll(), weight=-inhibition, receptor=hs.ExponentialCurrent(tau=10.0))
    return net


@pytest.mark.parametrize("inhibition", [0.0, 4.0])
def test_engine_equals_reference(inhibition: float, kernels: None) -> None:
    compare(instantiate(network(inhibition)), 400, threads=2)
