"""Vectors of LANES numbers at once, where a loop would not become one by itself: fill, copy, gather, pick."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from hebbstat.engine.runtime.intrinsics import element

LANES = 16  # numbers that a vector holds, at most
INT, LONG = ir.IntType(32), ir.IntType(64)
VECTOR, MASK = ir.VectorType(INT, LANES), ir.VectorType(ir.IntType(1), LANES)
NUMBERS = ir.Constant(VECTOR, list(range(LANES)))


def _lanes(builder, value):
    """A vector that holds the value LANES times."""
    vector = ir.VectorType(value.type, LANES)
    one = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(INT, 0))
    everywhere = ir.Constant(VECTOR, [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), everywhere)


def _store_lanes(context, builder, kinds, args, vector):
    """Store a vector at args[0][args[1]]; `kinds` of args."""
    pointer = element(context, builder, kinds, args)
    builder.store(vector, builder.bitcast(pointer, vector.type.as_pointer()), align=_bytes(kinds[0]))
    return context.get_dummy_value()


def _load_lanes(context, builder, kinds, args):
    """The vector at args[0][args[1]]; `kinds` of args."""
    vector = ir.VectorType(context.get_data_type(kinds[0].dtype), LANES)
    pointer = builder.bitcast(element(context, builder, kinds, args), vector.as_pointer())
    return builder.load(pointer, align=_bytes(kinds[0]))


def _bytes(array):
    return array.dtype.bitwidth // 8


@intrinsic
def fill_lanes(typingctx, array, first, value):
    """array[first : first + LANES] = value"""

    def codegen(context, builder, signature, args):
        one = context.cast(builder, args[2], signature.args[2], array.dtype)
        return _store_lanes(context, builder, signature.args, args, _lanes(builder, one))

    return types.void(array, types.uint64, value), codegen


@intrinsic
def number_lanes(typingctx, array, first, number):
    """array[first : first + LANES] = number, number + 1 ..."""

    def codegen(context, builder, signature, args):
        one = context.cast(builder, args[2], signature.args[2], array.dtype)
        lanes = _lanes(builder, one)
        numbers = builder.add(lanes, NUMBERS)
        return _store_lanes(context, builder, signature.args, args, numbers)

    return types.void(array, types.uint64, types.uint64), codegen


@intrinsic
def copy_lanes(typingctx, array, first, source, begin):
    """array[first : first + LANES] = source[begin : begin + LANES]; narrower unsigned numbers are widened."""

    def codegen(context, builder, signature, args):
        vector = _load_lanes(context, builder, signature.args[2:], args[2:])
        wider = ir.VectorType(context.get_data_type(array.dtype), LANES)
        if vector.type != wider:
            vector = builder.zext(vector, wider)
        return _store_lanes(context, builder, signature.args, args, vector)

    return types.void(array, types.uint64, source, types.uint64), codegen


def _number_chosen(context, builder, kinds, args, first, chosen):
    """Store, of `first`, `first` + 1 ..., those that are chosen at args[0][args[1]]; args[1] and how many they are."""
    numbers = builder.add(_lanes(builder, builder.trunc(first, INT)), NUMBERS)
    compress = ir.FunctionType(VECTOR, [VECTOR, MASK, VECTOR])
    function = cgutils.get_or_insert_function(builder.module, compress, "llvm.experimental.vector.compress.v16i32")
    packed = builder.call(function, [numbers, chosen, ir.Constant(VECTOR, ir.Undefined)])
    _store_lanes(context, builder, kinds, args, packed)
    count = builder.ctpop(builder.bitcast(chosen, ir.IntType(LANES)))
    return builder.add(args[1], builder.zext(count, LONG))


@intrinsic
def number_flags(typingctx, ids, count, flags, first, number):
    """Put at ids[count] the numbers, from `number` on, of those flags[first], ... that are not 0.

    What comes after them is overwritten; returns `count` and how many there are.
    """

    def codegen(context, builder, signature, args):
        seen = _load_lanes(context, builder, signature.args[2:4], args[2:4])
        chosen = builder.icmp_unsigned("!=", seen, ir.Constant(seen.type, [0] * LANES))
        return _number_chosen(context, builder, signature.args[:2], args[:2], args[4], chosen)

    return types.uint64(ids, types.uint64, flags, types.uint64, types.uint64), codegen


@intrinsic
def compress_indices(typingctx, pick, found, place, steps, first, since, left):
    """Pick the places `place`, `place` + 1 ... at which steps[first], ... is not below `since`: one number or an array.

    No more than `left` of them are looked at. They are put at pick[found], and what comes after is overwritten; returns
    `found` and how many there are.
    """

    def codegen(context, builder, signature, args):
        pick, found, place, steps, first, since, left = args
        kinds = signature.args
        bound = kinds[5]
        at_least = (
            _load_lanes(context, builder, (bound, kinds[4]), (since, first))
            if isinstance(bound, types.Array)
            else _lanes(builder, context.cast(builder, since, bound, types.int32))
        )
        seen = _load_lanes(context, builder, kinds[3:5], (steps, first))
        there = builder.icmp_signed("<", NUMBERS, _lanes(builder, builder.trunc(left, INT)))
        chosen = builder.and_(builder.icmp_signed(">=", seen, at_least), there)
        return _number_chosen(context, builder, kinds[:2], (pick, found), place, chosen)

    return types.uint64(pick, types.uint64, types.uint64, steps, types.uint64, since, types.int64), codegen


@intrinsic
def gather_records(typingctx, records, cells, place, fields, first):
    """Take apart the records of cells[place], cells[place + 1] ...: their n-th field goes to fields[n][first], ...

    If all fields have four bytes, four are read at once and turned into vectors by shuffling; else one by one.
    """
    narrow = all(field.type.bitwidth == 32 for field in dict(records.dtype.fields).values())

    def codegen(context, builder, signature, args):
        base = context.make_array(records)(context, builder, args[0]).data
        base = builder.bitcast(base, ir.IntType(8).as_pointer())
        starts = []
        for lane in range(LANES):
            at = builder.add(args[2], ir.Constant(LONG, lane))
            cell = builder.zext(builder.load(element(context, builder, signature.args[1:3], (args[1], at))), LONG)
            starts.append(builder.gep(base, [builder.mul(cell, ir.Constant(LONG, records.dtype.size))]))
        take = _four_at_once if narrow else _one_by_one
        for n, vector in enumerate(take(context, builder, records.dtype, starts, len(fields))):
            kinds = (fields[n], signature.args[4])
            _store_lanes(context, builder, kinds, (builder.extract_value(args[3], n), args[4]), vector)
        return context.get_dummy_value()

    return types.void(records, cells, types.uint64, fields, types.uint64), codegen


def _one_by_one(context, builder, record, starts, count):
    """The first fields of the records that begin at `starts`, each as a vector."""
    for field in list(dict(record.fields).values())[:count]:
        kind = context.get_data_type(field.type)
        vector = ir.Constant(ir.VectorType(kind, LANES), ir.Undefined)
        for lane, start in enumerate(starts):
            pointer = builder.bitcast(builder.gep(start, [ir.Constant(LONG, field.offset)]), kind.as_pointer())
            vector = builder.insert_element(vector, builder.load(pointer), ir.Constant(INT, lane))
        yield vector


def _four_at_once(context, builder, record, starts, count):
    """The same for records without gaps whose fields have four bytes each and whose size is a multiple of 16 bytes."""
    four = ir.VectorType(INT, 4)

    def shuffled(one, other, order):
        return builder.shuffle_vector(one, other, ir.Constant(ir.VectorType(INT, len(order)), order))

    def joined(parts):
        while len(parts) > 1:
            order = list(range(2 * parts[0].type.count))
            parts = [shuffled(one, other, order) for one, other in zip(parts[::2], parts[1::2], strict=True)]
        return parts[0]

    def woven(one, other, order):  # the same in each quarter of the vectors
        return shuffled(one, other, [4 * quarter + lane for quarter in range(LANES // 4) for lane in order])

    for begin in range(0, count, 4):
        offset = [ir.Constant(LONG, 4 * begin)]
        parts = [builder.bitcast(builder.gep(start, offset), four.as_pointer()) for start in starts]
        a, b, c, d = (joined([builder.load(part, align=4) for part in parts[turn::4]]) for turn in range(4))
        low, high, wide_low, wide_high = [0, 16, 1, 17], [2, 18, 3, 19], [0, 1, 16, 17], [2, 3, 18, 19]
        ab, cd = woven(a, b, low), woven(c, d, low)
        yield from (woven(ab, cd, wide_low), woven(ab, cd, wide_high))[: count - begin]
        ab, cd = woven(a, b, high), woven(c, d, high)
        yield from (woven(ab, cd, wide_low), woven(ab, cd, wide_high))[: max(0, count - begin - 2)]
