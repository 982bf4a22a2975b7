"""Compiled loops that cut rows of synapses into shards and put them together again."""

from __future__ import annotations

from hebbstat.engine.jit.pipeline import inline, kernel


@kernel
def find_pieces(start, post, first, last, begin, sizes):
    """Where in each row the targets from `first` to `last` begin, and how many they are: two binary searches."""
    for row in range(begin.size):
        low = start[row]
        for bound in (first, last):
            high = start[row + 1]
            while low < high:
                middle = (low + high) // 2
                if post[middle] < bound:
                    low = middle + 1
                else:
                    high = middle
            if bound == first:
                begin[row] = low
        sizes[row] = low - begin[row]


@kernel
def number_delays(delay, number, begin, piece, which, sizes):
    """The number of each synapse's delay, and how many synapses of each row have which delay."""
    for pre in range(begin.size):
        for e in range(piece[pre], piece[pre + 1]):
            which[e] = number[delay[begin[pre] + e - piece[pre]]]
            sizes[pre, which[e]] += 1


@inline
def places(pre, row_of, start, place):
    """Where the virtual rows of a presynaptic neuron begin, by the number of their delay."""
    for d in range(place.size):
        place[d] = start[max(row_of[pre, d], 0)]


@kernel
def to_shard(whole, own, offset, begin, piece, which, row_of, start, place):
    """Copy from the canonical order to a shard's: `own = whole - offset`."""
    for pre in range(begin.size):
        places(pre, row_of, start, place)
        for e in range(piece[pre + 1] - piece[pre]):
            d = which[piece[pre] + e] if which.size else 0
            own[place[d]] = whole[begin[pre] + e] - offset
            place[d] += 1


@kernel
def from_shard(own, whole, offset, begin, piece, which, row_of, start, place):
    """Copy from a shard's order to the canonical: `whole = own + offset`."""
    for pre in range(begin.size):
        places(pre, row_of, start, place)
        for e in range(piece[pre + 1] - piece[pre]):
            d = which[piece[pre] + e] if which.size else 0
            whole[begin[pre] + e] = own[place[d]] + offset
            place[d] += 1


@kernel
def count(post, degree):
    """How many synapses each cell has."""
    for k in range(post.size):
        degree[post[k]] += 1
