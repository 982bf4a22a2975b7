"""Bounds of a weight, or of whatever else a rule aims at."""

import math

from homeostat.rule import Plasticity
from homeostat.units import Number


class HardBounds(Plasticity):
    """Hard bounds: what leaves the interval is put back to its end, after each event.

        w = min(max(w, low), high)

    As a rule of its own it bounds what all rules of the projection do together. `HardBounds(0, 1, target="release.U")`
    bounds another quantity. Soft bounds are a property of a rule's steps: WeightDependentSTDP(mu=1).

    Song, Miller & Abbott 2000, doi:10.1038/78829.
    """

    low: Number = 0.0
    high: Number = math.inf

    @staticmethod
    def limit(value, low, high):
        return low if value < low else high if value > high else value
