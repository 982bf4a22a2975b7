"""Taking and putting back what a frozen probe must not change: all but the slow states, which stand still anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from hebbstat.engine.simulation import Simulation

CONSTANT = set(
    "post start piece pre row_of first_row row_delay sending delays in_degree firsts train_step train_id "
    "log_step log_id logged logging flags progress learning frozen_from spent".split()
)
"""Arrays that a run does not change, or that are not the network's."""

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
        for (group, thread, key), value in {**self._kept, **(self._still or {})}.items():
            share, variable = sim.layout.shares[group][thread], _variables(sim, group).get(key)
            if isinstance(value, np.ndarray):
                share[key][...] = value
            else:
                share[key] = value
                if variable is not None:
                    variable.value = float(value) if variable.kind == "number" else int(value)
        sim.step_count = self.began


def _copies(sim: Simulation, still: bool) -> Kept:
    """Copies of what a frozen run can change; or, if `still`, of what only the user can."""
    kept: Kept = {}
    for group, shares in sim.layout.shares.items():
        variables = _variables(sim, group)
        for thread, share in enumerate(shares):
            for key, value in share.items():
                variable = variables.get(key)
                stands = not isinstance(value, np.ndarray) or _still(variable)
                if key not in CONSTANT and stands == still and not (still and variable is None):
                    kept[group, thread, key] = value.copy() if isinstance(value, np.ndarray) else value
    return kept


def pass_over(sim: Simulation, steps: int) -> None:
    """For slow state frozen time has not passed: move the stamps of its last events forward by it."""
    for group, shares in sim.layout.shares.items():
        variables = _variables(sim, group)
        stamps = {f"at_{name}" for name, variable in variables.items() if variable.slow} | {"stamp"}
        for stamp in stamps & variables.keys():
            for share in shares:
                share[stamp] += np.int32(steps)


def _variables(sim: Simulation, group: str) -> dict[str, Any]:
    if group in sim.model.cells:
        return sim.model.cells[group].variables
    return sim.model.links[group].variables if group in sim.model.links else sim.model.rules.variables


def _still(variable: Any) -> bool:
    return variable is not None and (variable.fixed or (variable.slow and variable.kind == "synapse"))
