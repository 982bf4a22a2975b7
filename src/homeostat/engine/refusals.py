"""All that the semantics allow and this engine does not do yet: the one list. The reference runs every one of them."""

from __future__ import annotations

from homeostat.engine.model import Model
from homeostat.errors import NotSupported

REFUSALS = {
    "branch": "states per dendritic branch",
    "lagged": "lagged copies of a state",
    "after": "events delayed further with after=",
    "rewiring": "births and deaths of synapses",
    "quantile": "quantiles as reductions",
    "over": "reductions over all projections of a neuron",
    "reduced": "reductions of something else than w",
    "target": "rules that change anything but w, a release's parameters or (rules on cells) a neuron's parameter",
    "diffusion": "states that diffuse between cells",
}
"""Key -> what is refused, in words."""


def refuse(key: str, where: str) -> NotSupported:
    """The error for one refusal."""
    return NotSupported(
        f"{where}: the compiled engine does not yet do {REFUSALS[key]}; homeostat.ReferenceSimulation(net) does"
    )


def check(model: Model) -> None:
    """Raise the first refusal that a model meets."""
    for group in (*model.cells.values(), *model.links.values(), model.rules):
        for member in group.members:
            where = f"{type(member.mechanism).__name__} on '{group.name}'"
            for state in member.mechanism.states.values():
                if state.scope.name == "PerBranch":
                    raise refuse("branch", where)
                if state.lagged:
                    raise refuse("lagged", where)
                if state.reduction and state.reduction.how == "quantile":
                    raise refuse("quantile", where)
                if state.reduction and state.reduction.over != "projection":
                    raise refuse("over", where)
                if state.reduction and state.reduction.of != "w":
                    raise refuse("reduced", where)
                if state.inflow:
                    raise refuse("diffusion", where)
            for hook in member.mechanism.hooks:
                if hook.after:
                    raise refuse("after", where)
                if hook.event in ("dies", "attempts", "newborn"):
                    raise refuse("rewiring", where)
