"""Writes the kernels of network rules: modulators, rhythms, sensors. Each thread computes them for itself."""

from __future__ import annotations

from hebbstat.contract.hooks import Hook
from hebbstat.contract.state import State
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Binder, Site
from hebbstat.engine.codegen.fragments import (
    LEARNING,
    function,
    is_learning,
    kept_unless_learning,
    let,
    put,
    results,
    tick,
    ticks,
)
from hebbstat.engine.codegen.lagged import recall, remember
from hebbstat.engine.codegen.quote import array, item, joined
from hebbstat.engine.codegen.shared import sensed
from hebbstat.engine.plan.groups import Member
from hebbstat.engine.plan.model import Model, left_behind, sensed_cells

EVENTS = ("step", "on_tick")


def of_network(binder: Binder) -> tuple[ir.Function, ...]:
    """The functions of all network rules, one for each step and one for ticks.

    All read what the step before has left of each other: so it does not matter in which order they were added.
    """
    model = binder.model
    noted = remember(model.rules, lambda member, of: _own(model, member, of))
    step = (*_leave(model), *sensed(model, model.rules), *recall(model.rules), *_step(binder))
    bodies = {"step": step, "on_tick": (*_ticks(binder), *noted)}
    learning, groups = let("learning", is_learning(model.rules)), (model.rules, *sensed_cells(model, [model.rules]))
    return tuple(function(f"{event}_network", "", groups, learning + body) for event, body in bodies.items() if body)


def _own(model: Model, member: Member, state: State) -> ir.Item:
    return item(array(model.rules, f"{member.prefix}{state.name}"), 0)


def _site(model: Model) -> Site:
    def state(site: Site, member: Member, which: State) -> ir.Expression:
        return _own(model, member, which)

    return Site(model.rules, state, element=(ir.Number(0),))


def _leave(model: Model) -> ir.Block:
    """What somebody follows is kept as the step before has left it."""
    names = [name for name in model.rules.variables if left_behind(name) in model.rules.variables]
    places = [(array(model.rules, left_behind(name)), array(model.rules, name)) for name in names]
    return joined(*(put(item(to, 0), item(of, 0)) for to, of in places))


def _step(binder: Binder) -> ir.Block:
    """Traces decay, then all `step` hooks are called, then all states have their new values."""
    model, site, block = binder.model, _site(binder.model), ir.NOTHING
    for member, state in model.rules.states:
        if state.moves:
            place = _own(model, member, state)
            block += kept_unless_learning(state, place, binder.after_step(site, member, state, place))
    return block + _called(binder, _hooks(model, "step"))


def _hooks(model: Model, event: str) -> list[tuple[Member, Hook]]:
    return [(m, hook) for m in model.rules.members for hook in m.mechanism.hooks if hook.event == event]


def _ticks(binder: Binder) -> ir.Block:
    """What happens at ticks: all hooks of all rules that tick are called, then all states have their new values."""
    hooks, lines = _hooks(binder.model, "on_tick"), ir.NOTHING
    for member in dict.fromkeys(member for member, _ in hooks):
        ticking = ir.all_of([LEARNING, ticks(binder.model.rules, member)])
        assert ticking is not None
        lines += let(tick(member).name, ticking)
    return lines + _called(binder, hooks, clocked=True)


def _called(binder: Binder, hooks: list[tuple[Member, Hook]], clocked: bool = False) -> ir.Block:
    site, calls, stores = _site(binder.model), ir.NOTHING, ir.NOTHING
    for k, (member, hook) in enumerate(hooks):
        when = tick(member) if clocked else None
        calls += let(f"new{k}", binder.call(site, member, hook))
        for state, value in results(hook, f"new{k}"):
            stores += ir.only_if(when, kept_unless_learning(state, _own(binder.model, member, state), value))
    return calls + stores
