"""Rules on rates against what theory says of them: which rates are paired, a sliding threshold, covariances.

Row R15 of `published/` has principal components, selectivity and constraints.
"""

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


def test_a_rate_is_paired_with_the_response_that_it_made(plain: None) -> None:
    """Inputs that change at every step, independently: with x of another step the norm would be 0."""
    inputs = np.random.default_rng(2).multivariate_normal(np.zeros(3), CORRELATED, 8000)
    w = weights_after(network(inputs, [hs.Oja(eta=2e-3)], [0.5, 0.1, 0.1], every=1.0), 8000, last=60)
    assert np.linalg.norm(w) == pytest.approx(1.0, abs=0.03)


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
