"""Compiled loops that lay the synapses of several projections into common rows, and find them there again.

In a row synapses lie by delay, then by column if each projection has one, then by the place of their cell.
"""

from __future__ import annotations

from hebbstat.engine.jit.pipeline import inline, kernel


@kernel
def note(delay, found):
    """Note which delays occur."""
    for steps in delay:
        found[steps] = True


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


@inline
def first_from(post, first, end, low):
    """The first place from `first` to `end` at which the ascending `post` is at least `low`."""
    while first < end:
        middle = (first + end) // 2
        if post[middle] < low:
            first = middle + 1
        else:
            end = middle
    return first


@inline
def places(pre, rows, segment, post, column, columns, low, place):
    """Where in the row of a neuron a projection's synapses begin, by the number of their delay."""
    for d in range(place.size):
        first = rows[pre] + segment[pre, d * columns + column]
        place[d] = first_from(post, first, rows[pre] + segment[pre, d * columns + column + 1], low)


@kernel
def sizes(rows, segment, post, column, columns, low, high, place, found):
    """How many synapses of each presynaptic neuron have their place from `low` to `high`."""
    for pre in range(found.size):
        places(pre, rows, segment, post, column, columns, low, place)
        for d in range(place.size):
            end = rows[pre] + segment[pre, d * columns + column + 1]
            found[pre] += first_from(post, place[d], end, high) - place[d]


@kernel
def to_rows(whole, own, offset, begin, piece, which, rows, segment, post, column, columns, low, place):
    """Copy from a projection's canonical order to the rows: `own = whole - offset`."""
    for pre in range(begin.size):
        places(pre, rows, segment, post, column, columns, low, place)
        for e in range(piece[pre + 1] - piece[pre]):
            d = which[piece[pre] + e] if which.size else 0
            own[place[d]] = whole[begin[pre] + e] - offset
            place[d] += 1


@kernel
def from_rows(whole, own, offset, begin, piece, which, rows, segment, post, column, columns, low, place):
    """Copy from the rows to a projection's canonical order: `whole = own + offset`."""
    for pre in range(begin.size):
        places(pre, rows, segment, post, column, columns, low, place)
        for e in range(piece[pre + 1] - piece[pre]):
            d = which[piece[pre] + e] if which.size else 0
            whole[begin[pre] + e] = own[place[d]] + offset
            place[d] += 1
