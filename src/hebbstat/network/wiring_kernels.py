"""Compiled loops that draw wiring, a block of rows at a time.

Every number is `keyed.draw(key, row, count)`: keyed by its row, so that blocks may be of any size and drawn by any
thread, twice if need be: once to count, once to write. So nothing is kept but the result.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from hebbstat.network.compiled import keep

U64 = np.uint64
STEP_STRIDE, ELEMENT_STRIDE = U64(0x9E3779B97F4A7C15), U64(0xD1B54A32D192ED03)
MIX_A, MIX_B = U64(0xBF58476D1CE4E5B9), U64(0x94D049BB133111EB)



def compiled(function):
    """Compiles a function, or takes what was kept of it."""
    return keep(njit(nogil=True, error_model="numpy")(function))


@compiled
def mix(z):
    """The finaliser of `hebbstat.contract.random`."""
    z = (z ^ (z >> U64(30))) * MIX_A
    z = (z ^ (z >> U64(27))) * MIX_B
    return z ^ (z >> U64(31))


@compiled
def row_key(key, row):
    """The part of a draw that a whole row shares."""
    return mix(U64(key) + U64(row) * STEP_STRIDE)


@compiled
def uniform(key_of_row, count):
    """The draw number `count` of a row, in [0, 1)."""
    return np.float64(np.int64(mix(key_of_row + U64(count) * ELEMENT_STRIDE) >> U64(11))) * 1.1102230246251565e-16


@compiled
def random_row(key, row, n, p, skipped, out):
    """Columns below `n`, each with probability `p`, ascending, without `skipped`; returns how many.

    The gap to the next column that is chosen is geometric: floor(log(1 - u) / log(1 - p)) columns are passed over.
    """
    mine, log_rest = row_key(key, row), math.log1p(-p)
    found, column, drawn = 0, -1, 0
    while p > 0.0:
        if p < 1.0:
            gap = math.log(1.0 - uniform(mine, drawn)) / log_rest
            column += np.int64(min(gap, np.float64(n)))
            drawn += 1
        column += 1
        if column >= n:
            break
        if column != skipped:
            out[found] = column
            found += 1
    return found


@compiled
def count_random(key, first, last, n, p, same, sizes):
    """The sizes of the rows from `first` to `last`; with `same`, row i has no column i."""
    unused = np.empty(n, np.int32)
    for row in range(first, last):
        sizes[row] = random_row(key, row, n, p, row if same else -1, unused)


@compiled
def fill_random(key, first, last, n, p, same, start, post):
    """Write the rows that `count_random` has counted."""
    for row in range(first, last):
        random_row(key, row, n, p, row if same else -1, post[start[row] : start[row + 1]])


@compiled
def distinct(key, row, n, k, is_chosen, chosen):
    """`k` different numbers below `n` into `chosen`; `is_chosen` (of length n) is False before and after.

    Numbers are drawn until enough of them are different, or, where more than half of all are wanted, those left out.
    """
    few, found, drawn, mine = min(k, n - k), 0, 0, row_key(key, row)
    while found < few:
        number = np.int64(uniform(mine, drawn) * n)
        drawn += 1
        if not is_chosen[number]:
            is_chosen[number] = True
            chosen[found] = number
            found += 1
    for e in range(found if few == k else 0):
        is_chosen[chosen[e]] = False
    if few < k:
        found = 0
        for number in range(n):
            if not is_chosen[number]:
                chosen[found] = number
                found += 1
            is_chosen[number] = False


@compiled
def distinct_rows(key, first, last, n, same, post):
    """Different columns below `n` for each row from `first` to `last`, ascending; with `same`, none of row i is i."""
    k = post.shape[1]
    is_chosen, chosen = np.zeros(n, np.bool_), np.empty(max(k, 1), np.int64)
    for row in range(first, last):
        distinct(key, row, n - same, k, is_chosen, chosen)
        for e in range(k):
            post[row - first, e] = chosen[e] + (same and chosen[e] >= row)
        post[row - first].sort()


@compiled
def repeated_rows(key, first, last, n, same, start, post):
    """Columns below `n` for each row, any of them more than once, ascending; with `same`, none of row i is i.

    k sorted uniform numbers are the running sums of k + 1 exponential ones, over the sum of all.
    """
    longest = 0
    for row in range(first, last):
        longest = max(longest, start[row + 1] - start[row])
    passed = np.empty(longest + 1)
    for row in range(first, last):
        k, mine, total = start[row + 1] - start[row], row_key(key, row), 0.0
        for e in range(k + 1):
            total -= math.log(1.0 - uniform(mine, e))
            passed[e] = total
        for e in range(k):
            column = min(np.int64(passed[e] / total * (n - same)), n - same - 1)
            post[start[row] + e] = column + (same and column >= row)


@compiled
def transpose_distinct(key, first, last, n, k, same, place, post):
    """Draw `k` different sources below `n` for each cell from `first` to `last`, and note the cell with each source.

    `place[source]` is where the next cell of that source goes; it moves on. If `post` is empty, it only counts.
    """
    is_chosen, chosen = np.zeros(n, np.bool_), np.empty(max(k, 1), np.int64)
    for cell in range(first, last):
        distinct(key, cell, n - same, k, is_chosen, chosen)
        for e in range(k):
            source = chosen[e] + (same and chosen[e] >= cell)
            if post.size:
                post[place[source]] = cell
            place[source] += 1


@compiled
def distances(a, b):
    """Euclidean distances, `[len(a), len(b)]`."""
    found = np.zeros((len(a), len(b)))
    for i in range(len(a)):
        for axis in range(a.shape[1]):
            for j in range(len(b)):
                gap = a[i, axis] - b[j, axis]
                found[i, j] += gap * gap
        for j in range(len(b)):
            found[i, j] = math.sqrt(found[i, j])
    return found


@compiled
def throw(key, first, p, same):
    """For each pair a throw with its own probability `p[row - first, column]`: sizes of the rows, and the columns."""
    rows, n = p.shape
    sizes, post, found = np.empty(rows, np.int64), np.empty(p.size, np.int32), 0
    for r in range(rows):
        before, mine = found, row_key(key, first + r)
        for column in range(n):
            post[found] = column  # overwritten unless the throw succeeds: a branch would be mispredicted
            found += (uniform(mine, column) < p[r, column]) and not (same and column == first + r)
        sizes[r] = found - before
    return sizes, post[:found].copy()
