"""What tests of faults share."""

from collections.abc import Iterator

import pytest
from strangers.interpreted import plain_kernels


@pytest.fixture
def plain() -> Iterator[None]:
    """Kernels run as the plain Python that they are written in: this tests what the engine wrote, uncompiled."""
    with plain_kernels():
        yield
