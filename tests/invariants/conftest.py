"""Two networks for tests of invariants: one is always compiled; the other is plain Python but in `make verify`.

Tests that run a network some dozen times take the second in `make verify` only: so often, plain Python is slower than
compiling. `test_every_mechanism.py` tells it, and others, once in pieces, with threads, files and probes.
"""

from __future__ import annotations

import pytest
from helpers.compositions import FEW

COMPILED, OTHER = FEW


ALWAYS = pytest.param((COMPILED, "compiled"), id=f"{COMPILED}")
IN_VERIFY = pytest.param((OTHER, "compiled"), id=f"{OTHER}", marks=pytest.mark.verify)
PLAIN = pytest.param((OTHER, "plain"), id=f"{OTHER}-plain")


@pytest.fixture(params=[ALWAYS, PLAIN, IN_VERIFY])
def structure(request: pytest.FixtureRequest) -> int:
    """The seed of a network that a test runs a few times."""
    seed, how = request.param
    if how == "plain":
        request.getfixturevalue("plain")
    return int(seed)


@pytest.fixture(params=[ALWAYS, IN_VERIFY])
def structure_run_often(request: pytest.FixtureRequest) -> int:
    """The seed of a network that a test runs some dozen times."""
    return int(request.param[0])
