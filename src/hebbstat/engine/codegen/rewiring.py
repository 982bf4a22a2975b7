"""Writes what rules say of deaths and births: which synapses are doomed at a tick, and how those that are born begin.

Who is born is drawn between steps (`memory/rewiring.py`), on one thread.
"""

from __future__ import annotations

from dataclasses import replace

from hebbstat.contract.hooks import Hook
from hebbstat.contract.state import Lagged, State
from hebbstat.engine.codegen import branches, ir
from hebbstat.engine.codegen.binding import Site
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.fragments import flushed, let, put, tick, ticks
from hebbstat.engine.codegen.quote import added, array, expr, item, joined
from hebbstat.engine.codegen.row_loop import RowLoop
from hebbstat.engine.codegen.shared import keep, whole
from hebbstat.engine.codegen.update import derived, states_of_synapse
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import Member
from hebbstat.engine.plan.model import left_behind
from hebbstat.network import lookup
from hebbstat.network.lookup import quantities


def rewiring(at: ProjectionContext) -> tuple[ir.Function, ...]:
    """The functions `prune` and `born`, if synapses die or are born."""
    return (_prune(at), _born(at)) if at.plan.rewires else ()


def hooks_of(at: ProjectionContext, event: str) -> list[tuple[Member, Hook]]:
    """The hooks of an event, in the order of the rules."""
    return [(at.links.member(bound.owner), bound.hook) for _, bound in at.links.hooks if bound.hook.event == event]


def _prune(at: ProjectionContext) -> ir.Function:
    """At ticks: how many births are tried, and which synapses die."""
    pruning, trying = hooks_of(at, "prune"), hooks_of(at, "attempts")
    members = {member.prefix: member for member, _ in (*pruning, *trying)}.values()
    block = flushed(at.links, at.network) if at.plan.replays else ()
    block += joined(*(let(tick(member).name, ticks(at.links, member)) for member in members))
    block += keep(at.binder, at.links, at.plan.rules)
    for member, hook in trying:
        number = added(at.links, f"attempts_{member.prefix[:-1]}", Variable(Shape.ONE, 0.0, "float64", Role.SCRATCH))
        block += put(item(number, 0), at.binder.call(whole(at.links), member, hook))
    if pruning:
        states = states_of_synapse(at, at.now(), expr("n"))
        sites = [(at.now().offering(value=_value(at, member)), member, hook) for member, hook in pruning]
        called = [ir.all_of([tick(member), at.binder.call(site, member, hook)]) for site, member, hook in sites]
        dies = ir.any_of([one for one in called if one is not None])
        assert dies is not None
        doomed = item(added(at.links, "doomed", Variable(Shape.SYNAPSE, 0, "uint8", Role.SCRATCH)), "k")
        body = (*let("w", at.own("w", "k")), *states.block, *put(doomed, ir.Choice(ir.Number(1), dies, ir.Number(0))))
        loop = RowLoop(at.binder.hooks, at.links).loop(body)
        block += at.code("for row in range(q.last.size):\n    loop", loop=(*at.arriving(*loop), *loop))
    return at.function("prune", f"Which synapses of {at.links.name!r} die, and how many may be born.", block, "called")


def _born(at: ProjectionContext) -> ir.Function:
    """Those that were born begin, in their order; others' births take free elements of their rows, too."""
    own = (*_quantities_begin(at), *_states_begin(at), *let("w", expr("F(0.0)")), *_weighed(at))
    own = (*branches.of_synapse(at.links, own), *own)
    body = at.code(
        """
for e in range(q.born.size):
    k, row = q.born[e], q.born_row[e]
    if k >= 0:
        i = q.post[k]
        own
        q.w[k] = w
    free
""",
        own=(*at.arriving(*own), *own, *_free(at, "free_post")), free=_free(at, "free_pre"),
    )  # fmt: skip
    return at.function("born", f"Synapses of {at.links.name!r} that were born in step `n` begin.", body, "called")


def _site(at: ProjectionContext) -> Site:
    """As of the end of the step: what follows a rule of the network still has what the step before left."""

    def before(value: ir.Item) -> ir.Expression:
        assert isinstance(value.of, ir.Array)
        return item(array(at.network, left_behind(value.of.name)), 0)

    return replace(at.now(), signal=before)


def _states_begin(at: ProjectionContext) -> ir.Block:
    """All states of the synapse have their initial values."""
    site, block = _site(at), ir.NOTHING
    states = [(m, s) for m, s in at.links.states if s.scope.name == "PerSynapse"]
    for member, state in states:
        name = f"{member.prefix}{state.name}"
        if state.is_plain or isinstance(state.origin, Lagged):
            block += let(name, _first(at, site, member, lookup.root(member.mechanism, state)))
            block += put(at.own(name, "k"), ir.Local(name))
        if f"at_{name}" in at.links.variables:
            block += at.code("stamp = n", stamp=at.own(f"at_{name}", "k"))
        if isinstance(state.origin, Lagged):
            past = ir.Item(array(at.links, f"past_{name}"), (ir.Everything(), ir.Local("k")))
            block += put(past, ir.Local(name))
    if "born_at" in at.links.variables:
        block += put(at.own("born_at", "k"), expr("n"))
    return block + (at.code("stamp = np.int32(n)", stamp=at.stamp) if at.plan.timestamped else ())


def _first(at: ProjectionContext, site: Site, member: Member, state: State) -> ir.Expression:
    if isinstance(state.init, str):
        return at.binder.parameter(site, member, state.init)
    return expr("F(first)", first=ir.Number(float(state.init)))  # type: ignore[no-any-return]


def _quantities_begin(at: ProjectionContext) -> ir.Block:
    """Parameters of the release that rules change begin with what was given."""
    block, made = ir.NOTHING, at.binder.model.made
    for owner, place, name in sorted(quantities(made.network)):
        if (owner, place) == (at.links.name, "release"):
            first = ir.Number(float(made.values[owner, place][name]))
            block += put(at.own(f"release_{name}", "k"), expr("F(first)", first=first))
    return block


def _weighed(at: ProjectionContext) -> ir.Block:
    """The weight that the rule of the birth gives it; or that is derived from its states."""
    site, block = _site(at), ir.NOTHING
    hooks = hooks_of(at, "initial_weight")
    block += let("new", expr("F(0.0)")) if hooks else ()
    for number, (member, hook) in enumerate(hooks):
        value = at.binder.call(site.offering(value=_value(at, member)), member, hook)
        block += ir.only_if(at.expr(f"q.born_by[e] == {number}"), let("new", value))
    return (*block, *(let("w", ir.Local("new")) if block else ()), *derived(at, site))


def _value(at: ProjectionContext, member: Member) -> ir.Expression:
    aim = at.aimed_at(getattr(member.mechanism, "acts_on", "w"))
    return ir.Local("w") if aim == "w" else at.own(aim, "k")


def _free(at: ProjectionContext, name: str) -> ir.Block:
    """A birth takes a free element of each rule that counts them."""
    counting = [member for member in at.plan.rules if name in member.mechanism.states]
    places = (at.own(f"{member.prefix}{name}", "row" if name == "free_pre" else "i") for member in counting)
    return joined(*((ir.Add(place, expr("F(-1.0)")),) for place in places))


