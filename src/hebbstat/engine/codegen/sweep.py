"""Writes passes over all synapses: at every step for rules that act continuously, at the ticks of slow clocks."""

from __future__ import annotations

from dataclasses import replace

from hebbstat.contract.mechanism import Bound
from hebbstat.contract.state import Reduction, State
from hebbstat.engine.codegen.binding import View
from hebbstat.engine.codegen.context import Views
from hebbstat.engine.codegen.replay import newest_event, replayed
from hebbstat.engine.codegen.text import indented, only_if, results, when_learning
from hebbstat.engine.codegen.update import store, synapse_event
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.model import Member, draw_key
from hebbstat.network.streams import joined


def write_passes(at: Views) -> list[str]:
    """The functions `step` and `on_tick`, where there is anything to do."""
    return [*_pass(at, "step", at.plan.step), *_pass(at, "on_tick", at.plan.on_tick)]


def _pass(at: Views, event: str, bounds: list[Bound]) -> list[str]:
    q, plan, clocks = at.q, at.plan, event == "on_tick"
    hooks = [hook for scope in ("PerPost", "PerPre", "PerSynapse") for hook in plan.state_hooks(scope, event)]
    if not bounds and not hooks:
        return []
    reductions = _reductions(at) if clocks else []
    passes_rows = bool(bounds or plan.synapse_hooks(event))
    settled = plan.replays and passes_rows and not reductions and not plan.state_hooks("PerPre", event)  # row by row
    flush = [f"flush_{q}(n + 1, {q}, {at.c}, network)"] if plan.replays and not settled else []
    ticks: list[str] = []
    if clocks:
        ticking = {at.links.member(bound.owner).prefix for bound in bounds} | {member.prefix for member, _ in hooks}
        ticks = [f"tick_{prefix[:-1]} = (n + 1) % {q}.ticks_{prefix[:-1]} == 0" for prefix in sorted(ticking)]
    lines = ["learning = network.learning[0] != 0", *only_if("learning", flush), *ticks, *reductions]
    lines += _keep_before(at, event)
    lines += _owners(at, "PerPost", event, f"{at.c}.size", "i")
    lines += _owners(at, "PerPre", event, f"{q}.last.size", "row")
    lines += only_if("learning", _all_rows(at, event, bounds, settled)) if passes_rows else []
    return [
        f"@called\ndef {event}_{q}({at.all_arguments if plan.rate else at.arguments}):",
        f'    """{"Slow clocks" if clocks else "Continuous rules"} of {at.links.name!r}."""',
        *indented(lines),
        "",
    ]


def _all_rows(at: Views, event: str, bounds: list[Bound], settled: bool) -> list[str]:
    """Lines that take all synapses through the event."""
    q = at.q
    once, work = _rows(at, event, bounds, settled)
    lines = [f"for i in range({at.c}.size):", *indented(once)] if once else []
    lines += at.rows.passes([*_arriving_rate(at), *work])
    return lines + ([f"{q}.flushed[0] = n + 1", f"{q}.h_fill[:] = 0"] if settled else [])


def _read_before(at: Views, event: str) -> list[tuple[Member, State]]:
    """States of neurons and rows that hooks of this event write, and hooks of synapses' states read as they were."""
    owners = [hook for scope in ("PerPost", "PerPre") for hook in at.plan.state_hooks(scope, event)]
    written = [(m, s) for m, hook in owners for s in hook.writes]
    readers = [(m, h.all_reads) for m, h in at.plan.synapse_hooks(event)]
    return [(m, s) for m, s in written if any(m is of and s.name in reads for of, reads in readers)]


def _keep_before(at: Views, event: str) -> list[str]:
    """Lines that keep these as they were before the event."""
    view, lines = at.now(), list[str]()
    for member, state in _read_before(at, event):
        name, cells = f"was_{member.prefix}{state.name}", state.scope.name == "PerPost"
        at.links.variables[name] = replace(at.links.variables[f"{member.prefix}{state.name}"], slow=False)
        size, index = (f"{at.c}.size", "i") if cells else (f"{at.q}.last.size", "row")
        lines += [f"for {index} in range({size}):", f"    {at.q}.{name}[{index}] = {view.state(member, state)}"]
    return lines


def _before(at: Views, view: View, event: str) -> View | None:
    """A view that reads them so."""
    kept = {(id(m), s.name): f"was_{m.prefix}{s.name}" for m, s in _read_before(at, event)}
    if not kept:
        return None

    def state(member: Member, which: State) -> str:
        name = kept.get((id(member), which.name))
        return view.state(member, which) if name is None else at.reader.variable(at.links, name)

    return replace(view, state=state)


def _arriving_rate(at: Views) -> list[str]:
    """The rate of the presynaptic neuron of a row, as it arrives now."""
    rate = f"rate = rate_of({at.source}.rates, n - {at.q}.row_delay[row], {at.q}.pre[row])"
    return [rate] if at.plan.rate else []


def _rows(at: Views, event: str, bounds: list[Bound], settled: bool) -> tuple[list[str], list[str]]:
    """Lines that are run once for each cell, and those that take a row through the event, `settled` if need be."""
    q, plan, clocks = at.q, at.plan, event == "on_tick"
    at_once = settled and plan.whole
    view, once = _once_per_cell(at)
    before = _before(at, view, event)
    body, changed = synapse_event(at, view, event, bounds, "n", clocks, loaded=at_once, before=before)
    body += [*(_rounded(at, changed) if clocks else []), *store(at, changed, "n")]
    if at_once:  # as in a visit: older events are replayed, the newest one is part of the loop
        body = [f"w = {q}.w[k]", *newest_event(at), *body]
        return once, [*at.rows.since_when(), *at.rows.loop(body, then=replayed(at, 1), side_by_side=True)]
    settle = [f"settle_{q}({at.rows.about}, {at.arguments})"] if settled else []
    return once, [*settle, *at.rows.loop(body)]


def _once_per_cell(at: Views) -> tuple[View, list[str]]:
    """A view that reads the neurons' moving states from where the lines, run once for each cell, have put them."""
    view, once = at.now(), list[str]()
    state_now = view.state

    def state(member: Member, which: State) -> str:
        if not (which.scope.name == "PerPost" and which.moves):
            return state_now(member, which)
        name = f"now_{member.prefix}{which.name}"
        if name not in at.links.variables:
            at.links.variables[name] = replace(at.links.variables[f"{member.prefix}{which.name}"], slow=False)
        line = f"{at.q}.{name}[i] = {state_now(member, which)}"
        once.extend([] if line in once else [line])
        return f"{at.q}.{name}[i]"

    view.state = state
    return view, once


def _rounded(at: Views, changed: list[str]) -> list[str]:
    """What slow clocks change is rounded at random, so that small changes add up in single precision."""
    if "w" not in changed:
        return []
    key = draw_key(at.reader.model, at.links, joined(at.links.name, "rounding"))
    return [f"w = rounded(w, {at.bits}(step_key({at.q}.{key}, n), {at.element}))"]


def _reductions(at: Views) -> list[str]:
    """Reductions over a neuron's incoming synapses, at the ticks of the rules that want them."""
    q, lines = at.q, []
    for member in at.plan.rules:
        for state in member.mechanism.states.values():
            if isinstance(state.origin, Reduction):
                name = f"{member.prefix}{state.name}"
                at.links.variables[name] = Variable(Shape.CELL, 0.0, "float64")
                reduce = f"reduce_{state.origin.how}({q}.start, {q}.post, {q}.in_degree, {q}.w, {q}.{name})"
                lines += only_if(f"tick_{member.prefix[:-1]}", [reduce])
    return lines


def _owners(at: Views, scope: str, event: str, size: str, index: str) -> list[str]:
    """Hooks of states that belong to neurons or rows. In frozen time those that are not slow move on."""
    q, hooks = at.q, at.plan.state_hooks(scope, event)
    if not hooks:
        return []
    view = at.drawing(at.now(), scope)
    body = _arriving_rate(at) if scope == "PerPre" else []
    body += [f"new{n} = {at.reader.call(view, member, hook)}" for n, (member, hook) in enumerate(hooks)]
    for n, (member, hook) in enumerate(hooks):
        stores = []
        for state, value in results(hook, f"new{n}"):
            name = f"{member.prefix}{state.name}"
            stamp = [f"{q}.at_{name}[{index}] = n"] if f"at_{name}" in at.links.variables else []
            stores += when_learning(state, [f"{q}.{name}[{index}] = {value}", *stamp])
        body += only_if(f"tick_{member.prefix[:-1]}" if event == "on_tick" else "", stores)
    return [f"for {index} in range({size}):", *indented(body)]
