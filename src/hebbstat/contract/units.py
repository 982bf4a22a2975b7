"""Units as types: a float with a unit and a range, read by the checks and by the documentation.

Public values are in ms, mV, nS, pA, pF and Hz. A `pint` quantity is accepted and converted. Kernels see floats.

    class Leaky(Neuron):
        tau: Ms = 20.0              # a positive time in ms
        v_rest: MilliVolt = -60.0
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeAlias

import numpy as np

from hebbstat.contract.errors import BadValueError


@dataclass(frozen=True)
class Unit:
    """A unit's symbol and the range that values of it may have."""

    symbol: str
    low: float = -math.inf
    high: float = math.inf
    above: bool = False  # True: `low` itself is not allowed
    words: str = ""  # what stands for the symbol where the unit is that of something else
    whole: bool = False  # True: whole numbers only

    def __repr__(self) -> str:
        return repr(self.needed)

    @property
    def needed(self) -> str:
        """What a value must be, in words: its range and unit."""
        return f"{'a whole number, ' if self.whole else ''}{self.range_text} {self.words or self.symbol}".rstrip()

    @property
    def range_text(self) -> str:
        """The range in words, as error messages and tables show it."""
        if self.low == -math.inf and self.high == math.inf:
            return "any number"
        if self.high == math.inf:
            return f"above {self.low:g}" if self.above else f"at least {self.low:g}"
        return f"from {self.low:g} to {self.high:g}"

    def holds(self, low: float, high: float) -> bool:
        """Whether the closed interval from `low` to `high` lies within the range."""
        return (low > self.low if self.above else low >= self.low) and high <= self.high

    def strip(self, value: Any, name: str, where: str) -> Any:
        """The bare number or array of a quantity in this unit (`pint`, `astropy`, `quantities`); others unchanged.

        What numpy would take for a number though it is none is refused: texts, truth values, complex numbers, dates.
        """
        converted = _without_unit(value, self.symbol or "dimensionless", f"{where}.{name}={value}")
        if why := no_number(converted):
            raise BadValueError(
                f"{name}={_shown(value)} of {where} is {why}; it must be {self.needed}: a number, an array, a "
                f"distribution or a signal{_meant(value)}"
            )
        is_labelled = hasattr(converted, "__array__") and not isinstance(converted, np.ndarray | np.generic)
        return np.asarray(converted, float) if is_labelled else converted  # of pandas, xarray


def number(value: Any, what: str) -> float:
    """One plain number as a float, infinity allowed; an error that begins with `what` for anything else.

    >>> number(np.array(3), "mean of Normal")
    3.0
    """
    why = no_number(value)
    if why is None:
        try:
            return float(value) if np.ndim(value) == 0 else _one(np.shape(value))
        except (TypeError, ValueError, OverflowError) as error:
            why = str(error) if isinstance(error, BadValueError) else f"no number ({type(value).__name__})"
    raise BadValueError(f"{what} must be one number, but {_shown(value)} is {why}{_meant(value)}")


def is_number(value: Any) -> bool:
    """Whether a value is one real number: neither a truth value nor a text; a numpy array of no dimension is one."""
    kinds = (int, float, np.integer, np.floating)
    inner = value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value
    return isinstance(inner, kinds) and not isinstance(inner, bool)


def is_whole(value: Any) -> bool:
    """Whether a value is one whole number, of a type for whole numbers."""
    inner = value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value
    return isinstance(inner, int | np.integer) and not isinstance(inner, bool)


def _one(shape: tuple[int, ...]) -> float:
    raise BadValueError(f"an array of shape {shape}")


def _without_unit(value: Any, unit: str, what: str) -> Any:
    """The magnitude of a quantity in `unit`."""
    try:
        if hasattr(value, "magnitude") and hasattr(value, "to"):  # pint
            return value.to(unit).magnitude
        if hasattr(value, "magnitude") and hasattr(value, "rescale"):  # quantities, of which neo is made
            return np.asarray(value.rescale(unit).magnitude)
        if hasattr(value, "unit") and hasattr(value, "to_value"):  # astropy
            return np.asarray(value.to_value("" if unit == "dimensionless" else unit))
    except Exception as error:  # their own classes are not a dependency
        wanted = "plain numbers" if unit == "dimensionless" else unit
        raise BadValueError(f"{what} has the wrong dimension: it must be in {wanted}") from error
    if hasattr(value, "dim") and hasattr(value, "has_same_dimensions"):  # brian2, whose floats are in SI units
        raise BadValueError(
            f"{what} has a unit of Brian2: give the plain number in {unit}, which is that divided by {unit}"
        )
    return value


def no_number(value: Any) -> str | None:
    """What a value is that `float()` or numpy would convert without a word, or crash on; None if it is acceptable."""
    if isinstance(value, str | bytes):
        return "a text"
    if isinstance(value, bool | np.bool_):
        return "a truth value"
    if value is None:
        return "no value"
    if isinstance(value, int) and abs(value) > 1e308:
        return "too large for a float"
    if np.ma.isMaskedArray(value) and np.ma.is_masked(value):
        return "an array with masked values"
    if not isinstance(value, complex | list | tuple | np.ndarray | np.generic) and not hasattr(value, "__array__"):
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        return "a list of lists that are not equally long"
    if array.dtype.kind == "O":
        return next((f"a list with {_shown(one)} in it, {why}" for one in array.flat if (why := no_number(one))), None)
    kinds = {"U": "texts", "S": "texts", "c": "complex", "M": "dates", "m": "a duration (timedelta64)", "V": "records"}
    return kinds.get(array.dtype.kind)


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size > 4:
        return f"array{value.shape}"
    text = " ".join(repr(value).split())
    return text if len(text) < 60 else f"{text[:57]}..."


def _meant(value: Any) -> str:
    """The number in a text such as '3' or '20 ms', as a question."""
    found = re.match(r"\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)", value) if isinstance(value, str) else None
    return f"; did you mean {found[1]}, without quotes?" if found else ""


class Quantity(Protocol):
    """A number or an array with a unit, of `pint` or `quantities`."""

    @property
    def magnitude(self) -> Any:
        """Without the unit."""


if TYPE_CHECKING:
    from hebbstat.contract.distributions import Distribution
    from hebbstat.contract.signals import FollowState, Signal

    Parameter: TypeAlias = (
        float | np.number[Any] | Sequence[float] | np.ndarray[Any, Any] | Distribution | Signal | FollowState | Quantity
    )
else:
    Parameter = float
"""What may be given for a parameter, and what hooks get of it: a number."""

Ms = Annotated[Parameter, Unit("ms", 0.0, above=True)]
"""A time constant or period, above 0."""
Delay = Annotated[Parameter, Unit("ms", 0.0)]
"""A delay or duration, 0 allowed."""
Hz = Annotated[Parameter, Unit("Hz", 0.0)]
"""A rate or frequency."""
MilliVolt = Annotated[Parameter, Unit("mV")]
"""A potential or a difference of potentials."""
Slope = Annotated[Parameter, Unit("mV", 0.0, above=True)]
"""A potential scale, above 0."""
NanoSiemens = Annotated[Parameter, Unit("nS", 0.0)]
"""A conductance."""
PicoAmp = Annotated[Parameter, Unit("pA")]
"""A current."""
PicoFarad = Annotated[Parameter, Unit("pF", 0.0, above=True)]
"""A capacitance."""
Weight = Annotated[Parameter, Unit("", words="in the weight's unit")]
"""A synaptic weight or its change, in the unit of what the receptor takes: nS, pA, mV."""
Fraction = Annotated[Parameter, Unit("", 0.0, 1.0)]
"""A probability or share."""
Positive = Annotated[Parameter, Unit("", 0.0, above=True)]
"""A plain number above 0."""
Count = Annotated[Parameter, Unit("", 1.0, whole=True)]
"""How many there are: a whole number of at least 1."""
NonNegative = Annotated[Parameter, Unit("", 0.0)]
"""A plain number, 0 allowed."""
Number = Annotated[Parameter, Unit("")]
"""Any plain number."""
