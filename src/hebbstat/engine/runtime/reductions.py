"""Reductions over a neuron's incoming synapses, in the order of their rows.

    start      int64 [rows + 1]              where each row begins
    post       uint16 or int32 [synapses]    the cell of each synapse, counted from the shard's first
    in_degree  int64 [cells]                 how many synapses a cell receives
    values     float32 or float64 [synapses] what is reduced
    out        float64 [cells]               takes the result; sums are of float64, in the order of the rows
"""

from __future__ import annotations

import numpy as np

from hebbstat.engine.jit.pipeline import inline
from hebbstat.engine.runtime.random import U64
from hebbstat.engine.runtime.replay import of_synapse


@inline
def add_sums(start, post, values, out):
    """out[i] += the sum of the values of neuron i's synapses; `values` may be one for all."""
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] += np.float64(of_synapse(values, k))


@inline
def add_rows(start, values, out):
    """The same where each row has a synapse onto every neuron, in their order."""
    for row in range(start.size - 1):
        begin = U64(start[row])
        for i in range(start[row + 1] - start[row]):
            out[i] += np.float64(of_synapse(values, begin + U64(i)))


@inline
def add_counts(start, post, values, out):
    """out[i] += the number of neuron i's synapses."""
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] += 1.0


@inline
def add_largest(start, post, values, out):
    """out[i] becomes the largest value of neuron i's synapses, if it is less."""
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] = max(out[post[k]], np.float64(of_synapse(values, k)))


@inline
def add_smallest(start, post, values, out):
    """out[i] becomes the smallest value of neuron i's synapses, if it is more."""
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] = min(out[post[k]], np.float64(of_synapse(values, k)))


@inline
def reduce_quantile(start, post, in_degree, values, out, q, by_cell, until):
    """out[i] = the q-quantile of neuron i's synapses, linear between order statistics; 0 where there are none.

    `by_cell` and `until` are scratch: see `order_by_cell`.
    """
    order_by_cell(start, post, in_degree, values, by_cell, until)
    for i in range(out.size):
        out[i] = _quantile(by_cell, until[i] - in_degree[i], until[i], q)


@inline
def order_by_cell(start, post, in_degree, values, by_cell, until):
    """Put values in the order of their cells.

    by_cell    as values [synapses]          becomes the values, cell by cell
    until      int64 [cells]                 becomes where in it those of a cell end
    """
    total = 0
    for i in range(until.size):
        until[i] = total
        total += in_degree[i]
    for k in range(start[0], start[start.size - 1]):
        by_cell[until[post[k]]] = of_synapse(values, k)
        until[post[k]] += 1


@inline
def quantile_of(values, n, q):
    """The q-quantile of the first `n` values, which are put in another order."""
    return _quantile(values, 0, n, q)


@inline
def sum_in_blocks(values):
    """The sum of values of neurons, in blocks of 256, then over the blocks."""
    total = 0.0
    for first in range(0, values.size, 256):
        block = 0.0
        for i in range(first, min(first + 256, values.size)):
            block += values[i]
        total += block
    return total


@inline
def largest_of(values):
    """The largest of some values."""
    most = values[0]
    for i in range(1, values.size):
        most = max(most, values[i])
    return most


@inline
def smallest_of(values):
    """The smallest of some values."""
    least = values[0]
    for i in range(1, values.size):
        least = min(least, values[i])
    return least


@inline
def _quantile(values, begin, end, q):
    """The q-quantile of values[begin:end], which are put in another order; 0 if there are none."""
    n = end - begin
    if n < 2:
        return np.float64(values[begin]) if n == 1 else 0.0
    at = (n - 1) * q
    k = min(int(at), n - 2)
    _partition(values, begin, end - 1, begin + k)
    low, high = np.float64(values[begin + k]), np.float64(values[begin + k + 1])
    for place in range(begin + k + 2, end):
        high = min(high, np.float64(values[place]))
    return low + (high - low) * (at - k)


@inline
def _partition(values, first, last, k):
    """Put values[first:last + 1] in an order in which that at k is where sorting would put it, none after it is less.

    C. A. R. Hoare 1961, doi:10.1145/366622.366647.
    """
    while first < last:
        pivot, i, j = values[k], first, last
        while i <= j:
            while values[i] < pivot:
                i += 1
            while pivot < values[j]:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        first = i if j < k else first
        last = j if k < i else last
