"""What the run loop asks: when somebody wants to look next, and to look.

Recorders, the health monitor, streaming to disk, autosave, the progress bar and the thread adapter are observers. The
loop of `run/session.py` runs to the earliest step that any of them names, hands out the spikes since, and lets all
look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from hebbstat.engine.plan.arrays import NEVER
from hebbstat.engine.state.view import SimulationView


class Running(Protocol):
    """The run under way, as observers see it."""

    sim: SimulationView
    first: int  # the step at which it began
    end: int  # and will end
    interrupted: bool

    @property
    def step(self) -> int:
        """The step that the simulation has reached."""


class Subscription(NamedTuple):
    """Who wants spikes of a population: `take(steps, ids, until)`, in order of time, then neuron, or `unordered`."""

    population: str
    take: Callable[[np.ndarray, np.ndarray, int], None]
    unordered: bool = False


class Observer:
    """Somebody who looks at a run. `due` and `observe` are all that must be there; the rest has a meaning if it is."""

    def due(self, step: int) -> int:
        """The next step after `step` at which it wants to look; never, if it looks wherever the loop stops."""
        return NEVER

    def observe(self, run: Running) -> None:
        """Look. Called wherever the loop stops, which is at each step that was `due`, and elsewhere too."""

    def subscriptions(self) -> list[Subscription]:
        """The spikes that it wants."""
        return []

    def state_dict(self) -> Mapping[str, Any]:
        """What it needs to go on in another process."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave."""

    def close(self) -> None:
        """The run is over, however it ended."""
