"""All that there is in a simulation: how it is made, what is asked of it while it runs, what a reader sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hebbstat.contract.errors import BadValueError, ContractError, NotSupportedError, UnknownNameError, suggestion
from hebbstat.contract.signals import FollowState, check_lag
from hebbstat.contract.state import Global, PerNeuron, PerPost, PerSynapse, Scope, Sensor
from hebbstat.network import Network, NetworkInstance, Projection, instantiate, lookup
from hebbstat.network.derive import derive_all
from hebbstat.network.lookup import quantities
from hebbstat.network.scopes import field_scope
from hebbstat.reference.cells import Cells, ReceptorCells
from hebbstat.reference.clocks import Reducer, reduce_groups
from hebbstat.reference.elements import WHOLE, Synapse, key_of
from hebbstat.reference.names import Asking, bind
from hebbstat.reference.parts import Call, Part, Quantity
from hebbstat.reference.plasticity import Rules
from hebbstat.reference.rewiring import Rewiring
from hebbstat.reference.synapses import Connections


class World:
    """Populations, receptors, projections, rules and the time. `ReferenceSimulation` adds the step."""

    def __init__(self, net: Network | NetworkInstance) -> None:
        made = instantiate(net) if isinstance(net, Network) else net
        self.made = replace(made, values={place: dict(values) for place, values in made.values.items()})
        self.network, self.dt = self.made.network, self.made.network.dt
        self.now = self.remembered = -1  # the step in progress, or the last one done
        self.fired = -1  # the last step whose spikes are known
        self.frozen_depth = 0  # how many `with frozen()` the user is in
        self.frozen_steps: set[int] = set()
        self.spikes: list[tuple[int, str, int]] = []
        self.parts: dict[tuple[str, str], Part] = {}
        self.quantities: dict[tuple[str, str, str], Quantity] = {}
        self.left: dict[tuple[str, str], float] = {}  # states of network rules as the previous step left them
        self._build()
        self.rules = {name: Rules(connections) for name, connections in self.connections.items()}
        self._bind()

    @property
    def is_frozen(self) -> bool:
        """Whether slow state stands still."""
        return self.frozen_depth > 0

    def _build(self) -> None:
        self.modulators = {name: Part(self, name, "rule", rule) for name, rule in self.network.rules.items()}
        self.cells = {name: Cells(self, population) for name, population in self.network.populations.items()}
        self.connections: dict[str, Connections] = {}
        owners = lookup.shared_receptors(self.made)
        for name, projection in self.network.projections.items():
            cells = self.cells[projection.target.name]
            receptor = self._receptor(projection, cells, owners[name]) if name in owners else None
            self.connections[name] = Connections(self, projection, receptor)
        self._make_quantities()
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
        """Find all that hooks ask for (again, after a parameter was set)."""
        for part in self.parts.values():
            for store in part.stores.values():
                store.bind()
        for cells in self.cells.values():
            cells.bind_hooks()
        for connections in self.connections.values():
            connections.bind_hooks()
        for rules in self.rules.values():
            rules.bind_hooks()
        self.rewiring = {name: Rewiring(rules) for name, rules in self.rules.items()}
        self.reducers = [Reducer(self, part) for part in self.parts.values()]
        self.modulator_hooks = {
            event: [
                Call(part, h, Global)
                for part in self.modulators.values()
                for h in part.mechanism.hooks
                if h.event == event
            ]
            for event in ("step", "on_tick")
        }
        for rules in self.rules.values():
            rules.derive_weights()

    def receptors(self) -> list[ReceptorCells]:
        """All receptors."""
        return [receptor for cells in self.cells.values() for receptor in cells.receptors]

    def _receptor(self, projection: Projection, cells: Cells, owner: str) -> ReceptorCells:
        """Projections whose receptors are equal share one: it belongs to the first of them."""
        if owner != projection.name:
            shared = self.connections[owner].receptor
            assert shared is not None
            return shared
        assert projection.receptor is not None
        receptor = ReceptorCells(self, owner, projection.receptor, cells)
        cells.receptors.append(receptor)
        return receptor

    def _make_quantities(self) -> None:
        self._first: dict[tuple[str, str, str], Any] = {}
        for owner, place, name in sorted(quantities(self.network)):
            part = self.parts[owner, place]
            value = part.values.get(name)
            if name not in part.mechanism.fields:
                raise UnknownNameError(
                    f"a rule changes '{name}' of {part.say()}; {suggestion(name, part.mechanism.fields)}"
                )
            scope = field_scope(part.mechanism, name)
            if scope not in (PerSynapse, PerPost, PerNeuron):
                what = f"{name} of {part.say()} is {scope}"
                raise NotSupportedError(f"{what}; a rule can change what is per synapse or per postsynaptic neuron")
            owners = self._owners_of(part, scope)
            firsts = np.broadcast_to(np.asarray(value, float), len(owners)).tolist()
            key = key_of(PerSynapse if scope is PerSynapse else PerPost)
            values = {key(e): v for e, v in zip(owners, firsts, strict=True)}
            self.quantities[owner, place, name] = Quantity(values, key)
            self._first[owner, place, name] = value

    def _owners_of(self, part: Part, scope: Scope) -> list[Any]:
        if isinstance(part.home, Connections):
            return part.home.owners(scope)
        home = part.home
        return home.elements if isinstance(home, Cells) else home.cells.elements

    # What is asked for while it runs

    def followed(self, rule: str, state: str) -> float:
        """A network rule's state as the previous step left it, or as it begins while the simulation is made."""
        return self.left[rule, state] if self.left else self._begun(rule, state)

    def _begun(self, rule: str, state: str, above: tuple[tuple[str, str], ...] = ()) -> float:
        """The initial value of a network rule's state, which may follow another one."""
        part = self.modulators[rule]
        init = part.mechanism.states[state].init
        given = part.values.get(init) if isinstance(init, str) else init
        if not isinstance(given, FollowState):
            sensed = isinstance(part.mechanism.states[state].origin, Sensor)
            return 0.0 if sensed else float(bind(part, init, Asking(state))(WHOLE) if isinstance(init, str) else init)
        if (rule, state) in above:
            circle = " -> ".join(f"{name}.{of}" for name, of in (*above, (rule, state)))
            raise ContractError(f"initial values follow each other in a circle: {circle}; give one of them a number")
        source = lookup.followed(self.network, given.source, f"{init} of {part.say()}")
        return self._begun(*source, (*above, (rule, state)))

    def modulator_states(self) -> dict[tuple[str, str], float]:
        """The present states of all network rules."""
        return {
            (name, state): store.read(WHOLE)
            for name, part in self.modulators.items()
            for state, store in part.stores.items()
        }

    def spikes_sensed(self, population: str) -> int:
        """How many cells of a population spiked in the last step whose spikes are known."""
        return len(self.cells[population].spikes.get(self.fired, ()))

    def rate_sensed(self, population: str) -> float:
        """The mean rate of a population in the last step that has been given out."""
        cells = self.cells[population]
        rates = cells.rates.get(self.fired, [0.0] * cells.n)
        return reduce_groups([[rate] for rate in rates], "sum", 0.0) / cells.n

    def was_frozen(self, step: int) -> bool:
        """Whether a step lies in frozen time."""
        return step in self.frozen_steps

    def quantities_of(self, owner: str, place: str) -> list[Quantity]:
        """Parameters at one place that rules change."""
        return [quantity for (name, where, _), quantity in self.quantities.items() if (name, where) == (owner, place)]

    def first_values_of(self, owner: str, place: str) -> list[tuple[Quantity, float]]:
        """The same with the value that a newborn synapse gets."""
        return [(self.quantities[key], float(self._first[key])) for key in self.quantities if key[:2] == (owner, place)]

    # What is set between runs

    def poke(self, name: str, place: str, what: str, value: Any) -> None:
        """Set a state, a parameter or the weights (place 'synapse', `what` 'w') as of the end of the last step.

        What is derived from a parameter follows at once. `value` is a number, or one for each owner as `peek` and
        `values_of` list them.
        """
        if (place, what) == ("synapse", "w"):
            synapses = self.connections[self.network.projection(name).name].synapses
            for synapse, weight in zip(synapses, _each(value, len(synapses)), strict=True):
                synapse.weight = weight
            return
        part = self._part(name, place)
        quantity = self.quantities.get((part.name, part.place, what))
        if what in part.stores:
            part.stores[what].put(_each(value, len(part.stores[what].owners)))
        elif quantity is not None:
            quantity.values = dict(zip(sorted(quantity.values), _each(value, len(quantity.values)), strict=True))
        elif what in part.mechanism.fields:
            for state in lookup.lagged_by(part.mechanism, what):
                check_lag(value, self.dt, part.stores[state.name].longest, f"{what} of {part.say()}")
            self._set_parameter(part, what, value)
        else:
            raise UnknownNameError(f"{part.say()} has no '{what}'; {suggestion(what, [*part.stores, *part.values])}")
        for rules in self.rules.values():
            rules.derive_weights(at_once=True)

    def _set_parameter(self, part: Part, name: str, value: Any) -> None:
        """All that moves with the old value is brought up to date before there is a new one."""
        if any(hook.after == name for hook in part.mechanism.hooks):
            raise BadValueError(f"{name} of {part.say()} cannot be set: {lookup.UNDER_WAY}")
        for other in self.parts.values():
            for store in other.stores.values():
                store.settle()
        old = part.values[name]
        part.values[name] = float(value) if np.ndim(old) == 0 else np.broadcast_to(value, np.shape(old)) + 0.0
        derive_all(self.made)
        self._bind()

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
            raise UnknownNameError(
                f"nothing at ({name!r}, {place!r}); {suggestion(name, [f'{n}/{p}' for n, p in self.parts])}"
            )
        return self.parts[name, place]

    def peek(self, name: str, place: str, state: str) -> list[float]:
        """The values of a state in the order of its owners: neurons, canonical synapses, rows by (pre, delay) ..."""
        part = self._part(name, place)
        if state == "rate" and state not in part.stores and isinstance(part.home, Cells) and part.home.has_rate:
            return list(part.home.rates.get(self.now, [0.0] * part.home.n))
        if state not in part.stores:
            raise UnknownNameError(f"{part.say()} has no state '{state}'; {suggestion(state, part.stores)}")
        return part.stores[state].listed()

    def rows(self, projection: str) -> list[tuple[int, int]]:
        """The virtual rows (pre, delay in steps) of a projection, in the order of `PerPre` states."""
        return sorted(self.connections[self.network.projection(projection).name].row_elements)

    @property
    def net(self) -> Network:
        """The network that runs."""
        return self.network

    def weights(self, projection: Projection | str) -> np.ndarray:
        """The weights of a projection in canonical order (by presynaptic, then postsynaptic index)."""
        return np.array([synapse.weight for synapse in self._synapses(projection)])

    def pairs(self, projection: Projection | str) -> tuple[np.ndarray, np.ndarray]:
        """Presynaptic and postsynaptic indices of a projection's synapses, in canonical order."""
        synapses = self._synapses(projection)
        return np.array([s.pre for s in synapses], np.int32), np.array([s.post for s in synapses], np.int32)

    def _synapses(self, projection: Projection | str) -> list[Synapse]:
        return self.connections[self.network.projection(projection).name].synapses

    def values_of(self, name: str, place: str, field: str) -> list[float]:
        """The present value of a parameter for each of its owners; one value if it is the same for all."""
        part = self._part(name, place)
        getter = bind(part, field, Asking(field))
        scope = field_scope(part.mechanism, field)
        if not scope.index or part.home is None:
            return [getter(WHOLE)]
        return [getter(e) for e in self._owners_of(part, scope)]

    def snapshot(self) -> dict[str, Any]:
        """Everything: steps, spikes, pairs, weights, states, changed parameters, what is under way."""
        return {
            "step": self.step_count,
            "spikes": list(self.spikes),
            "pairs": {n: [(s.pre, s.post) for s in self._synapses(n)] for n in self.connections},
            "weights": {n: self.weights(n).tolist() for n in self.connections},
            "states": {
                f"{owner}/{place}/{name}": store.listed()
                for (owner, place), part in self.parts.items()
                for name, store in part.stores.items()
            },
            "quantities": {
                "/".join(key): [v for _, v in sorted(q.values.items())] for key, q in self.quantities.items()
            },
            "spiked_at": {name: list(cells.spiked_at) for name, cells in self.cells.items()},
            "arriving": {name: list(cells.arriving) for name, cells in self.cells.items()},
            "receptors": {receptor.part.name: list(receptor.arriving) for receptor in self.receptors()},
        }


def _each(value: Any, n: int) -> list[float]:
    """A value for each of `n` owners."""
    return np.broadcast_to(np.asarray(value, float), n).tolist()
