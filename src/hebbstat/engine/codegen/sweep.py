"""Writes passes over all synapses: at every step for rules that act continuously, at the ticks of slow clocks."""

from __future__ import annotations

from dataclasses import replace

from hebbstat.contract.mechanism import Bound
from hebbstat.contract.state import WHOLE, PerBranch, PerPost, Reduction, State
from hebbstat.engine.codegen import branches, ir
from hebbstat.engine.codegen.binding import INDEX_OF_SCOPE, Site
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.fragments import (
    LEARNING,
    flushed,
    is_learning,
    let,
    put,
    results,
    tick,
    ticks,
    when_learning,
)
from hebbstat.engine.codegen.quantities import waiting_changes
from hebbstat.engine.codegen.quote import joined
from hebbstat.engine.codegen.reductions import by_branch, reduced, reduced_by_branch, reduction
from hebbstat.engine.codegen.replay import newest_event, replayed, settle
from hebbstat.engine.codegen.shared import as_it_was, keep, moved, shared
from hebbstat.engine.codegen.update import Update, store, synapse_event
from hebbstat.engine.codegen.valued import valued
from hebbstat.engine.plan.arrays import Shape
from hebbstat.engine.plan.groups import Member, states_of
from hebbstat.engine.plan.model import SHAPE_OF_SCOPE
from hebbstat.engine.plan.reductions import is_over_neuron
from hebbstat.network import streams

Functions = tuple[ir.Function, ...]
OWNERS = ("PerBranch", "PerPost", "PerPre")
"""Whose states move before those of synapses: branches first, for they read their neurons as these were."""


def passes(at: ProjectionContext, missed: Functions) -> Functions:
    """The functions `step` and `on_tick`, where there is anything to do; `missed` bring a row up to date."""
    return (*_pass(at, "step", at.plan.step, missed), *_pass(at, "on_tick", at.plan.on_tick, missed))


def _pass(at: ProjectionContext, event: str, bounds: list[Bound], missed: Functions) -> Functions:
    plan, clocks = at.plan, event == "on_tick"
    scopes = (*(scope.name for scope in WHOLE), *INDEX_OF_SCOPE)
    hooks = [hook for scope in scopes for hook in plan.state_hooks(scope, event)]
    of_cells = [bound for bound in plan.of_cells if bound.hook.event == event]
    reducing = _reducing(at) if clocks else []
    if not (bounds or hooks or of_cells or reducing):
        return ()
    reductions = joined(*(_reduced(at, member, state) for member, state in reducing))
    if at.links.branches > 1 and any(state.scope is PerBranch for _, state in reducing):
        reductions = by_branch(at.links) + reductions
    passes_rows = bool(bounds or plan.synapse_hooks(event))
    settled = plan.replays and passes_rows and not reductions and not plan.state_hooks("PerPre", event)  # row by row
    flush = flushed(at.links, at.network) if plan.replays and not settled else ()
    acting = [at.links.member(bound.owner) for bound in (*bounds, *of_cells)]
    ticking = {m.prefix: m for m in [*acting, *(m for m, _ in hooks), *(m for m, _ in reducing)]}
    members = [ticking[prefix] for prefix in sorted(ticking)] if clocks else []
    body = (
        *let("learning", is_learning(at.network)),
        *ir.only_if(LEARNING, flush),
        *joined(*(let(tick(member).name, ticks(at.links, member)) for member in members)),
        *reductions,
        *_keep_before(at, event),
        *keep(at.binder, at.links, plan.rules),
        *moved(at.binder, at.links, event, plan.rules),
        *joined(*(_owners(at, scope, event) for scope in OWNERS)),
        *(ir.only_if(LEARNING, _each(at, "PerPost", waiting_changes(at, event, clocks))) if of_cells else ()),
        *(ir.only_if(LEARNING, _all_rows(at, event, bounds, settled, missed)) if passes_rows else ()),
    )
    doc = f"{'Slow clocks' if clocks else 'Continuous rules'} of {at.links.name!r}."
    return (at.function(event, doc, body, "called", source=plan.rate),)


def _each(at: ProjectionContext, scope: str, block: ir.Block) -> ir.Block:
    """A block for each owner of a state: cell `i`, its branch `b`, or row `row`."""
    if scope == "PerPre":
        return at.code("for row in range(q.last.size):\n    block", block=block)
    block = branches.of_cell(at.links, block) if scope == "PerBranch" else block
    return at.code("for i in range(c.size):\n    block", block=block)


def _all_rows(at: ProjectionContext, event: str, bounds: list[Bound], settled: bool, missed: Functions) -> ir.Block:
    """What takes all synapses through the event."""
    work = _rows(at, event, bounds, settled)
    stores = {one.name: one for one in ir.arrays(*work) if one.group is at.links and one.name.startswith("now_")}
    once = joined(*(put(ir.Item(one, (ir.Local("i"),)), one.holds) for one in stores.values() if one.holds is not None))
    return (
        *(_each(at, "PerPost", once) if once else ()),
        *at.rows.passes(work, missed, at.arriving(*work)),
        *(at.code("q.flushed[0] = n + 1\nq.h_fill[:] = 0") if settled else ()),
    )


def _rows(at: ProjectionContext, event: str, bounds: list[Bound], settled: bool) -> ir.Block:
    """What takes a row through the event, `settled` if need be."""
    clocks, at_once, site = event == "on_tick", settled and at.plan.fused, _once_per_cell(at)
    update = synapse_event(
        at, site, event, bounds, clocks=clocks, loaded=at_once, before=_before(at, site, event)
    )  # fmt: skip
    body = (*update.block, *(_rounded(at, site, update) if clocks else ()), *store(at, update))
    if at_once:  # as in a visit: older events are replayed, the newest one is part of the loop
        body = (*at.code("w = q.w[k]"), *newest_event(at), *body)
        return (*at.rows.since_when(), *at.rows.loop(body, then=replayed(at, 1), records=True))
    return (*(settle(at) if settled else ()), *at.rows.loop(body))


def _once_per_cell(at: ProjectionContext) -> Site:
    """A site that reads the neurons' moving states from where they are put once for each cell."""
    now = at.now()

    def state(site: Site, member: Member, which: State) -> ir.Expression:
        value = now.state(now, member, which)
        if which.scope.name == "PerPost" and which.moves:
            return at.like("now", f"{member.prefix}{which.name}", "i", holds=value)
        return value

    return replace(now, state=state)


def _read_before(at: ProjectionContext, event: str) -> list[tuple[Member, State]]:
    """States of neurons, branches and rows that hooks of this event write, and those of synapses' read as they were."""
    owners = [hook for scope in OWNERS for hook in at.plan.state_hooks(scope, event)]
    written = [(m, s) for m, hook in owners for s in hook.writes]
    readers = [(m, h.all_reads) for m, h in at.plan.synapse_hooks(event)]
    return [(m, s) for m, s in written if any(m is of and s.name in reads for of, reads in readers)]


def _was(at: ProjectionContext, member: Member, state: State) -> ir.Item:
    """A state as it was before the event."""
    return at.like("was", f"{member.prefix}{state.name}", INDEX_OF_SCOPE[state.scope.name])


def _keep_before(at: ProjectionContext, event: str) -> ir.Block:
    """Keeps such states as they were before the event."""
    site, block = at.now(), ir.NOTHING
    for member, state in _read_before(at, event):
        block += _each(at, state.scope.name, put(_was(at, member, state), site.state(site, member, state)))
    return block


def _before(at: ProjectionContext, site: Site, event: str) -> Site | None:
    """A site that reads them so."""
    kept = {(id(member), state.name) for member, state in _read_before(at, event)}

    def state(own: Site, member: Member, which: State) -> ir.Expression:
        return _was(at, member, which) if (id(member), which.name) in kept else site.state(site, member, which)

    before = replace(site, state=state) if kept else site
    return as_it_was(before) if kept or shared(at.plan.rules) else None


def _rounded(at: ProjectionContext, site: Site, update: Update) -> ir.Block:
    """What slow clocks change is rounded at random, so that small changes add up in single precision."""
    if "w" not in update.changed:
        return ()
    bits = at.binder.bits(site, "rounding", streams.joined(at.links.name, "rounding"))
    return at.code("w = rounded(w, bits)", bits=bits)


def _reducing(at: ProjectionContext) -> list[tuple[Member, State]]:
    """Reductions over a neuron's, or a branch's, synapses of this projection."""
    states = states_of(at.plan.rules)
    own = [one for one in states if isinstance(one[1].origin, Reduction) and not is_over_neuron(*one)]
    return [(member, state) for member, state in own if state.scope in (PerPost, PerBranch)]


def _reduced(at: ProjectionContext, member: Member, state: State) -> ir.Block:
    """Such a reduction, at the ticks of the rule that wants it."""
    assert isinstance(state.origin, Reduction)
    values, filled = valued(at, member, state.origin.of)
    if state.scope is PerBranch and at.links.branches > 1:
        to = reduction(at.links, f"{member.prefix}{state.name}", Shape.BRANCH)
        return ir.only_if(tick(member), (*filled, *reduced_by_branch(at.links, values, state.origin, to)))
    to = reduction(at.links, f"{member.prefix}{state.name}", SHAPE_OF_SCOPE[state.scope])
    return ir.only_if(tick(member), (*filled, *reduced(at.target, [values], state.origin, to)))


def _owners(at: ProjectionContext, scope: str, event: str) -> ir.Block:
    """Hooks of states that belong to neurons, branches or rows. In frozen time those that are not slow move on."""
    hooks, index = at.plan.state_hooks(scope, event), INDEX_OF_SCOPE[scope]
    if not hooks:
        return ()
    site = as_it_was(at.drawing(at.now(), scope))
    body = joined(*(let(f"new{n}", at.binder.call(site, member, hook)) for n, (member, hook) in enumerate(hooks)))
    body = (*(at.arriving(*body) if scope == "PerPre" else ()), *body)
    for n, (member, hook) in enumerate(hooks):
        stores = ir.NOTHING
        for state, value in results(hook, f"new{n}"):
            name = f"{member.prefix}{state.name}"
            stores += when_learning(state, (*put(at.own(name, index), value), *at.stamped(name, index)))
        body += ir.only_if(tick(member) if event == "on_tick" else None, stores)
    return _each(at, scope, body)
