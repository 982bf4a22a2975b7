"""Many Poisson sources at once: any number of spikes in a step, distributed as they should be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from helpers.comparing import compare

import hebbstat as hs

TRIED = [(1.0, 10.0, 0.1), (1600.0, 8.0, 0.1), (2500.0, 10.0, 1.0), (8000.0, 10.0, 1.0)]  # sources, Hz, ms: 0.001 to 80


def counts(sources: object, rate: object, dt: float, dtype: str, n: int, times: int) -> np.ndarray:
    net = hs.Network(dt=dt, seed=3)
    net.add(hs.PoissonInput(sources, source_rate=rate), n, "in")
    sim = hs.Simulation(net, dtype=dtype, threads=1, quiet=True)
    found = []
    for _ in range(times):
        sim.run(steps=1)
        found.append(sim.state("in", "rate"))
    return np.array(found)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("sources", "rate", "dt"), TRIED)
def test_counts_have_the_distribution_of_poisson(sources: float, rate: float, dt: float, dtype: str) -> None:
    """Chi-squared over all counts that come often enough; mean and variance are both sources * rate * dt."""
    from scipy.stats import chi2, poisson

    mean = sources * rate * dt / 1000.0
    found = counts(sources, rate, dt, dtype, 20_000, 5).ravel()
    assert np.array_equal(found, np.rint(found)) and found.min() >= 0
    assert found.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / found.size))
    assert found.var() == pytest.approx(mean, abs=4 * np.sqrt((mean + 2 * mean**2) / found.size))
    seen = np.bincount(found.astype(int), minlength=200)
    expected = poisson.pmf(np.arange(len(seen)), mean) * found.size
    often = expected > 5.0
    error = float(((seen - expected) ** 2 / expected)[often].sum())
    assert error < chi2.ppf(1.0 - 1e-4, often.sum())
    assert seen[~often].sum() < 60


def test_each_cell_has_its_own_number_and_steps_are_independent() -> None:
    found = counts(np.array([10.0, 100.0, 1000.0]), 20.0, 1.0, "float64", 3, 4000)
    assert np.allclose(found.mean(axis=0), [0.2, 2.0, 20.0], rtol=0.08)
    assert abs(np.corrcoef(found[:-1, 1], found[1:, 1])[0, 1]) < 0.06
    assert abs(np.corrcoef(found[:, 1], found[:, 2])[0, 1]) < 0.06


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_it_drives_cells_one_to_one_as_the_reference_says(threads: int) -> None:
    """From parts of populations, too, so that some threads have rows of a part of the sources only."""
    net = hs.Network(dt=0.5, seed=6)
    ramp = hs.TimedArray(np.array([5.0, 40.0, 10.0]), every=20.0)
    inputs = net.add(hs.PoissonInput(sources=np.linspace(1.0, 90.0, 40), source_rate=ramp), 40, "in")
    cells = net.add(hs.LIF(i_ext=120.0), 30, "cells")
    net.connect(inputs[:30], cells, hs.OneToOne(), weight=0.7, delay=1.0, receptor=hs.AMPA())
    net.connect(inputs[35:], cells[3:8], hs.OneToOne(), weight=2.0, delay=2.5, receptor=hs.AMPA())
    net.connect(inputs, cells, hs.FixedProbability(0.1), weight=0.1, delay=hs.Uniform(0.5, 5.0), receptor=hs.AMPA())
    compare(hs.instantiate(net), steps=130)
    made = hs.instantiate(net)
    one, many = (hs.Simulation(made, threads=t, quiet=True) for t in (1, threads))
    for sim in (one, many):
        sim.run(steps=130)
    assert np.array_equal(one.state("cells", "v"), many.state("cells", "v"))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("weight", [0.7, hs.LogNormal(0.7, cv=0.5)], ids=["one weight", "many weights"])
@pytest.mark.parametrize("threads", [1, 3])
def test_each_neuron_onto_the_cell_of_its_number_is_a_loop_over_cells(weight: object, threads: int) -> None:
    net = hs.Network(dt=0.5, seed=6)
    inputs = net.add(hs.PoissonInput(sources=np.linspace(1.0, 9.0, 40), source_rate=50.0), 40, "in")
    cells = net.add(hs.LIF(i_ext=120.0), 40, "cells")
    net.connect(inputs, cells, hs.OneToOne(), weight=weight, delay=1.5, receptor=hs.AMPA())
    made = hs.instantiate(net)
    compare(made, steps=130)
    one, many = (hs.Simulation(made, threads=t, quiet=True) for t in (1, threads))
    assert "for row in" not in one.source()
    for sim in (one, many):
        sim.run(steps=130)
    assert np.array_equal(one.state("cells", "v"), many.state("cells", "v"))


def test_few_terms_count_as_many_would() -> None:
    """Up to a mean of `FEW` the loop that ends alike for all cells counts what one does that ends when it is done."""
    uniforms = np.concatenate([np.random.default_rng(0).random(20_000), 1.0 - 2.0 ** -np.arange(1.0, 53.0)])
    for mean in (0.0, 1e-9, 0.01, 0.5, 1.28, 2.32, 4.0):
        for uniform in uniforms[:: 1 if mean == 4.0 else 7].tolist():
            count, chance, below = 0, math.exp(-mean), math.exp(-mean)
            while uniform >= below and (count < mean or chance > 1e-9):
                count += 1
                chance *= mean / count
                below += chance
            assert hs.PoissonInput.output(uniform, mean, math.exp(-mean)) == count


def test_the_warning_about_lost_spikes_names_it() -> None:
    net = hs.Network(dt=1.0)
    net.add(hs.PoissonSource(rate=2000.0), 3, "fast")
    with pytest.warns(hs.NetworkWarning, match="or PoissonInput, which counts any number of spikes in a step"):
        hs.Simulation(net, quiet=True)
