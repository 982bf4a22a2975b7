"""Vector helpers of kernels do what plain loops over numpy arrays do, at every length and in both precisions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from hebbstat.engine.jit.pipeline import OPTIONS
from hebbstat.engine.runtime.simd import LANES, compress_indices, gather_records
from hebbstat.engine.runtime.spikes import collect

U64 = np.uint64


@njit(**OPTIONS)
def collected(fired, ids, first, before):
    return collect(fired, ids, first, before)


@njit(**OPTIONS)
def picked(pick, place, steps, since, count):
    found = U64(0)
    for e in range(0, count, LANES):
        found = compress_indices(pick, found, U64(place + e), steps, U64(e), since, count - e)
    return found


@njit(**OPTIONS)
def taken(records, cells, place, a, b, c, d, e):
    gather_records(records, cells, U64(place), (a, b, c, d, e), U64(0))


@pytest.mark.parametrize("chance", [0.0, 0.001, 0.02, 0.3, 1.0])
@pytest.mark.parametrize("cells", [1, 64, 100, 200, 1000])
@pytest.mark.parametrize("before", [0, 1000])
def test_cells_that_fired_are_written_down_in_order(cells: int, chance: float, before: int) -> None:
    padded = np.zeros(-(-cells // 64) * 64, np.uint8)
    padded[:cells] = np.random.default_rng(cells).random(cells) < chance
    ids = np.full(3000, -1, np.int32)
    count = collected(padded, ids, 1500, before)
    assert ids[1500 : 1500 + count].tolist() == (1500 + np.flatnonzero(padded)).tolist()
    assert np.all(ids[:1500] == -1) and np.all(ids[1500 + cells :] == -1), "it wrote where another thread's ids are"


@given(count=st.integers(0, 70), place=st.integers(0, 2**31), seed=st.integers(0, 99), each=st.booleans())
def test_places_are_picked(count: int, place: int, seed: int, each: bool) -> None:
    rng = np.random.default_rng(seed)
    steps = rng.integers(-5, 5, 96).astype(np.int32)
    bound = rng.integers(-5, 5, 96).astype(np.int32)
    since = bound if each else bound[0]
    pick = np.zeros(96, np.uint32)
    found = picked(pick, place, steps, since, count)
    wanted = np.flatnonzero((steps >= since)[:count])
    assert pick[:found].tolist() == (place + wanted).tolist()


@pytest.mark.parametrize("real", [np.float32, np.float64])
@pytest.mark.parametrize("index", [np.uint16, np.uint32])
def test_records_are_taken_apart(real: type, index: type) -> None:
    rng, width = np.random.default_rng(3), np.dtype(real).itemsize
    types = [np.int32, real, np.int32, real, np.int32]
    kind = np.dtype({
        "names": list("abcde"), "formats": types, "offsets": [n * width for n in range(5)], "itemsize": 48
    })  # fmt: skip
    records = np.zeros(50, kind)
    for name in "abcde":
        records[name] = rng.normal(0, 1000, 50)
    cells = rng.integers(0, 49, 40).astype(index)
    fields = [np.zeros(LANES, one) for one in types]
    taken(records, cells, 7, *fields)
    for name, field in zip("abcde", fields, strict=True):
        assert np.array_equal(field, records[name][cells[7 : 7 + LANES]]), name
