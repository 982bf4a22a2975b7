"""Generated kernels run as plain Python: the same text, no compiling. What is tested is what the engine *wrote*.

`with plain_kernels():` every `hs.Simulation` made runs its module's text with the runtime's helpers as the Python
functions that they are; only what has no name in Python (intrinsics) is replaced below. An index past the end of an
array is an IndexError here, where a compiled kernel reads whatever lies there. Not tested so: Numba's typing, whole
vectors, float32, the compiled `exp`; a part of all cases is really compiled for that (see README.md).
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import math
import pkgutil
import re
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from hebbstat.engine import core as engine
from hebbstat.engine import runtime

LANES = 16
WORD = (1 << 64) - 1


def u64(value: Any) -> np.uint64:
    """As compiled code casts: negative numbers wrap."""
    return np.uint64(int(value) & WORD)


def exp(x: Any) -> Any:
    """Bounded as the compiled one."""
    return np.float64(math.exp(min(max(float(x), -708.0), 709.0)))


def flags_of(flags: np.ndarray, first: Any) -> np.uint64:
    return np.uint64(sum(1 << k for k, flag in enumerate(flags[int(first) : int(first) + 64].tolist()) if flag))


def trailing_zeros(bits: Any) -> np.uint64:
    bits = int(bits)
    return np.uint64(64 if not bits else (bits & -bits).bit_length() - 1)


def fill_lanes(array: np.ndarray, first: Any, value: Any) -> None:
    array[int(first) : int(first) + LANES] = value


def number_lanes(array: np.ndarray, first: Any, number: Any) -> None:
    place = array[int(first) : int(first) + LANES]
    place[:] = int(number) + np.arange(len(place))


def copy_lanes(array: np.ndarray, first: Any, source: np.ndarray, begin: Any) -> None:
    taken = source[int(begin) : int(begin) + LANES]
    place = array[int(first) : int(first) + len(taken)]
    place[:] = taken[: len(place)]


def number_flags(ids: np.ndarray, count: Any, flags: np.ndarray, first: Any, number: Any) -> np.uint64:
    for k, flag in enumerate(flags[int(first) : int(first) + LANES].tolist()):
        if flag:
            ids[int(count)] = int(number) + k
            count = u64(count) + np.uint64(1)
    return u64(count)


def compress_indices(pick: Any, found: Any, place: Any, steps: Any, first: Any, since: Any, left: Any) -> np.uint64:
    found = int(found)
    for k in range(min(int(left), LANES)):
        bound = since[int(first) + k] if isinstance(since, np.ndarray) else since
        if steps[int(first) + k] >= bound:
            pick[found] = int(place) + k
            found += 1
    return np.uint64(found)


def gather_records(records: Any, cells: Any, place: Any, fields: Any, first: Any) -> None:
    for k in range(LANES):
        record = records[int(cells[int(place) + k])]
        for name, field in zip(records.dtype.names, fields, strict=False):
            field[int(first) + k] = record[name]


def _lower(array: np.ndarray, index: int, value: Any) -> None:
    array[index] = min(array[index], value)


def _store(array: np.ndarray, index: int, value: Any) -> None:
    array[index] = value


def _bits(source: type, target: type) -> Callable[[Any], Any]:
    return lambda value: np.asarray(source(value)).view(target)[()]


STAND_INS: dict[str, Any] = {
    "U64": u64, "exp": exp, "exp64": exp, "exp32": exp, "flags_of": flags_of, "trailing_zeros": trailing_zeros,
    "fill_lanes": fill_lanes, "number_lanes": number_lanes, "copy_lanes": copy_lanes, "number_flags": number_flags,
    "compress_indices": compress_indices, "gather_records": gather_records, "_lower": _lower, "_store": _store,
    "_load": lambda array, index: array[index], "_pause": lambda: time.sleep(0),
    "_rest": lambda microseconds: time.sleep(1e-6 * microseconds), "cycles": lambda: 0,
    "flush_tiny": lambda: 0, "round_as": lambda mode: None,
    "prefetch": lambda array, index: None, "prefetch_rows": lambda *given: None, "fma": lambda a, b, c: a * b + c,
    "unpack": lambda group: group, "lanes": lambda count: count, "whole_lanes": lambda count: 0,
    "of_synapse": lambda value, k: value[k] if isinstance(value, np.ndarray) else value,
    "float64_as_bits": _bits(np.float64, np.uint64), "bits_as_float64": _bits(np.uint64, np.float64),
    "float32_as_int": _bits(np.float32, np.int32), "int_as_float32": _bits(np.int32, np.float32),
    "float64_as_int": _bits(np.float64, np.int64), "int_as_float64": _bits(np.int64, np.float64),
    "inline": lambda function: function, "called": lambda function: function, "kernel": lambda function: function,
}  # fmt: skip
"""What has no name in Python, and what would only be slow here."""


def _plain_runtime() -> dict[str, Any]:
    """All names of the runtime, as plain Python."""
    made: dict[str, dict[str, Any]] = {}
    for info in pkgutil.iter_modules(runtime.__path__):
        module = importlib.import_module(f"{runtime.__name__}.{info.name}")
        made[info.name] = {**vars(module), "__name__": f"plain_{info.name}"}
    known: dict[tuple[str, str], Any] = {}
    for space in made.values():
        for name, value in list(space.items()):
            function = getattr(value, "py_func", None)
            if name in STAND_INS:
                space[name] = STAND_INS[name]
            elif function is not None:
                home = function.__module__.rpartition(".")[2]
                at = (home, function.__name__)
                if at not in known:
                    known[at] = types.FunctionType(
                        function.__code__, made[home], function.__name__, function.__defaults__
                    )
                space[name] = known[at]
    names = {name: value for space in made.values() for name, value in space.items() if not name.startswith("__")}
    return {**names, **STAND_INS}


class Module:
    """A generated module whose `run` is plain Python."""

    def __init__(self, text: str) -> None:
        space = dict(_PLAIN.setdefault("runtime", None) or _PLAIN.update(runtime=_plain_runtime()) or _PLAIN["runtime"])
        text = re.sub(r"from hebbstat\.engine\.runtime import \*\n", "", text)
        text = re.sub(r"from hebbstat\.engine\.runtime import (.+)\n", _renamings, text)
        space["__name__"] = "plain_kernel"
        exec(_code(text), space)
        self.space, self._run = space, space["run"]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["space"][name]
        except KeyError:
            raise AttributeError(name) from None

    def run(self, *given: Any) -> Any:
        """The loop over steps, on the groups' arrays themselves."""
        with np.errstate(all="ignore"):
            return self._run(*(_unpacked(value) for value in given))


_PLAIN: dict[str, Any] = {}


@functools.lru_cache(maxsize=16)
def _code(text: str) -> types.CodeType:
    return compile(text, "<kernel>", "exec")


def _renamings(found: re.Match[str]) -> str:
    """`from runtime import a as b, c` as assignments; what keeps its name is there already."""
    pairs = [one.strip().strip("()").split(" as ") for one in found[1].split(",")]
    return "".join(f"{pair[1].strip()} = {pair[0].strip()}\n" for pair in pairs if len(pair) == 2)


def _unpacked(value: Any) -> Any:
    of = getattr(value, "of", None)
    if of is None:
        return value
    if "records" in getattr(of, "_fields", ()):
        return of._replace(records=of.records.view(np.recarray))
    return of


@contextlib.contextmanager
def plain_kernels() -> Iterator[None]:
    """Within, simulations are made with plain kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "load", lambda text, *_: (Module(text), True))
        yield
