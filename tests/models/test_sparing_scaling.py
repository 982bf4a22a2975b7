"""One scaling factor over three projections onto a cell, which spares the largest fifth of all its synapses.

After de Vivo et al. 2017, doi:10.1126/science.aah5982: in sleep most synapses shrink, the largest do not.
"""

from __future__ import annotations

import numpy as np
from helpers.comparing import compare
from helpers.tiny import Cell

import hebbstat as hs
from hebbstat.contract.state import quantile
from hebbstat.network import instantiate


class Sparing(hs.Plasticity):
    """Weights below the 80 % quantile of all of the neuron shrink by one factor, toward a total of all of them."""

    goal: hs.units.Weight = 10.0
    share: hs.units.Fraction = 0.3
    period: hs.units.Ms = 5.0

    total = hs.PerPost.reduce("w", "sum", over="neuron")
    large = hs.PerPost.reduce("w", quantile(0.8), over="neuron")

    @staticmethod
    def on_tick(w, total, large, goal, share):
        return share * (goal / total - 1.0) * w if w < large and total > goal else 0.0


def network() -> hs.Network:
    net = hs.Network(dt=1.0, seed=6)
    net.add(Cell(), 3, "cells")
    for k in range(3):
        net.add(Cell(), 10, f"in{k}")
        weight = hs.LogNormal(1.0 + k, cv=0.5)
        net.connect(f"in{k}", "cells", hs.AllToAll(), weight=weight, rules=[Sparing()], name=f"path{k}")
    return net


def test_engine_equals_reference(kernels: None) -> None:
    compare(instantiate(network()), 30, threads=2)


def test_one_factor_and_the_largest_fifth_is_spared(plain: None) -> None:
    sim = hs.Simulation(network(), dtype="float64", quiet=True)

    def weights() -> np.ndarray:  # path, input, cell
        return np.array([sim.weights(f"path{k}").reshape(10, 3) for k in range(3)]).reshape(30, 3)

    before = weights()
    sim.run(steps=5)
    ratio = weights() / before
    for cell in range(3):
        spared = ratio[:, cell] == 1.0
        assert spared.sum() == 6 and before[spared, cell].min() > before[~spared, cell].max()
        np.testing.assert_allclose(ratio[~spared, cell], ratio[~spared, cell][0], rtol=1e-12)
        assert ratio[~spared, cell][0] < 0.95
