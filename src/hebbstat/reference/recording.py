"""A plain run with recorders: asked as the engine's run loop asks them, at every step.

What the recorders of `hebbstat.Recorder` need of a run is written down here as a protocol: neither side knows the
other, and what a recorder keeps of the reference may be held against what it keeps of the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.network.recorded import Recorded, check_names

if TYPE_CHECKING:
    from hebbstat.reference.simulation import ReferenceSimulation


class Recorder(Protocol):
    """What is to be kept of a run."""

    def names(self, sim: Any) -> list[str]:
        """What its data will be called."""

    def begin(self, sim: Any, steps: int) -> None:
        """Check what is asked for, and make room."""

    def due(self, step: int) -> int:
        """The next step after `step` at which it wants to look."""

    def observe(self, run: Any) -> None:
        """Look, if this is such a step."""

    def subscriptions(self) -> Sequence[Any]:
        """Whose spikes it wants: (population, take, ...) with take(steps, neurons, until)."""

    def data(self) -> dict[str, Any]:
        """What it kept, by name."""


class PlainView:
    """A reference as recorders may look at it; looking changes nothing."""

    def __init__(self, sim: ReferenceSimulation) -> None:
        self._sim = sim
        self.net, self.state, self.weights, self.pairs = sim.net, sim.state, sim.weights, sim.pairs
        self.modulator, self.some_weights = sim.modulator, sim.some_weights

    @property
    def step_count(self) -> int:
        """How many steps were run."""
        return self._sim.step_count

    @property
    def time(self) -> float:
        """ms since the start."""
        return self._sim.time


class PlainRun:
    """Runs a reference step by step; the recorders look after each."""

    interrupted = False

    def __init__(self, sim: ReferenceSimulation, recorders: Sequence[Recorder], steps: int) -> None:
        if isinstance(recorders, str) or not all(hasattr(one, "observe") for one in recorders):
            raise BadValueError(f"record={recorders!r} must be a list of recorders: record=[Spikes('exc')]")
        self._reference, self.sim, self.recorders = sim, PlainView(sim), recorders
        self.first, self.end = sim.step_count, sim.step_count + steps
        check_names([name for one in recorders for name in one.names(self.sim)])
        for one in recorders:
            one.begin(self.sim, steps)
        self._wanted = [wish for one in recorders for wish in one.subscriptions()]

    @property
    def step(self) -> int:
        """The step that the simulation has reached."""
        return self.sim.step_count

    def run(self) -> Recorded:
        """Run to the end."""
        while self.step < self.end:
            wanted = [one for one in self.recorders if one.due(self.step) == self.step + 1]
            before = len(self._reference.spikes)
            self._reference.step()
            self._hand_out(before)
            for one in wanted:
                one.observe(self)
        return Recorded({name: data for one in self.recorders for name, data in one.data().items()})

    def _hand_out(self, before: int) -> None:
        """Give the spikes of the last step to those who want them."""
        for population, take, *_ in self._wanted:
            neurons = [neuron for _, name, neuron in self._reference.spikes[before:] if name == population]
            take(np.full(len(neurons), self.step - 1, np.int64), np.array(neurons, np.int32), self.step)
