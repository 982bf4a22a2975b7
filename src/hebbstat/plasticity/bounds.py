"""Bounds of a weight, or of whatever else a rule acts on."""

import math

from hebbstat.contract.combinators import Wrapper
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.fields import field
from hebbstat.contract.mechanism import Gate, Plasticity
from hebbstat.contract.units import Number


class HardBounds(Plasticity):
    """Hard bounds: what leaves the interval is put back to its end, after each event.

        w = min(max(w, low), high)

    As a rule of its own it bounds what all rules of the projection do together. `HardBounds(0, 1, on="release.U")`
    bounds another quantity. Soft bounds scale the steps of one rule: SoftBounds.

    Song, Miller & Abbott 2000, doi:10.1038/78829.
    """

    low: Number = field(0.0, "the lower bound")
    high: Number = field(math.inf, "the upper bound")

    @staticmethod
    def clip(value, low, high):
        return low if value < low else high if value > high else value


class SoftBounds(Wrapper):
    """Soft bounds: each change of another rule is scaled by the room that is left in its direction.

        dw = change (high - w) / (high - low)  if change > 0,  else  change (w - low) / (high - low)

    `SoftBounds(PairSTDP(), 0.0, 1.0)`. Single large steps can still overshoot: add HardBounds where they must not.

    van Rossum, Bi & Turrigiano 2000, doi:10.1523/JNEUROSCI.20-23-08812.2000; Gütig et al. 2003,
    doi:10.1523/JNEUROSCI.23-09-03697.2003.
    """

    low: Number = field(0.0, "the lower bound")
    high: Number = field(1.0, "the upper bound")

    def __post_init__(self) -> None:
        if isinstance(self.low, float) and isinstance(self.high, float) and not self.low < self.high < math.inf:
            raise BadValueError(f"SoftBounds needs low < high, both finite, not {self.low:g} and {self.high:g}")
        self.gate = Gate(room, ("change", "value", "low", "high"), self)


def room(change, value, low, high):
    """The part of a change that soft bounds let through."""
    return (high - value) / (high - low) if change > 0.0 else (value - low) / (high - low)
