"""The same bits read as another type."""

from __future__ import annotations

from numba import types
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
float64_as_bits = _bitcast(types.float64, types.uint64, "float64_as_bits")
bits_as_float64 = _bitcast(types.uint64, types.float64, "bits_as_float64")
