"""Writes the kernels of rules on cells, such as intrinsic homeostasis: what spikes, steps and clocks do to them.

All rules of a population read the same values: first all hooks are called, then what they returned is written down.
"""

from __future__ import annotations

from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.state import WHOLE, PerNeuron, Reduction, State, Trace
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Binder, Site
from hebbstat.engine.codegen.diffusion import flow, met, read_at, tells
from hebbstat.engine.codegen.fragments import (
    LEARNING,
    NOW,
    function,
    is_learning,
    let,
    put,
    results,
    tick,
    ticks,
    when_learning,
)
from hebbstat.engine.codegen.quote import array, call, code, expr, item, joined
from hebbstat.engine.codegen.reductions import reduction
from hebbstat.engine.codegen.shared import as_it_was, is_one_for_all, keep, moved, present
from hebbstat.engine.plan.groups import Member, PopulationGroup

Hooks = list[tuple[Member, Hook]]
MOMENTS = ("spikes_of", "step", "after_step", "on_tick", "after_on_tick")
"""When rules act. Changes have a moment of their own, `after` the states have moved, if they read an inflow."""


def rules_on_cells(binder: Binder, cells: PopulationGroup) -> tuple[ir.Function, ...]:
    """The functions of the rules on one population."""
    told = [function for moment in MOMENTS for function in tells(binder, cells, moment)]
    return (*told, *_spike_events(binder, cells), *_pass(binder, cells, "step"), *_pass(binder, cells, "on_tick"))


def _rules(cells: PopulationGroup) -> list[Member]:
    return [m for m in cells.members if isinstance(m.mechanism, PopulationRule)]


def _hooks(cells: PopulationGroup, event: str) -> Hooks:
    return [(m, hook) for m in _rules(cells) for hook in m.mechanism.hooks if hook.event == event]


def _traces(cells: PopulationGroup) -> list[tuple[Member, State]]:
    states = [(m, state) for m in _rules(cells) for state in m.mechanism.states.values()]
    return [(m, state) for m, state in states if isinstance(state.origin, Trace) and state.scope is PerNeuron]


def site_of(binder: Binder, cells: PopulationGroup, member: Member) -> Site:
    """A rule on cells reads states as of the end of this step."""

    def state(site: Site, of: Member, which: State) -> ir.Expression:
        if isinstance(which.origin, Reduction):
            name = f"{of.prefix}{which.name}"
            return item(array(cells, name), 0) if which.scope in WHOLE else item(reduction(cells, name), "i")
        if is_one_for_all(which):
            return present(binder, site, of, which)
        return binder.advanced(site, of, which, item(array(cells, f"{of.prefix}{which.name}"), "i"))

    def of_neuron(side: str, name: str) -> ir.Expression | None:
        return binder.neuron_value(cells, name) if side == "neuron" else None

    rule = member.mechanism
    assert isinstance(rule, PopulationRule)
    offered = {"value": _target(cells, member)} if rule.acts_on else {}
    element = (expr("c.first + i", c=cells),)
    return Site(cells, state, offered, of_neuron, element=element, received=binder.receptor_value)


def _target(cells: PopulationGroup, member: Member) -> ir.Item:
    """The neuron's parameter that a rule changes."""
    assert isinstance(member.mechanism, PopulationRule)
    return item(array(cells, f"{cells.members[0].prefix}{member.mechanism.acts_on}"), "i")


def _function(binder: Binder, cells: PopulationGroup, what: str, doc: str, body: ir.Block) -> ir.Function:
    network = binder.model.rules
    return function(f"{what}_{cells.ident}", doc, (cells, network), let("learning", is_learning(network)) + body)


def _spike_events(binder: Binder, cells: PopulationGroup) -> tuple[ir.Function, ...]:
    """What a spike does to the rules on its cell: changes, then states."""
    hooks, traces = _hooks(cells, "on_spike"), _traces(cells)
    if not hooks and not traces:
        return ()
    changes = [(member, hook) for member, hook in hooks if not hook.writes]
    updates = [(member, hook) for member, hook in hooks if hook.writes]
    block = (*_called(binder, cells, changes, "change"), *_applied(cells, changes, "change"))
    block += _called(binder, cells, updates, "new")
    for n, (member, state) in enumerate(traces):
        site, name = site_of(binder, cells, member), f"{member.prefix}{state.name}"
        block += let(name, site.state(site, member, state))
        block += let(f"jump{n}", binder.jumped(site, member, state, ir.Local(name)))
    block += _applied(cells, updates, "new")
    for n, (member, state) in enumerate(traces):
        block += _stored(cells, member, state, ir.Local(f"jump{n}"))
    body = code(
        """
slot = n % c.ids.shape[0]
for e in range(c.counts[slot, c.column]):
    i = c.ids[slot, c.first + e] - c.first
    block
""",
        c=cells, block=block,
    )  # fmt: skip
    body = flow(cells, "spikes_of") + body
    doc = f"What spikes of {cells.name!r} do to the rules on its cells."
    return (_function(binder, cells, "spikes_of", doc, body),)


def _called(
    binder: Binder, cells: PopulationGroup, hooks: Hooks, local: str, before: bool = False
) -> ir.Block:  # fmt: skip
    """Calls hooks and keeps what they return in numbered locals; they may read what all share as it was `before`."""
    sites = [site_of(binder, cells, member) for member, _ in hooks]
    sites = [as_it_was(site) for site in sites] if before else sites
    calls = (binder.call(site, member, hook) for site, (member, hook) in zip(sites, hooks, strict=True))
    return joined(*(let(f"{local}{k}", value) for k, value in enumerate(calls)))


def _applied(cells: PopulationGroup, hooks: Hooks, local: str, clocked: bool = False) -> ir.Block:
    """Writes down what hooks returned: new values of states, or changes of their rule's target."""
    block = ir.NOTHING
    for k, (member, hook) in enumerate(hooks):
        found = ir.NOTHING
        for state, value in results(hook, f"{local}{k}") if hook.writes else ():
            found += _stored(cells, member, state, value)
        if not hook.writes:
            found = ir.only_if(LEARNING, (ir.Add(_target(cells, member), ir.Local(f"{local}{k}")),))
        block += ir.only_if(tick(member) if clocked else None, found)
    return block


def _stored(cells: PopulationGroup, member: Member, state: State, value: ir.Expression) -> ir.Block:
    name = f"{member.prefix}{state.name}"
    stamp = put(item(array(cells, f"at_{name}"), "i"), expr("n")) if f"at_{name}" in cells.variables else ()
    return when_learning(state, (*put(item(array(cells, name), "i"), value), *stamp))


def _ticking(cells: PopulationGroup, event: str) -> list[Member]:
    """The rules that act at ticks."""
    return list(dict.fromkeys(member for member, _ in _hooks(cells, event))) if event == "on_tick" else []


def _pass(binder: Binder, cells: PopulationGroup, event: str) -> tuple[ir.Function, ...]:
    """What all cells do at a step, or at the ticks of their rules' clocks: states, then changes, which read them."""
    hooks, ticking = _hooks(cells, event), _ticking(cells, event)
    if not hooks:
        return ()
    states = [h for h in hooks if h[1].writes and h[1].writes[0].scope not in WHOLE]
    changes = [h for h in hooks if not h[1].writes]
    blocks = []
    for local, group in (("new", states), ("change", changes)):
        block = _called(binder, cells, group, local, before=group is states)
        blocks.append(block + _applied(cells, group, local, clocked=bool(ticking)))
    apart = read_at(cells, f"after_{event}")
    passes = {event: blocks[0], f"after_{event}": blocks[1]} if apart else {event: blocks[0] + blocks[1]}
    doc = f"{'Slow clocks' if ticking else 'Continuous rules'} on the cells of {cells.name!r}."
    made = []
    for moment, body in passes.items():
        lines = joined(*(let(tick(member).name, ticks(cells, member)) for member in ticking))
        lines += flow(cells, moment)
        if moment == event:
            lines += keep(binder, cells, _rules(cells)) + moved(binder, cells, event, _rules(cells))
        lines += code("for i in range(c.size):\n    body", c=cells, body=body) if body else ()
        made.append(_function(binder, cells, moment, doc, lines))
    return tuple(made)


def calls_of_rules(binder: Binder, cells: PopulationGroup, event: str) -> ir.Block:
    """What runs the population's rules at an event of the step; at ticks only while the simulation learns."""
    network = binder.model.rules
    if event == "spikes_of":
        condition, there = None, bool(_hooks(cells, "on_spike") or _traces(cells))
    else:
        condition = ir.any_of(ticks(cells, member) for member in _ticking(cells, event))
        there = bool(_hooks(cells, event))
    if condition is not None:
        condition = ir.all_of([is_learning(network), condition])
    moments = [event, *([after] if read_at(cells, after := f"after_{event}") else [])]
    calls = {moment: ir.Do(call(f"{moment}_{cells.ident}", NOW, cells, network)) for moment in moments}
    made = joined(*((*met(binder.model, cells, moment), do) for moment, do in calls.items()))
    return ir.only_if(condition, made) if there else ()
