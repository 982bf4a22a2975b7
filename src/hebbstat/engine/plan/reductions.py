"""Which reductions there are, whose synapses each is of, and what must be there for it."""

from __future__ import annotations

import numpy as np

from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.state import WHOLE, PerNeuron, PerPost, PerPre, Reduction, State
from hebbstat.engine.plan.groups import Group, Member, PopulationGroup, ProjectionGroup
from hebbstat.engine.plan.model import Model


def onto(model: Model, cells: PopulationGroup) -> list[ProjectionGroup]:
    """All projections onto a population, as connected."""
    return [links for links in model.links.values() if links.target is cells]


def is_over_neuron(member: Member, state: State) -> bool:
    """Whether a state is a reduction over all projections onto a cell."""
    origin = state.origin
    of_cell = isinstance(member.mechanism, PopulationRule) and state.scope is PerNeuron
    of_all = isinstance(origin, Reduction) and origin.over == "neuron" and state.scope is PerPost
    return isinstance(origin, Reduction) and (of_all or of_cell)


def over_neurons(model: Model, cells: PopulationGroup) -> list[tuple[Group, Member, State]]:
    """Such reductions over the synapses of a population's cells, with their rules."""
    groups: list[Group] = [*onto(model, cells), cells]
    return [(group, m, s) for group in groups for m, s in group.states if is_over_neuron(m, s)]


def gathered(group: Group) -> list[tuple[Member, State]]:
    """Reductions over what lies with several threads: of a presynaptic neuron's synapses, or of a whole."""
    reduced = [(member, state) for member, state in group.states if isinstance(state.origin, Reduction)]
    return [(member, state) for member, state in reduced if state.scope in (PerPre, *WHOLE)]


def tellers(model: Model, group: Group, state: State) -> list[Group]:
    """Whose values such a reduction is of."""
    assert isinstance(state.origin, Reduction)
    if not (isinstance(group, ProjectionGroup) and state.scope is PerPre and state.origin.over == "neuron"):
        return [group]
    return [links for links in model.links.values() if links.source is group.source]


def prepare(model: Model) -> None:
    """Note with projections what of theirs is reduced."""
    for group in model.groups:
        for _, state in gathered(group):
            for teller in tellers(model, group, state):
                if isinstance(teller, ProjectionGroup):
                    teller.gathers = True
    _count_together(model)


def _count_together(model: Model) -> None:
    """How many synapses of a neuron quantiles take together at most, of all projections onto it or from it."""
    states = [(group, m, s) for group in model.groups for m, s in group.states]
    wanted = [(group, m, s) for group, m, s in states if isinstance(s.origin, Reduction) and s.origin.how == "quantile"]
    for group, member, state in wanted:
        if isinstance(group, ProjectionGroup) and state.scope is PerPre:
            parts = [one for one in tellers(model, group, state) if isinstance(one, ProjectionGroup)]
            group.together = max(group.together, sum(_most(model, one, sent=True) for one in parts))
        elif is_over_neuron(member, state):
            parts = onto(model, group.target if isinstance(group, ProjectionGroup) else group)  # type: ignore[arg-type]
            for one in parts[:1]:  # there they come together
                one.together = max(one.together, sum(_most(model, part, sent=False) for part in parts))


def _most(model: Model, links: ProjectionGroup, sent: bool) -> int:
    """The most synapses that a neuron sends or gets; where some are born, no pair gets a second one by that."""
    synapses, other = model.made.synapses[links.name], links.target if sent else links.source
    degrees = np.diff(synapses.start) if sent else np.bincount(synapses.post)
    return int(degrees.max(initial=0)) + (other.population.n if links.rewires else 0)
