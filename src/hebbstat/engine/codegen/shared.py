"""Writes what a whole population or projection shares: its shared states, and its counts of spikes.

Each thread computes them for itself: what they depend on is the same for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hebbstat.contract.hooks import Hook
from hebbstat.contract.state import WHOLE, Reduction, Sensor, State
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Binder, Site
from hebbstat.engine.codegen.fragments import function, let, put, results, tick, when_learning
from hebbstat.engine.codegen.quote import array, code, expr, item, joined
from hebbstat.engine.plan.groups import Group, Member, PopulationGroup, states_of
from hebbstat.engine.plan.model import Model, sensors
from hebbstat.network import lookup

Hooks = list[tuple[Member, Hook]]


def shared(members: Iterable[Member]) -> list[tuple[Member, State]]:
    """The states of some members that one value stands for, and that hooks write."""
    return [(member, state) for member, state in states_of(members) if state.is_plain and state.scope in WHOLE]


def is_one_for_all(state: State) -> bool:
    """Whether a state is one number, which each thread has: shared, or a count of spikes."""
    return isinstance(state.origin, Sensor) or (state.scope in WHOLE and not isinstance(state.origin, Reduction))


def place(group: Group, member: Member, state: State) -> ir.Item:
    """Where such a number is kept."""
    return item(array(group, f"{member.prefix}{state.name}"), 0)


def present(binder: Binder, site: Site, member: Member, state: State) -> ir.Expression:
    """Its present value as cells and synapses read it: a number of the kernel's."""
    kept: ir.Expression = place(site.group, member, state)
    return expr("F(value)", value=binder.advanced(site, member, state, kept))  # type: ignore[no-any-return]


def was(member: Member, state: State) -> ir.Local:
    """The local that has a shared state as it was before this event."""
    return ir.Local(f"was_{member.prefix}{state.name}")


def as_it_was(site: Site) -> Site:
    """A site that reads shared states as they were before this event."""

    def state(at: Site, member: Member, which: State) -> ir.Expression:
        before = which.is_plain and is_one_for_all(which)
        return expr("F(before)", before=was(member, which)) if before else site.state(at, member, which)

    return replace(site, state=state)


def keep(binder: Binder, group: Group, members: Iterable[Member]) -> ir.Block:
    """Locals keep shared states as they are before an event."""
    site, block = whole(group), ir.NOTHING
    for member, state in shared(members):
        block += let(was(member, state).name, binder.advanced(site, member, state, place(group, member, state)))
    return block


def moved(binder: Binder, group: Group, event: str, members: Iterable[Member]) -> ir.Block:
    """The hooks of shared states at an event; all read what these were (`keep`)."""
    hooks = [(m, h) for m in members for h in m.mechanism.hooks if h.event == event and h.writes]
    hooks, site = [(m, h) for m, h in hooks if h.writes[0].scope in WHOLE], whole(group)
    block = joined(*(let(f"whole{n}", binder.call(site, *one)) for n, one in enumerate(hooks)))
    for n, (member, hook) in enumerate(hooks):
        stores = ir.NOTHING
        for state, value in results(hook, f"whole{n}"):
            stores += when_learning(state, (*put(place(group, member, state), value), *_stamped(group, member, state)))
        block += ir.only_if(tick(member) if event == "on_tick" else None, stores)
    return block


def _stamped(group: Group, member: Member, state: State) -> ir.Block:
    """A state notes that its event is now, if it is kept as of its last event."""
    at = f"at_{member.prefix}{state.name}"
    return code("stamp = n", stamp=item(array(group, at), 0)) if at in group.variables else ()


def whole(group: Group) -> Site:
    """Hooks of shared states read them in full precision."""

    def state(site: Site, member: Member, which: State) -> ir.Expression:
        return was(member, which) if which.is_plain else place(group, member, which)

    return Site(group, state, element=(ir.Number(0),))


def sense(model: Model, group: Group) -> tuple[ir.Function, ...]:
    """The function that counts the spikes of this step for the sensors of a population's or projection's mechanisms."""
    found = sensors(group)
    if not found:
        return ()
    groups = dict.fromkeys([group, *(_watched(model, *one) for one in found)])
    doc = f"How many cells spiked that {group.name!r} watches."
    return (function(f"sense_{group.ident}", doc, groups, sensed(model, group)),)


def sensed(model: Model, group: Group) -> ir.Block:
    """What the sensors of a group's mechanisms see in this step."""
    return joined(*(put(place(group, *one), _activity(_watched(model, *one))) for one in sensors(group)))


def _watched(model: Model, member: Member, state: State) -> PopulationGroup:
    return model.cells[lookup.watched(model.net, member.mechanism, state).name]


def _activity(cells: PopulationGroup) -> ir.Expression:
    """How many cells of all threads spiked in this step, or their mean rate."""
    if cells.rate:
        mean = "sum_in_blocks(c.rates[n % c.rates.shape[0]]) / cells"
        return expr(mean, c=cells, cells=ir.Number(float(cells.population.n)))  # type: ignore[no-any-return]
    return expr("count_spikes(c.counts[n % c.ids.shape[0]])", c=cells)  # type: ignore[no-any-return]
