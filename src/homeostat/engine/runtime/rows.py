"""Rows of synapses: which postsynaptic events a row has to replay."""

from __future__ import annotations

from homeostat.engine.light import inline
from homeostat.engine.runtime.draws import U64


@inline
def synapse_element(pre, post):
    """What keys the random draws of a synapse."""
    return (U64(pre) << U64(32)) + U64(post)


@inline
def find_events(begin, end, post, h_newest, h_count, h_step, since, pick, place, level):
    """The postsynaptic events from step `since` on that a row has to replay; returns the number of levels.

    Level 0 holds the newest event of each synapse that has any, level 1 the one before it, and so on: `pick` is the
    synapse, `place` the event's place in the history, `level[l]` where level l begins. No branch depends on the data:
    it would be mispredicted half of the time, which costs more than all the rest.
    """
    history = h_step.size // h_count.size
    count = U64(0)
    for k in range(U64(begin), U64(end)):
        pick[count] = k
        count += U64(h_newest[post[k]] >= since)
    for e in range(count):
        i = post[pick[e]]
        place[e] = U64(i) * U64(history) + U64((h_count[i] - 1) & (history - 1))
    level[0] = 0
    level[1] = count
    levels, first = 1, U64(0)
    while count > first and levels < history:
        found = count
        for e in range(first, count):
            earlier = (place[e] & U64(~(history - 1))) | ((place[e] - U64(1)) & U64(history - 1))
            pick[found] = pick[e]
            place[found] = earlier
            found += U64(h_step[earlier] >= since)
        first, count = count, found
        if count > first:
            levels += 1
            level[levels] = count
    return levels


@inline
def history_full(ids, first, count, h_fill, history):
    """Whether the history of a cell that spiked has no room for one more event."""
    fullest = 0
    for e in range(count):
        fullest = max(fullest, h_fill[ids[first + e] - first])
    return fullest >= history
