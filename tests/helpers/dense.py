"""A small network of cells that spike densely, with states and parameters that change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import hebbstat as hs


class Told(hs.Neuron):
    """Spikes when told to, and by itself above a threshold; it has states and parameters that change."""

    v_threshold: hs.units.Number = 1.7
    tau: hs.units.Ms = 6.0
    level: hs.units.Number = 0.3

    @hs.derived
    def twice(level):
        return 2.0 * level

    v = hs.PerNeuron.state("level")
    got = hs.PerNeuron.state()
    own = hs.PerNeuron.trace(decay="tau")

    @v.step
    def _(v, got, input, current, level, dt):
        return 0.8 * v + 0.1 * level + 0.05 * input + 0.02 * current + 0.1 * got

    @got.step
    def _(got, input):
        return 0.5 * got + 0.02 * input

    @v.on_spike
    def _(v):
        return 0.25 * v

    @staticmethod
    def fires(scheduled, v, v_threshold):
        return scheduled or v > v_threshold


class Drifting(hs.PopulationRule):
    """Moves a parameter of its cells, at spikes and at each step."""

    acts_on = "level"
    gain: hs.units.Number = 0.05

    @staticmethod
    def on_spike(value, gain):
        return -gain * value

    @staticmethod
    def step(neuron_v, value, gain):
        return 0.1 * gain * (1.0 - value + neuron_v)


def network(
    rules: Sequence[Any] = (), cells: Sequence[Any] = (), a: Any = None, b: Any = None, recurrent: bool = True,
    modulators: dict[str, Any] | None = None, **connection: Any,
) -> hs.Network:  # fmt: skip
    """Cells 'a' and 'b' that spike densely, a plastic projection between them, and one from 'b' to itself."""
    rng = np.random.default_rng(5)
    net = hs.Network(dt=1.0, seed=4)
    for name, n, given in (("a", 6, a), ("b", 5, b)):
        steps, ids = np.nonzero(rng.random((300, n)) < 0.15)
        net.add(given or Told(), n, name, spikes=(steps + 1.0, ids), rules=cells if name == "b" else ())
    for name, rule in (modulators or {}).items():
        net.add_rule(rule, name)
    connection = {"weight": hs.Uniform(0.5, 2.0), "rules": rules, "delay": hs.Uniform(1.0, 4.0), **connection}
    net.connect("a", "b", hs.FixedProbability(0.7), **connection)
    if recurrent:
        net.connect("b", "b", hs.FixedProbability(0.5), **{**connection, "delay": 2.0, "dendritic_delay": 3.0})
    return net
