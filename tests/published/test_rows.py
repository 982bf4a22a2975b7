"""Every published row, at its step and at half of it; and every mutation: a wrong version that its row must catch.

`make verify ARGS=tests/published` measures all and writes docs/published/NAME.json; a row that was recorded with the
same code is not measured again, so a run that was cut short goes on. `-k "mutation and R9"` picks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from published.expected import MET, NOT_MET, VARIABLE, above, alike, below, between, most, near
from published.row import Row, recorded, rows

import hebbstat as hs


@pytest.mark.parametrize("name", [name for name, row in rows().items() if row.quick])
def test_row(name: str) -> None:
    """The quick ones; not recorded."""
    row = rows()[name]
    for dt in row.steps:
        values = row.values(dt)
        wrong = [f"{k} = {values[k]}, {row.expected[k].text}" for k, v in row.verdicts(values).items() if v == NOT_MET]
        assert bool(wrong) == bool(row.because), f"{name} with dt={dt}: " + "; ".join(wrong)


@pytest.mark.verify
@pytest.mark.parametrize("name", rows())
def test_row_is_recorded(name: str, record_property: Any) -> None:
    """All of them; a miss is told with its reason, or it is a fault."""
    row, record = rows()[name], recorded(rows()[name])
    record_property("said", f"{name} {record['verdict']}")
    assert (record["verdict"] == NOT_MET) == bool(row.because), record["numbers"]


def missed(row: Row) -> set[str]:
    """The numbers of a row that are not met anyway: a mutation must show in another."""
    numbers = recorded(row)["numbers"] if row.because else {}
    return {number for number, one in numbers.items() if one["verdict"] == NOT_MET}


MUTATIONS = [
    pytest.param(name, mutation, marks=() if row.quick else pytest.mark.verify, id=f"{name}: {mutation}")
    for name, row in rows().items()
    for mutation in row.mutations
]


@pytest.mark.parametrize(("name", "mutation"), MUTATIONS)
def test_mutation_is_caught(name: str, mutation: str) -> None:
    row = rows()[name]
    values = row.values(row.dt, row.mutations[mutation])
    wrong = {number for number, verdict in row.verdicts(values).items() if verdict == NOT_MET}
    assert wrong - missed(row), f"{name} does not notice: {mutation}: {values}"


def test_every_row_names_mechanisms_that_there_are() -> None:
    for row in rows().values():
        assert all(hasattr(hs, name) for name in row.of), row.name
        assert "doi:" in row.source and row.expected, row.name


def test_what_is_expected_can_fail() -> None:
    seeds = np.array([1.0, 2.0, 3.0])
    assert near(2.0, within=0.1).judge(seeds) == near(2.1, rel=0.05).judge(seeds) == MET
    assert near(2.2, within=0.1).judge(seeds) == near(2.2, rel=0.05).judge(seeds) == NOT_MET
    assert between(1.0, 2.0).judge(seeds) == above(1.9).judge(seeds) == below(2.1).judge(seeds) == MET
    assert between(2.1, 3.0).judge(seeds) == above(2.0).judge(seeds) == below(2.0).judge(seeds) == NOT_MET
    assert most(0.6, above(1.5)).judge(seeds) == MET and most(0.7, above(1.5)).judge(seeds) == NOT_MET
    draws = np.random.default_rng(1).normal(size=(4, 200))
    assert alike(draws[0], "normal").judge(draws[1:]) == VARIABLE
    assert alike(draws[0] + 1.0, "shifted").judge(draws[1:]) == NOT_MET
    assert near(float("nan"), within=1.0).judge(seeds) == near(0.0, within=9.0).judge(seeds * np.nan) == NOT_MET
