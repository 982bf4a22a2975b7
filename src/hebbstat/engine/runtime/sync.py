"""How threads wait for each other, and how one asks all to halt. Without locks, on arrays that all threads see.

No spike arrives before the shortest delay, the window, has passed. So a thread may be ahead of the others by almost a
window: who is slow for a moment makes nobody wait.
"""

from __future__ import annotations

import os
import platform

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from hebbstat.engine.jit.pipeline import inline
from hebbstat.engine.runtime.intrinsics import element


@intrinsic
def _lower(typingctx, array, index, value):
    """Make array[index] no larger than `value`, atomically."""

    def codegen(context, builder, signature, args):
        builder.atomic_rmw("min", element(context, builder, signature.args, args), args[2], "seq_cst")
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), codegen


@intrinsic
def _load(typingctx, array, index):
    """Read array[index]; then what was written before it was written can be read too."""

    def codegen(context, builder, signature, args):
        return builder.load_atomic(element(context, builder, signature.args, args), "acquire", 8)

    return types.int64(array, types.int64), codegen


@intrinsic
def _store(typingctx, array, index, value):
    """Write array[index], so that who reads it can read all that was written before."""

    def codegen(context, builder, signature, args):
        builder.store_atomic(args[2], element(context, builder, signature.args, args), "release", 8)
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


LINE = 8  # numbers in a cache line: what different threads write lies so far apart
HALT, STOP = 0, 32  # places in `flags`: the step before which all threads halt; whether the user asks for it
SPINS = 4000  # looks, some cycles apart, before a waiting thread sleeps
NAP, LONGEST_NAP = 50, 1000  # microseconds that it sleeps between looks


@inline
def has_done(progress, thread, step):
    """Tell the other threads that this one has done all steps before `step`."""
    _store(progress, LINE * thread, step)


@inline
def slowest(progress, threads):
    """The step before which all threads have done all."""
    least = _load(progress, 0)
    for thread in range(1, threads):
        least = min(least, _load(progress, LINE * thread))
    return least


@inline
def wait_for(progress, threads, step):
    """Wait until all threads have done the steps before `step`; returns how far all are.

    A waiting thread looks again and again for some 50 microseconds, then sleeps between looks: who waits that long
    waits for a thread that is not running; a sleeping thread leaves it its core.
    """
    done = slowest(progress, threads)
    looks, nap = 0, NAP
    while done < step:
        looks += 1
        if looks < SPINS:
            _pause()
        else:
            _rest(nap)
            nap = min(2 * nap, LONGEST_NAP)
        done = slowest(progress, threads)
    return done


@inline
def ask_to_halt(flags, step):
    """Ask all threads to halt before `step`, which none may have reached yet."""
    _lower(flags, HALT, step)


@inline
def halts_at(flags):
    """The step before which all threads halt."""
    return _load(flags, HALT)


@inline
def stop_asked(flags):
    """Whether the user asks to stop."""
    return _load(flags, STOP) != 0
