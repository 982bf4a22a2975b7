"""How an argument name of a hook becomes an expression of the kernel.

A `View` is a place in the generated code: the loop indices there, how states are read there, and what is offered there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from homeostat.engine.hooksource import HookWriter
from homeostat.engine.model import Cells, Group, Links, Member, Model, anchored, draw_key, modulator
from homeostat.engine.write_hooks import number
from homeostat.errors import UnknownName, suggestion
from homeostat.hooks import Hook, arguments
from homeostat.rule import DRAWS, Follow, Gate
from homeostat.state import State

INDEX = {"cell": "i", "row": "row", "synapse": "k", "global": "0"}


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


@dataclass(eq=False)
class Reader:
    """Writes calls of hooks for one model."""

    model: Model
    hooks: HookWriter = field(default_factory=HookWriter)

    def call(self, view: View, member: Member, hook: Hook) -> str:
        """The call of a hook at a place."""
        what = "_".join([hook.event.removeprefix("on_"), *(s.name for s in hook.writes)])
        wanted, truth = f"{type(member.mechanism).__name__}_{what}", hook.event in ("fires", "dies")
        function = self.hooks.name(hook.function, wanted, truth)
        required, optional = arguments(hook.function)
        return f"{function}({', '.join(self.read(view, member, name, hook) for name in (*required, *optional))})"

    def condition(self, view: View, member: Member, hook: Hook) -> str:
        """The condition of a `step_when` hook."""
        assert hook.when is not None
        function = self.hooks.name(hook.when, f"{type(member.mechanism).__name__}_when", True)
        required, optional = arguments(hook.when)
        given = [self.read(view, member, name, hook, optional) for name in (*required, *optional)]
        return f"{function}({', '.join(given)})"

    def gate(self, view: View, member: Member, gate: Gate, hook: Hook) -> str:
        """The factor of a gate: its arguments are modulators, or what the rule's hooks may ask for."""
        given = []
        for name in gate.reads:
            source = self._modulator(name)
            moving = view.signal(f"network.{modulator(self.model, source)}[0]") if source else ""
            given.append(moving or self.read(view, member, name, hook, arguments(gate.function)[1]))
        wanted = f"{type(gate.owner).__name__}_gate" if gate.owner else "gate"
        return f"{self.hooks.name(gate.function, wanted)}({', '.join(given)})"

    def _modulator(self, name: str) -> str:
        """What a gate's argument follows: `DA` is the first state of the network rule DA, `DA_level` its `level`."""
        rules = self.model.net.rules
        if name in rules:
            return name
        found = (f"{rule}.{state}" for rule in rules for state in rules[rule].states if name == f"{rule}_{state}")
        return next(found, "")

    def read(
        self, view: View, member: Member, name: str, hook: Hook | None = None, optional: dict[str, Any] | None = None
    ) -> str:
        """The expression for one argument; `optional` are the default values of a gate in place of the hook's."""
        mechanism = member.mechanism
        if name in mechanism.states:
            return view.state(member, mechanism.states[name])
        if name in mechanism.fields or name in mechanism.derived:
            return self.parameter(view, member, name)
        if name in view.offered:
            return view.offered[name]
        if name == "dt":
            return f"F({self.model.net.dt!r})"
        if name in DRAWS:
            assert hook is not None
            return self._draw(view, member, name, hook)
        found = self._of_neuron(view, name)
        if found is not None:
            return found
        if optional is None:
            optional = hook.optional if hook is not None else {}
        if name in optional:
            return number(optional[name])
        raise UnknownName(
            f"{type(mechanism).__name__} on '{view.group.name}' asks for '{name}', which is not there; "
            + suggestion(name, [*view.offered, *mechanism.fields, *mechanism.states])
        )

    def parameter(self, view: View, member: Member, name: str) -> str:
        """A field or derived value: a variable, a live computation, or the modulator that it follows."""
        value = member.mechanism.values.get(name)
        if isinstance(value, Follow):
            return view.signal(f"network.{modulator(self.model, value.source)}[0]")
        if (member.owner, member.place, name) in self.model.made.live:
            function = member.mechanism.derived[name]
            given = ", ".join(self.read(view, member, read) for read in function.all_reads)
            return f"{self.hooks.name(function.function, f'{type(member.mechanism).__name__}_{name}')}({given})"
        return self.variable(view.group, f"{member.prefix}{name}", view)

    def variable(self, group: Group, name: str, view: View | None = None) -> str:
        """A variable of a group, indexed by its kind."""
        variable = group.variables[name]
        if variable.kind == "table":
            table, step = f"{group.ident}.{name}", view.step if view else "n"
            row = f"table_row({step}, {table}_every, {table}.shape[0], {table}_repeat)"
            return f"{table}[{row}{', i' if variable.value.values.ndim == 2 else ''}]"
        if variable.kind in ("number", "key"):
            return f"{group.ident}.{name}"
        return f"{group.ident}.{name}[{INDEX[variable.kind]}]"

    def advanced(self, view: View, member: Member, state: State, value: str, elapsed: str = "") -> str:
        """A state's value after the quiet steps since its last event; `elapsed` says how many, else its stamp does."""
        if not elapsed:
            if not anchored(member, state):
                return value
            array, _, index = value.rpartition("[")
            elapsed = f"({view.step} - {array}_at[{index})"
        steps = f"F(np.int32({elapsed}))"
        if state.trace:
            return f"{value} * exp(-{steps} * {self.variable(view.group, f'{member.prefix}{state.name}_rate')})"
        if state.advancer:
            offered = {**view.offered, "elapsed": f"{steps} * F({self.model.net.dt!r})"}
            inner = replace(view, state=lambda m, s: value if s is state else view.state(m, s), offered=offered)
            return self.call(inner, member, state.advancer)
        return value

    def jumped(self, view: View, member: Member, state: State, value: str) -> str:
        """A trace's value after its event."""
        assert state.trace is not None
        jump = state.trace.add if state.trace.set is None else state.trace.set
        amount = self.read(view, member, jump) if isinstance(jump, str) else f"F({float(jump or 0.0)!r})"
        return f"{value} + {amount}" if state.trace.set is None else amount

    def _draw(self, view: View, member: Member, kind: str, hook: Hook) -> str:
        event = ".".join([hook.event, *(s.name for s in hook.writes)])
        key = draw_key(self.model, view.group, f"{member.owner}/{member.place}/{event}/{kind}")
        bits = f"{view.bits}(step_key({view.group.ident}.{key}, {view.step}), {view.element})"
        return bits if kind == "binomial" else f"F({kind}({bits}))"

    def _of_neuron(self, view: View, name: str) -> str | None:
        side, _, rest = name.partition("_")
        return view.cells(side, rest) if side in ("pre", "post", "neuron") and rest else None

    def neuron_value(self, cells: Cells, name: str, index: str) -> str | None:
        """A state, parameter or output of a neuron at an index of this thread's share; None if there is none."""
        neuron = cells.members[0].mechanism
        if name == "rate" and not cells.population.spiking:
            return f"{cells.ident}.rate_now[{index}]"
        if name not in cells.variables or name.startswith(("rule", "key_")):
            return None
        variable = cells.variables[name]
        if name not in (*neuron.states, *neuron.fields, *neuron.derived):
            return None
        assert variable.kind != "table", "refusals.check lets no signal pass"
        return f"{cells.ident}.{name}" if variable.kind == "number" else f"{cells.ident}.{name}[{index}]"


def presynaptic_parameter(links: Links, name: str) -> str:
    """A parameter of the presynaptic neuron, checked; rows keep copies of it."""
    neuron, variable = links.source.members[0].mechanism, links.source.variables.get(name)
    if variable is None or name not in (*neuron.fields, *neuron.derived, *neuron.states):
        hint = suggestion(name, [*neuron.fields, *neuron.states])
        raise UnknownName(f"a rule on '{links.name}' asks for 'pre_{name}'; {hint}")
    assert variable.fixed and variable.kind != "table", "refusals.check lets nothing pass that moves"
    return name
