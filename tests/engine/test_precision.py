"""What is small does not vanish in single precision, and what is much is not lost."""

from __future__ import annotations

import math

import numpy as np
from helpers.tiny import Cell

import hebbstat as hs
from hebbstat.network import instantiate

TICKS, RELATIVE = 2000, 1e-9


class Creep(hs.Plasticity):
    """At each tick the weight grows by a part."""

    part: hs.units.Number = RELATIVE
    period: hs.units.Ms = 1.0

    @staticmethod
    def on_tick(w, part):
        return part * w


def test_small_changes_of_slow_clocks_add_up_in_expectation() -> None:
    net = hs.Network(dt=1.0, seed=3)
    net.add(hs.PoissonSource(rate=0.0), 400, "a")
    net.add(hs.LIF(), 400, "b")
    net.connect("a", "b", hs.AllToAll(), weight=1.5, receptor=hs.AMPA(), rules=[Creep()])
    sim = hs.Simulation(net, threads=1, quiet=True)
    sim.run(steps=TICKS)
    grown = sim.weights("a -> b").astype(float) / 1.5 - 1.0
    assert np.float32(1.5) * np.float32(1.0 + RELATIVE) == np.float32(1.5)  # rounding to the nearest stands still
    step = 2.0**-23 / 1.5  # to the next float32
    expected, spread = TICKS * RELATIVE, math.sqrt(TICKS * RELATIVE * step / grown.size)
    assert abs(grown.mean() - expected) < 5 * spread
    assert expected > 20 * spread  # else it would show nothing


def test_a_threshold_with_a_time_constant_of_hours_decays() -> None:
    tau, start = 1e7, 20.0
    net = hs.Network(dt=0.1, seed=1)
    net.add(hs.AdaptiveLIF(tau_theta=tau), 3, "exc")
    sim = hs.Simulation(net, threads=1, quiet=True)
    sim.set("exc", "theta", start)
    sim.run(steps=10_000)
    np.testing.assert_allclose(sim.state("exc", "theta"), start * math.exp(-1000.0 / tau), rtol=1e-10)


def test_a_history_that_fills_between_presynaptic_events_loses_none() -> None:
    net = hs.Network(dt=0.5, seed=1)
    often = np.arange(1, 3000) * 3.5  # 286 Hz, against 32 events that are kept
    seldom = np.array([20.0, 1500.0, 3000.0, 9000.0])
    net.add(hs.SpikeSource(), 2, "a", spikes=(np.concatenate([seldom, seldom + 7.0]), np.repeat([0, 1], 4)))
    net.add(Cell(), 2, "b", spikes=(np.concatenate([often, seldom + 4.0]), np.repeat([0, 1], [2999, 4])))
    rules = [hs.PairSTDP(tau_plus=300.0, tau_minus=300.0, A_plus=0.01, A_minus=0.02), hs.HardBounds(0.0, 1.2)]
    net.connect("a", "b", hs.AllToAll(), weight=1.0, rules=rules)
    made = instantiate(net)
    sim = hs.Simulation(made, threads=1, dtype="float64", quiet=True)
    reference = hs.ReferenceSimulation(made)
    for steps in (5000, 13000, 2500):
        sim.run(steps=steps)
        reference.run(steps=steps)
        np.testing.assert_allclose(sim.weights("a -> b"), reference.weights("a -> b"), rtol=1e-9)
    assert not np.allclose(sim.weights("a -> b"), 1.0)
