"""Populations: receptors, integration, spikes, and the rules on the cells themselves."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.events import GIVEN, SUMS
from hebbstat.contract.mechanism import LONG_AGO, Receptor
from hebbstat.contract.state import PerNeuron, PerPost, Scope, Trace
from hebbstat.network import Population
from hebbstat.network.received import has_voltage, is_given
from hebbstat.reference.elements import WHOLE, Element
from hebbstat.reference.names import Asking, Constant, Getter, bind, own
from hebbstat.reference.parts import Call, Change, Part

if TYPE_CHECKING:
    from hebbstat.reference.world import World


class Cells:
    """One population."""

    def __init__(self, sim: World, population: Population) -> None:
        self.sim, self.population, self.n = sim, population, population.n
        self.elements = [Element(neuron=i, post=i) for i in range(population.n)]
        self.has_rate = any(hook.event == "output" for hook in population.neuron.hooks)
        self.part = Part(sim, population.name, "neuron", population.neuron, self)
        self.rules = [Part(sim, population.name, f"rule{k}.0", rule, self) for k, rule in enumerate(population.rules)]
        self.receptors: list[ReceptorCells] = []
        self.arriving = [0.0] * self.n  # through projections without a receptor; enters in the next step
        self.spiked_at = [LONG_AGO] * self.n
        self.offered: dict[str, list[Any]] = {name: [0.0] * self.n for name in SUMS}
        self.spikes: dict[int, list[int]] = {}  # step -> neurons, ascending
        self.rates: dict[int, list[float]] = {}
        self.train: dict[int, set[int]] = {}
        for step, neuron in zip(
            *(part.tolist() for part in sim.made.trains.get(population.name, (np.empty(0), np.empty(0)))), strict=True
        ):
            self.train.setdefault(step, set()).add(neuron)

    def make_states(self) -> None:
        """Initial values of neurons and of the rules on them."""
        self.part.make_states(self.owners, eager=True)
        for rule in self.rules:
            rule.make_states(self.owners)

    def owners(self, scope: Scope) -> list[Any]:
        """The elements of a scope."""
        return self.elements if scope is PerNeuron else [WHOLE]

    def bind_hooks(self) -> None:
        """All hooks with their arguments found."""

        def scope_of(hook: Any) -> Scope:
            return hook.writes[0].scope if hook.writes else PerNeuron

        hooks = self.part.mechanism.hooks
        self.step_hooks = [Call(self.part, h, scope_of(h)) for h in hooks if h.writes and h.event == "step"]
        self.spike_hooks = [Call(self.part, h, scope_of(h)) for h in hooks if h.writes and h.event == "on_spike"]
        values = {h.event: Call(self.part, h, PerNeuron) for h in hooks if not h.writes}
        self.fires, self.output = values.get("fires"), values.get("output")
        self.traces, self.rule_traces = (
            [one for one in increments(parts) if one.store.state.scope is PerNeuron]
            for parts in ([self.part], self.rules)
        )
        bounds = [(rule, bound) for rule in self.rules for bound in rule.mechanism.bound()]
        self.changes = {
            event: [Change(rule, b, PerNeuron) for rule, b in bounds if b.adds is not None and b.hook.event == event]
            for event in ("on_spike", "step", "on_tick")
        }
        self.updates = {
            event: [
                Call(rule, b.hook, scope_of(b.hook)) for rule, b in bounds if b.hook.writes and b.hook.event == event
            ]
            for event in ("on_spike", "step", "on_tick")
        }
        for receptor in self.receptors:
            receptor.bind_hooks()

    # What hooks may ask for

    def offer(self, part: Part, name: str) -> Getter:
        """What cells offer to their own mechanisms."""
        if name == "steps_since_spike":
            return lambda e: float(self.sim.now - self.spiked_at[e.neuron])
        if name == "value":
            return self.quantity_of(part).read  # type: ignore[no-any-return]
        return self.given(name)

    def given(self, name: str) -> Getter:
        """What a neuron was given in this step, such as a sum of what its receptors gave: 0 before the first."""
        return lambda e: self.offered[name][e.neuron]

    def side(self, side: str) -> Cells:
        """The population called `neuron` by its rules."""
        return self

    def rate_at(self, side: str) -> Getter:
        """The output of rate neurons: the presynaptic one as it arrives now."""
        if side == "pre":
            return lambda e: self.rate(self.sim.now - e.delay, e.pre)
        index = "post" if side == "post" else "neuron"
        return lambda e: self.rate(self.sim.now, getattr(e, index))

    def rate(self, step: int, neuron: int) -> float:
        """The rate of a neuron in a step; 0 before the first."""
        return self.rates[step][neuron] if step in self.rates else 0.0

    def quantity_of(self, rule: Part) -> Any:
        """What a population rule changes."""
        return self.sim.quantities[self.population.name, "neuron", rule.acts_on]

    @functools.cache  # noqa: B019 (a population lives as long as its simulation)
    def neighbours(self, reach: float) -> list[list[Element]]:
        """For each neuron those within `reach`, without itself."""
        assert self.population.positions is not None
        places = self.population.positions.tolist()
        limit = reach * (1.0 + 1e-9)
        return [
            [self.elements[j] for j, q in enumerate(places) if j != i and math.dist(p, q) <= limit]
            for i, p in enumerate(places)
        ]

    # Parts 2 to 4 of a step

    def arrivals_enter(self) -> None:
        """Semantics 2.2."""
        for receptor in self.receptors:
            receptor.arrivals_enter()
        self.offered["input"], self.arriving = self.arriving, [0.0] * self.n

    def integrate(self) -> None:
        """Semantics 2.3."""
        self._sum_receptors()
        scheduled = self.train.get(self.sim.now, set())
        self.offered["scheduled"] = [i in scheduled for i in range(self.n)]
        updates = [u for call in self.step_hooks for e in self.owners(call.scope) for u in call.updates(e)]
        for store in self.part.stores.values():
            store.pass_step()
        for store, e, value in updates:
            store.write(e, value)
        for receptor in self.receptors:
            receptor.step()

    def _sum_receptors(self) -> None:
        sums = {name: [0.0] * self.n for name in SUMS}
        for receptor in self.receptors:
            for e in self.elements:
                receptor.add_to(sums, e)
        self.offered.update(sums)

    def fire(self) -> None:
        """Semantics 2.4."""
        now = self.sim.now
        if self.output is not None:
            self.rates[now] = [float(self.output(e)) for e in self.elements]
        if self.fires is None:
            return
        spiking = [e for e in self.elements if self.fires(e)]
        self.spikes[now] = [e.neuron for e in spiking]
        updates = [u for call in self.spike_hooks for e in spiking for u in call.updates(e)]
        increments = [u for trace in self.traces for e in spiking for u in trace.updates(e)]
        for store, e, value in updates + increments:
            store.write(e, value)
        for e in spiking:
            self.spiked_at[e.neuron] = now

    # Population rules

    def spiking_now(self) -> list[Any]:
        """The cells that spike in this step."""
        return [self.elements[i] for i in self.spikes.get(self.sim.now, [])]

    def change_at_spikes(self) -> None:
        """Semantics 2.7, for the rules on the cells: changes."""
        self._change(self.changes["on_spike"], self.spiking_now())

    def increment(self) -> None:
        """Semantics 2.7, for the rules on the cells: states."""
        spiking = self.spiking_now()
        updates = [u for call in self.updates["on_spike"] for e in spiking for u in call.updates(e)]
        updates += [u for trace in self.rule_traces for e in spiking for u in trace.updates(e)]
        for store, e, value in updates:
            store.write(e, value)

    def rules_step(self) -> None:
        """Semantics 2.8, for the rules on the cells."""
        self._update(self.updates["step"])
        self._change(self.changes["step"], self.elements)

    def rules_tick(self, ticking: list[Part]) -> None:
        """Semantics 2.9, for the rules on the cells."""
        self._update([call for call in self.updates["on_tick"] if call.part in ticking])
        self._change([change for change in self.changes["on_tick"] if change.call.part in ticking], self.elements)

    def _update(self, calls: list[Call]) -> None:
        updates = [u for call in calls for e in self.owners(call.scope) for u in call.updates(e)]
        for store, e, value in updates:
            store.write(e, value)

    def _change(self, changes: list[Change], elements: list[Any]) -> None:
        """All changes read the same values; then they are added."""
        found = [(self.quantity_of(change.call.part), e, change(e)) for change in changes for e in elements]
        if not self.sim.is_frozen:
            for quantity, e, amount in found:
                quantity.write(e, quantity.read(e) + amount)


def increments(parts: list[Part]) -> list[Increment]:
    """What the traces of parts do at their events."""
    stores = [(part, store) for part in parts for store in part.stores.values()]
    return [Increment(part, store) for part, store in stores if isinstance(store.state.origin, Trace)]


class Increment:
    """A trace takes note of its event: it is added to, or set."""

    def __init__(self, part: Part, store: Any) -> None:
        self.store, trace = store, store.state.origin
        self.sets = trace.set is not None
        given = trace.jump
        named = isinstance(given, str)
        self.amount: Getter = bind(part, given, Asking(store.state.name)) if named else lambda e: float(given)

    def updates(self, e: Any) -> list[tuple[Any, Any, float]]:
        """(state, owner, new value)."""
        amount = self.amount(e)
        return [(self.store, e, amount if self.sets else self.store.read(e) + amount)]


class ReceptorCells:
    """A receptor of all cells of a population; projections with equal receptors share it."""

    def __init__(self, sim: World, name: str, receptor: Receptor, cells: Cells) -> None:
        self.cells, self.receptor = cells, receptor
        self.part = Part(sim, name, "receptor", receptor, self)
        self.arriving = [0.0] * cells.n
        self.amount = [0.0] * cells.n
        self.given = {name: [0.0] * cells.n for name in GIVEN}  # in the last step

    def make_states(self) -> None:
        """Initial values."""
        self.part.make_states(lambda scope: self.cells.elements, eager=True)

    def bind_hooks(self) -> None:
        """All hooks with their arguments found."""
        hooks = self.part.mechanism.hooks
        self.arrival_hooks = [Call(self.part, h, PerPost) for h in hooks if h.event == "on_arrival"]
        self.step_hooks = [Call(self.part, h, PerPost) for h in hooks if h.event == "step"]
        values = {h.event: Call(self.part, h, PerPost) for h in hooks if not h.writes}
        self.current, self.conductance = values.get("current"), values.get("conductance")
        self.voltage = self.cells.part.stores["v"] if has_voltage(self.cells.population.neuron) else None
        self.reversal = bind(self.part, "reversal", Asking("conductance")) if self.conductance else None
        traces = [store for store in self.part.stores.values() if isinstance(store.state.origin, Trace)]
        self.taking = [store for store in traces if self.receptor.takes(store.state)]
        self.traces = [Increment(self.part, store) for store in traces if not self.receptor.takes(store.state)]

    def offer(self, part: Part, name: str) -> Getter:
        """`amount`: what arrived."""
        return lambda e: self.amount[e.post]

    def side(self, side: str) -> Cells:
        """The population called `post`."""
        return self.cells

    def read(self, what: str) -> Getter:
        """What the receptor of an element's postsynaptic neuron is, or gave in this step."""
        cells, given = self.cells.elements, is_given(self.part.mechanism, what)  # type: ignore[arg-type]
        if given:
            return lambda e: self.given[what][e.post]
        getter = own(self.part, what)
        return getter if isinstance(getter, Constant) else lambda e: getter(cells[e.post])

    def receive(self, post: int, amount: float) -> None:
        """Semantics 2.5: traces take an amount as it arrives, the rest goes by the sum."""
        self.arriving[post] += amount
        for store in self.taking:
            store.write(self.cells.elements[post], store.read(self.cells.elements[post]) + amount)

    def arrivals_enter(self) -> None:
        """What arrived at the end of the last step enters where it is not 0."""
        self.amount, self.arriving = self.arriving, [0.0] * self.cells.n
        reached = [e for e in self.cells.elements if self.amount[e.post] != 0.0]
        updates = [u for call in self.arrival_hooks for e in reached for u in call.updates(e)]
        updates += [u for trace in self.traces for e in reached for u in trace.updates(e)]
        for store, e, value in updates:
            store.write(e, value)

    def add_to(self, sums: dict[str, list[float]], e: Any) -> None:
        """Current, conductance and drive of one cell."""
        flow = 0.0
        if self.current is not None:
            flow = float(self.current(e))
            sums["current"][e.post] += flow
        if self.conductance is not None:
            assert self.reversal is not None
            g, reversal = float(self.conductance(e)), self.reversal(e)
            self.given["conductance"][e.post] = g
            sums["conductance"][e.post] += g
            sums["drive"][e.post] += g * reversal
            flow += g * (reversal - self.voltage.read(e)) if self.voltage is not None else 0.0
        self.given["current"][e.post] = flow
        sums["excitation"][e.post] += max(flow, 0.0)
        sums["inhibition"][e.post] += max(-flow, 0.0)

    def step(self) -> None:
        """Traces decay, `step` hooks run; they read the neurons after their step."""
        updates = [u for call in self.step_hooks for e in self.cells.elements for u in call.updates(e)]
        for store in self.part.stores.values():
            store.pass_step()
        for store, e, value in updates:
            store.write(e, value)
