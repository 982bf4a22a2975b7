"""Compiled loops that cut rows of synapses into shards and put them together again."""

from __future__ import annotations

from hebbstat.engine.jit.pipeline import inline, kernel


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


@kernel
def find_pieces(start, post, first, last, begin, sizes):
    """Where in each row the targets from `first` to `last` begin, and how many they are: two binary searches."""
    for row in range(begin.size):
        begin[row] = first_from(post, start[row], start[row + 1], first)
        sizes[row] = first_from(post, begin[row], start[row + 1], last) - begin[row]


@kernel
def places_of(start, post, rows, cells, n, out):
    """Where the synapses from `rows` onto `cells` are, if these are in the shard: 0 up to `n`."""
    for e in range(rows.size):
        if 0 <= cells[e] < n:
            out[e] = first_from(post, start[rows[e]], start[rows[e] + 1], cells[e])


@kernel
def number_delays(delay, number, begin, piece, which, sizes):
    """The number of each synapse's delay, and how many synapses of each row have which delay."""
    for pre in range(begin.size):
        for e in range(piece[pre], piece[pre + 1]):
            which[e] = number[delay[begin[pre] + e - piece[pre]]]
            sizes[pre, which[e]] += 1


@kernel
def note_delays(delay, found):
    """Note which delays occur."""
    for steps in delay:
        found[steps] = True


@kernel
def to_shard(whole, own, offset, begin, piece, which, place):
    """Copy from the canonical order to a shard's: `own = whole - offset`.

    `place` int64 [pre, delays] is where a neuron's synapses with each delay begin; it moves on.
    """
    for pre in range(begin.size):
        for e in range(piece[pre + 1] - piece[pre]):
            d = which[piece[pre] + e] if which.size else 0
            own[place[pre, d]] = whole[begin[pre] + e] - offset
            place[pre, d] += 1


@kernel
def from_shard(own, whole, offset, begin, piece, which, place):
    """Copy from a shard's order to the canonical: `whole = own + offset`; `place` as above."""
    for pre in range(begin.size):
        for e in range(piece[pre + 1] - piece[pre]):
            d = which[piece[pre] + e] if which.size else 0
            whole[begin[pre] + e] = own[place[pre, d]] + offset
            place[pre, d] += 1


@kernel
def count(post, degree):
    """How many synapses each cell has."""
    for k in range(post.size):
        degree[post[k]] += 1


@kernel
def turn(start, post, dies, rows, cells, new_start, new_post, source):
    """Rows without those that die and with those that are born, whose `rows` and `cells` ascend; returns how many.

    `source` says where each synapse was before; -1 if it was born.
    """
    k, b = 0, 0
    for row in range(start.size - 1):
        new_start[row] = k
        for old in range(start[row], start[row + 1]):
            while b < rows.size and rows[b] == row and cells[b] < post[old]:
                new_post[k], source[k] = cells[b], -1
                k, b = k + 1, b + 1
            new_post[k], source[k] = post[old], old
            k += not dies[old]
        while b < rows.size and rows[b] == row:
            new_post[k], source[k] = cells[b], -1
            k, b = k + 1, b + 1
    new_start[start.size - 1] = k
    return k


@kernel
def carry(old, source, new):
    """Give synapses what they had before they were moved; those that were born keep what stands there."""
    for k in range(source.size):
        if source[k] >= 0:
            new[k] = old[source[k]]
