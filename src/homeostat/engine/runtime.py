"""What every generated kernel calls: exponentials, keyed draws, rounding and the meeting of threads.

All of it is compiled by Numba and inlined. Nothing here knows a mechanism.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload

from homeostat.engine.light import LinkedCompiler

OPTIONS = {"error_model": "numpy", "nogil": True, "_nrt": False}
kernel = njit(cache=True, **OPTIONS)
LINKED = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": LinkedCompiler, **OPTIONS}
inline = njit(inline="never", forceinline=True, **LINKED)
called = njit(inline="never", **LINKED)

U64 = np.uint64
STEP_STRIDE, ELEMENT_STRIDE = U64(0x9E3779B97F4A7C15), U64(0xD1B54A32D192ED03)
NEXT_STRIDE, MIX_A, MIX_B = U64(0x8CB92BA72F3D8DD7), U64(0xBF58476D1CE4E5B9), U64(0x94D049BB133111EB)
LOST_BITS = U64((1 << 29) - 1)  # the bits of a float64's mantissa that a float32 has not


def _bitcast(source: types.Type, target: types.Type, name: str):  # type: ignore[no-untyped-def]
    """An intrinsic that reads the same bits as another type."""

    def define(typingctx, value):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
            return builder.bitcast(args[0], context.get_value_type(target))

        return target(source), codegen

    define.__name__ = name
    return intrinsic(define)


int_as_float32 = _bitcast(types.int32, types.float32, "int_as_float32")
int_as_float64 = _bitcast(types.int64, types.float64, "int_as_float64")
float64_as_bits = _bitcast(types.float64, types.uint64, "float64_as_bits")
bits_as_float64 = _bitcast(types.uint64, types.float64, "bits_as_float64")


# --- exponential: range reduction to [-ln2/2, ln2/2] and a polynomial, so that loops over it vectorise -------------

LOG2E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93145751953125e-1, 1.42860682030941723212e-6
MAGIC64 = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to the nearest integer
MAGIC32 = np.float32(12582912.0)  # 1.5 * 2**23


@inline
def exp64(x):  # type: ignore[no-untyped-def]
    """exp(x) in float64, within 2 ulp; 0 below -708, exp(709) above 709."""
    x = min(max(x, -708.0), 709.0)
    k = (x * LOG2E + MAGIC64) - MAGIC64
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    p = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720 + r * (
        1.0 / 5040 + r * (1.0 / 40320 + r * (1.0 / 362880 + r * (1.0 / 3628800 + r * (1.0 / 39916800 + r / 479001600.0)))))))))))  # fmt: skip
    return p * int_as_float64((np.int64(k) + np.int64(1023)) << np.int64(52))


@inline
def exp32(x):  # type: ignore[no-untyped-def]
    """exp(x) in float32, within 2 ulp; the argument is held within -87 and 88."""
    f = np.float32
    x = min(max(x, f(-87.0)), f(88.0))
    k = (x * f(LOG2E) + MAGIC32) - MAGIC32
    r = (x - k * f(LN2_HIGH)) - k * f(LN2_LOW)
    p = f(1.0) + r * (
        f(1.0) + r * (f(0.5) + r * (f(1.0 / 6) + r * (f(1.0 / 24) + r * (f(1.0 / 120) + r * f(1.0 / 720)))))
    )
    return p * int_as_float32((np.int32(k) + np.int32(127)) << np.int32(23))


def exp(x: float) -> float:
    """exp(x) as kernels compute it: in the type of its argument, vectorisable. Outside kernels, math.exp."""
    return math.exp(x)


@overload(exp, inline="never")
def _exp(x):  # type: ignore[no-untyped-def]
    return (lambda x: exp32(x)) if x is types.float32 else (lambda x: exp64(np.float64(x)))


# --- keyed draws: the same numbers as homeostat.keyed ------------------------------------------------------------


@inline
def mix(z):  # type: ignore[no-untyped-def]
    """The SplitMix64 finaliser."""
    z = (z ^ (z >> U64(30))) * MIX_A
    z = (z ^ (z >> U64(27))) * MIX_B
    return z ^ (z >> U64(31))


@inline
def step_key(key, step):  # type: ignore[no-untyped-def]
    """The part of a draw that all elements of a step share."""
    return mix(key + U64(step) * STEP_STRIDE)


@inline
def bits_of(key_of_step, element):  # type: ignore[no-untyped-def]
    """64 random bits for an element."""
    return mix(key_of_step + U64(element) * ELEMENT_STRIDE)


@inline
def uniform(bits):  # type: ignore[no-untyped-def]
    """A number in [0, 1) from random bits."""
    return np.float64(np.int64(bits >> U64(11))) * 1.1102230246251565e-16


@inline
def normal(bits):  # type: ignore[no-untyped-def]
    """A standard normal number from random bits (Box and Muller)."""
    angle = uniform(mix(bits + NEXT_STRIDE))
    return math.sqrt(-2.0 * math.log(1.0 - uniform(bits))) * math.cos(2.0 * math.pi * angle)


@inline
def binomial(bits, call, n, p):  # type: ignore[no-untyped-def]
    """How many of `n` trials succeed with probability `p`."""
    successes = 0.0
    state = mix(bits + U64(call + 1) * NEXT_STRIDE)
    for trial in range(np.int64(n)):
        successes += 1.0 if uniform(mix(state + U64(trial) * STEP_STRIDE)) < p else 0.0
    return successes


@inline
def rounded32(value, bits):  # type: ignore[no-untyped-def]
    """A float64 rounded to float32 up or down at random, so that its expectation is exact."""
    return np.float32(bits_as_float64((float64_as_bits(value) + (bits & LOST_BITS)) & ~LOST_BITS))


@inline
def rounded64(value, bits):  # type: ignore[no-untyped-def]
    """The twin of `rounded32` for float64 weights, which need no rounding."""
    return value


@inline
def table_row(step, every, rows, repeat):  # type: ignore[no-untyped-def]
    """The row of a planned signal that holds at `step`."""
    k = step // every
    return k % rows if repeat else min(k, rows - 1)


# --- the meeting of threads -----------------------------------------------------------------------------------


@intrinsic
def _fetch_add(typingctx, array, index, value):  # type: ignore[no-untyped-def]
    """Add to array[index] atomically; returns the old value."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        pointer = _pointer(context, builder, signature, args)
        return builder.atomic_rmw("add", pointer, args[2], "seq_cst")

    return types.int64(array, types.int64, types.int64), codegen


@intrinsic
def _load(typingctx, array, index):  # type: ignore[no-untyped-def]
    """Read array[index] atomically."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.load_atomic(_pointer(context, builder, signature, args), "seq_cst", 8)

    return types.int64(array, types.int64), codegen


@intrinsic
def _store(typingctx, array, index, value):  # type: ignore[no-untyped-def]
    """Write array[index] atomically."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        builder.store_atomic(args[2], _pointer(context, builder, signature, args), "seq_cst", 8)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), codegen


def _pointer(context, builder, signature, args):  # type: ignore[no-untyped-def]
    kind = signature.args[0]
    array = context.make_array(kind)(context, builder, args[0])
    return cgutils.get_item_pointer(context, builder, kind, array, [args[1]], wraparound=False)


@intrinsic
def _give_way(typingctx):  # type: ignore[no-untyped-def]
    """Let another thread of the machine run (POSIX sched_yield; nothing elsewhere)."""
    import os

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        if hasattr(os, "sched_yield"):
            kind = ir.FunctionType(ir.IntType(32), [])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, "sched_yield"), [])
        return context.get_dummy_value()

    return types.void(), codegen


ARRIVED, ROUND, SPINS = 0, 8, 4000  # places in the barrier array, a cache line apart


@inline
def meet(barrier, threads):  # type: ignore[no-untyped-def]
    """Wait until all threads are here: spin for some microseconds, then give way to others between looks."""
    if threads == 1:
        return
    this_round = _load(barrier, ROUND)
    if _fetch_add(barrier, ARRIVED, 1) == threads - 1:
        _store(barrier, ARRIVED, 0)
        _store(barrier, ROUND, this_round + 1)
        return
    looks = 0
    while _load(barrier, ROUND) == this_round:
        looks += 1
        if looks > SPINS:
            _give_way()


# --- cells: spikes of a share, given trains, outputs of rate neurons -----------------------------------------------


@inline
def collect(fired_words, fired, ids, first):  # type: ignore[no-untyped-def]
    """Write down which cells of this thread's share fired, by id; eight flags are looked at at once. Returns how many."""
    count = 0
    for word in range(fired_words.size):
        if fired_words[word] != 0:
            for i in range(8 * word, min(8 * word + 8, fired.size)):
                if fired[i]:
                    ids[first + count] = first + i
                    count += 1
    return count


@inline
def log_spikes(n, ids, first, count, log_step, log_id, logged):  # type: ignore[no-untyped-def]
    """Copy the spikes of a share in step `n` to the log that the recorders read."""
    for e in range(count):
        log_step[logged[0] + e] = n
        log_id[logged[0] + e] = ids[first + e]
    logged[0] += count


@inline
def count_spikes(counts_of_step):  # type: ignore[no-untyped-def]
    """How many cells of a population spiked in a step; each thread has written its count, a cache line apart."""
    total = 0
    for t in range(0, counts_of_step.size, 8):
        total += counts_of_step[t]
    return np.float64(total)


@inline
def begin_schedule(n, cursor, train_step, train_id, scheduled):  # type: ignore[no-untyped-def]
    """Mark the cells whose given train has a spike in step `n`."""
    cursor[1] = cursor[0]
    while cursor[1] < train_step.size and train_step[cursor[1]] <= n:
        if train_step[cursor[1]] == n:
            scheduled[train_id[cursor[1]]] = True
        cursor[1] += 1


@inline
def end_schedule(cursor, train_id, scheduled):  # type: ignore[no-untyped-def]
    """Take the marks of `begin_schedule` away."""
    for e in range(cursor[0], cursor[1]):
        scheduled[train_id[e]] = False
    cursor[0] = cursor[1]


@inline
def rate_of(rates, n, neuron):  # type: ignore[no-untyped-def]
    """The output that a rate neuron had in step `n`; 0 before the start."""
    return rates[n % rates.shape[0], neuron] if n >= 0 else rates[0, neuron] * 0


# --- synapses: which postsynaptic events a row has to replay --------------------------------------------------------


@inline
def synapse_element(pre, post):  # type: ignore[no-untyped-def]
    """What keys the random draws of a synapse."""
    return (U64(pre) << U64(32)) + U64(post)


@inline
def find_live(begin, end, post, h_newest, since, live):  # type: ignore[no-untyped-def]
    """Collect in `live` the synapses of a row with postsynaptic events from step `since` on; returns how many."""
    count = 0
    for k in range(U64(begin), U64(end)):
        live[count] = k
        count += 1 if h_newest[post[k]] >= since else 0
    return count


@inline
def find_depth(count, live, post, h_step, h_count, h_fill, since, depth):  # type: ignore[no-untyped-def]
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
def pick_depth(live_count, live, depth, level, post, h_count, history, pick, place):  # type: ignore[no-untyped-def]
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
def history_full(ids, first, count, h_fill, history):  # type: ignore[no-untyped-def]
    """Whether the history of a cell that spiked has no room for one more event."""
    for e in range(count):
        if h_fill[ids[first + e] - first] >= history:
            return True
    return False


# --- reductions over a neuron's incoming synapses, in the order of their rows ----------------------------------------


@inline
def reduce_sum(start, post, in_degree, values, out):  # type: ignore[no-untyped-def]
    """out[i] = the sum of the values of neuron i's synapses."""
    out[:] = 0.0
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] += np.float64(values[k])


@inline
def reduce_count(start, post, in_degree, values, out):  # type: ignore[no-untyped-def]
    """out[i] = the number of neuron i's synapses."""
    out[:] = 0.0
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] += 1.0


@inline
def reduce_mean(start, post, in_degree, values, out):  # type: ignore[no-untyped-def]
    """out[i] = the mean over neuron i's synapses, 0 where there are none."""
    reduce_sum(start, post, in_degree, values, out)
    for i in range(out.size):
        out[i] /= max(1.0, np.float64(in_degree[i]))


@inline
def reduce_max(start, post, in_degree, values, out):  # type: ignore[no-untyped-def]
    """out[i] = the largest value of neuron i's synapses, -1e308 where there are none."""
    out[:] = -1e308
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] = max(out[post[k]], np.float64(values[k]))


@inline
def reduce_min(start, post, in_degree, values, out):  # type: ignore[no-untyped-def]
    """out[i] = the smallest value of neuron i's synapses, 1e308 where there are none."""
    out[:] = 1e308
    for k in range(start[0], start[start.size - 1]):
        out[post[k]] = min(out[post[k]], np.float64(values[k]))


@inline
def ask_to_halt(flags, round_of_window):  # type: ignore[no-untyped-def]
    """Ask all threads to stop at the end of this window."""
    _store(flags, 8 * (round_of_window % 4), 1)


@inline
def halt_asked(flags, round_of_window, thread):  # type: ignore[no-untyped-def]
    """Whether any thread asked; read after the meeting, so that all threads see the same."""
    asked = _load(flags, 8 * (round_of_window % 4)) != 0
    if thread == 0:
        _store(flags, 8 * ((round_of_window + 2) % 4), 0)
    return asked
