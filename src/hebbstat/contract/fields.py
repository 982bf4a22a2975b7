"""The parameters of mechanisms: what a class declares, how values are checked, how tools and people see them.

    tau_plus: Ms = field(20.0, "decay of the presynaptic trace")
    strength: Number = required("relative growth per second")       # must be given
    w_max: Weight = 1.0                                             # a default alone is enough
"""

from __future__ import annotations

import inspect
import typing
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from hebbstat.contract.distributions import Distribution
from hebbstat.contract.errors import BadValueError, ContractError
from hebbstat.contract.signals import FollowState, Signal, owned, read_only
from hebbstat.contract.units import Unit

T = TypeVar("T")


def by_name(*, default: T, kw_only: bool) -> T:
    """To tools, an argument that is given by its name."""
    return default


@dataclass(frozen=True)
class Field:
    """A parameter: its name, unit with range, default (None: it must be given) and what it is, in words.

    `unit` is None for a text.
    """

    name: str
    unit: Unit | None
    default: Any = None
    text: str = ""
    annotation: Any = float

    @property
    def needed(self) -> str:
        """What a value must be, in words: its range and unit."""
        return "a text" if self.unit is None else self.unit.needed


@dataclass(frozen=True)
class _Said:
    """What a class body says of a field: its default and its text, until the class is made."""

    default: Any
    text: str


def field(default: T, text: str) -> T:
    """A parameter with its default and a text that says what it is: `tau: Ms = field(20.0, "decay of the trace")`."""
    said: Any = _Said(default, text)
    return said  # type: ignore[no-any-return]


def required(text: str) -> Any:
    """A parameter that must be given, with a text that says what it is: `gain: Number = required("mV per Hz")`."""
    return _Said(None, text)


def own_fields(cls: Any) -> dict[str, Field]:
    """The fields that the body of a class declares, or gives another default."""
    names = [name for name, text in vars(cls).get("__annotations__", {}).items() if "ClassVar" not in str(text)]
    if not names:
        return {}
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise ContractError(f"{cls.__name__}: {error}; import the unit types at the top of the file") from error
    found, said = {}, vars(cls) | vars(cls)["__apart__"]
    for name in names:
        unit = next((extra for extra in getattr(hints[name], "__metadata__", ()) if isinstance(extra, Unit)), None)
        if unit is None and hints[name] is not str:
            raise ContractError(
                f"{cls.__name__}.{name}: annotate it with a unit type such as Ms or Number, or with str"
            )
        given = said.get(name)
        if not isinstance(given, _Said):
            given = _Said(given, cls.fields[name].text if name in cls.fields else "")
        found[name] = Field(name, unit, given.default, given.text, hints[name])
        if isinstance(said.get(name), _Said):
            _unpack(cls, name, given.default)
    return found


def _unpack(cls: Any, name: str, default: Any) -> None:
    """The class has the default of a field under its name, as if it had been written alone."""
    if name in cls.__apart__:
        cls.__apart__[name] = default
    elif default is None:
        delattr(cls, name)
    else:
        setattr(cls, name, default)


def signature(
    fields: dict[str, Field], first: dict[str, Any] | None = None, last: dict[str, str] | None = None
) -> inspect.Signature:
    """How a class is called: what stands `first`, its fields in their order, and texts that are given by name."""
    parameter = inspect.Parameter
    kind: Any = parameter.POSITIONAL_OR_KEYWORD
    found = [parameter(name, kind, annotation=annotation) for name, annotation in (first or {}).items()]
    for name, spec in fields.items():
        default = parameter.empty if spec.default is None else spec.default
        if default is parameter.empty and found and found[-1].default is not parameter.empty:
            kind = parameter.KEYWORD_ONLY  # Python has no place for it behind one with a default
        found.append(parameter(name, kind, default=default, annotation=spec.annotation))
    for name, text in (last or {}).items():
        if name not in fields:
            found.append(parameter(name, parameter.KEYWORD_ONLY, default=text, annotation=str))
    return inspect.Signature(found)


def documented(doc: str | None, fields: dict[str, Field]) -> str | None:
    """The documentation of a class with a list of its parameters."""
    if not fields:
        return doc
    lines = [f"    {spec.name}: {'; '.join(filter(None, [spec.text, _allowed(spec)]))}" for spec in fields.values()]
    return "\n".join([inspect.cleandoc(doc or ""), "", "Parameters:", "", *lines]).strip()


def _allowed(spec: Field) -> str:
    return spec.needed + ("" if spec.default is None else f", default {short(spec.default)}")




def checked(spec: Field, value: Any, where: str) -> Any:
    """A parameter's value, converted to plain numbers and checked against its range."""
    if spec.unit is None:
        if not isinstance(value, str):
            raise BadValueError(f"{spec.name}={value!r} of {where} must be a text, such as the name of a population")
        return value
    unit = spec.unit
    value = unit.strip(value, spec.name, where)
    needed, label = spec.needed, f"{spec.name}={short(value)} of {where}"
    if isinstance(value, FollowState):
        if unit.whole:
            raise BadValueError(f"{label} follows a state, which can be any number, but it must be {needed}")
        return value
    if isinstance(value, Distribution | Signal):
        low, high = value.support
        if unit.whole and not value.whole:
            raise BadValueError(f"{label} can give broken numbers, but it must be {needed}; use Rounded(...) of it")
        if not unit.holds(low, high):
            raise BadValueError(
                f"{label} can give values from {low:g} to {high:g}, but it must be {needed}; "
                "use a distribution with that support, such as LogNormal, or Normal(..., low=...)"
            )
        return owned(value)
    try:
        array = read_only(value, float)
    except (TypeError, ValueError) as error:
        raise BadValueError(f"{label} must be a number, an array, a distribution or a signal") from error
    if array.size == 0 or np.isnan(array).any():
        raise BadValueError(f"{label} is {'not a number (NaN)' if array.size else 'empty'}; it must be {needed}")
    low, high = float(array.min()), float(array.max())
    if not unit.holds(low, high):
        wrong = low if not unit.holds(low, max(low, unit.low + 1)) else high
        hint = f"; did you mean {abs(wrong):g}?" if wrong < 0 <= unit.low and unit.holds(abs(wrong), abs(wrong)) else ""
        text = f"{spec.name}={wrong:g} {unit.symbol}".rstrip()
        raise BadValueError(f"{text} of {where} must be {needed}{hint}")
    if unit.whole and (broken := array[array != np.rint(array)]).size:
        raise BadValueError(f"{spec.name}={broken.flat[0]:g} of {where} must be {needed}")
    return float(array) if array.ndim == 0 else array


def short(value: Any) -> str:
    """A value as error messages and tables show it."""
    if isinstance(value, np.ndarray):
        return f"array{value.shape}" if value.size > 4 else np.array2string(value, separator=", ")
    return f"{value:g}" if isinstance(value, float | int) else repr(value)
