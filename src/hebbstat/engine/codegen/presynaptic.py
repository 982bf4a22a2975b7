"""Writes what reaches a projection from its source: spikes that visit their row, or rates that flow at every step."""

from __future__ import annotations

from hebbstat.contract.state import State, Trace
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Site
from hebbstat.engine.codegen.context import ProjectionContext, W
from hebbstat.engine.codegen.fragments import LEARNING, function, is_learning, let, put, results, when_learning
from hebbstat.engine.codegen.quote import added, array, expr, item, joined
from hebbstat.engine.codegen.replay import newest_event, replayed, settle
from hebbstat.engine.codegen.update import store, synapse_event
from hebbstat.engine.plan.arrays import Shape, scratch
from hebbstat.engine.plan.groups import Member
from hebbstat.network.connectors import OneToOne

States = list[tuple[Member, State]]


def arrivals(at: ProjectionContext, missed: tuple[ir.Function, ...]) -> tuple[ir.Function, ...]:
    """The function `arrive`, and `due` if spikes arrive. `missed` are functions that bring a row up to date."""
    return (_rates(at),) if at.plan.rate else (_due(at), _spikes(at, missed))


def _due(at: ProjectionContext) -> ir.Function:
    body = at.code(
        """
find_due(
    n, q.delays, q.row_of, source.ids, source.counts, source.firsts, q.sending, network.learning, network.was_frozen,
    q.due, q.due_count, q.new, q.new_count,
)
prefetch
""",
        source=ir.Whole(at.source), prefetch=_prefetch(at),
    )  # fmt: skip
    doc = "List the rows to visit in step `n`: before the cells integrate, so that these are near by then."
    return function(at.name("due"), doc, (at.links, at.source, at.network), body)


def _prefetch(at: ProjectionContext) -> ir.Block:
    """Asks for the memory of the rows of neurons whose spike begins to arrive, if rows are worth it."""
    if isinstance(at.links.projection.wiring, OneToOne):
        return ()
    variables, coalesced = at.links.variables.items(), at.links.coalesced
    rows = ["start", "last", *(key for key, one in variables if one.shape is Shape.ROW)] if coalesced else []
    synapses = ["post", *(key for key, one in variables if one.of_synapses)]
    wanted = [("first_row", key) for key in rows] + [("piece", key) for key in synapses]
    return joined(
        *(
            at.code(f"prefetch_rows(q.new, q.new_count, q.{bounds}, wanted)", wanted=array(at.links, key))
            for bounds, key in wanted
        )
    )


def _spikes(at: ProjectionContext, missed: tuple[ir.Function, ...]) -> ir.Function:
    """The visits of a step."""
    if at.plan.eager:
        return at.function("arrive", f"Spikes of {at.source.name!r} reach {at.links.name!r}.", _deliveries(at))
    doc = f"Spikes of {at.source.name!r} reach {at.links.name!r} at step `n`: replay, deliver, then on_pre."
    return at.function("arrive", doc, _visits(at, missed))


def _deliveries(at: ProjectionContext) -> ir.Block:
    """What is handed over, and nothing else: synapses and rows change later in the step."""
    site, release = at.now(in_visit=True), at.plan.release
    states = [(member, state) for member, state in at.plan.states("PerPre") if member is release]
    head, work = (*elapsed(at), *row_states(at, site, states)), deliver(at, site)
    return at.rows.visits((*at.arriving(*head, *work), *head), work, (), ())


def _rates(at: ProjectionContext) -> ir.Function:
    """Rate neurons transmit at every step."""
    doc = f"Rates of {at.source.name!r} as they reach {at.links.name!r} at step `n`."
    work = _rates_one_to_one(at) if at.links.one_to_one else _rates_by_row(at)
    return at.function("arrive", doc, work, source=True)


def _rates_by_row(at: ProjectionContext) -> ir.Block:
    arrive = at.rows.each(_arrive(at, at.expr("weight * rate", weight=at.weight)))
    sent, rate = ir.NOTHING, at.arriving()
    if not at.plan.several_delays:  # found once, not for each row
        sent = _sent_then(at)
        rate = at.code("rate = rates[slot, q.pre[row]] if sent >= 0 else F(0)", rates=_of_source(at))
    return at.code(
        "sent\nfor row in range(q.first_row_here, q.end_row_here):\n    rate\n    bounds\n    arrive",
        sent=sent, rate=rate, bounds=at.rows.bounds(), arrive=arrive,
    )  # fmt: skip


def _rates_one_to_one(at: ProjectionContext) -> ir.Block:
    """Cell `i` hears the neuron of its own number, through synapse `i`: one loop over cells, which vectorises."""
    arrive = _arrive(at, at.expr("weight * rate", weight=at.weight), ir.Local("i"))
    return at.code(
        """
before
for i in range(c.size):
    rate = rates[slot, U64(q.first_row_here) + U64(i)] if sent >= 0 else F(0)
    k = U64(i)
    arrive
""",
        before=_sent_then(at), rates=_of_source(at), arrive=arrive,
    )  # fmt: skip


def _of_source(at: ProjectionContext) -> ir.Array:
    return array(at.source, "rates")


def _sent_then(at: ProjectionContext) -> ir.Block:
    """The step in which what arrives now was sent, and where what was sent then lies."""
    return at.code("sent = n - q.delays[0]\nslot = sent % rates.shape[0]", rates=_of_source(at))


def _arrive(at: ProjectionContext, amount: ir.Expression, post: ir.Expression | None = None) -> ir.Block:
    """Adds an amount to what takes it at the postsynaptic neuron of a synapse, the cell `post`."""
    to = (post or at.rows.post,)
    return tuple(ir.Add(ir.Item(array(at.target, name), to), amount) for name in at.links.delivers_to)


def _visits(at: ProjectionContext, missed: tuple[ir.Function, ...]) -> ir.Block:
    """What presynaptic events do to their rows: replay, deliver, `on_pre`, traces."""
    plan, site = at.plan, at.now(in_visit=True)
    head = at.code("last = q.last[row]\nsince = max(last, q.flushed[0])") if plan.replays else ()
    head += elapsed(at)
    head += row_states(at, site, plan.states("PerPre"))
    behind = ir.only_if(is_learning(at.network), settle(at)) if plan.replays else ()
    work = (*behind, *deliver(at, site))
    if plan.fused:
        work = (ir.If(LEARNING, _fused(at, site), work),)
    elif plan.on_pre or plan.synapse_hooks("on_pre") or plan.timestamped:
        update = synapse_event(at, site, "on_pre", plan.on_pre)
        work += ir.only_if(LEARNING, at.rows.loop((*update.block, *store(at, update))))
    tail = row_increments(at, site)
    head = (*at.arriving(*head, *work, *tail), *head)
    return at.rows.visits(head, work, (*tail, *at.code("q.last[row] = n")), missed)


def elapsed(at: ProjectionContext) -> ir.Block:
    """How long ago a row had its last event."""
    return at.code("elapsed = F(np.int32(n - q.last[row])) * dt", dt=at.binder.dt)


def row_states(at: ProjectionContext, site: Site, states: States) -> ir.Block:
    """States of a row become local variables, as they are now."""
    block = ir.NOTHING
    for member, state in states:
        name = f"{member.prefix}{state.name}"
        now = at.binder.advanced(site, member, state, at.own(name, "row"), at.expr("n - q.last[row]"))
        block += let(name, now)
    return block


def _fused(at: ProjectionContext, site: Site) -> ir.Block:
    """Older events are replayed; then one loop over the row for the newest ones, what is delivered, and `on_pre`."""
    event = synapse_event(at, site, "on_pre", at.plan.on_pre, loaded=True)
    body = at.code(
        "w = q.w[k]\nnewest\nsend\nevent\nq.w[k] = w",
        newest=newest_event(at), send=_send(at, site), event=event.block,
    )  # fmt: skip
    return (*at.rows.loop(body, then=replayed(at, 1), records=True), *_deliver_sent(at))


def _sent(at: ProjectionContext) -> ir.Item:
    """What a synapse sends in this visit."""
    return item(added(at.links, "sent", scratch()), "e")


def _send(at: ProjectionContext, site: Site) -> ir.Block:
    """Puts into `sent` what a synapse, whose weight is the local `w`, sends; its release moves on."""
    release = at.plan.release
    if release is None:
        return put(_sent(at), W)
    if at.plan.releases_by_row:
        site = at.drawing(site, "PerPre")
    hook = next(h for h in release.mechanism.hooks if h.event == "transmit")
    states = [state for state in release.mechanism.states.values() if state.is_plain]
    loads, stores, names = ir.NOTHING, ir.NOTHING, ["amount"]
    for state in states:
        name = f"{release.prefix}{state.name}"
        names.append(f"new_{name}")
        if state.scope.name == "PerSynapse":  # what belongs to the row was loaded with it
            loads += let(name, at.binder.advanced(site, release, state, at.own(name, "k")))
        stores += _moved(at, state, name)
    outputs = tuple(map(ir.Local, names))
    to = ir.Several(outputs) if states else outputs[0]
    return (
        *loads,
        ir.Assign(to, at.binder.call(site, release, hook)),
        *stores,
        *put(_sent(at), outputs[0]),
    )


def _moved(at: ProjectionContext, state: State, name: str) -> ir.Block:
    """Gives a state of the release its new value; a slow one stands still in frozen time."""
    new = ir.Local(f"new_{name}")
    if state.scope.name == "PerSynapse":
        stores = {at.own(name, "k"): new}
        stores |= {at.own(f"at_{name}", "k"): expr("np.int32(n)")} if f"at_{name}" in at.links.variables else {}
        kept = {to: ir.Choice(value, LEARNING, to) if state.slow else value for to, value in stores.items()}
        return tuple(ir.Assign(to, value) for to, value in kept.items())
    return when_learning(state, (*put(at.own(name, "row"), new), *at.stamped(name, "row")))


def _deliver_sent(at: ProjectionContext) -> ir.Block:
    """Hands what a row sent to the postsynaptic neurons."""
    return at.rows.each(_arrive(at, _sent(at)))


def deliver(at: ProjectionContext, site: Site) -> ir.Block:
    """Weights, or what the release makes of them, are handed to the postsynaptic neurons."""
    if at.plan.release is None:
        return (*at.rows.bounds(), *at.rows.each(_arrive(at, at.weight)))
    body = (*let("w", at.weight), *_send(at, site))
    if at.plan.releases_by_row:
        return (*at.rows.bounds(), *at.rows.each((*at.rows.cell(body), *body)), *_deliver_sent(at))
    return (*at.rows.loop(body), *_deliver_sent(at))


def row_increments(at: ProjectionContext, site: Site) -> ir.Block:
    """States of the row after the event; what they were before it is kept for postsynaptic events of this step."""
    states = [(m, s) for m, s in at.plan.states("PerPre") if m.place.startswith("rule")]
    hooks, site = at.plan.state_hooks("PerPre", "on_pre"), at.drawing(site, "PerPre")
    named = [(f"{member.prefix}{state.name}", member, state) for member, state in states]
    traces = [one for one in named if isinstance(one[2].origin, Trace)]
    block = joined(*(let(f"row_new{n}", at.binder.call(site, member, hook)) for n, (member, hook) in enumerate(hooks)))
    for n, (name, member, state) in enumerate(traces):
        block += let(f"row_jump{n}", at.binder.jumped(site, member, state, ir.Local(name)))
    for name, _, state in named if not at.plan.eager else ():
        block += when_learning(state, put(at.before(name), ir.Local(name)))
    for n, (member, hook) in enumerate(hooks):
        for state, value in results(hook, f"row_new{n}"):
            block += let(f"{member.prefix}{state.name}", value)
    for n, (name, _, _) in enumerate(traces):
        block += let(name, ir.Local(f"row_jump{n}"))
    for name, _, state in named:
        block += when_learning(state, (*put(at.own(name, "row"), ir.Local(name)), *at.stamped(name, "row")))
    return block
