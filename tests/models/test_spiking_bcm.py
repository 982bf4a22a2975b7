"""Spiking BCM with one threshold for the whole population, which follows its mean squared activity.

After Bienenstock, Cooper & Munro 1982, doi:10.1523/JNEUROSCI.02-01-00032.1982, with traces for rates.
"""

from __future__ import annotations

from helpers.comparing import compare

import hebbstat as hs
from hebbstat.network import instantiate


class SharedBCM(hs.Plasticity):
    """dw = eta y (y - theta) at a presynaptic spike; theta follows the mean of y^2 over all postsynaptic cells."""

    tau: hs.units.Ms = 200.0
    unit: hs.units.Number = 0.25  # so that y is 1 at 20 Hz
    eta: hs.units.NonNegative = 0.01
    period: hs.units.Ms = 10.0
    share: hs.units.Fraction = 0.3

    y = hs.PerPost.trace(decay="tau", add="unit")
    square = hs.PerPost.state()
    mean = hs.PerPopulation.reduce("square", "mean")
    theta = hs.PerPopulation.state(1.0)

    @square.step
    def _(y):
        return y * y

    @theta.on_tick
    def _(theta, mean, share):
        return theta + share * (mean - theta)

    @staticmethod
    def on_pre(y, theta, eta):
        return eta * y * (y - theta)


def network() -> hs.Network:
    """Two cells of which one gets more: the threshold that they share lets only that one win."""
    net = hs.Network(dt=1.0, seed=5)
    net.add(hs.PoissonSource(rate=40.0), 20, "in")
    net.add(hs.LIF(i_ext=[0.0, 60.0]), 2, "out")
    rules = {"bcm": SharedBCM(), "limits": hs.HardBounds(0.0, 4.0)}
    net.connect("in", "out", hs.AllToAll(), weight=0.45, receptor=hs.AMPA(), rules=rules, name="learn")
    return net


def test_engine_equals_reference(kernels: None) -> None:
    compare(instantiate(network()), 300, threads=2)


def test_the_stronger_cell_wins(plain: None) -> None:
    """Where one of two cells is silent, theta = y^2 / 2, and the other rests where y = theta: at 2, which is 40 Hz."""
    sim = hs.Simulation(network(), dtype="float64", quiet=True)
    sim.run(steps=1500)
    weak, strong = sim.weights("learn").reshape(20, 2).mean(axis=0)
    silent, active = sim.state("learn", "bcm.y")
    assert strong > 1.3 * weak and silent < 0.1
    assert abs(active - 2.0) < 0.3 and abs(sim.state("learn", "bcm.theta")[0] - 2.0) < 0.3
