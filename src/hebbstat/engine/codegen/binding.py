"""How an argument name of a hook becomes an expression of the kernel.

A `View` is a place in the generated code: the loop indices there, how states are read there, and what is offered there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hebbstat.contract.events import Returns
from hebbstat.contract.hooks import Hook, arguments
from hebbstat.contract.language.grammar import ARGUMENTS
from hebbstat.contract.mechanism import Bound
from hebbstat.contract.signals import FollowState
from hebbstat.contract.state import State, Trace
from hebbstat.engine.codegen.hook_bodies import number
from hebbstat.engine.codegen.hooks import HookWriter
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.model import Group, Member, Model, PopulationGroup, ProjectionGroup, draw_key, modulator
from hebbstat.network import lookup
from hebbstat.network.lookup import Asking
from hebbstat.network.streams import hook_stream

INDEX = {Shape.CELL: "i", Shape.ROW: "row", Shape.SYNAPSE: "k", Shape.ONE: "0"}


@dataclass(eq=False)
class View:
    """Where a hook is called: its group, how its states are read, the names offered, the step and element of draws."""

    group: Group
    state: Callable[[Member, State], str]
    offered: dict[str, str] = field(default_factory=dict)
    cells: Callable[[str, str], str | None] = lambda side, name: None  # post_X and pre_X
    step: str = "n"
    element: str = "i"
    bits: str = "bits_of"  # how random bits are found for `element`
    signal: Callable[[str], str] = lambda expression: expression  # how values that change in time are read
    draws: tuple[Member, int] | None = None  # in a gate: whose change it scales, and its number there


@dataclass(eq=False)
class Reader:
    """Writes calls of hooks for one model."""

    model: Model
    hooks: HookWriter = field(default_factory=HookWriter)

    def call(self, view: View, member: Member, hook: Hook) -> str:
        """The call of a hook at a place."""
        what = "_".join([hook.event.removeprefix("on_"), *(s.name for s in hook.writes)])
        wanted, event = f"{type(member.mechanism).__name__}_{what}", member.mechanism.kind.events.get(hook.event)
        truth = not hook.writes and event is not None and event.returns is Returns.CONDITION
        return self._called(view, member, hook.function, wanted, Asking(what, hook), truth)

    def condition(self, view: View, member: Member, hook: Hook) -> str:
        """The condition of a `step_when` hook."""
        assert hook.when is not None
        return self._called(
            view, member, hook.when, f"{type(member.mechanism).__name__}_when", Asking("step_when", hook), True
        )

    def gate(self, view: View, member: Member, bound: Bound, number: int) -> str:
        """The factor of a gate: its arguments are modulators, or what the rule's hooks may ask for."""
        gate, asked = bound.gates[number], replace(view, draws=(member, number))
        owner = view.group.member(gate.owner) if gate.owner is not None else member
        wanted = f"{type(gate.owner).__name__}_gate" if gate.owner else "gate"
        return self._called(asked, owner, gate.function, wanted, Asking("a gate", bound.hook, gate))

    def _called(
        self, view: View, member: Member, function: Callable[..., Any], wanted: str, asking: Asking, truth: bool = False
    ) -> str:
        """The call of a function of a mechanism with what its arguments mean."""
        name = self.hooks.name(function, wanted, truth, self._plain(member, function, asking))
        return f"{name}({self._given(view, member, function, asking)})"

    def _plain(self, member: Member, function: Callable[..., Any], asking: Asking) -> frozenset[str]:
        """Arguments that are called as what the language offers, but are numbers: the mechanism's own, a modulator."""
        required, optional = arguments(function)
        asking, net, given = replace(asking, optional=optional), self.model.net, (*required, *optional)
        means = {n: lookup.meaning(net, member.owner, member.mechanism, n, asking) for n in given if n in ARGUMENTS}
        return frozenset(n for n, what in means.items() if not isinstance(what, lookup.Offered | lookup.Drawn))

    def _given(self, view: View, member: Member, function: Callable[..., Any], asking: Asking) -> str:
        """What the arguments of a function of a mechanism mean."""
        required, optional = arguments(function)
        asking = replace(asking, optional=optional)
        return ", ".join(self.read(view, member, name, asking) for name in (*required, *optional))

    def read(self, view: View, member: Member, name: str, asking: Asking) -> str:
        """The expression for one argument."""
        mechanism, net = member.mechanism, self.model.net
        match lookup.meaning(net, member.owner, mechanism, name, asking):
            case lookup.Own():
                return self.own(view, member, name)
            case lookup.Offered():
                return self._offered(view, name)
            case lookup.Drawn():
                assert asking.hook is not None
                return self._draw(view, member, name, asking.hook)
            case lookup.OfNeuron(side, of):
                found = view.cells(side, of)
                assert found is not None, "refusals.check lets no other value of a neuron pass"
                return found
            case lookup.Modulator(rule, state):
                return view.signal(f"network.{modulator(self.model, rule, state)}[0]")
            case lookup.Default(value):
                return number(value)

    def own(self, view: View, member: Member, name: str) -> str:
        """A state, field or derived value of a mechanism."""
        states = member.mechanism.states
        return view.state(member, states[name]) if name in states else self.parameter(view, member, name)

    def _offered(self, view: View, name: str) -> str:
        if name in view.offered:
            return view.offered[name]
        if name == "dt":
            return f"F({self.model.net.dt!r})"
        assert name == "value", f"{name} is not there"
        return view.offered["w"]  # refusals.check lets no other target pass here

    def parameter(self, view: View, member: Member, name: str) -> str:
        """A field or derived value: a variable, a live computation, or the modulator that it follows."""
        value = member.mechanism.values.get(name)
        if isinstance(value, FollowState):
            who = f"{name} of {type(member.mechanism).__name__} on '{member.owner}'"
            return view.signal(self.followed(*lookup.followed(self.model.net, value.source, who), view))
        if (member.owner, member.place, name) in self.model.made.live:
            function, asking = member.mechanism.derived[name].function, Asking(name, before=True)
            given, wanted = self._given(view, member, function, asking), f"{type(member.mechanism).__name__}_{name}"
            return f"{self.hooks.name(function, wanted, plain=self._plain(member, function, asking))}({given})"
        return self.variable(view.group, f"{member.prefix}{name}", view)

    def followed(self, rule: str, state: str, view: View) -> str:
        """A network rule's state as the previous step left it."""
        name, rules = modulator(self.model, rule, state), self.model.rules
        begins = rules.variables[name].value
        rules.variables.setdefault(f"left_{name}", Variable(Shape.ONE, begins, "float64"))  # for rules of the network
        return f"network.left_{name}[0]" if view.group is rules else f"network.{name}[0]"

    def variable(self, group: Group, name: str, view: View | None = None) -> str:
        """A variable of a group, indexed by its shape."""
        variable, of = group.variables[name], group.ident
        if variable.shape is Shape.TABLE:
            step = view.step if view else "n"
            if variable.value.values.ndim == 1:
                return f"planned({of}.{name}, {step}, {of}.every_{name}, {of}.repeat_{name})"
            index = "i" if variable.over is Shape.CELL else f"{of}.pre[row]"
            return f"planned_of({of}.{name}, {step}, {of}.every_{name}, {of}.repeat_{name}, {index})"
        if variable.shape is Shape.NUMBER:
            return f"{of}.{name}"
        return f"{of}.{name}[{INDEX[variable.shape]}]"

    def rate(self, view: View, member: Member, state: State) -> str:
        """The part of its time constant that a trace's step lasts."""
        assert isinstance(state.origin, Trace)
        name = f"{member.prefix}{state.name}"
        if f"rate_of_{name}" in view.group.variables:
            return self.variable(view.group, f"rate_of_{name}", view)
        return f"F({self.model.net.dt!r}) / {self.own(view, member, state.origin.tau)}"

    def decay(self, view: View, member: Member, state: State) -> str:
        """The factor by which a trace decays in one step."""
        name = f"{member.prefix}{state.name}"
        if f"decay_of_{name}" in view.group.variables:
            return self.variable(view.group, f"decay_of_{name}", view)
        return f"exp(-({self.rate(view, member, state)}))"

    def after_step(self, view: View, member: Member, state: State, value: str) -> str:
        """A state's value after one step without an event."""
        if isinstance(state.origin, Trace):
            return f"{value} * {self.decay(view, member, state)}"
        return self.advanced(view, member, state, value, "1")

    def advanced(self, view: View, member: Member, state: State, value: str, elapsed: str = "") -> str:
        """A state's value after the quiet steps since its last event: its own stamp counts them, else `elapsed`."""
        stamp = f"at_{member.prefix}{state.name}"
        if stamp in view.group.variables:
            slow = view.group.variables[f"{member.prefix}{state.name}"].slow and view.step == "n"
            step = "min(n, network.frozen_from[0] - 1)" if slow else view.step  # for it no frozen time has passed
            elapsed = f"({step} - {self.variable(view.group, stamp)})"
        if not elapsed:
            return value
        steps = f"F(np.int32({elapsed}))"
        if isinstance(state.origin, Trace):
            return f"{value} * exp(-{steps} * {self.rate(view, member, state)})"
        if state.advancer:
            offered = {**view.offered, "elapsed": f"{steps} * F({self.model.net.dt!r})"}
            inner = replace(view, state=lambda m, s: value if s is state else view.state(m, s), offered=offered)
            return self.call(inner, member, state.advancer)
        return value

    def jumped(self, view: View, member: Member, state: State, value: str) -> str:
        """A trace's value after its event."""
        assert isinstance(state.origin, Trace)
        jump = state.origin.jump
        if isinstance(jump, str):
            amount = view.offered[jump] if jump in view.offered else self.own(view, member, jump)
        else:
            amount = f"F({float(jump)!r})"
        return f"{value} + {amount}" if state.origin.set is None else amount

    def _draw(self, view: View, member: Member, kind: str, hook: Hook) -> str:
        of, gate = view.draws or (member, None)
        stream = hook_stream(of.owner, of.place, of.mechanism, hook, kind, gate)
        key = f"step_key({view.group.ident}.{draw_key(self.model, view.group, stream)}, {view.step})"
        bits = f"{view.bits}({key}, {view.element})"
        return bits if kind == "binomial" else f"F({kind}({bits}))"

    def neuron_value(self, cells: PopulationGroup, name: str, index: str) -> str | None:
        """A state, parameter or output of a neuron at an index of this thread's share; None if there is none."""
        neuron = cells.members[0]
        if name == "rate" and not cells.population.spiking:
            return f"{cells.ident}.rate_now[{index}]"
        if name not in known_of(neuron):
            return None
        key = f"{neuron.prefix}{name}"
        assert key in cells.variables, "refusals.check lets nothing pass that moves with a signal"
        variable = cells.variables[key]
        assert variable.shape is not Shape.TABLE, "refusals.check lets no signal pass"
        return f"{cells.ident}.{key}" if variable.shape is Shape.NUMBER else f"{cells.ident}.{key}[{index}]"


def known_of(member: Member) -> tuple[str, ...]:
    """What a member has: states, fields, derived values."""
    mechanism = member.mechanism
    return (*mechanism.states, *mechanism.fields, *mechanism.derived)


def presynaptic_parameter(links: ProjectionGroup, name: str) -> str | None:
    """The variable of a parameter of the presynaptic neuron, of which rows keep copies; None if there is none."""
    neuron = links.source.members[0]
    if name not in known_of(neuron):
        return None
    key = f"{neuron.prefix}{name}"
    assert key in links.source.variables, "refusals.check lets nothing pass that moves"
    variable = links.source.variables[key]
    assert variable.fixed and variable.shape is not Shape.TABLE, "refusals.check lets nothing pass that moves"
    return key
