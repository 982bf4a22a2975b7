"""Writes what postsynaptic events do at once: they enter the history that rows replay, and the neuron's states move."""

from __future__ import annotations

from dataclasses import replace

from hebbstat.contract.state import State, Trace
from hebbstat.engine.codegen.binding import View
from hebbstat.engine.codegen.context import Views
from hebbstat.engine.codegen.text import indented, only_if, results, when_learning
from hebbstat.engine.plan.model import Member

States = list[tuple[Member, State]]


def write_post_events(at: Views) -> list[str]:
    """The function `post`, if there is anything to do."""
    q, c, plan = at.q, at.c, at.plan
    view, states = at.now(), plan.states("PerPost")
    hooks = plan.state_hooks("PerPost", "on_post")
    moving = [(m, s) for m, s in states if s.moves or any(m is of and s in h.writes for of, h in hooks)]
    lines = [f"{member.prefix}{state.name} = {view.state(member, state)}" for member, state in moving]
    lines += only_if("learning", _remember(at)) if plan.replays else []
    lines += _increments(at, view, states)
    if not lines:
        return []
    fired = f"{c}.ids[slot], {c}.first, {c}.counts[slot, {c}.column]"
    flush = only_if(f"history_full({fired}, {q}.h_fill)", [f"flush_{q}({at.arguments})"])
    return [
        f"@inline\ndef post_{q}({at.arguments}):",
        f'    """Postsynaptic events of {at.links.name!r} at step `n`."""',
        f"    slot = (n - {q}.dendritic_delay) % {c}.ids.shape[0]",
        f"    if n < {q}.dendritic_delay:",
        "        return",
        "    learning = network.learning[0] != 0 and not network.was_frozen[slot]",
        *indented(flush if plan.replays else []),
        f"    for e in range({c}.counts[slot, {c}.column]):",
        f"        i = {c}.ids[slot, {c}.first + e] - {c}.first",
        *indented(lines, 2),
        "",
    ]


def _remember(at: Views) -> list[str]:
    """An event enters its neuron's history, with a snapshot of all that a replay reads as of that time."""
    q, kept = at.q, {"h_step": "n"} | {name: expression for expression, name in at.snapshots.items()}
    return [
        *(f"make_room({q}.{name}, i, {q}.h_fill[i])" for name in kept),
        *(f"{q}.{name}[i] = {expression}" for name, expression in kept.items()),
        f"{q}.h_fill[i] += 1",
        *([f"{q}.h_older[i] = {q}.h_newest[i]", f"{q}.h_newest[i] = n"] if at.plan.whole else []),
        f"{q}.h_latest[0] = n",
    ]


def _increments(at: Views, view: View, states: States) -> list[str]:
    """State hooks and traces of the neuron, all from the values before the event."""

    def local(member: Member, state: State) -> str:
        return f"{member.prefix}{state.name}" if state.scope.name == "PerPost" else view.state(member, state)

    own = replace(at.drawing(view, "PerPost"), state=local)
    hooks = at.plan.state_hooks("PerPost", "on_post")
    lines = [f"new{n} = {at.reader.call(own, member, hook)}" for n, (member, hook) in enumerate(hooks)]
    for n, (member, hook) in enumerate(hooks):
        for state, value in results(hook, f"new{n}"):
            name = f"{member.prefix}{state.name}"
            stamp = [f"{at.q}.at_{name}[i] = n"] if state.moves else []
            lines += when_learning(state, [f"{at.q}.{name}[i] = {value}", *stamp])
    for member, state in states:
        if isinstance(state.origin, Trace):
            name = f"{member.prefix}{state.name}"
            value = at.reader.jumped(view, member, state, name)
            lines += when_learning(state, [f"{at.q}.{name}[i] = {value}", f"{at.q}.at_{name}[i] = n"])
    return lines
