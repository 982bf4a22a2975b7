"""The same bits for any number of threads, chunks, recorders and flushes; nothing slow moves when frozen."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import xarray as xr
from compositions import compose

import homeostat as hs
from homeostat.network import realise

STEPS = 600
SEEDS = (1, 4, 6)


def fingerprint(sim: hs.Simulation, spikes: list) -> str:
    """A hash of all weights, neuron states and spikes."""
    digest = hashlib.sha256()
    for name in sim.net.projections:
        digest.update(sim.weights(name).tobytes())
    for population in sim.net.populations.values():
        for state in population.neuron.states:
            digest.update(sim.state(population, state).tobytes())
    for data in spikes:
        digest.update(data.time.values.tobytes() + data.neuron.values.astype(np.int32).tobytes())
    return digest.hexdigest()


def run(
    seed: int,
    threads: int = 1,
    chunks: tuple[int, ...] = (STEPS,),
    flush: bool = False,
    more: bool = False,
    dtype: str = "float32",
) -> str:
    """Run a composition in chunks and return its fingerprint."""
    net = compose(seed)
    sim = hs.Simulation(net, threads=threads, dtype=dtype, quiet=True)
    spiking = [p for p in net.populations.values() if p.spiking]
    found: list = [[] for _ in spiking]
    for steps in chunks:
        record: list = [hs.Spikes(p) for p in spiking]
        if more:
            record += [
                hs.WeightSummary("inputs -> exc", every=net.dt * 7),
                hs.States("exc", "v", every=net.dt),
                hs.Rates("exc", every=net.dt * 10),
            ]
        recording = sim.run(steps=steps, record=record)
        for k, population in enumerate(spiking):
            found[k].append(recording[f"{population.name}.spikes"])
        if flush:
            sim.settle()
    return fingerprint(sim, [xr.concat(parts, "spike") for parts in found])


@pytest.mark.parametrize("seed", SEEDS)
def test_threads_chunks_recorders_and_flushes_change_no_bit(seed: int) -> None:
    whole = run(seed)
    assert whole != run(seed + 1)  # the fingerprint can tell networks apart
    for threads in (2, 3, 4):
        assert run(seed, threads) == whole, f"{threads} threads"
    assert run(seed, chunks=(1, 17, 200, 382)) == whole, "chunks"
    assert run(seed, 2, chunks=(599, 1), more=True) == whole, "recorders"
    assert run(seed, chunks=(1,) * STEPS, flush=True) == whole, "a flush at every step"


@pytest.mark.verify
@pytest.mark.parametrize("case", range(200))
def test_many_cases(case: int) -> None:
    rng = np.random.default_rng(case)
    seed = int(rng.integers(100, 150))
    cuts = np.sort(rng.choice(np.arange(1, STEPS), int(rng.integers(1, 5)), replace=False))
    chunks = tuple(int(c) for c in np.diff([0, *cuts, STEPS]))
    assert run(seed) == run(
        seed, int(rng.integers(1, 5)), chunks, flush=bool(rng.integers(2)), more=bool(rng.integers(2))
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_frozen_moves_no_slow_state_and_leaves_no_mark(seed: int, dtype: str) -> None:
    whole = run(seed, dtype=dtype)
    net = compose(seed)
    sim = hs.Simulation(net, threads=2, dtype=dtype, quiet=True)
    sim.run(steps=250)
    before = {name: sim.weights(name) for name in net.projections}
    with sim.frozen():
        sim.run(steps=123)
        for name, weights in before.items():
            assert np.array_equal(sim.weights(name), weights), name
    assert sim.step_count == 250
    spiking = [p for p in net.populations.values() if p.spiking]
    sim.run(steps=STEPS - 250)
    other = hs.Simulation(net, threads=1, dtype=dtype, quiet=True)
    other.run(steps=STEPS)
    assert fingerprint(sim, []) == fingerprint(other, [])
    assert spiking and whole


def test_frozen_probe_without_restore_goes_on_in_time() -> None:
    sim = hs.Simulation(compose(1), threads=1, quiet=True)
    sim.run(steps=100)
    weights = sim.weights("inputs -> exc")
    with sim.frozen(restore_state=False):
        sim.run(steps=50)
    assert sim.step_count == 150
    assert np.array_equal(sim.weights("inputs -> exc"), weights)


def test_engine_equals_reference_when_frozen() -> None:
    made = realise(compose(4))
    sim = hs.Simulation(made, threads=2, dtype="float64", quiet=True)
    reference = hs.ReferenceSimulation(realise(compose(4)))
    for restore in (True, False):
        sim.run(steps=100)
        reference.run(100)
        with sim.frozen(restore_state=restore), reference.frozen(restore=restore):
            sim.run(steps=60)
            reference.run(60)
    sim.run(steps=100)
    reference.run(100)
    for name in made.network.projections:
        np.testing.assert_allclose(sim.weights(name), reference.weights(name), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(sim.state("exc", "v"), reference.state("exc", "neuron", "v"), rtol=1e-9)
