"""The step, in the order of docs/semantics.md, section 2."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from homeostat.errors import BadValue, NotSupported, UnknownName, suggestion
from homeostat.network import Network, Realised, realise
from homeostat.network.realise import Table, targets
from homeostat.network.scopes import field_scope
from homeostat.reference.cells import Cells, ReceptorCells
from homeostat.reference.clocks import Reducer, ticking
from homeostat.reference.elements import INDEX, KEY, WHOLE
from homeostat.reference.names import bind
from homeostat.reference.parts import Call, Part, Target
from homeostat.reference.plasticity import Rules
from homeostat.reference.rewiring import Rewiring
from homeostat.reference.synapses import Connections
from homeostat.rule import Follow


class ReferenceSimulation:
    """A network that runs step by step, every value eager, nothing hidden.

        sim = ReferenceSimulation(net)
        sim.run(1000)
        sim.spikes, sim.state("exc", "neuron", "v"), sim.weights("inputs -> exc")
    """

    def __init__(self, net: Network | Realised) -> None:
        self.made = realise(net) if isinstance(net, Network) else net
        self.network, self.dt = self.made.network, self.made.network.dt
        self.now = self.remembered = -1  # the step in progress, or the last one done
        self.is_frozen = False
        self.frozen_steps: set[int] = set()
        self.spikes: list[tuple[int, str, int]] = []
        self.parts: dict[tuple[str, str], Part] = {}
        self.targets: dict[tuple[str, str, str], Target] = {}
        self._left: dict[tuple[str, str], float] = {}  # states of network rules as the previous step left them
        self._build()

    # How it is made

    def _build(self) -> None:
        self.modulators = {name: Part(self, name, "rule", rule) for name, rule in self.network.rules.items()}
        self.cells = {name: Cells(self, population) for name, population in self.network.populations.items()}
        self.connections: dict[str, Connections] = {}
        for name, projection in self.network.projections.items():
            cells = self.cells[projection.target.name]
            receptor = self._receptor(projection, cells) if projection.receptor is not None else None
            self.connections[name] = Connections(self, projection, receptor)
        self._make_targets()
        for part in self.modulators.values():
            part.make_states(lambda scope: [WHOLE])
        self._left = self._modulator_states()
        for place in (*self.cells.values(), *self._receptors(), *self.connections.values()):
            place.make_states()
        self._bind()

    def _bind(self) -> None:
        for cells in self.cells.values():
            cells.bind_hooks()
        for connections in self.connections.values():
            connections.bind_hooks()
        self.rules = {name: Rules(connections) for name, connections in self.connections.items()}
        self.rewiring = {name: Rewiring(rules) for name, rules in self.rules.items()}
        self.reducers = [Reducer(self, part) for part in self.parts.values()]
        self.modulator_hooks = {
            event: [Call(part, h, "Global") for part in self.modulators.values() for h in part.mechanism.hooks if h.event == event]
            for event in ("step", "every")
        }
        for rules in self.rules.values():
            rules.derive_weights()

    def _receptors(self) -> list[ReceptorCells]:
        return [receptor for cells in self.cells.values() for receptor in cells.receptors]

    def _receptor(self, projection: Any, cells: Cells) -> ReceptorCells:
        """Projections whose receptors are equal share one, unless a rule changes it."""
        moving = {(owner, place) for owner, place, _ in targets(self.network)}
        values = self.made.values[projection.name, "receptor"]
        for other in cells.receptors:
            fixed = (projection.name, "receptor") not in moving and (other.part.name, "receptor") not in moving
            if fixed and type(other.part.mechanism) is type(projection.receptor) and _equal(other.part.values, values):
                return other
        receptor = ReceptorCells(self, projection.name, projection.receptor, cells)
        cells.receptors.append(receptor)
        return receptor

    def _make_targets(self) -> None:
        self._first: dict[tuple[str, str, str], Any] = {}
        for owner, place, name in sorted(targets(self.network)):
            part = self.parts[owner, place]
            value = part.values.get(name)
            if name not in part.mechanism.fields:
                raise UnknownName(f"a rule changes '{name}' of {part.say()}; {suggestion(name, part.mechanism.fields)}")
            if isinstance(value, Table | Follow):
                raise BadValue(f"{name} of {part.say()} is a signal, so no rule can change it; give a number, array or distribution")
            scope = field_scope(part.mechanism, name)
            if scope not in ("PerSynapse", "PerPost", "PerNeuron"):
                raise NotSupported(f"{name} of {part.say()} is {scope}; a rule can change what is per synapse or per postsynaptic neuron")
            owners = self._owners_of(part, scope)
            firsts = np.broadcast_to(np.asarray(value, float), len(owners)).tolist()
            key = KEY[scope] if scope == "PerSynapse" else lambda e: e.post
            self.targets[owner, place, name] = Target({key(e): v for e, v in zip(owners, firsts, strict=True)}, key)
            self._first[owner, place, name] = value

    def _owners_of(self, part: Part, scope: str) -> list[Any]:
        if isinstance(part.home, Connections):
            return part.home.owners(scope)
        home = part.home
        return home.elements if isinstance(home, Cells) else home.cells.elements

    # What is asked for while it runs

    def followed(self, rule: str, state: str) -> float:
        """A network rule's state as the previous step left it."""
        return self._left[rule, state]

    def _modulator_states(self) -> dict[tuple[str, str], float]:
        return {(name, state): store.read(WHOLE) for name, part in self.modulators.items() for state, store in part.stores.items()}

    def spikes_in_step(self, population: str) -> int:
        """How many cells of a population spiked in this step."""
        if population not in self.cells:
            raise UnknownName(f"a sensor looks at '{population}'; {suggestion(population, self.cells)}")
        return len(self.cells[population].spikes.get(self.now, ()))

    def was_frozen(self, step: int) -> bool:
        """Whether a step lies in frozen time."""
        return step in self.frozen_steps

    def targets_of(self, owner: str, place: str) -> list[Target]:
        """Parameters at one place that rules change."""
        return [target for (name, where, _), target in self.targets.items() if (name, where) == (owner, place)]

    def first_values_of(self, owner: str, place: str) -> list[tuple[Target, float]]:
        """The same with the value that a newborn synapse gets."""
        return [(self.targets[key], float(self._first[key])) for key in self.targets if key[:2] == (owner, place)]

    # The step

    def run(self, steps: int) -> None:
        """Run so many steps."""
        for _ in range(steps):
            self.step()

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
        self._left = self._modulator_states_before()
        if self.is_frozen:
            self.frozen_steps.add(self.now)
        for part in self.parts.values():
            if part.place not in ("neuron", "receptor"):
                for store in part.stores.values():
                    store.pass_step()

    def _modulator_states_before(self) -> dict[tuple[str, str], float]:
        self.now -= 1
        left = self._modulator_states()
        self.now += 1
        return left

    def record_spikes(self) -> None:
        """The list of all spikes: by step, population as added, neuron."""
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
        for cells in self.cells.values():
            cells.change_at_spikes()

    def increments(self) -> None:
        """7. States take note of the events."""
        for rules in self.rules.values():
            rules.increment()
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
            rules.update("every", ticks)
        for rules in self.rules.values():
            rules.change_all("every", ticks)
        self._add_waiting()
        for cells in self.cells.values():
            cells.rules_tick(ticks)
        self._modulate([call for call in self.modulator_hooks["every"] if call.part in ticks])
        for rewiring in self.rewiring.values():
            rewiring.tick(ticks)

    def _modulate(self, calls: list[Call]) -> None:
        updates = [u for call in calls for u in call.updates(WHOLE)]
        for store, e, value in updates:
            store.write(e, value)

    def _add_waiting(self) -> None:
        """Parameters of postsynaptic neurons take the sum of all changes, then all limits."""
        for key, target in self.targets.items():
            for post, amount in target.waiting.items():
                target.values[post] += amount
                for rules in self.rules.values():
                    for aim in rules.limits:
                        if rules.at.target_of(aim) is target:
                            rules.bound(aim, rules.at.posts[post])
            target.waiting = {}

    def end(self) -> None:
        """10. Lagged states take note; what is older than any delay is forgotten."""
        for part in self.parts.values():
            for store in part.stores.values():
                store.remember()
        self.remembered = self.now
        longest = max((max([c.dendritic_delay, *c.delays()]) for c in self.connections.values()), default=0)
        for cells in self.cells.values():
            cells.spikes.pop(self.now - longest, None)
            cells.rates.pop(self.now - longest, None)

    # Frozen

    @contextlib.contextmanager
    def frozen(self, restore: bool = True) -> Iterator[None]:
        """Slow state stands still; with `restore` everything else is put back on exit."""
        if self.is_frozen:
            raise NotSupported("the simulation is frozen already")
        saved = self._save()
        self.is_frozen = True
        try:
            yield
        finally:
            self.is_frozen = False
            if restore:
                self._load(saved)

    def _save(self) -> dict[str, Any]:
        return {
            "now": self.now, "frozen": set(self.frozen_steps), "spikes": len(self.spikes),
            "stores": {(*place, name): store.save() for place, part in self.parts.items() for name, store in part.stores.items()},
            "cells": {n: (dict(c.spikes), dict(c.rates), list(c.arriving)) for n, c in self.cells.items()},
            "receptors": [list(receptor.arriving) for receptor in self._receptors()],
            "last_event": {n: dict(c.last_event) for n, c in self.connections.items()},
            "pending": {n: {step: list(due) for step, due in r.pending.items()} for n, r in self.rules.items()},
        }  # fmt: skip

    def _load(self, saved: dict[str, Any]) -> None:
        self.now = self.remembered = saved["now"]
        self.frozen_steps = saved["frozen"]
        del self.spikes[saved["spikes"] :]
        for (owner, place, name), kept in saved["stores"].items():
            self.parts[owner, place].stores[name].load(kept)
        for name, (spikes, rates, arriving) in saved["cells"].items():
            self.cells[name].spikes, self.cells[name].rates, self.cells[name].arriving = spikes, rates, arriving
        for receptor, arriving in zip(self._receptors(), saved["receptors"], strict=True):
            receptor.arriving = arriving
        for name in self.connections:
            self.connections[name].last_event = saved["last_event"][name]
            self.rules[name].pending = saved["pending"][name]

    # What a reader sees

    @property
    def step_count(self) -> int:
        """How many steps were run."""
        return self.now + 1

    @property
    def time(self) -> float:
        """ms since the start."""
        return self.step_count * self.dt

    def _part(self, name: str, place: str) -> Part:
        """The part at a place; a shared receptor is found under each of its projections."""
        if place == "receptor" and name in self.connections:
            receptor = self.connections[name].receptor
            if receptor is not None:
                return receptor.part
        if (name, place) not in self.parts:
            raise UnknownName(f"nothing at ({name!r}, {place!r}); {suggestion(name, [f'{n}/{p}' for n, p in self.parts])}")
        return self.parts[name, place]

    def state(self, name: str, place: str, state: str) -> list[float]:
        """The values of a state in the order of its owners: neurons, canonical synapses, rows by (pre, delay) ..."""
        part = self._part(name, place)
        if state == "rate" and isinstance(part.home, Cells) and part.home.has_rate:
            return list(part.home.rates.get(self.now, [0.0] * part.home.n))
        if state not in part.stores:
            raise UnknownName(f"{part.say()} has no state '{state}'; {suggestion(state, part.stores)}")
        return part.stores[state].listed()

    def rows(self, projection: str) -> list[tuple[int, int]]:
        """The virtual rows (pre, delay in steps) of a projection, in the order of `PerPre` states."""
        return sorted(self.connections[self.network.projection(projection).name].row_elements)

    def weights(self, projection: str) -> list[float]:
        """The weights in canonical order."""
        return [synapse.weight for synapse in self.connections[self.network.projection(projection).name].synapses]

    def pairs(self, projection: str) -> list[tuple[int, int]]:
        """(pre, post) of all synapses in canonical order."""
        return [(s.pre, s.post) for s in self.connections[self.network.projection(projection).name].synapses]

    def values_of(self, name: str, place: str, field: str) -> list[float]:
        """The present value of a parameter for each of its owners; one value if it is the same for all."""
        part = self._part(name, place)
        getter = bind(part, field, field)
        scope = field_scope(part.mechanism, field)
        if scope not in INDEX or part.home is None:
            return [getter(WHOLE)]
        return [getter(e) for e in self._owners_of(part, scope)]

    def snapshot(self) -> dict[str, Any]:
        """Everything: steps, spikes, pairs, weights, states, changed parameters, what is under way."""
        return {
            "step": self.step_count,
            "spikes": list(self.spikes),
            "pairs": {name: self.pairs(name) for name in self.connections},
            "weights": {name: self.weights(name) for name in self.connections},
            "states": {
                f"{owner}/{place}/{name}": store.listed() for (owner, place), part in self.parts.items() for name, store in part.stores.items()
            },
            "targets": {"/".join(key): [v for _, v in sorted(t.values.items())] for key, t in self.targets.items()},
            "arriving": {name: list(cells.arriving) for name, cells in self.cells.items()},
            "receptors": {receptor.part.name: list(receptor.arriving) for receptor in self._receptors()},
        }


def _equal(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether two receptors have the same numbers."""
    return a.keys() == b.keys() and all(_same(a[name], b[name]) for name in a)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, Table) and isinstance(b, Table):
        return a.every == b.every and a.repeat == b.repeat and np.array_equal(a.values, b.values)
    if isinstance(a, Follow) and isinstance(b, Follow):
        return a.source == b.source
    return type(a) is type(b) and bool(np.array_equal(a, b))
