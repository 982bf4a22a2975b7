"""Cells: the spikes of a shard, given trains, outputs of rate neurons, planned signals."""

from __future__ import annotations

import numpy as np

from hebbstat.engine.jit.pipeline import inline
from hebbstat.engine.runtime.intrinsics import flags_of, trailing_zeros
from hebbstat.engine.runtime.random import U64
from hebbstat.engine.runtime.simd import LANES, number_flags
from hebbstat.engine.runtime.sync import LINE


@inline
def collect(fired, ids, first, before):
    """Write down by id which cells of this thread's shard fired, looking at 64 flags at once; returns how many.

    `fired` uint8 [cells, rounded up to 64] are the flags, `ids` int32 [neurons] takes the ids, from `first` on.

    Where few do, most blocks are passed over; where many do, that would be mispredicted, so all are gone through
    alike, as long as there is room for vectors after the last id. `before`, how many fired a step ago, says which.
    """
    count, block, size = U64(first), U64(0), U64(fired.size)
    if 128 * before > fired.size:
        while block < size and count + U64(128) <= U64(first) + size:
            for part in range(block, block + U64(64), U64(LANES)):
                count = number_flags(ids, count, fired, part, U64(first) + part)
            block += U64(64)
    while block < size:
        flags = flags_of(fired, block)
        while flags != 0:
            ids[count] = U64(first) + block + trailing_zeros(flags)
            count += U64(1)
            flags &= flags - U64(1)
        block += U64(64)
    return count - U64(first)


@inline
def log_spikes(n, ids, first, count, log_step, log_id, logged):
    """Copy the spikes of a shard in step `n` to the log that the recorders read.

    `log_step` int64 and `log_id` int32 [places], of which `logged` int64 [1] are used.
    """
    for e in range(count):
        log_step[logged[0] + e] = n
        log_id[logged[0] + e] = ids[first + e]
    logged[0] += count


@inline
def count_spikes(counts_of_step):
    """How many cells of a population spiked in a step, from int64 [LINE threads]: a thread's count on a line each."""
    total = 0
    for t in range(0, counts_of_step.size, LINE):
        total += counts_of_step[t]
    return np.float64(total)


@inline
def begin_schedule(n, cursor, train_step, train_id, scheduled):
    """Mark the cells whose given train has a spike in step `n`.

    `train_step` int64 and `train_id` int32 [spikes] are the trains by time, `cursor` int64 [2] is where they stand,
    `scheduled` bool [cells] takes the marks.
    """
    cursor[1] = cursor[0]
    while cursor[1] < train_step.size and train_step[cursor[1]] <= n:
        if train_step[cursor[1]] == n:
            scheduled[train_id[cursor[1]]] = True
        cursor[1] += 1


@inline
def end_schedule(cursor, train_id, scheduled):
    """Take the marks of `begin_schedule` away."""
    for e in range(cursor[0], cursor[1]):
        scheduled[train_id[e]] = False
    cursor[0] = cursor[1]


@inline
def rate_of(rates, n, neuron):
    """The output that a rate neuron had in step `n`, of `rates` [slots, neurons]; 0 before the start."""
    return rates[n % rates.shape[0], neuron] if n >= 0 else rates[0, neuron] * 0


@inline
def planned_row(step, every, rows, repeat):
    """The row of a plan that holds at `step`."""
    k = step // every
    return k % rows if repeat else min(k, rows - 1)


@inline
def planned(values, step, every, repeat):
    """What a plan, `values` [rows], says for `step`; each row lasts `every` steps."""
    return values[planned_row(step, every, values.shape[0], repeat)]


@inline
def planned_of(values, step, every, repeat, index):
    """What a plan with a column for each, `values` [rows, elements], says for element `index` at `step`."""
    return values[planned_row(step, every, values.shape[0], repeat), index]
