"""What has no name in Python: bits read as another type, single instructions of the processor."""

from __future__ import annotations

import platform

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _bitcast(source: types.Type, target: types.Type, name: str):
    """An intrinsic that reads the same bits as another type."""

    def define(typingctx, value):
        def codegen(context, builder, signature, args):
            return builder.bitcast(args[0], context.get_value_type(target))

        return target(source), codegen

    define.__name__ = name
    return intrinsic(define)


int_as_float32 = _bitcast(types.int32, types.float32, "int_as_float32")
int_as_float64 = _bitcast(types.int64, types.float64, "int_as_float64")
float32_as_int = _bitcast(types.float32, types.int32, "float32_as_int")
float64_as_int = _bitcast(types.float64, types.int64, "float64_as_int")
float64_as_bits = _bitcast(types.float64, types.uint64, "float64_as_bits")
bits_as_float64 = _bitcast(types.uint64, types.float64, "bits_as_float64")


def element(context, builder, kinds, args):
    """Inside an intrinsic: the address of args[0][args[1]], an element of an array with one axis; `kinds` of args."""
    kind = kinds[0]
    array = context.make_array(kind)(context, builder, args[0])
    return cgutils.get_item_pointer(context, builder, kind, array, [args[1]], wraparound=False)


@intrinsic
def cycles(typingctx):
    """The processor's clock, in cycles since some time."""

    def codegen(context, builder, signature, args):
        kind = ir.FunctionType(ir.IntType(64), [])
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.readcyclecounter"), [])

    return types.int64(), codegen


INTEL = platform.machine() in ("x86_64", "AMD64")
MODES = {True: 0x8040, False: 1 << 24}  # Intel: flush to zero, denormals are zero; ARM: flush to zero


@intrinsic
def flush_tiny(typingctx):
    """From now on numbers below the smallest normal one are 0 for this thread: else the processor takes a hundred
    cycles for each. Returns how it was."""

    def codegen(context, builder, signature, args):
        before = _read_mode(builder)
        _write_mode(builder, builder.or_(before, ir.Constant(before.type, MODES[INTEL])))
        return builder.zext(before, ir.IntType(64)) if INTEL else before

    return types.uint64(), codegen


@intrinsic
def round_as(typingctx, mode):
    """As `flush_tiny` found it."""

    def codegen(context, builder, signature, args):
        _write_mode(builder, builder.trunc(args[0], ir.IntType(32)) if INTEL else args[0])
        return context.get_dummy_value()

    return types.void(types.uint64), codegen


def _read_mode(builder):
    """The register that says how floating-point numbers are handled."""
    if not INTEL:
        return builder.asm(ir.FunctionType(ir.IntType(64), []), "mrs $0, fpcr", "=r", [], True)
    place = cgutils.alloca_once(builder, ir.IntType(32))
    _call_with_place(builder, "llvm.x86.sse.stmxcsr", place)
    return builder.load(place)


def _write_mode(builder, value):
    """Set it."""
    if not INTEL:
        builder.asm(ir.FunctionType(ir.VoidType(), [ir.IntType(64)]), "msr fpcr, $0", "r", [value], True)
        return
    place = cgutils.alloca_once(builder, ir.IntType(32))
    builder.store(value, place)
    _call_with_place(builder, "llvm.x86.sse.ldmxcsr", place)


def _call_with_place(builder, name, place):
    kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer()])
    function = cgutils.get_or_insert_function(builder.module, kind, name)
    builder.call(function, [builder.bitcast(place, ir.IntType(8).as_pointer())])


@intrinsic
def trailing_zeros(typingctx, bits):
    """How many of the lowest bits are 0; 64 where all are."""

    def codegen(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), codegen


@intrinsic
def prefetch(typingctx, array, index):
    """Ask for the cache line of array[index], without waiting for it."""

    def codegen(context, builder, signature, args):
        pointer = builder.bitcast(element(context, builder, signature.args, args), ir.IntType(8).as_pointer())
        function = ir.FunctionType(ir.VoidType(), [pointer.type, *3 * [ir.IntType(32)]])
        ask = cgutils.get_or_insert_function(builder.module, function, "llvm.prefetch.p0")
        builder.call(ask, [pointer, *(ir.Constant(ir.IntType(32), value) for value in (1, 3, 1))])  # write, near, data
        return context.get_dummy_value()

    return types.void(array, types.uint64), codegen


@intrinsic
def fma(typingctx, a, b, c):
    """a * b + c, rounded once."""

    def codegen(context, builder, signature, args):
        return builder.fma(*args)

    return a(a, a, a), codegen


@intrinsic
def flags_of(typingctx, flags, first):
    """Which of the 64 bytes flags[first], flags[first + 1] ... are not 0, as bits of a number."""

    def codegen(context, builder, signature, args):
        pointer = element(context, builder, signature.args, args)
        vector = ir.VectorType(ir.IntType(8), 64)
        bytes_ = builder.load(builder.bitcast(pointer, vector.as_pointer()), align=1)
        return builder.bitcast(builder.icmp_unsigned("!=", bytes_, ir.Constant(vector, [0] * 64)), ir.IntType(64))

    return types.uint64(flags, types.uint64), codegen
