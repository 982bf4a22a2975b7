"""Taking and putting back what a frozen probe must not change: all but the slow states, which stand still anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.state.global_state import groups

if TYPE_CHECKING:
    from hebbstat.engine.simulation import Simulation

Kept = dict[tuple[str, int, str], Any]  # group, thread, variable -> its values


class Probe:
    """What a frozen probe found as it began, to be put back at its end.

    A run changes nothing that stands still; but the user may set it, so before that it is copied too.
    """

    def __init__(self, sim: Simulation, restores: bool) -> None:
        self.began, self.restores = sim.step_count, restores
        self._kept = _copies(sim, False) if restores else {}
        self._still: Kept | None = None

    def remember_all(self, sim: Simulation) -> None:
        """Copy what stands still, if it is to be put back and was not copied yet."""
        if self.restores and self._still is None:
            self._still = _copies(sim, True)

    def put_back(self, sim: Simulation) -> None:
        """Give the simulation what it had as the probe began."""
        known = {group.name: group for group in groups(sim)}
        for (group, thread, key), value in {**self._kept, **(self._still or {})}.items():
            shard = sim.layout.shards[group][thread]
            if isinstance(value, np.ndarray):
                shard[key][...] = value
            else:
                shard[key], known[group].array(key).value = value, value.item()
        sim.step_count = self.began


def _copies(sim: Simulation, still: bool) -> Kept:
    """Copies of what a frozen run can change; or, if `still`, of what only the user can."""
    kept: Kept = {}
    for group in groups(sim):
        for key, variable in group.arrays.items():
            if _stands(variable) == still and (variable.role.changes or variable.role.settable):
                shards = sim.layout.shards[group.name][: 1 if variable.shared else None]
                kept |= {(group.name, thread, key): shard[key].copy() for thread, shard in enumerate(shards)}
    return kept


def _stands(variable: Variable) -> bool:
    """Whether in frozen time only the user changes it."""
    by_user = variable.role.changes and (variable.shape is Shape.NUMBER or (variable.slow and variable.of_synapses))
    return variable.role.settable or by_user


def pass_over(sim: Simulation, steps: int) -> None:
    """For slow state frozen time has not passed: move the stamps of its last events forward by it."""
    for group in groups(sim):
        stamps = {f"at_{name}" for name, variable in group.variables.items() if variable.slow} | {"stamp"}
        for stamp in stamps & group.variables.keys():
            for shard in sim.layout.shards[group.name]:
                shard[stamp] += np.int32(steps)
