"""Writes what reaches a projection from its source: spikes that visit their row, or rates that flow at every step."""

from __future__ import annotations

import re

from homeostat.engine.lines import indented, one_each, only_if, results
from homeostat.engine.links_views import Views
from homeostat.engine.model import Links, Member, Variable
from homeostat.engine.names import View
from homeostat.engine.write_changes import row_bounds, row_loop, store, synapse_event
from homeostat.engine.write_replay import newest_event
from homeostat.network.wiring import OneToOne
from homeostat.state import State

States = list[tuple[Member, State]]


def write_arrivals(at: Views) -> list[str]:
    """The function `arrive`."""
    return _rates(at) if at.plan.rate else _spikes(at)


def due(links: Links) -> list[str]:
    """Lines that list the rows to visit in a step: before the cells integrate, so that the first is near by then."""
    q, source = links.ident, links.source.ident
    sent = f"{source}.ids, {source}.counts, {source}.firsts, {q}.sending, network.learning, network.was_frozen"
    return [f"find_due(n, {q}.delays, {q}.row_of, {sent}, {q}.due, {q}.due_count)", *_ask(links, "0")]


def _ask(links: Links, visit: str) -> list[str]:
    """Lines that ask for the memory of the row that is visited as number `visit` of a step, if rows are worth it."""
    q = links.ident
    moved = ["post", *(key for key, variable in links.variables.items() if variable.kind == "synapse")]
    asked = [] if isinstance(links.projection.wiring, OneToOne) else moved
    return [f"ask_for_due({visit}, {q}.due, {q}.due_count, {q}.start, {q}.{key})" for key in asked]


def _spikes(at: Views) -> list[str]:
    """The visits of a step; each asks for the memory of the next."""
    q, source = at.q, at.links.source.name
    return [
        f"@inline\ndef arrive_{q}({at.arguments}):",
        f'    """Spikes of {source!r} reach {at.links.name!r} at step `n`: replay, deliver, then on_pre."""',
        f"    for v in range({q}.due_count[0]):",
        *indented(_ask(at.links, "v + 1"), 2),
        f"        row, learning = due_row({q}.due[v]), {q}.due[v] >= 0",
        *indented(_visit(at), 2),
        "",
    ]


def _rates(at: Views) -> list[str]:
    """Rate neurons transmit at every step."""
    q = at.q
    return [
        f"@inline\ndef arrive_{q}({at.all_arguments}):",
        f'    """Rates of {at.links.source.name!r} as they reach {at.links.name!r} at step `n`."""',
        f"    for row in range({q}.last.size):",
        f"        rate = rate_of({at.source}.rates, n - {q}.row_delay[row], {q}.pre[row])",
        *indented(row_bounds(at), 2),
        "        for e in range(count):",
        "            k = begin + U64(e)",
        f"            {at.c}.{at.links.delivers_to}[{q}.post[k]] += {at.weight} * rate",
        "",
    ]


def _visit(at: Views) -> list[str]:
    """What a presynaptic event does to its row: replay, deliver, `on_pre`, traces."""
    q, plan = at.q, at.plan
    view = at.now(in_visit=True)
    body = [f"elapsed = F(np.int32(n - {q}.last[row])) * F({at.reader.model.net.dt!r})"]
    row_states = plan.states("PerPre")
    for member, state in row_states:
        name = f"{member.prefix}{state.name}"
        body.append(f"{name} = {at.reader.advanced(view, member, state, f'{q}.{name}[row]', f'(n - {q}.last[row])')}")
    replay = only_if("network.learning[0] != 0", [f"settle_{q}(row, {at.arguments})"] if plan.replays else [])
    apart = [*replay, *_deliver(at, view)]
    if plan.whole:
        body += ["if learning:", *indented(_whole(at, view)), "else:", *indented(apart)]
    else:
        body += apart
        if plan.on_pre or plan.synapse_hooks("on_pre") or plan.stamped:
            lines, changed = synapse_event(at, view, "on_pre", plan.on_pre, "n")
            body += only_if("learning", row_loop(at, [*lines, *store(at, changed, "n")]))
    body += _increments(at, view, [(m, s) for m, s in row_states if m.place.startswith("rule")])
    return one_each([*body, f"{q}.last[row] = n"])


def _whole(at: Views, view: View) -> list[str]:
    """Older events are replayed; then one loop over the row for the newest ones, what is delivered, and `on_pre`."""
    q = at.q
    event, _ = synapse_event(at, view, "on_pre", at.plan.on_pre, "n", loaded=True)
    body = [f"w = {q}.w[k]", *newest_event(at), *_send(at, view), *event, f"{q}.w[k] = w"]
    older = [f"{q}.pick[found] = k", f"found += U64({q}.h_older[i] >= since)"]
    replay = ["if found > 0:", f"    replay_{q}(row, since, 1, found, {at.arguments})"]
    loop = row_loop(at, body, while_gathering=older, then=replay)
    read = dict.fromkeys(re.findall(rf"\b{q}\.(\w+)\[i\]", "\n".join(loop)))
    at.links.near = [name for name in read if at.links.kind(name) in ("cell", "")]
    return [
        f"last = {q}.last[row]",
        f"since = max(last, {q}.flushed[0])",
        "found = U64(0)",
        *loop,
        *_deliver_sent(at),
    ]


def _send(at: Views, view: View) -> list[str]:
    """Lines that put into `sent[e]` what a synapse, whose weight is the local `w`, sends; its release moves on."""
    q, release = at.q, at.plan.release
    at.links.variables["sent"] = Variable("scratch", 0.0)
    if release is None:
        return [f"{q}.sent[e] = w"]
    hook = next(h for h in release.mechanism.hooks if h.event == "transmit")
    states = [(f"{release.prefix}{s.name}", s.scope.name) for s in release.mechanism.states.values() if s.is_plain]
    loads = [f"{name} = {q}.{name}[k]" for name, scope in states if scope == "PerSynapse"]
    outputs = ", ".join(["amount", *(f"{name}_new" for name, _ in states)])
    call = f"{outputs} = {at.reader.call(view, release, hook)}"
    stores = [f"{q}.{name}[{'k' if scope == 'PerSynapse' else 'row'}] = {name}_new" for name, scope in states]
    return [*loads, call, *stores, f"{q}.sent[e] = amount"]


def _deliver_sent(at: Views) -> list[str]:
    """Lines that add what a row sent to what arrives at the postsynaptic neurons."""
    arrived = f"{at.c}.{at.links.delivers_to}[{at.q}.post[begin + U64(e)]]"
    return ["for e in range(count):", f"    {arrived} += {at.q}.sent[e]"]


def _deliver(at: Views, view: View) -> list[str]:
    """Weights, or what the release makes of them, are added to what arrives at the postsynaptic neurons."""
    q = at.q
    if at.plan.release is None:
        arrived = f"{at.c}.{at.links.delivers_to}[{q}.post[k]]"
        return [*row_bounds(at), "for e in range(count):", "    k = begin + U64(e)", f"    {arrived} += {at.weight}"]
    body = [f"w = {at.weight}", *_send(at, view)]
    if at.plan.releases_by_row:
        loop = ["k = begin + U64(e)", f"i = {q}.post[k]", *body]
        return [*row_bounds(at), "for e in range(count):", *indented(loop), *_deliver_sent(at)]
    return [*row_loop(at, body), *_deliver_sent(at)]


def _increments(at: Views, view: View, states: States) -> list[str]:
    """States of the row after the event; what they were before it is kept for postsynaptic events of this step."""
    q, lines = at.q, []
    hooks = at.plan.state_hooks("PerPre", "on_pre")
    lines += [f"row_new{n} = {at.reader.call(view, member, hook)}" for n, (member, hook) in enumerate(hooks)]
    for member, state in states:
        name = f"{member.prefix}{state.name}"
        lines.append(f"{q}.{name}_before[row] = {name}")
        at.links.variables[f"{name}_before"] = Variable("row", at.links.variables[name].value)
    for n, (member, hook) in enumerate(hooks):
        lines += [f"{member.prefix}{state.name} = {value}" for state, value in results(hook, f"row_new{n}")]
    for member, state in states:
        name = f"{member.prefix}{state.name}"
        lines += [f"{name} = {at.reader.jumped(view, member, state, name)}"] if state.trace else []
        lines.append(f"{q}.{name}[row] = {name}")
    return lines
