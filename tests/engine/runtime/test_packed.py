"""Kernels find in a packed tuple what was put into it."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from hebbstat.engine.jit.pipeline import inline, kernel
from hebbstat.engine.runtime.arguments import Packed, unpack

Group = namedtuple("Group", "line plane small whole real narrow yes no last")


@inline
def summed(group):
    group = unpack(group)
    total = group.whole + group.real + group.narrow
    for i in range(group.plane.shape[0]):
        for j in range(group.plane.shape[1]):
            total += group.plane[i, j] * (i + 1)
    return total + group.line.sum() + group.small.size + group.last


@kernel
def read(group):
    group.line[1] = 7.0
    return summed(group), group.yes, group.no, group.whole, group.narrow


@pytest.fixture
def values() -> tuple:
    plane = np.arange(6, dtype=np.int32).reshape(2, 3)
    return (
        np.array([0.5, 0.25]), plane, np.zeros(3, np.uint16), -3, np.float64(0.125), np.float32(1.5), True, False,
        np.uint64(1),
    )  # fmt: skip


def test_arrays_and_numbers_come_back(values: tuple) -> None:
    total, yes, no, whole, narrow = read(Packed(Group(*values)))
    assert (yes, no, whole, narrow) == (True, False, -3, 1.5)
    assert values[0].tolist() == [0.5, 7.0], "kernels write to the arrays themselves"
    assert total == -3 + 0.125 + 1.5 + (0 + 1 + 2) + 2 * (3 + 4 + 5) + 7.5 + 3 + 1


def test_tuples_of_the_same_name_and_other_types_are_told_apart(values: tuple) -> None:
    narrow = (values[0].astype(np.float32), *values[1:])
    assert read(Packed(Group(*values)))[0] == read(Packed(Group(*narrow)))[0]


def test_what_is_no_field_is_refused(values: tuple) -> None:
    @kernel
    def wrong(group):
        return group.absent

    with pytest.raises(Exception, match="absent"):
        wrong(Packed(Group(*values)))
