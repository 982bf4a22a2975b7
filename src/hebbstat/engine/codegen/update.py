"""Writes what an event does to one synapse: changes summed from the same weight, new states, then the bounds."""

from __future__ import annotations

from dataclasses import replace

from hebbstat.contract.mechanism import Bound
from hebbstat.contract.state import Trace
from hebbstat.engine.codegen.binding import View
from hebbstat.engine.codegen.context import Views
from hebbstat.engine.codegen.row_loop import OneByOne
from hebbstat.engine.codegen.text import indented, only_if, results


def synapse_event(
    at: Views, view: View, event: str, bounds: list[Bound], step: str, clocks: bool = False, loaded: bool = False,
    before: View | None = None,
) -> tuple[list[str], list[str]]:  # fmt: skip
    """Lines that take one synapse through an event at `step`, and the variables (locals of their names) it changed.

    They begin with reading these variables, unless the weight is `loaded` already and there are no others. State hooks
    read what is there `before` the event's other hooks, if that is another view.
    """
    plan, lines = at.plan, [] if loaded else [f"w = {at.q}.w[k]"]
    aims = {bound.adds[1] for bound in bounds if bound.adds and bound.adds[0] is None}
    targets = {at.target(aim) for aim in aims}
    read = {at.target(at.aim(bound)) for bound in bounds}
    lines += [f"{target} = {at.q}.{target}[k]" for target in sorted((targets | read) - {"w"})]
    changed = [*(["w"] if "w" in aims or plan.weights else []), *sorted(targets - {"w"})]
    for member, state in plan.states("PerSynapse"):
        if member.place == "release":
            continue
        name = f"{member.prefix}{state.name}"
        lines.append(f"{name} = {at.q}.{name}[k]")
        if isinstance(state.origin, Trace) or state.advancer:
            lines.append(f"{name} = {at.reader.advanced(view, member, state, name, f'({step} - {at.q}.stamp[k])')}")
            changed.append(name)
    updates, updated = _updates(at, before or view, event, clocks)
    summed, totals = _changes(at, view, bounds, clocks)
    own = [f"{local} = {local} + {total}" for local, total in sorted(totals.items()) if local in targets]
    redirected = [f"{local} = {local} + {total}" for local, total in sorted(totals.items()) if local not in targets]
    ticks = _changed_at(at, bounds) if clocks else {}
    clipped = _clipped(at, view, aims, ticks)
    if event in ("step", "on_tick"):  # docs/semantics.md 2.8, 2.9: states first, changes read them
        lines += [*updates, *_derived(at, view), *summed, *own, *clipped, *redirected]
    else:  # 2.6: changes read the states as they were; 2.7: states move and read the weight as it became
        lines += [*summed, *own, *clipped, *updates, *redirected, *_derived(at, view)]
    return lines, list(dict.fromkeys([*changed, *updated, *sorted(totals)]))


def _updates(at: Views, view: View, event: str, clocks: bool) -> tuple[list[str], list[str]]:
    """Lines of the hooks that write states of the synapse, all reading the values before; and these states."""
    hooks, changed = at.plan.synapse_hooks(event), []
    lines = [f"new{n} = {at.reader.call(view, member, hook)}" for n, (member, hook) in enumerate(hooks)]
    for n, (member, hook) in enumerate(hooks):
        for state, value in results(hook, f"new{n}"):
            name = f"{member.prefix}{state.name}"
            guard = f" if tick_{member.prefix[:-1]} else {name}" if clocks else ""
            lines.append(f"{name} = {value}{guard}")
            changed.append(name)
    return lines, changed


def _derived(at: Views, view: View) -> list[str]:
    """The weight, where it is derived from states of the synapse."""
    members = [(at.links.member(bound.owner), bound.hook) for bound in at.plan.weights]
    lines = [f"w = {at.reader.call(view, member, hook)}" for member, hook in members]
    return lines + (_clipped(at, view, {"w"}) if lines else [])


def write_derived(at: Views) -> list[str]:
    """The function `derive`: weights that are derived from states are so from the beginning."""
    if not at.plan.weights:
        return []
    names = [f"{member.prefix}{state.name}" for member, state in at.plan.states("PerSynapse")]
    body = [f"{name} = {at.q}.{name}[k]" for name in ("w", *names)]
    body += [*_derived(at, at.now()), f"{at.q}.w[k] = w"]
    return [
        f"@called\ndef derive_{at.q}({at.arguments}):",
        f'    """The weights of {at.links.name!r} as their states make them."""',
        f"    for row in range({at.q}.last.size):",
        *indented(OneByOne(at.reader, at.links).loop(body), 2),
        "",
    ]


def _changes(at: Views, view: View, bounds: list[Bound], clocks: bool) -> tuple[list[str], dict[str, str]]:
    """Lines that sum the changes of each target, and the sums: what changes -> the local that holds its change."""
    lines: list[str] = []
    totals: dict[str, str] = {}
    for bound in bounds:
        assert bound.adds is not None
        owner, aim = bound.adds
        member = at.links.member(bound.owner)
        local = at.target(aim) if owner is None else f"{at.links.member(owner).prefix}{aim}"
        offered = {**view.offered, "value": at.target(at.aim(bound))}
        here = replace(view, offered=offered)
        if local not in totals:
            totals[local] = f"change_{local}"
            lines.append(f"{totals[local]} = {'0.0' if clocks else 'F(0.0)'}")
        change, parts = at.reader.call(here, member, bound.hook), []
        for n, gate in enumerate(bound.gates):
            if "change" in gate.reads:
                parts.append(f"part{n} = {change}")
                change = f"part{n}"
            gated = replace(here, offered={**offered, "change": change})
            change += f" * {at.reader.gate(gated, member, bound, n)}"
        conditions = [at.reader.condition(here, member, bound.hook)] if bound.hook.when else []
        conditions += [f"tick_{member.prefix[:-1]}"] if clocks else []
        lines += only_if(" and ".join(conditions), [*parts, f"{totals[local]} += {change}"])
    return lines, totals


def _changed_at(at: Views, bounds: list[Bound]) -> dict[str, str]:
    """When what rules aim at is changed at a tick, if not at all: when a rule's clock ticks that has a change of it."""
    clocks = {f"tick_{name.removeprefix('ticks_')}" for name in at.links.variables if name.startswith("ticks_")}
    ticks: dict[str, dict[str, None]] = {}
    for bound in bounds:
        if bound.adds and bound.adds[0] is None:
            ticks.setdefault(bound.adds[1], {})[f"tick_{at.links.member(bound.owner).prefix[:-1]}"] = None
    return {aim: " or ".join(some) for aim, some in ticks.items() if some.keys() != clocks}


def _clipped(at: Views, view: View, aims: set[str], ticks: dict[str, str] | None = None) -> list[str]:
    """`clip` hooks of the rules that aim at what has changed, in the order of the rules; only at some `ticks`."""
    lines = []
    for bound in at.plan.clip:
        aim = at.aim(bound)
        if aim in aims:
            local = at.target(aim)
            here = replace(view, offered={**view.offered, "value": local})
            call = at.reader.call(here, at.links.member(bound.owner), bound.hook)
            lines += only_if((ticks or {}).get(aim, ""), [f"{local} = {call}"])
    return lines


def store(at: Views, changed: list[str], step: str) -> list[str]:
    """Lines that put one synapse's values back."""
    lines = [f"{at.q}.{name}[k] = {name}" for name in changed]
    return lines + ([f"{at.q}.stamp[k] = np.int32({step})"] if at.plan.stamped else [])
