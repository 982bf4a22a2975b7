"""Heterosynaptic consolidation: a double well holds a weight low or high, and what one synapse gains others lose.

Zenke, Agnes & Gerstner 2015, doi:10.1038/ncomms7922, in a short version: potentiation w_ref by a slow double well.
"""

from __future__ import annotations

import numpy as np
from helpers.comparing import compare
from helpers.tiny import Cell

import hebbstat as hs
from hebbstat.network import instantiate


class Consolidation(hs.Plasticity):
    """At a postsynaptic spike dw = A x - beta (w - ref) y^3; the reference falls into one of two wells, at 0 and 1.

        tau_ref d ref/dt = w - ref - P ref (1/2 - ref) (1 - ref)
    """

    tau: hs.units.Ms = 20.0
    tau_ref: hs.units.Ms = 200.0
    A: hs.units.NonNegative = 0.05
    beta: hs.units.NonNegative = 0.02
    P: hs.units.NonNegative = 5.0

    x = hs.PerPre.trace(decay="tau")
    y = hs.PerPost.trace(decay="tau")
    ref = hs.PerSynapse.state(0.2, slow=True)

    @ref.step
    def _(ref, w, P, tau_ref, dt):
        return ref + dt / tau_ref * ((w - ref) - P * ref * (0.5 - ref) * (1.0 - ref))

    @staticmethod
    def on_post(x, y, w, ref, A, beta):
        return A * x - beta * (w - ref) * y**3


def network(steps: int = 600) -> hs.Network:
    """Of ten inputs five are paired with the cell, and five are silent, but begin above their reference."""
    net, rng = hs.Network(dt=1.0, seed=1), np.random.default_rng(4)
    times = np.flatnonzero(rng.random(steps) < 0.1) + 1.0
    early, late = np.repeat(times, 5), np.tile(np.arange(5), len(times))
    net.add(Cell(), 10, "in", spikes=(early, late))
    net.add(Cell(), 1, "out", spikes=(times + 3.0, np.zeros(len(times), int)))
    rules = {"two wells": Consolidation(), "limits": hs.HardBounds(0.0, 1.5)}
    net.connect("in", "out", hs.AllToAll(), weight=0.4, rules=rules, name="learn")
    return net


def test_engine_equals_reference(kernels: None) -> None:
    compare(instantiate(network()), 300)


def test_paired_synapses_go_to_the_upper_well_and_others_are_pulled_down(plain: None) -> None:
    sim = hs.Simulation(network(), dtype="float64", quiet=True)
    sim.run(steps=600)
    w, ref = sim.weights("learn"), sim.state("learn", "two wells.ref")
    assert (ref[:5] > 0.7).all() and (ref[5:] < 0.3).all()
    assert (w[5:] < 0.3).all()  # heterosynaptic: their own inputs were silent
