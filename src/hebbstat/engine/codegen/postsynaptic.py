"""Writes what postsynaptic events do at once: they enter the history that rows replay, and the neuron's states move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hebbstat.contract.state import State, Trace
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Site
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.fragments import LEARNING, let, put, results, when_learning
from hebbstat.engine.codegen.quote import array, expr, item, joined
from hebbstat.engine.plan.groups import Member

States = list[tuple[Member, State]]


def post_events(at: ProjectionContext, history: Mapping[ir.Array, ir.Expression]) -> tuple[ir.Function, ...]:
    """The function `post`, if there is anything to do. `history` is what replays read: where it is kept, what it is."""
    plan = at.plan
    if plan.eager:
        return ()
    lines = neuron_increments(at, ir.only_if(LEARNING, _remember(at, history)) if plan.replays else ())
    if not lines:
        return ()
    fired = "c.ids[slot], c.first, c.counts[slot, c.column]"
    full = at.expr(f"history_full({fired}, q.h_fill)")
    body = at.code(
        """
slot = (n - q.dendritic_delay) % c.ids.shape[0]
if n < q.dendritic_delay:
    return
learning = network.learning[0] != 0 and not network.was_frozen[slot]
flush
for e in range(c.counts[slot, c.column]):
    i = c.ids[slot, c.first + e] - c.first
    lines
""",
        flush=ir.only_if(full, at.call("flush")) if plan.replays else (), lines=lines,
    )  # fmt: skip
    return (at.function("post", f"Postsynaptic events of {at.links.name!r} at step `n`.", body),)


def neuron_increments(at: ProjectionContext, between: ir.Block = ()) -> ir.Block:
    """States of a neuron after its event; `between` comes when they were read, and before they are written."""
    site, states = at.now(), at.plan.states("PerPost")
    hooks = at.plan.state_hooks("PerPost", "on_post")
    moving = [(m, s) for m, s in states if s.moves or any(m is of and s in h.writes for of, h in hooks)]
    lines = joined(*(let(f"{m.prefix}{s.name}", site.state(site, m, s)) for m, s in moving))
    return lines + between + _increments(at, site, states, {f"{m.prefix}{s.name}" for m, s in moving})


def _remember(at: ProjectionContext, history: Mapping[ir.Array, ir.Expression]) -> ir.Block:
    """An event enters its neuron's history, with a snapshot of all that a replay reads as of that time."""
    kept = {array(at.links, "h_step"): expr("n")} | {one: history[one] for one in sorted(history, key=_name)}
    return (
        *joined(*(at.code("make_room(one, i, q.h_fill[i])", one=one) for one in kept)),
        *(ir.Assign(item(one, "i"), value) for one, value in kept.items()),
        *at.code("q.h_fill[i] += 1"),
        *(at.code("q.h_older[i] = q.h_newest[i]\nq.h_newest[i] = n") if at.plan.fused else ()),
        *at.code("q.h_latest[0] = n"),
    )


def _name(one: ir.Array) -> str:
    return one.name


def _increments(at: ProjectionContext, site: Site, states: States, moving: set[str]) -> ir.Block:
    """State hooks and traces of the neuron, all from the values before the event: those that move are locals."""

    def local(own: Site, member: Member, state: State) -> ir.Expression:
        name = f"{member.prefix}{state.name}"
        return ir.Local(name) if name in moving else site.state(site, member, state)

    own = replace(at.drawing(site, "PerPost"), state=local)
    hooks = at.plan.state_hooks("PerPost", "on_post")
    block = joined(*(let(f"new{n}", at.binder.call(own, member, hook)) for n, (member, hook) in enumerate(hooks)))
    for n, (member, hook) in enumerate(hooks):
        for state, value in results(hook, f"new{n}"):
            name = f"{member.prefix}{state.name}"
            stamp = at.stamped(name, "i") if state.moves else ()
            block += when_learning(state, (*put(at.own(name, "i"), value), *stamp))
    for member, state in states:
        if isinstance(state.origin, Trace):
            name = f"{member.prefix}{state.name}"
            value = at.binder.jumped(site, member, state, ir.Local(name))
            block += when_learning(state, (*put(at.own(name, "i"), value), *at.stamped(name, "i")))
    return block
