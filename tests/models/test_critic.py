"""A critic inside the network: its cells' rate is a value, whose error in time gates what synapses are tagged for.

After Fremaux, Sprekeler & Gerstner 2013, doi:10.1371/journal.pcbi.1003024.
"""

from __future__ import annotations

import numpy as np
from helpers.comparing import compare
from helpers.tiny import Cell

import hebbstat as hs
from hebbstat.network import instantiate


class Critic(hs.NetworkRule):
    """value = filtered rate of the critic's cells; error = reward + (value - value a step ago) / dt - value / tau_r."""

    cells: str = "critic"
    n: hs.units.Positive = 4.0
    tau: hs.units.Ms = 30.0
    tau_r: hs.units.Ms = 400.0
    reward: hs.units.Number = 0.0  # a schedule
    one: hs.units.Ms = 1.0

    error = hs.Global.state()
    value = hs.Global.state()
    spikes = hs.Global.spikes_of("cells")
    before = hs.Global.lagged(value, by="one")

    @value.step
    def _(value, spikes, n, tau, dt):
        return value + (spikes / n - value * dt / tau)

    @error.step
    def _(value, before, reward, tau_r, dt):
        return reward + (value - before) / dt - value / tau_r


class Tagged(hs.Plasticity):
    """A trace of presynaptic spikes, paid by the error at each step."""

    tau: hs.units.Ms = 200.0
    gain: hs.units.NonNegative = 0.02

    x = hs.PerPre.trace(decay="tau")

    @staticmethod
    def step(x, gain, dt):
        return gain * x * dt


def network() -> hs.Network:
    """Inputs 0 to 4 spike before the reward, 5 to 9 long after; the critic's cells hear all of them."""
    net = hs.Network(dt=1.0, seed=2)
    rounds = np.arange(6) * 500.0
    times = np.sort(np.concatenate([rounds + 100.0, rounds + 400.0]))
    given = np.repeat(times, 5), np.concatenate([np.arange(5) + 5 * (k % 2) for k in range(len(times))])
    net.add(Cell(), 10, "in", spikes=given)
    net.add(hs.LIF(), 4, "critic")
    reward = np.zeros(500)
    reward[150:160] = 0.5
    net.add_rule(Critic(reward=hs.TimedArray(reward, every=1.0, repeat=True)), "TD")
    learn = hs.gated(Tagged(), by=lambda TD: TD)
    net.connect("in", "critic", hs.AllToAll(), weight=4.0, receptor=hs.AMPA(),
                rules={"tagged": learn, "limits": hs.HardBounds(0.0, 20.0)}, name="learn")  # fmt: skip
    return net


def test_engine_equals_reference(kernels: None) -> None:
    compare(instantiate(network()), 400, threads=2)


def test_what_comes_before_the_reward_gains_value(plain: None) -> None:
    sim = hs.Simulation(network(), dtype="float64", quiet=True)
    sim.run(steps=3000)
    early, late = sim.weights("learn").reshape(10, 4).mean(axis=1).reshape(2, 5).mean(axis=1)
    assert early > late + 0.1 and early > 4.1
