"""How kernels get a group's arrays: not one by one, but as the address of a table that says where they lie.

Numba takes apart every array that Python hands to a kernel, in code that it writes and compiles for each of them. In a
network of many projections that was most of what compiling took.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import typeof, types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, intrinsic, lower_getattr_generic, models, register_model, unbox

from hebbstat.engine.runtime.allocate import aligned_full

WORD = ir.IntType(64)


class PackedType(types.Type):
    """Numba's type of a packed named tuple."""

    def __init__(self, of: types.NamedTuple) -> None:
        self.of = of
        super().__init__(name=f"Packed({of})")

    @property
    def key(self) -> types.NamedTuple:
        """What tells it from others: two kernels' tuples may have the same name."""
        return self.of


class Packed:
    """A named tuple of arrays and numbers: the address of a table of its values, of 8 bytes each.

    For an array these are where it begins, its size, its shape and its strides. `former` is one that it takes the place
    of: with values of the same types it has its type, which takes Numba long to find.
    """

    def __init__(self, of: Any, former: Packed | None = None) -> None:
        self.of: Any = of
        known = former is not None and all(map(_alike, of, former.of))
        self._numba_type_: PackedType = former._numba_type_ if former and known else PackedType(typeof(of))
        words: list[int] = []
        for value in of:
            if isinstance(value, np.ndarray):
                words += [value.__array_interface__["data"][0], value.size, *value.shape, *value.strides]
            else:
                words.append(int.from_bytes(np.asarray(value).tobytes().ljust(8, b"\0"), "little"))
        self.table = aligned_full(words, len(words), np.uint64)  # on lines of its own, to which no thread writes
        self.address = self.table.ctypes.data


def _alike(one: Any, other: Any) -> bool:
    """Whether two values have one type of Numba."""
    if not isinstance(one, np.ndarray):
        return type(one) is type(other)
    return one is other or (
        isinstance(other, np.ndarray) and one.dtype == other.dtype and one.ndim == other.ndim
        and one.flags.num == other.flags.num
    )  # fmt: skip


register_model(PackedType)(models.OpaqueModel)


@unbox(PackedType)
def _address(kind: PackedType, packed: Any, c: Any) -> NativeValue:
    number = c.pyapi.object_getattr_string(packed, "address")
    address = c.pyapi.long_as_longlong(number)
    c.pyapi.decref(number)
    return NativeValue(c.builder.inttoptr(address, cgutils.voidptr_t))


def _read(context: Any, builder: Any, of: types.NamedTuple, table: Any, number: int) -> Any:
    """The value of a field, by its number. It never changes while a kernel runs."""
    kind, place = of.types[number], sum(_words(kind) for kind in of.types[:number])
    words = builder.bitcast(table, WORD.as_pointer())

    def word(kind: Any, number: int = 0) -> Any:
        pointer = builder.gep(words, [WORD(place + number)])
        value = builder.load(builder.bitcast(pointer, kind.as_pointer()))
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
        return value

    if not isinstance(kind, types.Array):
        return context.data_model_manager[kind].from_data(builder, word(context.get_data_type(kind)))
    array, n = context.make_array(kind)(context, builder), kind.ndim
    array.meminfo, array.parent = (cgutils.get_null_value(one.type) for one in (array.meminfo, array.parent))
    array.itemsize = array.itemsize.type(context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    array.data, array.nitems = word(array.data.type), word(WORD, 1)
    array.shape = cgutils.pack_array(builder, [word(WORD, 2 + axis) for axis in range(n)])
    array.strides = cgutils.pack_array(builder, [word(WORD, 2 + n + axis) for axis in range(n)])
    return array._getvalue()


def _words(kind: types.Type) -> int:
    """How long a value is in the table."""
    return 2 + 2 * kind.ndim if isinstance(kind, types.Array) else 1


@infer_getattr
class _Fields(AttributeTemplate):
    """`group.name` has the type of what was packed."""

    key = PackedType

    def generic_resolve(self, packed: PackedType, name: str) -> types.Type | None:
        """The type of a field."""
        fields = packed.of.fields
        return packed.of.types[fields.index(name)] if name in fields else None


@lower_getattr_generic(PackedType)
def _field(context, builder, packed, table, name):
    return _read(context, builder, packed.of, table, packed.of.fields.index(name))


@intrinsic
def unpack(typingctx, packed):
    """The named tuple that was packed. Loops over its arrays are fast only if it was unpacked before."""

    def codegen(context, builder, signature, args):
        of = signature.return_type
        return context.make_tuple(
            builder, of, [_read(context, builder, of, args[0], number) for number in range(len(of.types))]
        )

    return packed.of(packed), codegen
