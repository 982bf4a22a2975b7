"""Fast state as it begins, so that one trial knows nothing of the one before; slow state, parameters and time go on."""

from __future__ import annotations

from typing import Any

import numpy as np

from hebbstat.contract.state import Lagged
from hebbstat.engine.core import Core
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import Group
from hebbstat.engine.state.global_state import gather, groups, put, saved
from hebbstat.engine.state.present import spread
from hebbstat.engine.state.setting import bring_up_to_date, present_parameters
from hebbstat.engine.state.snapshot import stands
from hebbstat.network import lookup
from hebbstat.network.derive import initial
from hebbstat.network.instantiate import NetworkInstance

STAYS = ("was_frozen", "born_at", "stamp")  # what is kept of frozen time, and of synapses: of slow state, too


def reset_fast(core: Core) -> None:
    """Give all fast state the values that it begins with, as of now; nothing is under way any more."""
    core.flush()
    for group in groups(core):
        bring_up_to_date(core, group)
    state, made = gather(core), present_parameters(core)
    for group in groups(core):
        first = _states_begin(core, group, made)
        for key, variable in saved(group).items():
            fast = variable.role is not Role.PARAMETER and not stands(variable)
            if fast and key not in STAYS and first.get(key, 0.0) is not None:
                name = f"{group.name}/{key}"
                state[name] = _begun(core, key, variable, state[name], first.get(key, variable.value))
    put(core, state, core.step_count)


def _states_begin(core: Core, group: Group, made: NetworkInstance) -> dict[str, Any]:
    """What each state of a group begins with, and what was kept of it; None where that is of slow state."""
    found: dict[str, Any] = {}
    for member in group.members:
        for state in member.mechanism.states.values():
            key, of = f"{member.prefix}{state.name}", lookup.root(member.mechanism, state)
            if not (state.is_plain or isinstance(state.origin, Lagged)) or key not in group.variables:
                continue
            source = group.variables.get(f"{member.prefix}{of.name}")  # none, if it is what a receptor gave
            slow = source is not None and source.slow
            value = None if slow else initial(made, member.owner, member.place, member.mechanism, of)
            shape = group.variables[key].shape
            if value is not None and np.ndim(value) and shape is not None:
                value = spread(core, group, value, Shape.SOURCE if shape is Shape.ROW else shape, shape)
            found |= {name: value for name in (key, f"before_{key}", f"past_{key}")}
            found[f"at_{key}"] = None if slow else core.step_count - 1
    return found


def _begun(core: Core, key: str, variable: Variable, values: np.ndarray, first: object) -> np.ndarray:
    """An array like `values`, as it begins."""
    if variable.shape is Shape.SPIKES:
        return values[:0]
    if key == "last":  # a row is visited, for those who ask how long ago that was
        return np.full_like(values, core.step_count - 1)
    return np.broadcast_to(np.asarray(first, values.dtype), values.shape).copy()
