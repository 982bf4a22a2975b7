"""Between trials: new spikes for sources, modulators moved from outside; the same bits however a run is cut."""

from __future__ import annotations

import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hebbstat as hs
from hebbstat.contract.errors import BadValueError, CheckpointError, ContractError, UnknownNameError
from hebbstat.engine.checkpoint import archive
from hebbstat.engine.run.oversubscription import repartition
from hebbstat.engine.state.global_state import digest, gather
from hebbstat.engine.state.trains import NAME

pytestmark = pytest.mark.usefixtures("plain")
DT, STEPS = 0.5, 60


def network(spikes: tuple | None = None) -> hs.Network:
    net = hs.Network(dt=DT, seed=3)
    net.add(hs.SpikeSource(), 6, "in", spikes=spikes)
    net.add(hs.LIF(tau_m=10.0), 4, "out")
    net.add_rule(hs.Neuromodulator(tau=20.0), "DA")
    rules = [hs.gated(hs.PairSTDP(A_plus=0.02), by=lambda DA: 0.3 + DA), hs.HardBounds(0.0, 6.0)]
    net.connect("in", "out", hs.AllToAll(), weight=3.0, delay=hs.Uniform(0.5, 3.0), receptor=hs.AMPA(), rules=rules)
    return net


def plan(seed: int, first: int, last: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Random spikes in the steps from `first` to `last`."""
    rng = np.random.default_rng(seed)
    return DT * (rng.integers(first, last, n) + 1), rng.integers(0, 6, n)


def left(sim: hs.Simulation) -> str:
    """All that there is, but for spikes that are to come."""
    return digest({key: value for key, value in gather(sim.core).items() if not key.endswith(NAME)})


@given(st.lists(st.integers(1, 15), min_size=1, max_size=6), st.integers(0, 99), st.sampled_from([1, 2, 3]))
def test_trials_are_one_run_with_the_whole_plan(lengths: list[int], seed: int, threads: int) -> None:
    bounds = np.cumsum([0, *lengths]).tolist()
    trials = [plan(seed + k, a, b, 5) for k, (a, b) in enumerate(pairwise(bounds))]
    whole = hs.Simulation(network(tuple(map(np.concatenate, zip(*trials, strict=True)))), threads=1, quiet=True)
    found = whole.run(steps=bounds[-1], record=[hs.Spikes("out"), hs.Spikes("in")])
    sim = hs.Simulation(network(), threads=threads, quiet=True)
    parts = []
    for (times, neurons), steps in zip(trials, lengths, strict=True):
        sim.give_spikes("in", times, neurons)
        parts.append(sim.run(steps=steps, record=[hs.Spikes("out"), hs.Spikes("in")]))
    for name in ("out.spikes", "in.spikes"):
        for of in ("time", "neuron"):
            together = np.concatenate([part[name][of].values for part in parts])
            assert np.array_equal(together, found[name][of].values)
    assert left(sim) == left(whole)


def test_engine_and_reference_agree_on_trials() -> None:
    engine, reference = hs.Simulation(network(), threads=2, dtype="float64"), hs.ReferenceSimulation(network())
    for trial in range(3):
        for sim in (engine, reference):
            sim.give_spikes("in", *plan(trial, 20 * trial, 20 * trial + 30, 25))  # the last third is replaced
            with sim.frozen():
                sim.give_spikes("in", [DT * (20 * trial + 2)] * 6, range(6))
                sim.run(steps=7)
            sim.run(steps=20)
        assert np.allclose(engine.weights("in -> out"), reference.weights("in -> out"), atol=1e-12)
        assert np.allclose(engine.state("out", "v"), reference.state("out", "v"), atol=1e-9)


def test_what_is_to_come_is_saved_and_put_back(tmp_path) -> None:
    sim = hs.Simulation(network(), threads=2, quiet=True)
    sim.give_spikes("in", *plan(1, 0, STEPS, 40))
    sim.run(steps=20)
    before = digest(gather(sim.core))
    with sim.frozen():
        sim.give_spikes("in", [15.0], [0])
        sim.run(steps=30)
    assert digest(gather(sim.core)) == before
    loaded = hs.Simulation.load(sim.save(tmp_path / "cut.ckpt"), network(), threads=1, quiet=True)
    for one in (sim, loaded):
        one.run(steps=20)
    assert digest(gather(loaded.core)) == digest(gather(sim.core)) != before
    repartition(sim.core, 3)
    for one in (sim, loaded):
        one.run(steps=20)
    assert digest(gather(loaded.core)) == digest(gather(sim.core))


@pytest.mark.parametrize("wrong", [np.array([[10**6], [6]]), np.array([[5], [0]]), np.array([[50, 50], [1, 1]]),
                                   np.array([50.0, 1.0]), np.array([[50, 40], [1, 1]])])  # fmt: skip
def test_trains_in_a_file_that_cannot_be_are_refused(tmp_path, wrong: np.ndarray) -> None:
    sim = hs.Simulation(network(), threads=1, quiet=True)
    sim.give_spikes("in", [25.0], [0])
    sim.run(steps=20)
    header, arrays = archive.read(sim.save(tmp_path / "a.ckpt"))
    (name,) = (key for key in arrays if key.endswith(NAME))
    archive.write(tmp_path / "b.ckpt", header, arrays | {name: wrong})
    with pytest.raises(CheckpointError):
        hs.Simulation.load(tmp_path / "b.ckpt", network(), quiet=True)


@pytest.mark.parametrize("kind", [hs.Simulation, hs.ReferenceSimulation])
def test_spikes_that_cannot_be_are_refused(kind: type) -> None:
    sim = kind(network())
    sim.run(steps=10)
    for times, neurons, text in (
        ([5.0], [0], r"spikes of 'in' at 5 ms: the earliest possible time is the end of the next step, 5.5 ms"),
        ([9.0], [6], "neurons must be whole numbers from 0 to 5"),
        ([9.0, 10.0], [1], "two lists of one length"),
        ([np.nan], [1], "times must be finite"),
        (["a"], [1], "must be numbers"),
    ):
        with pytest.raises(BadValueError, match=text):
            sim.give_spikes("in", times, neurons)
    with pytest.raises(ContractError, match="LIF of 'out' does not fire when told to"):
        sim.give_spikes("out", [9.0], [0])
    with pytest.raises(UnknownNameError):
        sim.give_spikes("inn", [9.0], [0])


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6))
def test_pulses_give_the_same_bits_however_a_run_is_cut(lengths: list[int]) -> None:
    def told(cuts: bool) -> hs.Simulation:
        sim = hs.Simulation(network(plan(2, 0, 72, 60)), threads=1, quiet=True)
        for steps in lengths:
            sim.modulator("DA").pulse(0.7)
            for piece in [1] * steps if cuts else [steps]:
                sim.run(steps=piece)
        return sim

    assert digest(gather(told(True).core)) == digest(gather(told(False).core))


def test_a_modulator_is_a_number_that_can_be_moved() -> None:
    sim = hs.Simulation(network(), threads=1, dtype="float64", quiet=True)
    dopamine = sim.modulator("DA")
    dopamine.pulse(0.5)
    dopamine.pulse(0.25)  # to what there is now, not to what there was
    assert (dopamine, sim.modulator("DA"), sim.state("DA", "c")[0]) == (0.0, 0.75, 0.75)
    sim.run(ms=20.0)
    assert sim.modulator("DA.c") == pytest.approx(0.75 * np.exp(-1.0), rel=1e-12)
    sim.modulator("DA").set(2.0)
    assert sim.modulator("DA") == 2.0
    assert type(pickle.loads(pickle.dumps(dopamine))) is float
    for wrong in (np.nan, "a", None):
        with pytest.raises(BadValueError, match="pulse"):
            dopamine.pulse(wrong)
