"""The engine and the plain-Python reference are equal in float64: spikes exactly, values within 1e-9."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.comparing import compare
from helpers.compositions import FEW, QUICK, compose
from helpers.tiny import Cell

import hebbstat as hs
from hebbstat.network import instantiate


@pytest.mark.parametrize("seed", [FEW[0], pytest.param(FEW[1], marks=pytest.mark.verify)])
def test_a_few_compiled(seed: int) -> None:
    compare(instantiate(compose(seed)), steps=400)


@pytest.mark.parametrize("seed", QUICK)
def test_every_mechanism(seed: int, kernels: None) -> None:
    compare(instantiate(compose(seed)), steps=400)


@pytest.mark.parametrize("seed", range(16))
def test_random_compositions_uncompiled(seed: int, plain: None) -> None:
    compare(instantiate(compose(seed)), steps=400)


@pytest.mark.verify
@pytest.mark.parametrize("seed", range(100, 300))
def test_many_random_compositions(seed: int) -> None:
    compare(instantiate(compose(seed)), steps=600)


@pytest.mark.verify
@pytest.mark.parametrize("first", range(1000, 1500, 50))
def test_many_random_compositions_uncompiled(first: int, plain: None) -> None:
    for seed in range(first, first + 50):
        compare(instantiate(compose(seed)), steps=500)


def long_rows() -> hs.Network:
    """Rows of 70 synapses: four vectors and a rest. All spikes are given."""
    rng, net = np.random.default_rng(5), hs.Network(dt=0.5, seed=5)
    for name, n, spikes, kind in (("a", 5, 150, hs.SpikeSource), ("b", 70, 3000, Cell)):
        times = rng.integers(1, 1900, spikes) * 0.5
        net.add(kind(), n, name, spikes=(times, rng.integers(0, n, spikes)))
    rules = [
        hs.PairSTDP(A_plus=0.02, A_minus=hs.LogNormal(0.02, cv=0.3)), hs.TripletSTDP(A3_plus=0.01),
        hs.HardBounds(0.0, 1.5),
    ]  # fmt: skip
    net.connect("a", "b", hs.AllToAll(), weight=hs.Normal(0.8, cv=0.3), delay=1.0, rules=rules)
    return net


def test_rows_of_several_vectors() -> None:
    compare(instantiate(long_rows()), steps=2000)


def test_single_precision_is_near_the_reference() -> None:
    sim, reference = hs.Simulation(long_rows(), threads=2, quiet=True), hs.ReferenceSimulation(instantiate(long_rows()))
    before = sim.weights("a -> b").copy()
    sim.run(steps=2000, progress=False)
    reference.run(steps=2000)
    assert np.abs(sim.weights("a -> b") - before).mean() > 0.1
    np.testing.assert_allclose(sim.weights("a -> b"), reference.weights("a -> b"), atol=2e-5)
