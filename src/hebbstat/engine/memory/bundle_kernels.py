"""Compiled loops that lay the synapses of several projections into common rows, and find them there again.

In a row synapses lie by delay, then by column if each projection has one, then by the place of their cell.
"""

from __future__ import annotations

from hebbstat.engine.jit.pipeline import kernel
from hebbstat.engine.memory.shard_kernels import first_from


@kernel
def count(delay, number, begin, sizes, column, columns, segment):
    """Count the synapses of a projection by presynaptic neuron, delay and column, one further on in `segment`."""
    for pre in range(begin.size):
        for e in range(begin[pre], begin[pre] + sizes[pre]):
            segment[pre, number[delay[e if delay.size > 1 else 0]] * columns + column + 1] += 1


@kernel
def fill(
    post, offset, delay, number, weight, first, begin, sizes, piece, rows, place, column, columns, own, own_w, which
):
    """Lay the synapses of a projection into their rows: target, weight if there is room for it, which delay it is.

    `place` uint32 [pre, delays * columns] is where in its row the next one goes; it moves on.
    """
    for pre in range(begin.size):
        for e in range(sizes[pre]):
            k = begin[pre] + e
            d = number[delay[k if delay.size > 1 else 0]]
            to = rows[pre] + place[pre, d * columns + column]
            place[pre, d * columns + column] += 1
            own[to] = post[k] + offset
            if own_w.size:
                own_w[to] = weight[k - first if weight.size > 1 else 0]
            if which.size:
                which[piece[pre] + e] = d


@kernel
def find_places(rows, segment, post, column, columns, low, place):
    """Where in its row a neuron's synapses onto places from `low` on begin: `place` int64 [pre, delays]."""
    for pre in range(place.shape[0]):
        for d in range(place.shape[1]):
            at = d * columns + column
            place[pre, d] = first_from(post, rows[pre] + segment[pre, at], rows[pre] + segment[pre, at + 1], low)
