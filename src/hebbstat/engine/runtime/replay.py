"""Rows of synapses: which are due, and which postsynaptic events they have to replay.

A row holds the synapses of one presynaptic neuron with one delay onto the cells of one thread's shard (a CSR row per
(source, delay)). What the functions take, of a shard with `cells` cells, `rows` rows and `synapses` synapses:

    post       uint16 or int32 [synapses]          the cell of each synapse, counted from the shard's first
    h_step     int32 [HISTORY * cells]             steps of a cell's events, newest (age 0) first: [age * cells + cell]
    since      int32, or int32 [synapses]          the step from which on events are to be replayed
    pick       uint32 [longest row x HISTORY]      places of synapses that have something to replay
    seen       int32 [as pick]                     the step of the event of each of them
    level      int64 [HISTORY + 1]                 where in `pick` the synapses with so many older events begin
    row_of     int32 [source neurons, delays]      the row of a neuron's synapses with a delay, -1 if it has none
    due        int32 [rows]                        rows with a presynaptic event in this step, inverted if it was frozen

Times are steps. The last of the HISTORY places of a cell is never written: there every search ends.
"""

from __future__ import annotations

from numba import types
from numba.extending import overload

from hebbstat.engine.jit.pipeline import inline
from hebbstat.engine.runtime.intrinsics import prefetch
from hebbstat.engine.runtime.random import U64
from hebbstat.engine.runtime.simd import LANES
from hebbstat.engine.runtime.sync import LINE

BATCH = 512  # synapses of short rows that are worked on at once; a last row may reach past it
HISTORY = 32  # places for postsynaptic events of a neuron; the last stays empty: there a search ends


@inline
def synapse_element(pre, post):
    """What keys the random draws of a synapse."""
    return (U64(pre) << U64(32)) + U64(post)


@inline
def row_element(pre, delay):
    """What keys the random draws of a virtual row: its presynaptic neuron and its delay in steps."""
    return (U64(delay) << U64(32)) + U64(pre)


def of_synapse(value, k):
    """What holds for synapse k: one value for all, or an array of them. Kernels only."""


@overload(of_synapse)
def _of_synapse(value, k):
    return (lambda value, k: value[k]) if isinstance(value, types.Array) else (lambda value, k: value)


@inline
def find_newest(begin, end, post, h_step, since, pick):
    """Pick the synapses from `begin` to `end` whose cell has had an event since step `since`; returns how many.

    No branch depends on the data: it would be mispredicted half of the time, which costs more than all the rest.
    """
    count = U64(0)
    for k in range(U64(begin), U64(end)):
        pick[count] = k
        count += U64(h_step[post[k]] >= of_synapse(since, k))
    return count


@inline
def find_older(post, h_step, since, youngest, count, pick, seen, level):
    """From the `count` synapses with an event of age `youngest`, find those with older ones; returns how many levels.

    Level l holds the synapses that have an event of age `youngest` + l to replay: `pick` lists them, `seen` the
    steps of these events, and `level[l]` is where level l begins.
    """
    cells = U64(h_step.size // HISTORY)
    levels, first, age = 0, U64(0), U64(youngest) * cells
    level[0] = 0
    while count > first:
        levels += 1
        level[levels] = found = count
        for e in range(first, count):
            k = pick[e]
            i = age + U64(post[k])
            pick[found], seen[e] = k, h_step[i]
            found += U64(h_step[i + cells] >= of_synapse(since, k))
        first, count, age = count, found, age + cells
    return levels


@inline
def make_room(history, i, fill):
    """Move the live events of cell `i` one age up; the newest will be written at age 0.

    `history` [HISTORY * cells] is `h_step`, or what a state was at these events; `fill` is how many are live.
    """
    cells = history.size // HISTORY
    for age in range(min(fill, HISTORY - 1), 0, -1):
        history[age * cells + i] = history[(age - 1) * cells + i]


@inline
def lanes(count):
    """A count rounded up to whole vectors: a loop so long has no slow rest; it works on scratch memory past its end."""
    return (count + (LANES - 1)) & ~(LANES - 1)


@inline
def whole_lanes(count):
    """A count rounded down to whole vectors: what comes after may not be worked on."""
    return count & ~(LANES - 1)


@inline
def decode_due(due):
    """The row of an entry in the list of rows that are due: those whose spike was sent while frozen are inverted."""
    return due if due >= 0 else ~due


@inline
def find_due(n, delays, row_of, ids, counts, firsts, sending, learning, was_frozen, due, due_count, new, new_count):
    """List the rows that have a presynaptic event in step `n`, by delay, then by presynaptic id.

        delays      int64 [delays]               those that the projection has, ascending
        ids         int32 [slots, neurons]       who spiked in the step of a slot, each thread's from `firsts` on
        counts      int64 [slots, LINE threads]  how many of a thread's neurons spiked, a cache line apart
        firsts      int64 [threads]              the first neuron of each thread
        sending     int64 [.]                    the threads whose neurons send to this thread's
        learning    int64 [1]                    0 in frozen time
        was_frozen  bool [slots]                 whether the step of a slot was
        due, new    int32 [.]                    become the rows that are due, and the neurons whose spike arrives for
                                                 the first time, at the shortest delay
        due_count, new_count  int64 [1]          how many they are
    """
    count = first = 0
    for d in range(delays.size):
        sent = n - delays[d]
        if sent < 0:
            break
        slot = sent % ids.shape[0]
        learns = learning[0] != 0 and not was_frozen[slot]
        for t in sending:
            for s in range(firsts[t], firsts[t] + counts[slot, LINE * t]):
                row = row_of[ids[slot, s], d]
                if row >= 0:
                    due[count] = row if learns else ~row
                    count += 1
                if d == 0:
                    new[first] = ids[slot, s]
                    first += 1
    due_count[0], new_count[0] = count, first


@inline
def prefetch_rows(new, new_count, begins, array):
    """Ask for the memory of all that neurons whose spike arrives for the first time have in an array.

    A software prefetch: what neuron i has lies from `begins[i]` to `begins[i + 1]`, int64 [neurons + 1], and is in the
    cache when it is needed. `array` is any array over rows or synapses.
    """
    for v in range(new_count[0]):
        for k in range(begins[new[v]], begins[new[v] + 1], 64 // array.itemsize):
            prefetch(array, U64(k))


@inline
def history_full(ids, first, count, h_fill):
    """Whether the history of a cell that spiked has no room for one more event; `h_fill` int32 [cells]."""
    fullest = 0
    for e in range(count):
        fullest = max(fullest, h_fill[ids[first + e] - first])
    return fullest >= HISTORY - 1
