"""Writes what reaches a projection from its source: spikes that visit their row, or rates that flow at every step."""

from __future__ import annotations

from hebbstat.contract.state import State, Trace
from hebbstat.engine.codegen.binding import View
from hebbstat.engine.codegen.context import Views
from hebbstat.engine.codegen.replay import newest_event, replayed
from hebbstat.engine.codegen.text import indented, one_each, only_if, results, when_learning
from hebbstat.engine.codegen.update import store, synapse_event
from hebbstat.engine.plan.arrays import Shape, Variable, scratch
from hebbstat.engine.plan.model import Member, ProjectionGroup
from hebbstat.network.connectors import OneToOne

States = list[tuple[Member, State]]


def write_arrivals(at: Views) -> list[str]:
    """The function `arrive`, and `due` if spikes arrive."""
    return _rates(at) if at.plan.rate else [*_due(at.links), *_spikes(at)]


def _due(links: ProjectionGroup) -> list[str]:
    q, source = links.ident, links.source.ident
    sent = f"{source}.ids, {source}.counts, {source}.firsts, {q}.sending, network.learning, network.was_frozen"
    lists = f"{q}.due, {q}.due_count, {q}.new, {q}.new_count"
    return [
        f"@inline\ndef due_{q}(n, {q}, {source}, network):",
        '    """List the rows to visit in step `n`: before the cells integrate, so that these are near by then."""',
        f"    find_due(n, {q}.delays, {q}.row_of, {sent}, {lists})",
        *indented(_ask(links)),
        "",
    ]


def _ask(links: ProjectionGroup) -> list[str]:
    """Lines that ask for the memory of the rows of neurons whose spike begins to arrive, if rows are worth it."""
    if isinstance(links.projection.wiring, OneToOne):
        return []
    variables, q = links.variables.items(), links.ident
    rows = ["start", "last"] if links.batched else []
    rows += [key for key, variable in variables if links.batched and variable.shape is Shape.ROW]
    lines = [f"ask_for({q}.new, {q}.new_count, {q}.first_row, {q}.{key})" for key in rows]
    synapses = [key for key, variable in variables if variable.of_synapses]
    return lines + [f"ask_for({q}.new, {q}.new_count, {q}.piece, {q}.{key})" for key in ("post", *synapses)]


def _spikes(at: Views) -> list[str]:
    """The visits of a step."""
    q, source = at.q, at.links.source.name
    return [
        f"@inline\ndef arrive_{q}({at.arguments}):",
        f'    """Spikes of {source!r} reach {at.links.name!r} at step `n`: replay, deliver, then on_pre."""',
        *indented(_visits(at)),
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
        *indented([*at.rows.bounds(), *at.rows.each(*_arrive(at, f"{at.weight} * rate"))], 2),
        "",
    ]


def _arrive(at: Views, amount: str) -> list[str]:
    """Lines that add an amount to what takes it at the postsynaptic neuron of a synapse."""
    return [f"{at.c}.{name}[{at.q}.post[k]] += {amount}" for name in at.links.delivers_to]


def _visits(at: Views) -> list[str]:
    """What presynaptic events do to their rows: replay, deliver, `on_pre`, traces."""
    q, plan = at.q, at.plan
    view = at.now(in_visit=True)
    head = [f"last = {q}.last[row]", f"since = max(last, {q}.flushed[0])"] if plan.replays else []
    head += [f"elapsed = F(np.int32(n - {q}.last[row])) * F({at.reader.model.net.dt!r})"]
    row_states = plan.states("PerPre")
    for member, state in row_states:
        name = f"{member.prefix}{state.name}"
        head.append(f"{name} = {at.reader.advanced(view, member, state, f'{q}.{name}[row]', f'(n - {q}.last[row])')}")
    settle = [f"settle_{q}({at.rows.about}, {at.arguments})"] if plan.replays else []
    apart = [*only_if("network.learning[0] != 0", settle), *_deliver(at, view)]
    if plan.whole:
        work = ["if learning:", *indented(_whole(at, view)), "else:", *indented(apart)]
    else:
        work = apart
        if plan.on_pre or plan.synapse_hooks("on_pre") or plan.stamped:
            lines, changed = synapse_event(at, view, "on_pre", plan.on_pre, "n")
            work += only_if("learning", at.rows.loop([*lines, *store(at, changed, "n")]))
    tail = _increments(at, view, [(m, s) for m, s in row_states if m.place.startswith("rule")])
    return one_each(at.rows.visits(head, work, [*tail, f"{q}.last[row] = n"]))


def _whole(at: Views, view: View) -> list[str]:
    """Older events are replayed; then one loop over the row for the newest ones, what is delivered, and `on_pre`."""
    q = at.q
    event, _ = synapse_event(at, view, "on_pre", at.plan.on_pre, "n", loaded=True)
    body = [f"w = {q}.w[k]", *newest_event(at), *_send(at, view), *event, f"{q}.w[k] = w"]
    return [*at.rows.loop(body, then=replayed(at, 1), side_by_side=True), *_deliver_sent(at)]


def _send(at: Views, view: View) -> list[str]:
    """Lines that put into `sent[e]` what a synapse, whose weight is the local `w`, sends; its release moves on."""
    q, release = at.q, at.plan.release
    at.links.variables["sent"] = scratch()
    if release is None:
        return [f"{q}.sent[e] = w"]
    if at.plan.releases_by_row:
        view = at.drawing(view, "PerPre")
    hook = next(h for h in release.mechanism.hooks if h.event == "transmit")
    states = [state for state in release.mechanism.states.values() if state.is_plain]
    loads, stores = list[str](), list[str]()
    for state in states:
        name = f"{release.prefix}{state.name}"
        if state.scope.name == "PerSynapse":  # what belongs to the row was loaded with it
            loads.append(f"{name} = {at.reader.advanced(view, release, state, f'{q}.{name}[k]')}")
        stores += _moved(at, state, name)
    outputs = ", ".join(["amount", *(f"new_{release.prefix}{state.name}" for state in states)])
    return [*loads, f"{outputs} = {at.reader.call(view, release, hook)}", *stores, f"{q}.sent[e] = amount"]


def _moved(at: Views, state: State, name: str) -> list[str]:
    """Lines that give a state of the release its new value; a slow one stands still in frozen time."""
    q = at.q
    if state.scope.name == "PerSynapse":
        new = {f"{q}.{name}[k]": f"new_{name}", **({f"{q}.at_{name}[k]": "np.int32(n)"} if state.moves else {})}
        return [f"{to} = {value}" + (f" if learning else {to}" if state.slow else "") for to, value in new.items()]
    stamp = [f"{q}.at_{name}[row] = n"] if f"at_{name}" in at.links.variables else []
    return when_learning(state, [f"{q}.{name}[row] = new_{name}", *stamp])


def _deliver_sent(at: Views) -> list[str]:
    """Lines that hand what a row sent to the postsynaptic neurons."""
    return at.rows.each(*_arrive(at, f"{at.q}.sent[e]"))


def _deliver(at: Views, view: View) -> list[str]:
    """Weights, or what the release makes of them, are handed to the postsynaptic neurons."""
    q = at.q
    if at.plan.release is None:
        return [*at.rows.bounds(), *at.rows.each(*_arrive(at, at.weight))]
    body = [f"w = {at.weight}", *_send(at, view)]
    if at.plan.releases_by_row:
        return [*at.rows.bounds(), *at.rows.each(f"i = {q}.post[k]", *body), *_deliver_sent(at)]
    return [*at.rows.loop(body), *_deliver_sent(at)]


def _increments(at: Views, view: View, states: States) -> list[str]:
    """States of the row after the event; what they were before it is kept for postsynaptic events of this step."""
    q, lines = at.q, []
    hooks = at.plan.state_hooks("PerPre", "on_pre")
    view = at.drawing(view, "PerPre")
    traces = [(member, state) for member, state in states if isinstance(state.origin, Trace)]
    lines += [f"row_new{n} = {at.reader.call(view, member, hook)}" for n, (member, hook) in enumerate(hooks)]
    for n, (member, state) in enumerate(traces):
        lines.append(f"row_jump{n} = {at.reader.jumped(view, member, state, f'{member.prefix}{state.name}')}")
    for member, state in states:
        name = f"{member.prefix}{state.name}"
        lines += when_learning(state, [f"{q}.before_{name}[row] = {name}"])
        at.links.variables[f"before_{name}"] = Variable(Shape.ROW, at.links.variables[name].value)
    for n, (member, hook) in enumerate(hooks):
        lines += [f"{member.prefix}{state.name} = {value}" for state, value in results(hook, f"row_new{n}")]
    for n, (member, state) in enumerate(traces):
        lines.append(f"{member.prefix}{state.name} = row_jump{n}")
    for member, state in states:
        name = f"{member.prefix}{state.name}"
        stamp = [f"{q}.at_{name}[row] = n"] if f"at_{name}" in at.links.variables else []
        lines += when_learning(state, [f"{q}.{name}[row] = {name}", *stamp])
    return lines
