"""Structural plasticity: the growth curve exactly, and the rate to which cells without synapses grow."""

from __future__ import annotations

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.homeostasis.structural import growth, lacking, left


@pytest.mark.parametrize(("least", "target"), [(0.0, 5.0), (1.0, 8.0), (0.1, 0.7)])
def test_the_growth_curve(least: float, target: float) -> None:
    """It is 0 at both ends, and highest in the middle (Butz & van Ooyen 2013; a width times sqrt(ln 2) fails here)."""
    middle = 0.5 * (least + target)
    assert abs(growth(least, least, target)) < 1e-12 and abs(growth(target, least, target)) < 1e-12
    assert growth(middle, least, target) == 1.0
    seen = [growth(x, least, target) for x in np.linspace(least - 5, target + 5, 401)]
    assert max(seen) == pytest.approx(1.0, abs=1e-3) and min(seen) >= -1.0
    assert growth(target * 1.1, least, target) < 0.0 < growth(0.9 * target + 0.1 * middle, least, target)


def test_free_elements_decay_and_missing_ones_cost_synapses() -> None:
    assert left(2.0, 0.9) == 1.8 and left(-2.0, 0.9) == -2.0
    assert lacking(-1.5, 8.0) == 0.25 and lacking(-9.0, 4.0) == 1.0
    assert lacking(0.5, 8.0) == lacking(-1.0, 0.0) == 0.0


def test_cells_without_synapses_grow_to_their_target() -> None:
    """Calcium, an average of the rate, comes to rest where elements stop to grow: 5 Hz, within 5 %."""
    net = hs.Network(dt=1.0, seed=5)
    inputs, cells = net.add(hs.PoissonSource(rate=2.5), 400, "inputs"), net.add(hs.LIF(), 50, "cells")
    drive = net.add(hs.PoissonInput(sources=300, source_rate=1.0), 50, "drive")
    net.connect(drive, cells, hs.OneToOne(), weight=0.82, delay=1.0, receptor=hs.AMPA())  # some spikes to begin with
    rule = hs.StructuralPlasticity(target=5.0, growth_rate=3e-4, tau=5000.0, weight=1.0)
    net.connect(
        inputs, cells, hs.FixedProbability(0.0), weight=1.0, delay=1.0, receptor=hs.AMPA(), rules=[rule], name="grown",
    )  # fmt: skip
    sim = hs.Simulation(net, threads=1, quiet=True)
    sim.run(seconds=180.0, watch=None)
    rates = sim.run(seconds=100.0, record=[hs.Rates("cells", every=100_000.0)], watch=None)["cells.rate"]
    assert float(rates.mean()) == pytest.approx(5.0, rel=0.05)
    assert 500 < sim.weights("grown").size < 10_000
