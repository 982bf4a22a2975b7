"""Acetylcholine that diffuses between cells, lowers their threshold, and lowers the release onto them.

After Hasselmo 2006, doi:10.1016/j.conb.2006.09.002: it excites cells and damps recurrent transmission.
"""

from __future__ import annotations

import numpy as np
import pytest
from helpers.comparing import compare

import hebbstat as hs
from hebbstat.network import instantiate


class Cholinergic(hs.CurrentLIF):
    """A cell with acetylcholine around it, which comes from its own source, spreads and is broken down."""

    source: hs.units.NonNegative = 0.0  # per ms
    spread: hs.units.NonNegative = 0.05  # per ms
    tau_ach: hs.units.Ms = 50.0
    reach: hs.units.Positive = 1.0

    ach = hs.PerNeuron.state()
    inflow = hs.PerNeuron.inflow(ach, reach="reach")

    @ach.step
    def _(ach, inflow, source, spread, tau_ach, dt):
        return ach + dt * (source + spread * inflow - ach / tau_ach)


class Excited(hs.PopulationRule):
    """The threshold follows rest - depth ach."""

    acts_on = "v_threshold"
    rest: hs.units.MilliVolt = -50.0
    depth: hs.units.NonNegative = 5.0
    tau: hs.units.Ms = 20.0

    @staticmethod
    def step(value, neuron_ach, rest, depth, tau, dt):
        return (rest - depth * neuron_ach - value) * dt / tau


class Damped(hs.Plasticity):
    """U follows U0 / (1 + ach) of the postsynaptic cell."""

    acts_on = "release.U"
    U0: hs.units.Fraction = 0.5
    tau: hs.units.Ms = 20.0

    @staticmethod
    def step(value, post_ach, U0, tau, dt):
        return (U0 / (1.0 + post_ach) - value) * dt / tau


def network() -> hs.Network:
    """Eleven cells in a row; the source is at the first."""
    net = hs.Network(dt=1.0, seed=2)
    places = np.arange(11.0)[:, None]
    source = np.where(places[:, 0] == 0.0, 0.1, 0.0)
    net.add(hs.PoissonSource(rate=20.0), 10, "in")
    net.add(Cholinergic(source=source), 11, "row", positions=places, rules=[Excited()])
    net.connect("in", "row", hs.AllToAll(), weight=100.0, receptor=hs.ExponentialCurrent(),
                release=hs.TsodyksMarkram(U=0.5, tau_rec=100.0), rules=[Damped()], name="paths")  # fmt: skip
    return net


def test_engine_equals_reference(kernels: None) -> None:
    compare(instantiate(network()), 200, threads=2)


def test_it_reaches_as_far_as_diffusion_says(plain: None) -> None:
    """It falls off by one factor q per cell, with spread (q + 1/q - 2) = 1 / tau: q + 1/q = 2.4, so q = 0.537."""
    sim = hs.Simulation(network(), dtype="float64", quiet=True)
    sim.run(steps=800)
    ach = sim.state("row", "ach")
    q = 1.2 - np.sqrt(1.2**2 - 1.0)
    assert ach[2:6] / ach[1:5] == pytest.approx(q, rel=0.01)
    assert sim.state("row", "v_threshold") == pytest.approx(-50.0 - 5.0 * ach, abs=0.01)
    U = sim.state("paths", "release.U").reshape(10, 11)
    np.testing.assert_allclose(U, np.broadcast_to(0.5 / (1.0 + ach), U.shape), rtol=1e-3)
