"""The value of a modulator, and how a user moves it between runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hebbstat.contract.errors import BadValueError
from hebbstat.contract.units import is_number


class Modulator(float):
    """The value of a modulator as it was when it was asked for: a number. `pulse` and `set` move it from now on.

        dopamine = sim.modulator("DA")
        dopamine.pulse(0.5)      # half a unit more than there is now
        dopamine.set(1.0)
    """

    _read: Callable[[], float]
    _write: Callable[[float], None]

    def __new__(cls, read: Callable[[], float], write: Callable[[float], None]) -> Modulator:
        value = super().__new__(cls, read())
        value._read, value._write = read, write
        return value

    def pulse(self, amount: float) -> None:
        """Add an amount to what there is now, as of the end of the last step; `BadValueError` if it is no number."""
        if not (is_number(amount) and math.isfinite(amount)):
            raise BadValueError(f"pulse({amount!r}): the amount must be a finite number")
        self._write(self._read() + amount)

    def set(self, value: float) -> None:
        """Put it to a value, as `sim.set` does."""
        self._write(value)

    def __reduce__(self) -> tuple[Any, ...]:  # what is copied or sent elsewhere is the number
        return float, (float(self),)
