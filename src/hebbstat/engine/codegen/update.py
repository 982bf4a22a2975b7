"""Writes what an event does to one synapse: changes summed from the same weight, new states, then the bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import Bound, Plasticity
from hebbstat.contract.state import PerSynapse
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Site
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.fragments import NOW, let, results, tick
from hebbstat.engine.codegen.quote import added, expr, item, joined
from hebbstat.engine.codegen.row_loop import RowLoop
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import Member
from hebbstat.network.scopes import quantity_scope


@dataclass(frozen=True)
class Update:
    """What takes one synapse through an event, and the variables (locals of their names) that it changes."""

    block: ir.Block
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Sums:
    """What sums the changes of each target, and the sums: what changes -> the local that holds its change."""

    block: ir.Block
    totals: dict[str, ir.Local]

    def applied(self, targets: set[str], own: bool) -> ir.Block:
        """What adds the sums to the event's `own` targets, or to what their changes were redirected to."""
        chosen = sorted(local for local in self.totals if (local in targets) is own)
        return joined(*(let(local, expr("of + sum", of=ir.Local(local), sum=self.totals[local])) for local in chosen))


def synapse_event(
    at: ProjectionContext, site: Site, event: str, bounds: list[Bound], step: ir.Expression = NOW,
    clocks: bool = False, loaded: bool = False, before: Site | None = None,
) -> Update:  # fmt: skip
    """What takes one synapse through an event at `step`.

    It begins with reading its variables, unless the weight is `loaded` already and there are no others. State hooks
    read what is there `before` the event's other hooks, if that is another site.
    """
    aims = _aims(bounds)
    targets = {at.aimed_at(aim) for aim in aims}
    weights = ["w"] if "w" in aims or at.plan.weights else []
    begin = let("w", at.own("w", "k")) if not loaded else ()
    begin += _loaded(at, event, bounds)
    states = states_of_synapse(at, site, step)
    updates = _updates(at, before or site, event, clocks)
    sums = _sums(at, site, bounds, clocks)
    own, redirected = sums.applied(targets, own=True), sums.applied(targets, own=False)
    clipped = _clipped(at, site, aims, _changed_at(at, bounds) if clocks else {})
    if event in ("step", "on_tick"):  # docs/semantics.md 2.8, 2.9: states first, changes read them
        rest = (*updates.block, *derived(at, site), *sums.block, *own, *clipped, *redirected)
    else:  # 2.6: changes read the states as they were; 2.7: states move and read the weight as it became
        rest = (*sums.block, *own, *clipped, *updates.block, *redirected, *derived(at, site))
    changed = [*weights, *sorted(targets - {"w"}), *states.changed, *updates.changed, *sorted(sums.totals)]
    return Update((*begin, *states.block, *rest), tuple(dict.fromkeys(changed)))


def changes(at: ProjectionContext, site: Site, event: str, bounds: list[Bound]) -> Update:
    """What rules change of one synapse at an event, for itself (2.6); what is redirected waits for `increments`."""
    aims = _aims(bounds)
    targets = {at.aimed_at(aim) for aim in aims}
    sums = _sums(at, site, bounds, False)
    waits = ((name, total) for name, total in sums.totals.items() if name not in targets)
    states = states_of_synapse(at, site, NOW)
    block = (*let("w", at.own("w", "k")), *_loaded(at, event, bounds), *states.block, *sums.block)
    block += (*sums.applied(targets, own=True), *_clipped(at, site, aims, {}))
    block += tuple(ir.Assign(_waiting(at, event, name), total) for name, total in waits)
    return Update(block, tuple(sorted(targets)))


def increments(at: ProjectionContext, site: Site, event: str) -> Update:
    """What the states of one synapse become at an event (2.7), for itself."""
    redirected = [bound.adds for bound in getattr(at.plan, event) if bound.adds and bound.adds[0] is not None]
    names = dict.fromkeys(f"{at.links.member(owner).prefix}{name}" for owner, name in redirected)  # type: ignore[arg-type]
    updates = _updates(at, site, event, False)
    sums = joined(*(let(name, expr("of + sum", of=ir.Local(name), sum=_waiting(at, event, name))) for name in names))
    return _increased(at, site, event, (*updates.block, *sums), (*updates.changed, *names))


def late_increments(
    at: ProjectionContext, site: Site, hooks: list[tuple[ir.Expression, Member, Hook]]
) -> Update:  # fmt: skip
    """What they become by hooks that are due, one after the other."""
    block, changed = ir.NOTHING, list[str]()
    for n, (due, member, hook) in enumerate(hooks):
        made = let(f"new{n}", at.binder.call(site, member, hook))
        for state, value in results(hook, f"new{n}"):
            name = f"{member.prefix}{state.name}"
            made += let(name, value)
            changed.append(name)
        block += ir.only_if(due, made)
    return _increased(at, site, "on_pre", block, tuple(changed))


def _increased(at: ProjectionContext, site: Site, event: str, block: ir.Block, changed: tuple[str, ...]) -> Update:
    if not block:
        return Update((), ())
    states = states_of_synapse(at, site, NOW)
    begin = (*let("w", at.own("w", "k")), *_loaded(at, event, []), *states.block)
    weights = ("w",) if at.plan.weights else ()
    names = tuple(dict.fromkeys([*weights, *states.changed, *changed]))
    return Update((*begin, *block, *derived(at, site)), names)


def _waiting(at: ProjectionContext, event: str, name: str) -> ir.Item:
    """What an event adds to a state of a synapse when all changes are made."""
    dtype = at.links.variables[name].dtype
    return item(added(at.links, f"{event}_of_{name}", Variable(Shape.SYNAPSE, 0.0, dtype, Role.SCRATCH)), "k")


def _aims(bounds: list[Bound]) -> set[str]:
    """What rules change of a synapse itself."""
    return {bound.adds[1] for bound in bounds if bound.adds and bound.adds[0] is None}


def _loaded(at: ProjectionContext, event: str, bounds: list[Bound]) -> ir.Block:
    """Parameters of a synapse that its rules change, or read as the `value` of what they act on."""
    read = [bound.owner for bound in bounds]
    read += [member.mechanism for member, hook in at.plan.synapse_hooks(event) if "value" in hook.all_reads]
    aims = _aims(bounds) | {rule.acts_on for rule in read if isinstance(rule, Plasticity) and rule.acts_on}
    names = {at.aimed_at(aim) for aim in aims if quantity_scope(aim) is PerSynapse}
    return joined(*(let(name, at.own(name, "k")) for name in sorted(names - {"w"})))


def states_of_synapse(at: ProjectionContext, site: Site, step: ir.Expression) -> Update:
    """The states of rules on a synapse, as they have become since the synapse's last event."""
    block, changed = list[ir.Statement](), list[str]()
    for member, state in at.plan.states("PerSynapse"):
        if member.place == "release":
            continue
        name = f"{member.prefix}{state.name}"
        block += let(name, at.own(name, "k"))
        if state.moves and name not in at.links.stepped:
            elapsed = expr("step - stamp", step=step, stamp=at.stamp)
            block += let(name, at.binder.advanced(site, member, state, ir.Local(name), elapsed))
            changed.append(name)
    return Update(tuple(block), tuple(changed))


def _updates(at: ProjectionContext, site: Site, event: str, clocks: bool) -> Update:
    """The hooks that write states of the synapse, all reading the values before; and these states."""
    hooks, changed = at.plan.synapse_hooks(event), list[str]()
    block = list(joined(*(let(f"new{n}", at.binder.call(site, m, hook)) for n, (m, hook) in enumerate(hooks))))
    for n, (member, hook) in enumerate(hooks):
        for state, value in results(hook, f"new{n}"):
            name = f"{member.prefix}{state.name}"
            block += let(name, ir.Choice(value, tick(member), ir.Local(name)) if clocks else value)
            changed.append(name)
    return Update(tuple(block), tuple(changed))


def derived(at: ProjectionContext, site: Site) -> ir.Block:
    """The weight, where it is derived from states of the synapse."""
    members = [(at.links.member(bound.owner), bound.hook) for bound in at.plan.weights]
    block = joined(*(let("w", at.binder.call(site, member, hook)) for member, hook in members))
    return block + (_clipped(at, site, {"w"}, {}) if block else ())


def derive(at: ProjectionContext) -> tuple[ir.Function, ...]:
    """The function `derive`: weights that are derived from states are so from the beginning."""
    if not at.plan.weights:
        return ()
    site, release = at.now(), at.plan.release
    names = [f"{m.prefix}{state.name}" for m, state in at.plan.states("PerSynapse") if m is release]
    loads = joined(*(let(name, at.own(name, "k")) for name in ("w", *names)))
    step = at.expr("min(n, network.frozen_from[0] - 1)")  # for synapses no frozen time has passed
    body = (*loads, *states_of_synapse(at, site, step).block, *derived(at, site), *at.code("q.w[k] = w"))
    loop = RowLoop(at.binder.hooks, at.links).loop(body)
    rows = at.code("for row in range(q.last.size):\n    loop", loop=(*at.arriving(*loop), *loop))
    return (at.function("derive", f"The weights of {at.links.name!r} as their states make them.", rows, "called"),)


def _sums(at: ProjectionContext, site: Site, bounds: list[Bound], clocks: bool) -> Sums:
    block, totals = list[ir.Statement](), dict[str, ir.Local]()
    for bound in bounds:
        assert bound.adds is not None
        owner, aim = bound.adds
        local = at.aimed_at(aim) if owner is None else f"{at.links.member(owner).prefix}{aim}"
        if local not in totals:
            totals[local] = ir.Local(f"change_{local}")
            block += let(f"change_{local}", expr("0.0" if clocks else "F(0.0)"))
        parts, change, conditions = change_of(at, site, bound, clocks)
        block += ir.only_if(ir.all_of(conditions), (*parts, ir.Add(totals[local], change)))
    return Sums(tuple(block), totals)


def change_of(
    at: ProjectionContext, site: Site, bound: Bound, clocks: bool
) -> tuple[ir.Block, ir.Expression, list[ir.Expression]]:
    """What a hook changes, as its gates scale it; what comes before that; and the conditions under which it does."""
    member = at.links.member(bound.owner)
    here = site.offering(value=at.value(member))
    change, parts = at.binder.call(here, member, bound.hook), ir.NOTHING
    for n, gate in enumerate(bound.gates):
        if "change" in gate.reads:
            parts += let(f"part{n}", change)
            change = ir.Local(f"part{n}")
        factor = at.binder.gate(here.offering(change=change), member, bound, n)
        change = expr("change * factor", change=change, factor=factor)
    conditions = [at.binder.condition(here, member, bound.hook)] if bound.hook.when else []
    return parts, change, conditions + ([tick(member)] if clocks else [])


def _changed_at(at: ProjectionContext, bounds: list[Bound]) -> dict[str, ir.Expression | None]:
    """When what rules aim at is changed at a tick, if not at all: when a rule's clock ticks that has a change of it."""
    clocks = {tick(member) for member in at.links.members if f"ticks_{member.prefix[:-1]}" in at.links.variables}
    ticks: dict[str, dict[ir.Expression, None]] = {}
    for bound in bounds:
        if bound.adds and bound.adds[0] is None:
            ticks.setdefault(bound.adds[1], {})[tick(at.links.member(bound.owner))] = None
    return {aim: ir.any_of(some) for aim, some in ticks.items() if some.keys() != clocks}


def _clipped(at: ProjectionContext, site: Site, aims: set[str], ticks: Mapping[str, ir.Expression | None]) -> ir.Block:
    """`clip` hooks of the rules that aim at what has changed, in the order of the rules; only at some `ticks`."""
    block = ir.NOTHING
    for bound in at.plan.clip:
        aim = at.aim(bound)
        if aim in aims:
            local = at.aimed_at(aim)
            call = at.binder.call(site.offering(value=ir.Local(local)), at.links.member(bound.owner), bound.hook)
            block += ir.only_if(ticks.get(aim), let(local, call))
    return block


def store(at: ProjectionContext, update: Update, stamps: bool = True) -> ir.Block:
    """What puts one synapse's values back, as of now; without `stamps`, its states stay as they were."""
    block = tuple(ir.Assign(at.own(name, "k"), ir.Local(name)) for name in update.changed)
    return block + (at.code("stamp = np.int32(n)", stamp=at.stamp) if stamps and at.plan.timestamped else ())
