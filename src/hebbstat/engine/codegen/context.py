"""How a hook of a projection reads where it runs: now, at a synapse; or then, at a past postsynaptic event."""

from __future__ import annotations

from dataclasses import replace

from hebbstat.contract.mechanism import Bound, Plasticity
from hebbstat.contract.state import Reduction, State
from hebbstat.engine.codegen.batch_loop import Batched
from hebbstat.engine.codegen.binding import Reader, View, presynaptic_parameter
from hebbstat.engine.codegen.row_loop import OneByOne
from hebbstat.engine.plan.arrays import Shape, history, parameter
from hebbstat.engine.plan.model import Member, target_variable
from hebbstat.engine.plan.projection import Plan


class Views:
    """All that the functions of one projection need to be written: its plan, its names, and its views.

    In generated code `row` is a virtual row (a presynaptic neuron and a delay), `k` a synapse, `i` its postsynaptic
    neuron in this thread's share, `e` a place in scratch memory, `j` a place in the history of postsynaptic events.
    """

    def __init__(self, reader: Reader, plan: Plan) -> None:
        self.reader, self.plan, self.links = reader, plan, plan.links
        self.q, self.c, self.source = self.links.ident, self.links.target.ident, self.links.source.ident
        self.snapshots: dict[str, str] = {}  # expression at the time of a postsynaptic event -> history variable
        self.arguments = f"n, {self.q}, {self.c}, network"
        ends = self.c if self.source == self.c else f"{self.source}, {self.c}"
        self.all_arguments = f"n, {self.q}, {ends}, network"  # with the source, each group once
        self.element, self.bits = f"synapse_element({self.q}.pre[row], {self.c}.first + i)", "bits_of"
        if "copy" in self.links.variables:
            self.element, self.bits = f"{self.element}, {self.q}.copy[k]", "bits_of_copy"
        self.row = f"row_element({self.q}.pre[row], {self.q}.row_delay[row])"
        self.cell = f"({self.c}.first + i)"  # the elements of draws of a postsynaptic neuron, and of a row
        self.rows = self._rows()

    def _rows(self) -> OneByOne | Batched:
        """How rows are visited."""
        if not self.plan.batched:
            return OneByOne(self.reader, self.links)
        states = [f"{member.prefix}{state.name}" for member, state in self.plan.states("PerPre")]
        return Batched(self.reader, self.links, ["last", "since", "elapsed", *states])

    @property
    def weight(self) -> str:
        """The weight of synapse `k`: its own, or the one of all."""
        return self.reader.variable(self.links, "w")

    def now(self, *, in_visit: bool = False) -> View:
        """Reads at the present step. The visit of a row keeps the row's states in local variables."""

        def state(member: Member, which: State) -> str:
            name, scope = f"{member.prefix}{which.name}", which.scope.name
            if isinstance(which.origin, Reduction):
                return f"{self.q}.{name}[i]"
            if scope == "PerSynapse" or (scope == "PerPre" and in_visit):
                return name
            if scope == "PerPre":
                elapsed = f"(n - {self.q}.last[row])"
                return self.reader.advanced(view, member, which, f"{self.q}.{name}[row]", elapsed)
            return self.reader.advanced(view, member, which, f"{self.q}.{name}[i]")

        offered = {"w": "w", "elapsed": "elapsed"} if in_visit else {"w": "w"}
        view = View(self.links, state, offered, self._of_neuron, element=self.element, bits=self.bits)
        return view

    def then(self) -> View:
        """Reads at the time of a past postsynaptic event: row states run forward to it, all else from its snapshot."""

        def state(member: Member, which: State) -> str:
            name, scope = f"{member.prefix}{which.name}", which.scope.name
            if scope == "PerPre":
                before, after = f"{self.q}.before_{name}[row]", f"{self.q}.{name}[row]"
                moved = self.reader.advanced(view, member, which, after, "(at - last)")
                event = f"{self.q}.at_{name}[row]" if f"at_{name}" in self.links.variables else "last"
                return f"({before} if at == {event} else {moved})"
            if scope == "PerSynapse":
                return name
            if isinstance(which.origin, Reduction):
                return f"{self.q}.{name}[i]"
            return self.snapshot(self.reader.advanced(self.now(), member, which, f"{self.q}.{name}[i]"))

        view = View(
            self.links, state, {"w": "w"}, self._of_neuron_then, step="at", element=self.element, bits=self.bits
        )
        view.signal = self.snapshot
        return view

    def drawing(self, view: View, scope: str) -> View:
        """A view in which hooks draw for the owners of a scope."""
        if scope == "PerSynapse":
            return replace(view, element=self.element, bits=self.bits)
        return replace(view, element=self.cell if scope == "PerPost" else self.row, bits="bits_of")

    def snapshot(self, expression: str) -> str:
        """A value that is stored with each postsynaptic event, read back at its place in the history."""
        if expression not in self.snapshots:
            name = f"h_{len(self.snapshots)}"
            self.snapshots[expression] = name
            self.links.variables[name] = history()
        return f"{self.q}.{self.snapshots[expression]}[j]"

    @staticmethod
    def aim(bound: Bound) -> str:
        """What the rule of a hook aims at."""
        assert isinstance(bound.owner, Plasticity)
        return bound.owner.acts_on

    def target(self, aim: str) -> str:
        """The variable of a rule's target at a synapse; in a loop over synapses, also its local name."""
        group, variable, shape = target_variable(self.reader.model, self.links, aim)
        assert group is self.links and shape is Shape.SYNAPSE, "refusals.check lets no other target pass"
        return variable

    def _of_neuron(self, side: str, name: str) -> str | None:
        if side == "post":
            return self.reader.neuron_value(self.links.target, name, "i")
        if name == "rate" and self.plan.rate:
            return "rate"
        key = presynaptic_parameter(self.links, name)
        if key is None:
            return None
        variable = self.links.source.variables[key]
        shape = Shape.NUMBER if variable.shape is Shape.NUMBER else Shape.ROW
        self.links.variables[f"pre_{key}"] = parameter(shape, variable.value)
        return self.reader.variable(self.links, f"pre_{key}")

    def _of_neuron_then(self, side: str, name: str) -> str | None:
        found, target = self._of_neuron(side, name), self.links.target
        variable = target.variables.get(f"{target.members[0].prefix}{name}")
        if side == "pre" or found is None or (variable is not None and variable.fixed):
            return found
        return self.snapshot(found)
