"""Writes passes over all synapses: at every step for rules that act continuously, at the ticks of slow clocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from homeostat import keyed
from homeostat.engine.lines import indented, only_if, results
from homeostat.engine.links_views import Views
from homeostat.engine.model import Member, Variable, anchored
from homeostat.engine.names import View
from homeostat.engine.write_changes import store, synapse_event
from homeostat.engine.write_replay import newest_event, replayed
from homeostat.rule import Bound
from homeostat.state import State


def write_passes(at: Views) -> list[str]:
    """The functions `step` and `every`, where there is anything to do."""
    return [*_pass(at, "step", at.plan.step), *_pass(at, "every", at.plan.every)]


def _pass(at: Views, event: str, bounds: list[Bound]) -> list[str]:
    q, plan, clocks = at.q, at.plan, event == "every"
    hooks = [hook for scope in ("PerPost", "PerPre", "PerSynapse") for hook in plan.state_hooks(scope, event)]
    if not bounds and not hooks:
        return []
    reductions = _reductions(at) if clocks else []
    passes_rows = bool(bounds or plan.synapse_hooks(event))
    settled = plan.replays and passes_rows and not reductions and not plan.state_hooks("PerPre", event)  # row by row
    lines = [f"flush_{q}(n + 1, {q}, {at.c}, network)"] if plan.replays and not settled else []
    if clocks:
        ticking = {at.links.member(bound.owner).prefix for bound in bounds} | {member.prefix for member, _ in hooks}
        lines += [f"tick_{prefix[:-1]} = (n + 1) % {q}.{prefix}ticks == 0" for prefix in sorted(ticking)]
    lines += reductions
    lines += _owners(at, "PerPost", event, f"{at.c}.size", "i")
    lines += _owners(at, "PerPre", event, f"{q}.last.size", "row")
    if passes_rows:
        rate = f"rate = rate_of({at.source}.rates, n - {q}.row_delay[row], {q}.pre[row])"
        once, work = _rows(at, event, bounds, settled)
        lines += [f"for i in range({at.c}.size):", *indented(once)] if once else []
        lines += at.rows.passes([*([rate] if plan.rate else []), *work])
    lines += [f"{q}.flushed[0] = n + 1", f"{q}.h_fill[:] = 0"] if settled else []
    return [
        f"@called\ndef {event}_{q}({at.all_arguments if plan.rate else at.arguments}):",
        f'    """{"Slow clocks" if clocks else "Continuous rules"} of {at.links.name!r}."""',
        *indented(lines),
        "",
    ]


def _rows(at: Views, event: str, bounds: list[Bound], settled: bool) -> tuple[list[str], list[str]]:
    """Lines that are run once for each cell, and those that take a row through the event, `settled` if need be."""
    q, plan, clocks = at.q, at.plan, event == "every"
    at_once = settled and plan.whole
    view, once = _once_per_cell(at)
    body, changed = synapse_event(at, view, event, bounds, "n", clocks, loaded=at_once)
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
        if not (which.scope.name == "PerPost" and anchored(member, which)):
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
    key = np.uint64(keyed.stream_key(at.reader.model.net.seed, f"{at.links.name}/rounding"))
    at.links.variables["key_rounding"] = Variable("key", key, "uint64", fixed=True)
    return [f"w = rounded(w, bits_of(step_key({at.q}.key_rounding, n), {at.element}))"]


def _reductions(at: Views) -> list[str]:
    """Reductions over a neuron's incoming synapses, at the ticks of the rules that want them."""
    q, lines = at.q, []
    for member in at.plan.rules:
        for state in member.mechanism.states.values():
            if state.reduction:
                name = f"{member.prefix}{state.name}"
                at.links.variables[name] = Variable("cell", 0.0, "float64")
                reduce = f"reduce_{state.reduction.how}({q}.start, {q}.post, {q}.in_degree, {q}.w, {q}.{name})"
                lines += only_if(f"tick_{member.prefix[:-1]}", [reduce])
    return lines


def _owners(at: Views, scope: str, event: str, size: str, index: str) -> list[str]:
    """Hooks of states that belong to neurons."""
    q, hooks = at.q, at.plan.state_hooks(scope, event)
    if not hooks:
        return []
    view = at.now()
    view.element = at.cell if scope == "PerPost" else f"{q}.pre[row]"
    body = [f"new{n} = {at.reader.call(view, member, hook)}" for n, (member, hook) in enumerate(hooks)]
    for n, (member, hook) in enumerate(hooks):
        stores = []
        for state, value in results(hook, f"new{n}"):
            name = f"{q}.{member.prefix}{state.name}"
            stores.append(f"{name}[{index}] = {value}")
            stores += [f"{name}_at[{index}] = n"] if anchored(member, state) else []
        body += only_if(f"tick_{member.prefix[:-1]}" if event == "every" else "", stores)
    return [f"for {index} in range({size}):", *indented(body)]
