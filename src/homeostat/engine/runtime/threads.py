"""How threads meet, and how one asks all to stop. Without locks, on arrays that all threads see."""

from __future__ import annotations

import os
import platform

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from homeostat.engine.light import inline
from homeostat.engine.runtime.bits import element


@intrinsic
def _fetch_add(typingctx, array, index, value):
    """Add to array[index] atomically; returns the old value."""

    def codegen(context, builder, signature, args):
        pointer = element(context, builder, signature, args)
        return builder.atomic_rmw("add", pointer, args[2], "seq_cst")

    return types.int64(array, types.int64, types.int64), codegen


@intrinsic
def _load(typingctx, array, index):
    """Read array[index] atomically."""

    def codegen(context, builder, signature, args):
        return builder.load_atomic(element(context, builder, signature, args), "seq_cst", 8)

    return types.int64(array, types.int64), codegen


@intrinsic
def _store(typingctx, array, index, value):
    """Write array[index] atomically."""

    def codegen(context, builder, signature, args):
        builder.store_atomic(args[2], element(context, builder, signature, args), "seq_cst", 8)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), codegen


@intrinsic
def _pause(typingctx):
    """Leave the core to its other hardware thread for a moment, where the processor knows how."""
    x86 = platform.machine() in ("x86_64", "AMD64")

    def codegen(context, builder, signature, args):
        if x86:
            kind = ir.FunctionType(ir.VoidType(), [])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.sse2.pause"), [])
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def _rest(typingctx, microseconds):
    """Sleep, so that the core is free for others (POSIX usleep; nothing elsewhere)."""

    def codegen(context, builder, signature, args):
        if os.name == "posix":
            kind = ir.FunctionType(ir.IntType(32), [ir.IntType(32)])
            short = builder.trunc(args[0], ir.IntType(32))
            builder.call(cgutils.get_or_insert_function(builder.module, kind, "usleep"), [short])
        return context.get_dummy_value()

    return types.void(types.int64), codegen


ARRIVED, ROUND = 0, 8  # places in the barrier array, a cache line apart
SPINS = 4000  # looks, some cycles apart, before a waiting thread sleeps
NAP, LONGEST_NAP = 50, 1000  # microseconds that it sleeps between looks


@inline
def meet(barrier, threads):
    """Wait until all threads are here: look again and again for some 50 microseconds, then sleep between looks.

    Who waits that long waits for a thread that is not running; a sleeping thread leaves it its core.
    """
    if threads == 1:
        return
    this_round = _load(barrier, ROUND)
    if _fetch_add(barrier, ARRIVED, 1) == threads - 1:
        _store(barrier, ARRIVED, 0)
        _store(barrier, ROUND, this_round + 1)
        return
    looks, nap = 0, NAP
    while _load(barrier, ROUND) == this_round:
        looks += 1
        if looks < SPINS:
            _pause()
        else:
            _rest(nap)
            nap = min(2 * nap, LONGEST_NAP)


@inline
def ask_to_halt(flags, round_of_window):
    """Ask all threads to stop at the end of this window."""
    _store(flags, 8 * (round_of_window % 4), 1)


@inline
def halt_asked(flags, round_of_window, thread):
    """Whether any thread asked; read after the meeting, so that all threads see the same."""
    asked = _load(flags, 8 * (round_of_window % 4)) != 0
    if thread == 0:
        _store(flags, 8 * ((round_of_window + 2) % 4), 0)
    return asked
