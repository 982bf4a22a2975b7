"""A9: what is rare comes as rarely in float32 as it should."""

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.contract import random
from hebbstat.engine.jit.pipeline import kernel
from hebbstat.engine.runtime import uniform32


@kernel
def draws(bits, out):
    for k in range(bits.size):
        out[k] = uniform32(bits[k])


def float32_of(values):
    """The draws of 64 random bits each."""
    out = np.empty(len(values), np.float32)
    draws(np.asarray(values, np.uint64), out)
    return out


def test_a9_uniform_draws_are_fine_near_0_and_below_1():
    rng = np.random.default_rng(3)
    bits = rng.integers(0, 2**64, 4000, dtype=np.uint64)
    small = bits >> rng.integers(0, 60, 4000).astype(np.uint64)
    for given in (bits, small):
        exact = np.array([random.uniform(int(b)) for b in given])
        np.testing.assert_allclose(float32_of(given), exact, rtol=2.0**-23, atol=2.0**-53)
    assert float32_of([2**64 - 1])[0] < 1.0
    assert float32_of([2**64 - 1])[0] == np.float32(1 - 2**-24)


@pytest.mark.parametrize("p", [1e-8, 3e-8, 1e-10, 1e-13, 1e-3, 0.3])
def test_a9_the_probability_of_being_below_p_is_p(p):
    """Draws ascend with their bits, so those below p are the first ones: bisection counts them."""
    below, above = 0, 2**64 - 1
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if float32_of([middle])[0] < np.float32(p) else (below, middle)
    assert above / 2.0**64 == pytest.approx(float(np.float32(p)), rel=2.0**-22, abs=2.0**-55)


def test_a9_slow_poisson_cells_fire_at_their_rate():
    net = hs.Network(dt=0.1, seed=1)
    net.add(hs.PoissonSource(rate=2e-3), 50_000, "a")  # p = 2e-7, three spacings of the old draws
    run = hs.Simulation(net, quiet=True, threads=1).run(steps=30_000, record=[hs.Spikes("a")])
    expected = 2e-3 * 50_000 * 3.0
    assert abs(run["a.spikes"].sizes["spike"] - expected) < 5 * np.sqrt(expected)
