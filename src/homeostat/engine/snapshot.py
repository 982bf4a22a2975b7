"""Taking and putting back what a frozen probe must not change: all but the slow states, which stand still anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from homeostat.engine.simulation import Simulation

CONSTANT = set(
    "post start piece pre row_of first_row row_delay sending delays in_degree firsts train_step train_id "
    "log_step log_id logged logging flags progress learning spent".split()
)
"""Arrays that a run does not change, or that are not the network's."""

Kept = dict[tuple[str, int, str], np.ndarray]  # group, thread, variable -> its values


def snapshot(sim: Simulation) -> Kept:
    """Copies of every array that a frozen run can change."""
    kept: Kept = {}
    for group, shares in sim.layout.shares.items():
        variables = _variables(sim, group)
        for thread, share in enumerate(shares):
            for key, value in share.items():
                if isinstance(value, np.ndarray) and key not in CONSTANT and not _still(variables.get(key)):
                    kept[group, thread, key] = value.copy()
    return kept


def restore(sim: Simulation, kept: Kept) -> None:
    """Put back what `snapshot` copied."""
    for (group, thread, key), value in kept.items():
        sim.layout.shares[group][thread][key][...] = value


def pass_over(sim: Simulation, steps: int) -> None:
    """For slow state frozen time has not passed: move the stamps of its last events forward by it."""
    for group, shares in sim.layout.shares.items():
        for name, variable in _variables(sim, group).items():
            stamp = "stamp" if name == "stamp" else f"{name}_at" if variable.slow and variable.kind == "cell" else ""
            for share in shares:
                if stamp in share:
                    share[stamp] += np.int32(steps)


def _variables(sim: Simulation, group: str) -> dict[str, Any]:
    if group in sim.model.cells:
        return sim.model.cells[group].variables
    return sim.model.links[group].variables if group in sim.model.links else sim.model.rules.variables


def _still(variable: Any) -> bool:
    return variable is not None and (variable.fixed or (variable.slow and variable.kind == "synapse"))
