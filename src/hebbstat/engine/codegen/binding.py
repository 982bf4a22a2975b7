"""How an argument name of a hook becomes an expression of the kernel.

A `Site` is a place in the generated code: the loop indices there, how states are read there, and what is offered there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hebbstat.contract.events import Returns
from hebbstat.contract.hooks import Hook, arguments
from hebbstat.contract.language.grammar import ARGUMENTS
from hebbstat.contract.mechanism import Bound, numbers_of
from hebbstat.contract.signals import FollowState
from hebbstat.contract.state import Received, State, Trace
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.fragments import NOW
from hebbstat.engine.codegen.hooks import Hooks
from hebbstat.engine.codegen.quote import added, array, expr, item
from hebbstat.engine.plan.arrays import Shape
from hebbstat.engine.plan.given import kept_sum, kept_variable, pool_of
from hebbstat.engine.plan.groups import Group, Member, PopulationGroup
from hebbstat.engine.plan.model import Model, draw_key, left_behind, modulator
from hebbstat.network import lookup, received
from hebbstat.network.lookup import Asking, is_sum
from hebbstat.network.naming import owner_of
from hebbstat.network.streams import hook_stream

INDEX: dict[Shape, str | int] = {Shape.CELL: "i", Shape.BRANCH: "b", Shape.ROW: "row", Shape.SYNAPSE: "k", Shape.ONE: 0}
INDEX_OF_SCOPE = {"PerPost": "i", "PerBranch": "b", "PerPre": "row", "PerSynapse": "k"}


def none_received(projection: str, name: str) -> ir.Expression:
    """Where nobody reads receptors."""
    raise AssertionError(f"{name} of the receptor of {projection} is not to be had here")


def no_value(member: Member) -> ir.Expression:
    """Where nothing acts on anything."""
    raise AssertionError(f"{member.owner} acts on nothing here")


@dataclass(frozen=True, eq=False)
class Site:
    """Where a hook is called: its group, how its states are read, the names offered, the step and element of draws."""

    group: Group
    state: Callable[[Site, Member, State], ir.Expression]
    offered: Mapping[str, ir.Expression] = field(default_factory=dict)
    cells: Callable[[str, str], ir.Expression | None] = lambda side, name: None  # post_X and pre_X
    step: ir.Expression = NOW
    element: tuple[ir.Expression, ...] = (ir.Local("i"),)
    bits: str = "bits_of"  # how random bits are found for `element`
    signal: Callable[[ir.Item], ir.Expression] = lambda item: item  # how values that change in time are read
    draws: tuple[Member, int] | None = None  # in a gate: whose change it scales, and its number there
    value: Callable[[Member], ir.Expression] = no_value  # the `value` of what a rule acts on
    values: Callable[[Site, str], ir.Expression] = lambda site, key: variable(site.group, key, site.step)  # parameters
    received: Callable[[str, str], ir.Expression] = none_received  # of a projection's receptor

    def offering(self, **offered: ir.Expression) -> Site:
        """The same place, where more is offered."""
        return replace(self, offered={**self.offered, **offered})


@dataclass(eq=False)
class Binder:
    """Writes calls of hooks for one model."""

    model: Model
    hooks: Hooks = field(default_factory=Hooks)

    def __post_init__(self) -> None:
        self.dt = expr("F(dt)", dt=ir.Number(self.model.net.dt))

    def call(self, site: Site, member: Member, hook: Hook) -> ir.Expression:
        """The call of a hook at a place."""
        what = "_".join([hook.event.removeprefix("on_"), *(s.name for s in hook.writes)])
        event = member.mechanism.kind.events.get(hook.event)
        truth = not hook.writes and event is not None and event.returns is Returns.CONDITION
        return self._called(site, member, hook.function, what, Asking(what, hook), truth)

    def condition(self, site: Site, member: Member, hook: Hook) -> ir.Expression:
        """The condition of a `step_when` hook."""
        assert hook.when is not None
        return self._called(site, member, hook.when, "when", Asking("step_when", hook), True)

    def gate(self, site: Site, member: Member, bound: Bound, number: int) -> ir.Expression:
        """The factor of a gate: its arguments are modulators, or what the rule's hooks may ask for."""
        gate, asked = bound.gates[number], replace(site, draws=(member, number))
        asking = Asking("a gate", bound.hook, gate)
        if gate.owner is None:
            return self._called(asked, member, gate.function, "", asking, wanted="gate")
        return self._called(asked, site.group.member(gate.owner), gate.function, "gate", asking)

    def _called(
        self, site: Site, member: Member, function: Callable[..., Any], what: str, asking: Asking, truth: bool = False,
        wanted: str = "",
    ) -> ir.Expression:  # fmt: skip
        """The call of a function of a mechanism with what its arguments mean."""
        wanted = wanted or f"{type(member.mechanism).__name__}_{what}"
        required, optional = arguments(function)
        asking, names = replace(asking, optional=optional), (*required, *optional)
        given = tuple(self._read(site, member, name, asking) for name in names)
        return ir.Call(ir.UserFunction(function, wanted, truth, self._plain(member, names, asking)), given)

    def _plain(self, member: Member, names: tuple[str, ...], asking: Asking) -> frozenset[str]:
        """Arguments that are called as what the language offers, but are numbers: the mechanism's own, a modulator."""
        net, ours = self.model.net, [name for name in names if name in ARGUMENTS]
        means = {name: lookup.meaning(net, member.owner, member.mechanism, name, asking) for name in ours}
        return frozenset(name for name, what in means.items() if not isinstance(what, lookup.Offered | lookup.Drawn))

    def _read(self, site: Site, member: Member, name: str, asking: Asking) -> ir.Expression:
        """The expression for one argument."""
        match lookup.meaning(self.model.net, member.owner, member.mechanism, name, asking):
            case lookup.Own():
                return self.own(site, member, name)
            case lookup.Offered():
                return self._offered(site, member, name)
            case lookup.Drawn():
                assert asking.hook is not None
                return self._draw(site, member, name, asking.hook)
            case lookup.OfNeuron(side, of):
                found = site.cells(side, of)
                assert found is not None, "lookup.meaning finds no other value of a neuron"
                return found
            case lookup.OfReceptor(projection, of):
                return site.received(projection, of)
            case lookup.Modulator(rule, state):
                return site.signal(item(array(self.model.rules, modulator(self.model, rule, state)), 0))
            case lookup.Default(value):
                return expr("F(value)", value=ir.Number(float(value)))

    def named(self, site: Site, member: Member, name: str, what: str = "a reduction") -> ir.Expression:
        """What a mechanism calls by a name, outside its hooks."""
        return self._read(site, member, name, Asking(what))

    def own(self, site: Site, member: Member, name: str) -> ir.Expression:
        """A state, field or derived value of a mechanism."""
        state = member.mechanism.states.get(name)
        if state is None:
            return self.parameter(site, member, name)
        if isinstance(state.origin, Received):
            on = owner_of(self.model.net, member.owner)
            return site.received(*received.source(self.model.net, member.mechanism, state, on))
        return site.state(site, member, state)

    def _offered(self, site: Site, member: Member, name: str) -> ir.Expression:
        if name in site.offered:
            return site.offered[name]
        if name == "dt":
            return self.dt
        if name == "value":
            return site.value(member)
        raise AssertionError(f"{name} is not there")

    def parameter(self, site: Site, member: Member, name: str) -> ir.Expression:
        """A field or derived value: a variable, a live computation, or the modulator that it follows."""
        value = member.mechanism.values.get(name)
        if isinstance(value, FollowState):
            who = f"{name} of {type(member.mechanism).__name__} on '{member.owner}'"
            return site.signal(self._followed(*lookup.followed(self.model.net, value.source, who), site))
        if (member.owner, member.place, name) in self.model.made.live:
            function = member.mechanism.derived[name].function
            return self._called(site, member, function, name, Asking(name, before=True))
        return site.values(site, f"{member.prefix}{name}")

    def _followed(self, rule: str, state: str, site: Site) -> ir.Item:
        """A network rule's state as the previous step left it; rules of the network have moved on when they ask."""
        name, rules = modulator(self.model, rule, state), self.model.rules
        return item(array(rules, left_behind(name) if site.group is rules else name), 0)

    def decay(self, site: Site, member: Member, state: State) -> ir.Expression:
        """The factor by which a trace decays in one step."""
        name = f"{member.prefix}{state.name}"
        if f"decay_of_{name}" in site.group.variables:
            return variable(site.group, f"decay_of_{name}", site.step)
        assert isinstance(state.origin, Trace)
        return expr("exp(-(dt / tau))", dt=self.dt, tau=self.own(site, member, state.origin.tau))

    def after_step(self, site: Site, member: Member, state: State, value: ir.Expression) -> ir.Expression:
        """A state's value after one step without an event."""
        if isinstance(state.origin, Trace):
            return expr("value * decay", value=value, decay=self.decay(site, member, state))
        return self._passed(site, member, state, value, ir.Number(1))

    def advanced(
        self, site: Site, member: Member, state: State, value: ir.Expression, elapsed: ir.Expression | None = None
    ) -> ir.Expression:
        """A state's value after the quiet steps since its last event: its own stamp counts them, else `elapsed`."""
        name = f"{member.prefix}{state.name}"
        if name in site.group.stepped:
            return value
        if f"at_{name}" in site.group.variables:
            slow = site.group.variables[name].slow and site.step == NOW
            step = expr("min(n, network.frozen_from[0] - 1)", network=self.model.rules) if slow else site.step
            stamp = variable(site.group, f"at_{name}")
            elapsed = expr("step - stamp", step=step, stamp=stamp)  # for what is slow no frozen time has passed
        return value if elapsed is None else self._passed(site, member, state, value, elapsed)

    def _passed(
        self, site: Site, member: Member, state: State, value: ir.Expression, elapsed: ir.Expression
    ) -> ir.Expression:
        """A state's value after so many quiet steps."""
        name = f"{member.prefix}{state.name}"
        steps = expr("F(np.int32(elapsed))", elapsed=elapsed)
        if isinstance(state.origin, Trace):
            if f"rate_of_{name}" in site.group.variables:
                rate = variable(site.group, f"rate_of_{name}", site.step)
                return expr("value * exp(-steps * rate)", value=value, steps=steps, rate=rate)
            tau = self.own(site, member, state.origin.tau)
            return expr("value * exp(-steps * dt / tau)", value=value, steps=steps, dt=self.dt, tau=tau)
        if state.advancer:
            inner = replace(site, state=lambda at, m, s: value if s is state else site.state(site, m, s))
            passed = expr("steps * dt", steps=steps, dt=self.dt)
            return self.call(inner.offering(elapsed=passed), member, state.advancer)
        return value

    def jumped(self, site: Site, member: Member, state: State, value: ir.Expression) -> ir.Expression:
        """A trace's value after its event."""
        assert isinstance(state.origin, Trace)
        jump = state.origin.jump
        if isinstance(jump, str):
            amount = self.own(site, member, jump) if jump in numbers_of(member.mechanism) else site.offered[jump]
        else:
            amount = expr("F(jump)", jump=ir.Number(float(jump)))
        return expr("value + amount", value=value, amount=amount) if state.origin.set is None else amount

    def _draw(self, site: Site, member: Member, kind: str, hook: Hook) -> ir.Expression:
        of, gate = site.draws or (member, None)
        stream = hook_stream(of.owner, of.place, of.mechanism, hook, kind, gate)
        gated = "" if gate is None else f"gate{gate}_"
        number = of.mechanism.hooks.index(hook)  # among the hooks of its mechanism
        bits = self.bits(site, f"{of.prefix}{hook.event}{number}_{gated}{kind}", stream)
        return bits if kind == "binomial" else expr("F(drawn)", drawn=ir.Call(kind, (bits,)))

    def bits(self, site: Site, name: str, stream: str) -> ir.Expression:
        """Random bits of a named stream, for the element of a place in this step."""
        key = added(site.group, f"key_{name}", draw_key(self.model, stream))
        return ir.Call(site.bits, (expr("step_key(key, step)", key=key, step=site.step), *site.element))

    def neuron_value(self, cells: PopulationGroup, name: str) -> ir.Expression | None:
        """A state, parameter or output of the neuron `i` of this thread's share; None if there is none."""
        neuron = cells.members[0]
        if name == "rate" and not cells.population.spiking:
            return item(array(cells, "rate_now"), "i")
        if is_sum(cells.population, name):
            return item(array(cells, kept_sum(name)), "i")
        if name not in numbers_of(neuron.mechanism):
            return None
        return self.own(self.of_cell(cells), neuron, name)

    def of_cell(self, cells: PopulationGroup) -> Site:
        """Reads of the cell `i` what its neuron and receptors keep."""
        return Site(cells, _of_cell, received=self.receptor_value)

    def receptor_value(self, projection: str, name: str) -> ir.Expression:
        """A state or parameter of a projection's receptor, or what it gave, at the neuron `i` of this thread."""
        cells, pool = pool_of(self.model, projection)
        kept = kept_variable(pool, name)
        return self.own(Site(cells, _of_cell), pool, name) if kept is None else item(array(cells, kept), "i")


def _of_cell(site: Site, member: Member, state: State) -> ir.Expression:
    """A state of a cell where it is kept."""
    name = f"{member.prefix}{state.name}"
    if site.group.shape(name) is Shape.ONE:
        return expr("F(value)", value=item(array(site.group, name), 0))  # type: ignore[no-any-return]
    return item(array(site.group, name), "i")


def variable(group: Group, name: str, step: ir.Expression = NOW) -> ir.Expression:
    """A variable of a group, indexed by its shape."""
    declared, whole = group.variables[name], array(group, name)
    if declared.shape is Shape.TABLE:
        given = {"whole": whole, "step": step, "every": array(group, f"every_{name}")}
        given["repeat"] = array(group, f"repeat_{name}")
        if declared.value.values.ndim == 1:
            return expr("planned(whole, step, every, repeat)", **given)
        of = {Shape.CELL: "i", Shape.SYNAPSE: "k"}.get(declared.over or Shape.ROW, "group.pre[row]")
        return expr(f"planned_of(whole, step, every, repeat, {of})", **given, group=group)
    return whole if declared.shape is Shape.NUMBER else item(whole, INDEX[declared.shape])
