"""Rows of synapses: which postsynaptic events a row has to replay."""

from __future__ import annotations

from homeostat.engine.light import inline
from homeostat.engine.runtime.draws import U64


@inline
def synapse_element(pre, post):
    """What keys the random draws of a synapse."""
    return (U64(pre) << U64(32)) + U64(post)


@inline
def find_live(begin, end, post, h_newest, since, live):
    """Collect in `live` the synapses of a row with postsynaptic events from step `since` on; returns how many."""
    count = 0
    for k in range(U64(begin), U64(end)):
        live[count] = k
        count += 1 if h_newest[post[k]] >= since else 0
    return count


@inline
def find_depth(count, live, post, h_step, h_count, h_fill, since, depth):
    """How many postsynaptic events each live synapse has to replay; returns the most."""
    history = h_step.size // h_count.size
    deepest = 0
    for e in range(count):
        i = post[live[e]]
        newest = h_count[i] - 1
        found = 1
        while found < h_fill[i] and h_step[i * history + ((newest - found) & (history - 1))] >= since:
            found += 1
        depth[e] = found
        deepest = max(deepest, found)
    return deepest


@inline
def pick_depth(live_count, live, depth, level, post, h_count, history, pick, place):
    """Of the live synapses those with more than `level` newer events: their index, and the place of that event."""
    count = 0
    for e in range(live_count):
        if depth[e] > level:
            k = live[e]
            i = post[k]
            pick[count] = k
            place[count] = i * history + ((h_count[i] - 1 - level) & (history - 1))
            count += 1
    return count


@inline
def history_full(ids, first, count, h_fill, history):
    """Whether the history of a cell that spiked has no room for one more event."""
    fullest = 0
    for e in range(count):
        fullest = max(fullest, h_fill[ids[first + e] - first])
    return fullest >= history
