"""Two networks that tests run in many ways: one is always compiled; the other is plain Python but in `make verify`."""

from __future__ import annotations

import pytest
from helpers.compositions import FEW

COMPILED, OTHER = FEW


@pytest.fixture(
    params=[
        pytest.param((COMPILED, "compiled"), id=f"{COMPILED}"), pytest.param((OTHER, "plain"), id=f"{OTHER}-plain"),
        pytest.param((OTHER, "compiled"), id=f"{OTHER}", marks=pytest.mark.verify),
    ]
)  # fmt: skip
def structure(request: pytest.FixtureRequest) -> int:
    """The seed of one of them."""
    seed, how = request.param
    if how == "plain":
        request.getfixturevalue("plain")
    return int(seed)
