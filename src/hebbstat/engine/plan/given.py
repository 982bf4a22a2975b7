"""What receptors give in a step is kept for those who read it later in the step: rules, and who looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hebbstat.contract.mechanism import Mechanism, Receptor, names_of
from hebbstat.contract.state import Received, Reduction
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.groups import PopulationGroup, SharedReceptor
from hebbstat.engine.plan.model import Model
from hebbstat.network import received
from hebbstat.network.lookup import is_sum, neurons, places
from hebbstat.network.network import Population, Projection

Asked = tuple[Mechanism, Iterable[str], Population | Projection]


def kept_sum(name: str) -> str:
    """The variable of a population that keeps a sum of what its receptors give."""
    return f"sum_of_{name}"


def kept_given(pool: SharedReceptor, what: str) -> str:
    """The variable that keeps what one receptor gives: its `current` or `conductance`."""
    return f"{what}_of_{pool.prefix[:-1]}"


def kept_variable(pool: SharedReceptor, name: str) -> str | None:
    """The same, if that is what a name means of it."""
    assert isinstance(pool.mechanism, Receptor)
    return kept_given(pool, name) if received.is_given(pool.mechanism, name) else None


def pool_of(model: Model, projection: str) -> tuple[PopulationGroup, SharedReceptor]:
    """The receptor of a projection, its own or a shared one, and its cells."""
    links = model.links[projection]
    return links.target, next(pool for pool in links.target.pools if pool.owner == links.receptor_of)


def prepare(model: Model) -> None:
    """Declare what must be kept."""
    for mechanism, names, on in _asked(model):
        for of, what in sorted(received.behind(model.net, mechanism, names, on)):
            cells, pool = pool_of(model, of)
            kept = kept_variable(pool, what)
            if kept is not None:
                cells.variables[kept] = Variable(Shape.CELL, 0.0)
        around = neurons(mechanism, on)
        for side, _, of in (name.partition("_") for name in names if name not in names_of(mechanism)):
            whose = around.get(side)
            if whose is not None and is_sum(whose, of) and not received.no_sum(model.net, whose, of):
                model.cells[whose.name].variables[kept_sum(of)] = Variable(Shape.CELL, 0.0)


def _asked(model: Model) -> Iterator[Asked]:
    """What mechanisms on populations and projections ask for: in hooks, in gates, to reduce it, to be looked at."""
    for _, place, mechanism, on in places(model.net):
        if on is not None and place != "receptor":
            states = mechanism.states.values()
            yield mechanism, [name for hook in mechanism.hooks for name in hook.all_reads], on
            yield mechanism, [state.origin.of for state in states if isinstance(state.origin, Reduction)], on
            yield mechanism, [state.name for state in states if isinstance(state.origin, Received)], on
    for projection in model.net.projections.values():
        for bound in (bound for rule in projection.rules for bound in rule.bound()):
            for gate in bound.gates:
                yield bound.owner if gate.owner is None else gate.owner, gate.reads, projection
