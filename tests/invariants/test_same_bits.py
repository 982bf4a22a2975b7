"""The same bits for any number of threads, any cuts of `run`, any recorders, flushes at any moment, watched or not.

Fast tests try many cases on one structure, because each structure is compiled; `make verify` tries 200 cases on new
structures each time.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

import hypothesis
import pytest
from helpers.cases import RECORDERS, STEPS, Case, cases, run
from hypothesis import given, settings
from hypothesis import strategies as st

BLOCKS, STRUCTURES_OF_A_BLOCK, CASES_OF_A_BLOCK = 8, 6, 25


def test_nothing_that_should_not_changes_a_bit(structure_run_often: int) -> None:
    structure = structure_run_often
    whole = run(structure)
    assert whole != run(structure, seed=structure + 1000)  # the fingerprint can tell runs apart

    @settings(max_examples=12)
    @given(cases())
    def holds(case: Case) -> None:
        assert run(structure, case) == whole

    holds()
    assert run(structure, Case(2, every=1, record=frozenset(RECORDERS))) == whole, "looked at in every step"
    assert run(structure, Case(cuts=tuple(range(1, STEPS)), flushes=tuple(range(1, STEPS)))) == whole, "flushed in each"


@pytest.mark.verify
@pytest.mark.parametrize("block", range(BLOCKS))
def test_two_hundred_random_cases(block: int, record_property: Callable[[str, object], None]) -> None:
    chosen = secrets.randbits(31)
    structures = [(chosen + k) % 2**31 for k in range(STRUCTURES_OF_A_BLOCK)]
    tried = []

    @hypothesis.seed(chosen)
    @settings(max_examples=CASES_OF_A_BLOCK, database=None, phases=[hypothesis.Phase.generate])
    @given(st.sampled_from(structures), cases())
    def holds(structure: int, case: Case) -> None:
        tried.append(structure)
        assert run(structure, case) == run(structure)

    holds()
    said = f"{len(tried)} cases on structures {structures}"
    record_property("said", f"same bits, seed {chosen}: {said}")
    assert len(tried) >= CASES_OF_A_BLOCK, said
