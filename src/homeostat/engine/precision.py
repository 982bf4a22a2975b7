"""Changes that single precision would lose: told when a simulation is made, since at an event nothing can be done.

A float32 near w holds multiples of a spacing of about 6e-8 |w|, and a change is rounded to one: by half a spacing at
most, and always the same way if change and weight stay alike. So a change of `FEWEST` spacings may come out a tenth too
large or too small each time, and one below half a spacing never comes out at all. What slow clocks change is rounded at
random and is right in the mean.
"""

from __future__ import annotations

import numpy as np

from homeostat.errors import NetworkWarning, tell
from homeostat.network.network import Projection
from homeostat.network.realise import Realised
from homeostat.network.typical import changes, mean

FEWEST = 5.0  # spacings that a change has at least if it is right within a tenth
EVENTS = ("on_pre", "on_post", "step")


def caution(made: Realised) -> None:
    """Warn of each rule whose largest change of a weight or of a release's parameter is so small."""
    for projection in made.network.projections.values():
        small: dict[str, str] = {}
        for bound in (bound for rule in projection.rules for bound in rule.bound()):
            if bound.adds is None or bound.adds[0] is not None or bound.hook.event not in EVENTS:
                continue
            value = _size(made, projection, bound.adds[1])
            spacing = float(np.spacing(np.float32(abs(value))))
            largest = max(map(abs, changes(made, projection, bound, value)), default=0.0)
            if 0.0 < largest < FEWEST * spacing:
                small.setdefault(type(bound.owner).__name__, _told(projection, bound.adds[1], value, largest, spacing))
        for rule, text in small.items():
            tell(f"{rule} on {text}", NetworkWarning)


def _size(made: Realised, projection: Projection, aim: str) -> float:
    """About how large what a rule changes is."""
    if aim == "w":
        return mean(np.abs(made.synapses[projection.name].weight))
    place, _, name = aim.partition(".")
    value = made.values.get((projection.name, place), {}).get(name, 0.0)
    return mean(np.abs(value)) if isinstance(value, float | np.ndarray) else 0.0


def _told(projection: Projection, aim: str, value: float, change: float, spacing: float) -> str:
    what = "weights" if aim == "w" else aim
    return (
        f"'{projection.name}' changes {what} of about {value:.3g} by some {change:.2g} at a time, but float32 holds "
        f"them to {spacing:.2g} only: such changes are rounded away or come out too large. Use "
        "Simulation(net, dtype='float64'), larger steps less often, or a slow clock (`every`), whose changes add up"
    )
