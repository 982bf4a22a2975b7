"""Which rules let synapses die and be born, and what a projection must be like for that (docs/semantics.md, section 8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hebbstat.contract.errors import ContractError, NotSupportedError
from hebbstat.contract.mechanism import Mechanism, Plasticity
from hebbstat.contract.state import PerPost, PerPre, PerSynapse, Plain
from hebbstat.network.network import Projection
from hebbstat.network.scopes import field_scope

if TYPE_CHECKING:
    from hebbstat.network.instantiate import NetworkInstance

REWIRES = ("prune", "attempts", "initial_weight")
FREE = {"free_pre": PerPre, "free_post": PerPost}
"""States that count free elements, and whose they are."""


def rewires(projection: Projection) -> bool:
    """Whether some rule of a projection has synapses die or be born."""
    mechanisms = [mechanism for _, mechanism in projection.mechanisms()]
    return any(hook.event in REWIRES for mechanism in mechanisms for hook in mechanism.hooks)


def check_rule(mechanism: Mechanism, what: str) -> None:
    """Births need both their number and their weight; free elements are counted."""
    events = {hook.event for hook in mechanism.hooks} & {"attempts", "initial_weight"}
    if len(events) == 1:
        (there,) = events
        missing = "initial_weight" if there == "attempts" else "attempts"
        raise ContractError(f"{what} has a hook `{there}`, so it needs a hook `{missing}`: a birth takes both")
    for name, scope in FREE.items():
        state = mechanism.states.get(name)
        if isinstance(mechanism, Plasticity) and state is not None:
            counts = state.scope is scope and isinstance(state.origin, Plain) and state.advancer is None
            if not counts:
                raise ContractError(f"{what}: {name} counts free elements, so it must be a {scope.name}.state()")


def check(made: NetworkInstance) -> None:
    """A synapse that is born has nobody to take a delay or parameters of its own from."""
    for name, projection in made.network.projections.items():
        if not rewires(projection):
            continue
        synapses = made.synapses[name]
        if synapses.several_delays or synapses.branches(projection.branches) > 1:
            raise NotSupportedError(f"'{name}' rewires, so it must have one delay, and no branches")
        for place, mechanism in projection.mechanisms():
            for field, value in made.values[name, place].items():
                if field_scope(mechanism, field) is PerSynapse and _differs(value):
                    what = f"{field} of {type(mechanism).__name__} on '{name}'"
                    raise NotSupportedError(
                        f"'{name}' rewires, so {what} cannot differ between synapses; give one number"
                    )


def _differs(value: object) -> bool:
    values = getattr(value, "values", value)  # of a plan: by time, or by time and synapse
    return np.ndim(values) > (1 if values is not value else 0)  # type: ignore[arg-type]
