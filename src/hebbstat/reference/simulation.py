"""The step, in the order of docs/semantics.md, section 2."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import UnknownNameError, suggestion
from hebbstat.contract.units import is_number
from hebbstat.network import Population, Projection, lookup, naming
from hebbstat.network.duration import steps_of_run
from hebbstat.network.recorded import Recorded
from hebbstat.network.trains import check_plays, checked_trains, train_steps
from hebbstat.reference.clocks import ticking
from hebbstat.reference.elements import WHOLE
from hebbstat.reference.parts import Call
from hebbstat.reference.recording import PlainRun, Recorder
from hebbstat.reference.world import World


class ReferenceSimulation(World):
    """A network that runs step by step, every value eager, nothing hidden. What `Simulation` does, slowly and plainly.

        sim = ReferenceSimulation(net)
        sim.run(seconds=0.1)
        sim.spikes, sim.state("exc", "v"), sim.weights("inputs -> exc")
    """

    @explained
    def run(
        self, seconds: float | None = None, *, ms: float | None = None, steps: int | None = None,
        record: Sequence[Recorder] = (),
    ) -> Recorded:  # fmt: skip
        """Run on for some time, given as one of `seconds`, `ms` or `steps`; returns what the recorders kept."""
        return PlainRun(self, record, steps_of_run(self.dt, seconds, ms, steps)).run()

    def state(self, of: Population | Projection | str, name: str) -> np.ndarray:
        """The present value of a state or parameter, called as in `Simulation.state`."""
        owner, place, bare = self._called(of, name)
        if place == "synapse":
            return self.weights(owner)
        mechanism = self._part(owner, place).mechanism
        if bare not in mechanism.fields and bare not in mechanism.derived:
            return np.array(self.peek(owner, place, bare))
        values = np.array(self.values_of(owner, place, bare))
        given = self._part(owner, place).values.get(bare)
        is_one = is_number(given) and (owner, place, bare) not in self.quantities
        return values[:1] if is_one and owner in self.connections and place != "receptor" else values

    def some_weights(self, projection: Projection | str, chosen: np.ndarray) -> Callable[[], np.ndarray]:
        """What reads the weights of the `chosen` synapses (canonical indices)."""
        return lambda: self.weights(projection)[chosen]

    def set(self, of: Population | Projection | str, name: str, value: ArrayLike) -> None:
        """Change a state or parameter as of the end of the last step, called as in `Simulation.set`."""
        self.poke(*self._called(of, name), value)

    def give_spikes(self, of: Population | str, times: ArrayLike, neurons: ArrayLike) -> None:
        """Replace the spikes that are to come of cells that fire when told to, as `Simulation.give_spikes`."""
        population = self.network.population(of)
        check_plays(population.neuron, population.name)
        trains = checked_trains((times, neurons), population.n, population.name)
        steps, cells = train_steps(trains, self.dt, population.name, self.step_count)
        played: dict[int, set[int]] = {}
        for step, cell in zip(steps.tolist(), cells.tolist(), strict=True):
            played.setdefault(step, set()).add(cell)
        self.cells[population.name].train = played

    def _called(self, of: Population | Projection | str, name: str) -> tuple[str, str, str]:
        """What a user calls `name` of an owner: (owner, place, its name there)."""
        owner = of if isinstance(of, str) else of.name
        there = [*self.cells, *self.connections, *self.modulators]
        if owner not in there:
            raise UnknownNameError(f"no population or projection '{owner}'; {suggestion(owner, there)}")
        parts = {place: part for (on, place), part in self.parts.items() if on == owner}
        if owner in self.connections and (receptor := self.connections[owner].receptor) is not None:
            parts["receptor"] = receptor.part
        values = {place: naming.shown(part.mechanism) for place, part in parts.items()}
        known = {one: at for at, names in naming.spelled(self.network, owner, values).items() for one in names}
        if owner in self.connections:
            known["w"] = ("synapse", "w")
        if owner in self.cells and self.cells[owner].has_rate:
            known.setdefault("rate", ("neuron", "rate"))
        if name not in known:
            naming.refuse(owner, name, known)
        return (owner, *known[name])

    def modulator(self, name: str) -> float:
        """The present value of a network rule's state, 'name' (its first) or 'name.state'."""
        return self.modulator_states()[lookup.followed(self.network, name, "sim.modulator()")]

    # The step

    def step(self) -> None:
        """One step."""
        self.now += 1
        self.signals()  # 1
        for cells in self.cells.values():
            cells.arrivals_enter()  # 2
        for cells in self.cells.values():
            cells.integrate()  # 3
        for cells in self.cells.values():
            cells.fire()  # 4
        self.record_spikes()
        self.presynaptic_events()  # 5
        self.plasticity_at_events()  # 6
        self.increments()  # 7
        self.continuous_rules()  # 8
        if not self.is_frozen:
            self.slow_clocks()  # 9
        self.end()  # 10

    def signals(self) -> None:
        """1. Time passes; what follows a network rule takes its state as the previous step left it."""
        self.left = self._modulator_states_before()
        if self.is_frozen:
            self.frozen_steps.add(self.now)
        for part in self.parts.values():
            if part.place not in ("neuron", "receptor"):
                for store in part.stores.values():
                    store.pass_step()

    def _modulator_states_before(self) -> dict[tuple[str, str], float]:
        self.now -= 1
        left = self.modulator_states()
        self.now += 1
        return left

    def record_spikes(self) -> None:
        """The list of all spikes: by step, population as added, neuron. From now on sensors know those of this step."""
        self.fired = self.now
        for name, cells in self.cells.items():
            self.spikes += [(self.now, name, neuron) for neuron in cells.spikes.get(self.now, ())]

    def presynaptic_events(self) -> None:
        """5. Transmitter is released with the weights as they stand."""
        for rules in self.rules.values():
            rules.derive_weights()
        for connections in self.connections.values():
            connections.transmit_spikes()

    def plasticity_at_events(self) -> None:
        """6. Changes at events."""
        for rules in self.rules.values():
            rules.change_at_events()
        self._add_waiting()

    def increments(self) -> None:
        """7. States take note of the events; then the rules on the cells."""
        for rules in self.rules.values():
            rules.increment()
        for cells in self.cells.values():
            cells.change_at_spikes()
        for cells in self.cells.values():
            cells.increment()

    def continuous_rules(self) -> None:
        """8. Synapses, cells, network: states, then changes."""
        for rules in self.rules.values():
            rules.update("step")
        for rules in self.rules.values():
            rules.change_all("step")
        self._add_waiting()
        for cells in self.cells.values():
            cells.rules_step()
        self._modulate(self.modulator_hooks["step"])

    def slow_clocks(self) -> None:
        """9. Reductions, states, changes, cells, network, deaths, births."""
        ticks = ticking(self)
        if not ticks:
            return
        for reducer in self.reducers:
            if reducer.part in ticks:
                reducer.evaluate()
        for rules in self.rules.values():
            rules.update("on_tick", ticks)
        for rules in self.rules.values():
            rules.change_all("on_tick", ticks)
        self._add_waiting()
        for cells in self.cells.values():
            cells.rules_tick(ticks)
        self._modulate([call for call in self.modulator_hooks["on_tick"] if call.part in ticks])
        for rewiring in self.rewiring.values():
            rewiring.tick(ticks)

    def _modulate(self, calls: list[Call]) -> None:
        updates = [u for call in calls for u in call.updates(WHOLE)]
        for store, e, value in updates:
            store.write(e, value)

    def _add_waiting(self) -> None:
        """Parameters of postsynaptic neurons take the sum of all changes, then all `clip` hooks."""
        for quantity in self.quantities.values():
            for post, amount in quantity.waiting.items():
                quantity.values[post] += amount
                for rules in self.rules.values():
                    for acts_on in dict.fromkeys(acts_on for acts_on, _ in rules.clips):
                        if rules.at.quantity_of(acts_on) is quantity:
                            rules.bound(acts_on, rules.at.posts[post])
            quantity.waiting = {}

    def end(self) -> None:
        """10. Weights are as derived; lagged states take note; what is older than any delay is forgotten."""
        for rules in self.rules.values():
            rules.derive_weights()
        stores = [store for part in self.parts.values() for store in part.stores.values()]
        for past, value in [one for store in stores for one in store.noted()]:
            past.append(value)
        self.remembered = self.now
        longest = max((max([c.dendritic_delay, *c.delays]) for c in self.connections.values()), default=0)
        for cells in self.cells.values():
            cells.spikes.pop(self.now - longest - 1, None)
            cells.rates.pop(self.now - longest - 1, None)

    # Frozen

    @contextlib.contextmanager
    def frozen(self, restore: bool = True) -> Iterator[None]:
        """Slow state stands still; with `restore` everything is put back on exit, what was set inside too.

        Within another one it changes nothing but what is put back, and when.
        """
        saved = self._save()
        self.frozen_depth += 1
        try:
            yield
        finally:
            self.frozen_depth -= 1
            if restore:
                self._load(saved)

    def _save(self) -> dict[str, Any]:
        return {
            "now": self.now, "frozen": set(self.frozen_steps), "spikes": len(self.spikes), "left": dict(self.left),
            "values": {at: dict(values) for at, values in self.made.values.items()},
            "quantities": {at: dict(quantity.values) for at, quantity in self.quantities.items()},
            "trains": {n: cells.train for n, cells in self.cells.items()},
            "weights": {n: {s.identity: s.weight for s in c.synapses} for n, c in self.connections.items()},
            "stores": {(*at, n): store.save() for at, part in self.parts.items() for n, store in part.stores.items()},
            "cells": {
                n: (dict(c.spikes), list(c.spiked_at), dict(c.rates), list(c.arriving), dict(c.offered))
                for n, c in self.cells.items()
            },
            "receptors": [
                (list(receptor.arriving), {name: list(given) for name, given in receptor.given.items()})
                for receptor in self.receptors()
            ],
            "last_event": {n: dict(c.last_event) for n, c in self.connections.items()},
            "pending": {n: {step: list(due) for step, due in r.pending.items()} for n, r in self.rules.items()},
        }  # fmt: skip

    def _load(self, saved: dict[str, Any]) -> None:
        self.now = self.remembered = self.fired = saved["now"]
        self.frozen_steps, self.left = saved["frozen"], saved["left"]
        for name, train in saved["trains"].items():
            self.cells[name].train = train
        del self.spikes[saved["spikes"] :]
        for (owner, place, name), values in saved["stores"].items():
            self.parts[owner, place].stores[name].load(values)
        for name, kept in saved["cells"].items():
            cells = self.cells[name]
            cells.spikes, cells.spiked_at, cells.rates, cells.arriving, cells.offered = kept
        for receptor, arriving in zip(self.receptors(), saved["receptors"], strict=True):
            receptor.arriving, receptor.given = arriving
        for name in self.connections:
            self.connections[name].last_event = saved["last_event"][name]
            self.rules[name].pending = saved["pending"][name]
            for synapse in self.connections[name].synapses:
                synapse.weight = saved["weights"][name][synapse.identity]
        for at, values in saved["quantities"].items():
            self.quantities[at].values = values
        for at, values in saved["values"].items():
            self.made.values[at].update(values)
        self._bind()
