"""Writes what an event does to one synapse: changes summed from the same weight, new states, then the limits."""

from __future__ import annotations

import re
from dataclasses import replace

from homeostat.engine.gather import cut
from homeostat.engine.lines import indented, one_each, only_if, results
from homeostat.engine.links_views import Views
from homeostat.engine.names import View
from homeostat.rule import Bound


def synapse_event(
    at: Views, view: View, event: str, bounds: list[Bound], step: str, clocks: bool = False
) -> tuple[list[str], list[str]]:
    """Lines that take one synapse through an event at `step`, and the variables (locals of their names) it changed."""
    plan, lines = at.plan, [f"w = {at.q}.w[k]"]
    aims = {bound.adds[1] for bound in bounds if bound.adds and bound.adds[0] is None}
    changed = ["w"] if "w" in aims or plan.weights else []
    for target in (at.target(aim) for aim in sorted(aims - {"w"})):
        lines.append(f"{target} = {at.q}.{target}[k]")
        changed.append(target)
    for member, state in plan.states("PerSynapse"):
        if member.place == "release":
            continue
        name = f"{member.prefix}{state.name}"
        lines.append(f"{name} = {at.q}.{name}[k]")
        if state.trace or state.advancer:
            lines.append(f"{name} = {at.reader.advanced(view, member, state, name, f'({step} - {at.q}.stamp[k])')}")
            changed.append(name)
    summed, totals = _changes(at, view, bounds, clocks)
    hooks = plan.synapse_hooks(event)
    lines += summed
    lines += [f"new{n} = {at.reader.call(view, member, hook)}" for n, (member, hook) in enumerate(hooks)]
    for n, (member, hook) in enumerate(hooks):
        for state, value in results(hook, f"new{n}"):
            name = f"{member.prefix}{state.name}"
            guard = f" if tick_{member.prefix[:-1]} else {name}" if clocks else ""
            lines.append(f"{name} = {value}{guard}")
            changed.append(name)
    for local, total in sorted(totals.items()):
        lines.append(f"{local} = {local} + {total}")
        changed.append(local)
    for bound in plan.weights:
        lines.append(f"w = {at.reader.call(view, at.links.member(bound.owner), bound.hook)}")
    lines += _limited(at, view, aims | ({"w"} if plan.weights else set()))
    return lines, list(dict.fromkeys(changed))


def _changes(at: Views, view: View, bounds: list[Bound], clocks: bool) -> tuple[list[str], dict[str, str]]:
    """Lines that sum the changes of each target, and the sums: what changes -> the local that holds its change."""
    lines: list[str] = []
    totals: dict[str, str] = {}
    for bound in bounds:
        assert bound.adds is not None
        owner, aim = bound.adds
        member = at.links.member(bound.owner)
        local = at.target(aim) if owner is None else f"{at.links.member(owner).prefix}{aim}"
        here = replace(view, offered={**view.offered, "value": local if owner is None else "w"})
        if local not in totals:
            totals[local] = f"change_{local}"
            lines.append(f"{totals[local]} = {'0.0' if clocks else 'F(0.0)'}")
        change = at.reader.call(here, member, bound.hook)
        change += "".join(f" * {at.reader.gate(here, member, gate)}" for gate in bound.gates)
        conditions = [at.reader.condition(here, member, bound.hook)] if bound.hook.when else []
        conditions += [f"tick_{member.prefix[:-1]}"] if clocks else []
        lines += only_if(" and ".join(conditions), [f"{totals[local]} += {change}"])
    return lines, totals


def _limited(at: Views, view: View, aims: set[str]) -> list[str]:
    """`limit` hooks of the rules that aim at what has changed, in the order of the rules."""
    lines = []
    for bound in at.plan.limits:
        aim = getattr(bound.owner, "aim", "w")
        if aim in aims:
            local = at.target(aim)
            here = replace(view, offered={**view.offered, "w": local, "value": local})
            lines.append(f"{local} = {at.reader.call(here, at.links.member(bound.owner), bound.hook)}")
    return lines


def store(at: Views, changed: list[str], step: str) -> list[str]:
    """Lines that put one synapse's values back."""
    lines = [f"{at.q}.{name}[k] = {name}" for name in changed]
    return lines + ([f"{at.q}.stamp[k] = np.int32({step})"] if at.plan.stamped else [])


def row_bounds(at: Views) -> list[str]:
    """Where a row begins and how long it is; unsigned, so that no index is checked for being negative."""
    return [f"begin = U64({at.q}.start[row])", f"count = {at.q}.start[row + 1] - {at.q}.start[row]"]


def row_loop(at: Views, body: list[str]) -> list[str]:
    """A loop over the synapses of a row, cut so that it vectorises."""
    loops = cut(at.links, one_each(body), "i")
    lines = [*loops.shared, *row_bounds(at)]
    if loops.gather:
        lines += ["for e in range(count):", f"    i = {at.q}.post[begin + U64(e)]", *indented(loops.gather)]
    own = [f"i = {at.q}.post[k]"] if needs_cell(body) else []
    return [*lines, "for e in range(count):", *indented(["k = begin + U64(e)", *own, *loops.arithmetic])]


def needs_cell(body: list[str]) -> bool:
    """Whether lines use the index `i` of the postsynaptic neuron for more than looking something up."""
    return any(re.search(r"\bi\b(?!\])", line) for line in body)
