"""How long a run is: a time, or a number of steps."""

from __future__ import annotations

import math

from hebbstat.contract.errors import BadValueError
from hebbstat.contract.units import is_number


def steps_of_run(dt: float, seconds: float | None, ms: float | None, steps: int | None) -> int:
    """The steps of `dt` ms in a duration, of which one is given; `BadValueError` if they are not a whole number."""
    given = {name: value for name, value in (("seconds", seconds), ("ms", ms), ("steps", steps)) if value is not None}
    if len(given) != 1:
        raise BadValueError("run() takes one of seconds=, ms= and steps=")
    ((name, value),) = given.items()
    if not (is_number(value) and math.isfinite(value) and value > 0):
        raise BadValueError(f"run({name}={value!r}): the duration must be a number above 0")
    count = value if name == "steps" else value * (1000.0 if name == "seconds" else 1.0) / dt
    if abs(count - round(count)) > 1e-6 * max(1.0, count):
        raise BadValueError(f"run({name}={value!r}) is not a whole number of steps of dt={dt:g} ms")
    return round(count)
