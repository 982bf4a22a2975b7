"""Delivery through static synapses: of each row, what has one delay is a piece that is added to sums of cells.

The rows of a step lie all over the memory, and a piece is short. So pieces are listed first, and while one is added up,
the next but one is on its way from memory. Weights of each synapse and weights of columns have a loop each: one for
both, that tells them apart by their type, was measurably slower.

    delays   int64 [delays]               those that there are, ascending
    begin    int64 [neurons + 1]          where the row of each presynaptic neuron begins
    segment  unsigned [neurons, delays * columns + 1]  where in it each delay begins, and in that each column
    post     unsigned [synapses]          the place of a synapse's cell in `sums`
    ids      int32 [slots, neurons]       who spiked in the step of a slot, each thread's from `firsts` on
    counts   int64 [slots, LINE threads]  how many of a thread's neurons spiked
    firsts   int64 [threads]              the first neuron of each thread
    sums     [.., cells]                  what takes the amounts: of some receptors more than one array
    pieces   int64 [3, .]                 room for a list: where pieces begin and end, and their columns
"""

from __future__ import annotations

import numpy as np

from hebbstat.engine.jit.pipeline import inline
from hebbstat.engine.runtime.intrinsics import prefetch
from hebbstat.engine.runtime.random import U64
from hebbstat.engine.runtime.sync import LINE

AT_ONCE = 1024  # pieces that are listed before they are added up
AHEAD = 2  # pieces that are on their way from memory


@inline
def deliver(n, delays, begin, segment, post, weights, ids, counts, firsts, sums, pieces):
    """Add `weights` [synapses] to the sums of cells, in step `n`: short delays first, then by presynaptic id."""
    listed = 0
    for d in range(delays.size):
        listed = list_pieces(n, d, delays, begin, segment, ids, counts, firsts, pieces, listed)
        if listed >= AT_ONCE:
            add_weights(pieces, listed, post, weights, sums)
            listed = 0
    add_weights(pieces, listed, post, weights, sums)


@inline
def deliver_equal(n, delays, begin, segment, post, weights, ids, counts, firsts, sums, pieces):
    """The same where the synapses of a column have one weight: `weights` is a number for each column."""
    listed = 0
    for d in range(delays.size):
        listed = list_pieces(n, d, delays, begin, segment, ids, counts, firsts, pieces, listed)
        if listed >= AT_ONCE:
            add_equal(pieces, listed, post, weights, sums)
            listed = 0
    add_equal(pieces, listed, post, weights, sums)


@inline
def list_pieces(n, d, delays, begin, segment, ids, counts, firsts, pieces, listed):
    """List the pieces that arrive in step `n` with the delay number `d`, after those that are listed; how many all are.
    """
    sent = n - delays[d]
    if sent < 0:
        return listed
    slot, columns = sent % ids.shape[0], (segment.shape[1] - 1) // delays.size
    for t in range(firsts.size):
        for s in range(firsts[t], firsts[t] + counts[slot, LINE * t]):
            neuron = ids[slot, s]
            for column in range(columns):
                place = d * columns + column
                first = begin[neuron] + np.int64(segment[neuron, place])
                end = begin[neuron] + np.int64(segment[neuron, place + 1])
                pieces[0, listed], pieces[1, listed], pieces[2, listed] = first, end, column
                listed += end > first  # no branch: it would be mispredicted
    return listed


@inline
def add_weights(pieces, listed, post, weights, sums):
    """Add the weights of the synapses in so many pieces to the sums of their cells, in order."""
    end_list(pieces, listed)
    for kind in range(sums.shape[0]):
        for p in range(listed):
            ask_for(post, pieces[0, p + AHEAD], pieces[1, p + AHEAD])
            ask_for(weights, pieces[0, p + AHEAD], pieces[1, p + AHEAD])
            k, end = U64(pieces[0, p]), U64(pieces[1, p])
            while k + U64(4) <= end:
                sums[kind, U64(post[k])] += weights[k]
                sums[kind, U64(post[k + U64(1)])] += weights[k + U64(1)]
                sums[kind, U64(post[k + U64(2)])] += weights[k + U64(2)]
                sums[kind, U64(post[k + U64(3)])] += weights[k + U64(3)]
                k += U64(4)
            while k < end:
                sums[kind, U64(post[k])] += weights[k]
                k += U64(1)


@inline
def add_equal(pieces, listed, post, weights, sums):
    """Add the weight of its column for each synapse in so many pieces."""
    end_list(pieces, listed)
    for kind in range(sums.shape[0]):
        for p in range(listed):
            ask_for(post, pieces[0, p + AHEAD], pieces[1, p + AHEAD])
            k, end, weight = U64(pieces[0, p]), U64(pieces[1, p]), weights[pieces[2, p]]
            while k + U64(4) <= end:
                sums[kind, U64(post[k])] += weight
                sums[kind, U64(post[k + U64(1)])] += weight
                sums[kind, U64(post[k + U64(2)])] += weight
                sums[kind, U64(post[k + U64(3)])] += weight
                k += U64(4)
            while k < end:
                sums[kind, U64(post[k])] += weight
                k += U64(1)


@inline
def end_list(pieces, listed):
    """Let empty pieces follow, that need not be brought from memory."""
    for p in range(listed, listed + AHEAD):
        pieces[0, p] = pieces[1, p] = 0


@inline
def ask_for(array, first, end):
    """Have a part of an array brought from memory, without waiting."""
    for k in range(first, end, 64 // array.itemsize):
        prefetch(array, U64(k))
