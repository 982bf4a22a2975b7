"""The engine and the plain-Python reference are equal in float64: spikes exactly, values within 1e-9."""

from __future__ import annotations

import pytest
from comparing import compare
from compositions import compose

from homeostat.network import realise

SMALL = (1, 2, 3, 4, 6, 13, 16, 23)  # few parts, so soon compiled; together every kind of rule and release


@pytest.mark.parametrize("seed", SMALL)
def test_random_composition(seed: int) -> None:
    compare(realise(compose(seed)), steps=400)


@pytest.mark.verify
@pytest.mark.parametrize("seed", range(100, 300))
def test_many_random_compositions(seed: int) -> None:
    compare(realise(compose(seed)), steps=600)
