"""All that there is in a simulation: how it is made, what is asked of it while it runs, what a reader sees."""

from __future__ import annotations

from typing import Any

import numpy as np

from homeostat.errors import BadValue, NotSupported, UnknownName, suggestion
from homeostat.network import Network, Realised, Table, realise
from homeostat.network.realise import targets
from homeostat.network.scopes import field_scope
from homeostat.reference.cells import Cells, ReceptorCells
from homeostat.reference.clocks import Reducer
from homeostat.reference.elements import INDEX, KEY, WHOLE
from homeostat.reference.names import bind
from homeostat.reference.parts import Call, Part, Target
from homeostat.reference.plasticity import Rules
from homeostat.reference.rewiring import Rewiring
from homeostat.reference.synapses import Connections
from homeostat.rule import Follow


class World:
    """Populations, receptors, projections, rules and the time. `ReferenceSimulation` adds the step."""

    def __init__(self, net: Network | Realised) -> None:
        self.made = realise(net) if isinstance(net, Network) else net
        self.network, self.dt = self.made.network, self.made.network.dt
        self.now = self.remembered = -1  # the step in progress, or the last one done
        self.is_frozen = False
        self.frozen_steps: set[int] = set()
        self.spikes: list[tuple[int, str, int]] = []
        self.parts: dict[tuple[str, str], Part] = {}
        self.targets: dict[tuple[str, str, str], Target] = {}
        self.left: dict[tuple[str, str], float] = {}  # states of network rules as the previous step left them
        self._build()
        self._bind()

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
        self.left = self.modulator_states()
        places: list[Cells | ReceptorCells | Connections] = [
            *self.cells.values(),
            *self.receptors(),
            *self.connections.values(),
        ]
        for place in places:
            place.make_states()

    def _bind(self) -> None:
        for cells in self.cells.values():
            cells.bind_hooks()
        for connections in self.connections.values():
            connections.bind_hooks()
        self.rules = {name: Rules(connections) for name, connections in self.connections.items()}
        self.rewiring = {name: Rewiring(rules) for name, rules in self.rules.items()}
        self.reducers = [Reducer(self, part) for part in self.parts.values()]
        self.modulator_hooks = {
            event: [
                Call(part, h, "Global")
                for part in self.modulators.values()
                for h in part.mechanism.hooks
                if h.event == event
            ]
            for event in ("step", "every")
        }
        for rules in self.rules.values():
            rules.derive_weights()

    def receptors(self) -> list[ReceptorCells]:
        """All receptors."""
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
                what = f"{name} of {part.say()}"
                raise BadValue(f"{what} is a signal, so no rule can change it; give a number, array or distribution")
            scope = field_scope(part.mechanism, name)
            if scope not in ("PerSynapse", "PerPost", "PerNeuron"):
                what = f"{name} of {part.say()} is {scope}"
                raise NotSupported(f"{what}; a rule can change what is per synapse or per postsynaptic neuron")
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
        return self.left[rule, state]

    def modulator_states(self) -> dict[tuple[str, str], float]:
        """The present states of all network rules."""
        return {
            (name, state): store.read(WHOLE)
            for name, part in self.modulators.items()
            for state, store in part.stores.items()
        }

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
            raise UnknownName(
                f"nothing at ({name!r}, {place!r}); {suggestion(name, [f'{n}/{p}' for n, p in self.parts])}"
            )
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
                f"{owner}/{place}/{name}": store.listed()
                for (owner, place), part in self.parts.items()
                for name, store in part.stores.items()
            },
            "targets": {"/".join(key): [v for _, v in sorted(t.values.items())] for key, t in self.targets.items()},
            "spiked_at": {name: list(cells.spiked_at) for name, cells in self.cells.items()},
            "arriving": {name: list(cells.arriving) for name, cells in self.cells.items()},
            "receptors": {receptor.part.name: list(receptor.arriving) for receptor in self.receptors()},
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
