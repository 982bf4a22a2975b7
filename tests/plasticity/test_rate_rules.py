"""Rules on rates against what theory says of them: principal components, selectivity, covariances, constraints."""

from __future__ import annotations

import numpy as np
import pytest

import hebbstat as hs


def network(inputs: np.ndarray, rules: list[hs.Plasticity], weight: object, every: float = 4.0) -> hs.Network:
    """Linear neurons that show `inputs` [time, inputs], each row for `every` ms, to one linear neuron."""
    net = hs.Network(dt=1.0, seed=1)
    a = net.add(hs.LinearRate(i_ext=hs.TimedArray(inputs, every=every)), inputs.shape[1], "a")
    b = net.add(hs.LinearRate(), 1, "b")
    net.connect(a, b, hs.AllToAll(), weight=weight, delay=1.0, rules=rules, name="p")
    return net


def weights_after(net: hs.Network, steps: int, last: int = 1) -> np.ndarray:
    """The mean of the last `last` looks, 50 steps apart, of the engine; the reference agrees at the beginning."""
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    for one in (sim, reference):
        one.run(steps=60)
    np.testing.assert_allclose(sim.weights("p"), reference.weights("p"), rtol=1e-9)
    sim.run(steps=steps - 60 - 50 * last)
    found = []
    for _ in range(last):
        sim.run(steps=50)
        found.append(sim.weights("p"))
    return np.mean(found, axis=0)


CORRELATED = np.array([[1.0, 0.6, 0.2], [0.6, 1.0, 0.4], [0.2, 0.4, 0.5]])


@pytest.mark.parametrize("start", [[0.2, 0.1, -0.1], [2.0, 0.0, 1.0]])
def test_oja_finds_the_first_principal_component_with_norm_one(start: list[float], plain: None) -> None:
    """Oja 1982: for small eta, |w| -> 1 and w -> the eigenvector of the largest eigenvalue, up to its sign."""
    inputs = np.random.default_rng(0).multivariate_normal(np.zeros(3), CORRELATED, 5000)
    w = weights_after(network(inputs, [hs.Oja(eta=1e-3)], start), 20_000, last=100)
    first = np.linalg.eigh(np.cov(inputs.T))[1][:, -1]
    assert np.linalg.norm(w) == pytest.approx(1.0, abs=0.01)
    assert abs(w @ first) / np.linalg.norm(w) > 0.998


def test_a_rate_is_paired_with_the_response_that_it_made(plain: None) -> None:
    """Inputs that change at every step, independently: with x of another step the norm would be 0."""
    inputs = np.random.default_rng(2).multivariate_normal(np.zeros(3), CORRELATED, 8000)
    w = weights_after(network(inputs, [hs.Oja(eta=2e-3)], [0.5, 0.1, 0.1], every=1.0), 8000, last=60)
    assert np.linalg.norm(w) == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("seed", range(4))
def test_bcm_selects_one_of_two_patterns(seed: int, plain: None) -> None:
    """Two independent patterns, equally often: the stable responses are (2, 0) and (0, 2) (Bienenstock et al. 1982)."""
    rng = np.random.default_rng(seed)
    patterns = np.array([[1.0, 0.2], [0.3, 1.0]])
    order = rng.permuted(np.tile([0, 1], (4000, 1)), axis=1).ravel()
    net = network(patterns[order], [hs.BCM(eta=2e-3, tau=100.0)], rng.uniform(0.2, 0.6, 2), every=3.0)
    response = patterns @ weights_after(net, 20_000, last=100)
    assert max(response) == pytest.approx(2.0, abs=0.1)
    assert min(response) == pytest.approx(0.0, abs=0.1)


def test_bcm_keeps_a_weak_response_from_vanishing_by_its_sliding_threshold(plain: None) -> None:
    """With one constant pattern the only stable response is y = theta = 1, from below and from above."""
    for first in (0.3, 1.6):
        w = weights_after(network(np.ones((2, 1)), [hs.BCM(eta=1e-3, tau=20.0)], first), 12_000)
        assert w[0] == pytest.approx(1.0, abs=1e-3)


def test_weights_grow_with_covariances_and_not_with_means(plain: None) -> None:
    """<dw/dt> = eta Cov(x, y), y = w . x: eta C w; the running means take a part 4 / (2 tau) of it away at most."""
    inputs = np.random.default_rng(3).multivariate_normal([5.0, 3.0], [[1.0, 0.5], [0.5, 2.0]], 12_000)
    w, eta = np.array([0.7, 0.3]), 1e-9
    net = network(inputs, [hs.Covariance(eta=eta, tau=2000.0)], w)
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(steps=12_000)  # the means have settled
    before = sim.weights("p")
    sim.run(steps=36_000)
    found = (sim.weights("p") - before) / (eta * 36_000)
    assert found == pytest.approx(np.cov(inputs[3000:].T) @ w, rel=0.05)
    hebbian = network(inputs, [hs.RateHebb(eta=eta)], w)
    sim = hs.Simulation(hebbian, dtype="float64", quiet=True)
    sim.run(steps=48_000)
    second = inputs.T @ inputs / len(inputs)  # Hebb's rule takes the means along
    assert (sim.weights("p") - w) / (eta * 48_000) == pytest.approx(second @ w, rel=0.01)


NEIGHBORS = np.exp(-0.5 * (np.subtract.outer(np.arange(6), np.arange(6)) / 1.5) ** 2)


def constrained(rule: hs.Plasticity, *bounds: hs.Plasticity) -> np.ndarray:
    inputs = np.random.default_rng(1).multivariate_normal(np.zeros(6), NEIGHBORS, 6000)
    start = np.random.default_rng(4).uniform(0.1, 0.25, 6)
    rules = [hs.RateHebb(eta=1e-3), rule, *bounds]
    return weights_after(network(inputs, rules, start / start.sum()), 24_000, last=100)


def test_a_subtractive_constraint_makes_all_but_one_weight_extreme(plain: None) -> None:
    """Miller & MacKay 1994: all weights but at most one end at a bound; the sum is kept, so they are 0.4, 0.4, 0.2."""
    w = constrained(hs.SubtractiveNormalization(total=1.0, period=1.0), hs.HardBounds(0.0, 0.4))
    assert sorted(w.tolist()) == pytest.approx([0.0, 0.0, 0.0, 0.2, 0.4, 0.4], abs=0.03)
    assert w.sum() == pytest.approx(1.0, abs=0.02)


def test_a_multiplicative_constraint_leaves_the_principal_eigenvector(plain: None) -> None:
    w = constrained(hs.WeightNormalization(total=1.0, period=1.0))
    first = np.abs(np.linalg.eigh(NEIGHBORS)[1][:, -1])
    assert w.sum() == pytest.approx(1.0, abs=1e-6)
    assert w == pytest.approx(first / first.sum(), abs=0.02)
