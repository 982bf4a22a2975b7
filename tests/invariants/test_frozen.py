"""Nothing slow moves in a frozen simulation, and a probe leaves no mark."""

from __future__ import annotations

import numpy as np
from helpers.cases import STEPS, fingerprint
from helpers.compositions import compose
from hypothesis import given, settings
from hypothesis import strategies as st

import hebbstat as hs
from hebbstat.network import instantiate


def test_frozen_leaves_all_slow_state_and_no_mark(structure_run_often: int) -> None:
    structure = structure_run_often
    plain = hs.Simulation(compose(structure), threads=1, quiet=True)
    plain.run(steps=STEPS, watch=None)
    whole = fingerprint(plain)
    assert fingerprint(plain, slow=True) != fingerprint(hs.Simulation(compose(structure), quiet=True), slow=True)

    @settings(max_examples=12)
    @given(st.integers(0, STEPS), st.integers(1, 300), st.integers(1, 4), st.booleans())
    def holds(moment: int, steps: int, threads: int, restore: bool) -> None:
        sim = hs.Simulation(compose(structure), threads=threads, quiet=True)
        if moment:
            sim.run(steps=moment, watch=None)
        slow = fingerprint(sim, slow=True)
        with sim.frozen(restore=restore):
            sim.run(steps=steps, watch=None)
            assert fingerprint(sim, slow=True) == slow
        assert fingerprint(sim, slow=True) == slow
        assert sim.step_count == (moment if restore else moment + steps)
        if restore and moment < STEPS:
            sim.run(steps=STEPS - moment, watch=None)
        assert not restore or fingerprint(sim) == whole

    holds()


def test_engine_equals_reference_when_frozen(structure: int) -> None:
    made = instantiate(compose(structure))
    sim = hs.Simulation(made, threads=2, dtype="float64", quiet=True)
    reference = hs.ReferenceSimulation(instantiate(compose(structure)))
    for restore in (True, False):
        sim.run(steps=100)
        reference.run(steps=100)
        with sim.frozen(restore=restore), reference.frozen(restore=restore):
            sim.run(steps=60)
            reference.run(steps=60)
    sim.run(steps=100)
    reference.run(steps=100)
    for name in made.network.projections:
        np.testing.assert_allclose(sim.weights(name), reference.weights(name), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(sim.state("exc", "v"), reference.peek("exc", "neuron", "v"), rtol=1e-9)
