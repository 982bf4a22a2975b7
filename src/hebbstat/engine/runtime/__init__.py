"""What every generated kernel calls, all of it compiled by Numba and inlined. Nothing here knows a mechanism."""

from hebbstat.engine.jit.pipeline import called, inline, kernel
from hebbstat.engine.runtime.arguments import unpack
from hebbstat.engine.runtime.delivery import deliver, deliver_equal
from hebbstat.engine.runtime.exponential import exp
from hebbstat.engine.runtime.intrinsics import cycles, flush_tiny, round_as
from hebbstat.engine.runtime.random import (
    U64,
    binomial,
    bits_at,
    bits_of,
    bits_of_copy,
    next_place,
    normal,
    place_of,
    rounded32,
    rounded64,
    step_key,
    uniform32,
    uniform64,
)
from hebbstat.engine.runtime.reductions import (
    add_counts,
    add_largest,
    add_rows,
    add_smallest,
    add_sums,
    largest_of,
    order_by_cell,
    quantile_of,
    reduce_quantile,
    smallest_of,
    sum_in_blocks,
)
from hebbstat.engine.runtime.replay import (
    BATCH,
    decode_due,
    find_due,
    find_newest,
    find_older,
    history_full,
    lanes,
    make_room,
    of_synapse,
    prefetch_rows,
    row_element,
    synapse_element,
    whole_lanes,
)
from hebbstat.engine.runtime.rounding import rounded_to
from hebbstat.engine.runtime.simd import LANES, compress_indices, copy_lanes, fill_lanes, gather_records, number_lanes
from hebbstat.engine.runtime.spikes import (
    begin_schedule,
    collect,
    count_spikes,
    end_schedule,
    log_spikes,
    planned,
    planned_of,
    rate_of,
)
from hebbstat.engine.runtime.sync import ask_to_halt, halts_at, has_done, stop_asked, wait_for

__all__ = [
    "BATCH", "LANES", "U64", "add_counts", "add_largest", "add_rows", "add_smallest", "add_sums", "ask_to_halt",
    "begin_schedule", "binomial", "bits_at", "bits_of", "bits_of_copy", "called", "collect", "compress_indices",
    "copy_lanes", "count_spikes", "cycles", "decode_due", "deliver", "deliver_equal", "end_schedule", "exp",
    "fill_lanes", "find_due", "find_newest", "find_older", "flush_tiny", "gather_records", "halts_at", "has_done",
    "history_full", "inline", "kernel", "lanes", "largest_of", "log_spikes", "make_room", "next_place", "normal",
    "number_lanes", "of_synapse", "order_by_cell", "place_of", "planned", "planned_of", "prefetch_rows",
    "quantile_of", "rate_of", "reduce_quantile", "round_as", "rounded32", "rounded64", "rounded_to", "row_element",
    "smallest_of", "step_key", "stop_asked", "sum_in_blocks", "synapse_element", "uniform32", "uniform64", "unpack",
    "wait_for", "whole_lanes",
]  # fmt: skip
