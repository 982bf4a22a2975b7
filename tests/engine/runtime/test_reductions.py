"""Reductions over a neuron's synapses do what numpy does with them, and in a network what the reference does."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.comparing import compare
from helpers.user_mechanisms.sparing import SparingScaling
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

import hebbstat as hs
from hebbstat.engine.jit.pipeline import OPTIONS
from hebbstat.engine.runtime.reductions import reduce_quantile
from hebbstat.network import instantiate


@njit(**OPTIONS)
def reduced(start, post, in_degree, values, out, q, by_cell, until):
    reduce_quantile(start, post, in_degree, values, out, q, by_cell, until)


def quantiles(post: np.ndarray, values: np.ndarray, cells: int, q: float) -> np.ndarray:
    """By the kernel, from a row of synapses in no order of their cells."""
    start, in_degree = np.array([0, len(post)]), np.bincount(post, minlength=cells)
    out, by_cell, until = np.full(cells, np.nan), np.empty_like(values), np.empty(cells, np.int64)
    reduced(start, post.astype(np.uint32), in_degree, values, out, q, by_cell, until)
    return out


@given(
    synapses=st.integers(0, 200), q=st.sampled_from([0.0, 0.2, 0.5, 0.8, 0.99, 1.0]), seed=st.integers(0, 99),
    values=st.integers(1, 60), real=st.sampled_from([np.float32, np.float64]),
)  # fmt: skip
def test_quantiles_are_those_of_numpy(synapses: int, q: float, seed: int, values: int, real: type) -> None:
    rng, cells = np.random.default_rng(seed), 7
    post, w = rng.integers(0, cells, synapses), rng.integers(0, values, synapses).astype(real)  # with many alike
    of_cell = [w[post == i].astype(float) for i in range(cells)]
    wanted = [np.quantile(some, q) if some.size else 0.0 for some in of_cell]
    np.testing.assert_allclose(quantiles(post, w, cells, q), wanted, rtol=1e-12)


def test_values_that_are_no_numbers_end_in_no_endless_loop() -> None:
    w = np.array([np.nan, 1.0, np.nan, 3.0, 2.0, np.inf, -np.inf])
    assert quantiles(np.zeros(7, int), w, 1, 0.5).shape == (1,)


class Sparing(SparingScaling):
    """With the middle, and the extremes, to look at."""

    middle = hs.PerPost.reduce("w", hs.quantile(0.5))
    least = hs.PerPost.reduce("w", hs.quantile(0.0))

    @staticmethod
    def on_tick(w, large, middle, least, share):
        return -share * w if w < large else 0.01 * (middle - least)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("delay", [1.0, hs.Uniform(0.5, 4.0)])
def test_scaling_that_spares_the_largest_equals_the_reference(threads: int, delay: object, plain: None) -> None:
    net = hs.Network(dt=0.5, seed=8)
    a, b = net.add(hs.PoissonSource(rate=60.0), 25, "a"), net.add(hs.LIF(), 9, "b")
    rules = [hs.PairSTDP(), Sparing(share=0.1, period=20.0), hs.HardBounds(0.0, 9.0)]
    net.connect(a, b, hs.FixedProbability(0.4), weight=hs.LogNormal(2.0, cv=0.6), delay=delay, name="p", rules=rules)
    net.connect(a, b, hs.FromPairs([0, 1], [0, 0]), weight=1.0, name="few", rules=[Sparing(period=20.0)])
    compare(instantiate(net), steps=300, threads=threads)


def test_it_is_compiled_too() -> None:
    net = hs.Network(dt=1.0, seed=8)
    a, b = net.add(hs.PoissonSource(rate=60.0), 40, "a"), net.add(hs.LIF(), 5, "b")
    net.connect(a, b, hs.AllToAll(), weight=hs.LogNormal(2.0, cv=0.6), name="p", rules=[Sparing(period=50.0)])
    sim = hs.Simulation(net, dtype="float32", quiet=True, threads=2)
    begin = sim.weights("p").reshape(40, 5)
    sim.run(steps=50)
    large = np.quantile(begin.astype(float), 0.8, axis=0)
    np.testing.assert_allclose(sim.state("p", "Sparing.large"), large, rtol=1e-6)
    assert ((sim.weights("p").reshape(40, 5) < begin) == (begin < large)).all()


class Share(hs.Plasticity):
    """A neuron's weights of all its projections are held to one sum: each takes part by its share."""

    aim: hs.units.Weight = 40.0
    period: hs.units.Ms = 15.0

    whole = hs.PerPost.reduce("w", "sum", over="neuron")
    middle = hs.PerPost.reduce("w", "mean", over="neuron")
    number = hs.PerPost.reduce("w", "count", over="neuron")
    largest = hs.PerPost.reduce("w", "max", over="neuron")
    least = hs.PerPost.reduce("w", "min", over="neuron")
    own = hs.PerPost.reduce("w", "sum")

    @staticmethod
    def on_tick(w, whole, middle, number, largest, least, own, aim):
        return 0.1 * w * (aim - whole) / whole + 0.001 * (middle - least) * number - 0.001 * (largest - own / 9.0)


class Load(hs.PopulationRule):
    """A threshold follows the sum of a neuron's weights."""

    acts_on = "v_threshold"
    period: hs.units.Ms = 10.0

    whole = hs.PerNeuron.reduce("w", "sum")
    most = hs.PerNeuron.reduce("w", "max")
    seen = hs.PerNeuron.state()

    @seen.on_tick
    def _(most):
        return most

    @staticmethod
    def on_tick(whole, seen):
        return 0.01 * (whole - 30.0) + 0.001 * seen


def crowd() -> hs.Network:
    net = hs.Network(dt=0.5, seed=8)
    a, d = net.add(hs.PoissonSource(rate=60.0), 25, "a"), net.add(hs.PoissonSource(rate=30.0), 10, "d")
    b = net.add(hs.LIF(), 9, "b", rules=[Load()])
    stdp = [hs.PairSTDP(), hs.HardBounds(0.0, 9.0)]
    net.connect(a, b, hs.FixedProbability(0.4), weight=hs.LogNormal(2.0, cv=0.6), name="p", rules=[*stdp, Share()])
    net.connect(d, b, hs.FixedProbability(0.5), weight=1.5, delay=hs.Uniform(0.5, 4.0), name="late", rules=stdp)
    net.connect(d, b, hs.FromPairs([0, 1], [0, 4]), weight=0.7, name="static")
    net.connect(b, b, hs.AllToAll(), weight=0.5, delay=1.0, name="own", rules=[Share(period=30.0)])
    return net


@pytest.mark.parametrize("threads", [1, 3])
def test_reductions_over_all_projections_equal_the_reference(threads: int, plain: None) -> None:
    compare(instantiate(crowd()), steps=400, threads=threads)


def test_they_are_what_the_weights_are_at_the_tick(plain: None) -> None:
    sim = hs.Simulation(crowd(), dtype="float64", quiet=True, threads=2)
    sim.run(ms=9.5)
    sums = np.zeros(9)
    for name in ("p", "late", "static", "own"):
        np.add.at(sums, sim.pairs(name)[1], np.broadcast_to(sim.weights(name), len(sim.pairs(name)[1])))
    sim.run(ms=0.5)
    moved = sim.state("b", "Load.whole") - sums
    assert abs(moved).max() < 1.0 and abs(moved).min() < 1e-9, "but for what the last step's spikes changed"


class Count(hs.Plasticity):
    """Synapses count their events, slow ones in float64; what a neuron's synapses have counted acts on all of them."""

    period: hs.units.Ms = 12.0

    heard = hs.PerSynapse.state()
    kept = hs.PerSynapse.state(1.0, slow=True)
    whole = hs.PerPost.reduce("heard", "sum")
    most = hs.PerPost.reduce("kept", "max")
    middle = hs.PerPost.reduce("kept", hs.quantile(0.3))
    usual = hs.PerPost.reduce("w", hs.quantile(0.6))

    @heard.on_pre
    def _(heard):
        return heard + 1.0

    @kept.on_post
    def _(kept, w):
        return kept + 0.01 * w

    @staticmethod
    def on_tick(heard, whole, kept, most, middle, w, usual):
        return 0.01 * (heard - 0.1 * whole) + 0.01 * (most - kept) - 0.001 * middle + 0.001 * (usual - w)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("delay", [1.0, hs.Uniform(0.5, 4.0)])
def test_states_of_synapses_are_reduced_as_in_the_reference(threads: int, delay: object, plain: None) -> None:
    net = hs.Network(dt=0.5, seed=8)
    a, b = net.add(hs.PoissonSource(rate=60.0), 25, "a"), net.add(hs.LIF(i_ext=180.0), 9, "b")
    rules = [Count(), hs.HardBounds(0.0, 9.0)]
    net.connect(a, b, hs.FixedProbability(0.4), weight=hs.LogNormal(2.0, cv=0.6), delay=delay, name="p", rules=rules)
    compare(instantiate(net), steps=300, threads=threads)
