"""Units as types: a float with a unit and a range, read by the checks and by the documentation.

Public values are in ms, mV, nS, pA, pF and Hz. A `pint` quantity is accepted and converted. Kernels see floats.

    class Leaky(Neuron):
        tau: Ms = 20.0              # a positive time in ms
        v_rest: MilliVolt = -60.0
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from homeostat.errors import BadValue


@dataclass(frozen=True)
class Unit:
    """A unit's symbol and the range that values of it may have."""

    symbol: str
    low: float = -math.inf
    high: float = math.inf
    above: bool = False  # True: `low` itself is not allowed

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

    def strip(self, value: Any, where: str) -> Any:
        """The bare number or array of a `pint` quantity in this unit; any other value unchanged."""
        if not (hasattr(value, "magnitude") and hasattr(value, "to")):
            return value
        try:
            return value.to(self.symbol or "dimensionless").magnitude
        except Exception as error:  # pint's own classes are not a dependency
            raise BadValue(
                f"{where}={value} has the wrong dimension: it must be in {self.symbol or 'plain numbers'}"
            ) from error


Ms = Annotated[float, Unit("ms", 0.0, above=True)]
"""A time constant or period, above 0."""
Delay = Annotated[float, Unit("ms", 0.0)]
"""A delay or duration, 0 allowed."""
Hz = Annotated[float, Unit("Hz", 0.0)]
"""A rate or frequency."""
MilliVolt = Annotated[float, Unit("mV")]
"""A potential or a difference of potentials."""
Slope = Annotated[float, Unit("mV", 0.0, above=True)]
"""A potential scale, above 0."""
NanoSiemens = Annotated[float, Unit("nS", 0.0)]
"""A conductance."""
PicoAmp = Annotated[float, Unit("pA")]
"""A current."""
PicoFarad = Annotated[float, Unit("pF", 0.0, above=True)]
"""A capacitance."""
Weight = Annotated[float, Unit("")]
"""A synaptic weight or its change, in the unit of what the receptor takes."""
Fraction = Annotated[float, Unit("", 0.0, 1.0)]
"""A probability or share."""
Positive = Annotated[float, Unit("", 0.0, above=True)]
"""A plain number above 0."""
NonNegative = Annotated[float, Unit("", 0.0)]
"""A plain number, 0 allowed."""
Number = Annotated[float, Unit("")]
"""Any plain number."""
