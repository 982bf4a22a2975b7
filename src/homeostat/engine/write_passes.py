"""Writes passes over all synapses: at every step for rules that act continuously, at the ticks of slow clocks."""

from __future__ import annotations

import numpy as np

from homeostat import keyed
from homeostat.engine.lines import indented, only_if, results
from homeostat.engine.links_views import Views
from homeostat.engine.model import Variable, anchored
from homeostat.engine.write_changes import row_loop, store, synapse_event
from homeostat.rule import Bound


def write_passes(at: Views) -> list[str]:
    """The functions `step` and `every`, where there is anything to do."""
    return [*_pass(at, "step", at.plan.step), *_pass(at, "every", at.plan.every)]


def _pass(at: Views, event: str, bounds: list[Bound]) -> list[str]:
    q, plan, clocks = at.q, at.plan, event == "every"
    hooks = [hook for scope in ("PerPost", "PerPre", "PerSynapse") for hook in plan.state_hooks(scope, event)]
    if not bounds and not hooks:
        return []
    lines = [f"flush_{q}(n + 1, {q}, {at.c}, network)"] if plan.replays else []
    if clocks:
        ticking = {at.links.member(bound.owner).prefix for bound in bounds} | {member.prefix for member, _ in hooks}
        lines += [f"tick_{prefix[:-1]} = (n + 1) % {q}.{prefix}ticks == 0" for prefix in sorted(ticking)]
        lines += _reductions(at)
    lines += _owners(at, "PerPost", event, f"{at.c}.size", "i")
    lines += _owners(at, "PerPre", event, f"{q}.last.size", "row")
    if bounds or plan.synapse_hooks(event):
        rate = f"rate = rate_of({at.source}.rates, n - {q}.row_delay[row], {q}.pre[row])"
        body, changed = synapse_event(at, at.now(), event, bounds, "n", clocks)
        body += [*(_rounded(at, changed) if clocks else []), *store(at, changed, "n")]
        lines += [f"for row in range({q}.last.size):", *indented([rate] if plan.rate else [])]
        lines += indented(row_loop(at, body))
    return [
        f"@called\ndef {event}_{q}({at.all_arguments if plan.rate else at.arguments}):",
        f'    """{"Slow clocks" if clocks else "Continuous rules"} of {at.links.name!r}."""',
        *indented(lines),
        "",
    ]


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
