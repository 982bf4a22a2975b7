"""A mechanism at its place in the network: its numbers, its states, its hooks ready to be called."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.hooks import Hook, arguments
from hebbstat.contract.mechanism import Bound, Mechanism, Rule
from hebbstat.contract.signals import FollowState, lags
from hebbstat.contract.state import Inflow, Lagged, Received, Reduction, Scope, Sensor, State, Trace
from hebbstat.network import Table, lookup
from hebbstat.network.naming import owner_of
from hebbstat.network.received import source
from hebbstat.network.scopes import is_slow
from hebbstat.reference.elements import key_of
from hebbstat.reference.names import Asking, Constant, Getter, bind, received

if TYPE_CHECKING:
    from hebbstat.reference.world import World


class Part:
    """One mechanism at its place. `home` is the `Cells`, `Connections` or None (network rules) that it is part of."""

    def __init__(self, sim: World, name: str, place: str, mechanism: Mechanism, home: Any = None) -> None:
        self.sim, self.name, self.place, self.mechanism, self.home = sim, name, place, mechanism, home
        self.values = sim.made.values[name, place]
        self.stores: dict[str, Store] = {}
        sim.parts[name, place] = self

    def make_states(self, owners: Callable[[Scope], list[Any]], *, eager: bool = False) -> None:
        """Give every declared state its initial values. `owners(scope)` lists the elements of a scope."""
        for state in self.mechanism.states.values():
            self.stores[state.name] = Store(self, state, eager)
        for store in self.stores.values():
            for element in owners(store.state.scope):
                store.begin(element)

    @property
    def acts_on(self) -> str:
        """What its changes are added to, if it is a rule."""
        assert isinstance(self.mechanism, Rule)
        return self.mechanism.acts_on

    def say(self) -> str:
        """What error messages call it."""
        return f"{type(self.mechanism).__name__} on '{self.name}'"

    def number(self, name: str) -> float:
        """A parameter that is one number, such as a period."""
        return float(self.values[name])

    def moves(self, name: str) -> bool:
        """Whether a field or derived value changes in time: a signal, or what a rule acts on."""
        is_changed = (self.name, self.place, name) in self.sim.quantities
        if is_changed or isinstance(self.values.get(name), Table | FollowState):
            return True
        if name in self.mechanism.derived:
            return any(self.moves(read) for read in self.mechanism.derived[name].all_reads)
        side, _, of = name.partition("_")
        cells = self.home.side(side) if self.home is not None and name not in self.mechanism.fields else None
        return cells is not None and (of in cells.part.mechanism.states or of == "rate" or cells.part.moves(of))


class Store:
    """One declared state: a value for each owner and the step of its last event, from which it decays in one piece.

    Neurons and receptors decay step by step (`eager`), as do states whose time constant moves.
    """

    def __init__(self, part: Part, state: State, eager: bool) -> None:
        self.part, self.state, self.sim = part, state, part.sim
        self.key = key_of(state.scope)
        self.values: dict[Any, float] = {}
        self.since: dict[Any, int] = {}
        self.owners: dict[Any, Any] = {}
        self.history: dict[Any, deque[float]] = {}
        self.slow = is_slow(part.mechanism, state)
        self.decay: Callable[[float, float, Any], float] | None = None
        self.step_by_step = eager
        self.bind()
        if isinstance(state.origin, Lagged):
            self.longest = int(np.max(lags(part.values[state.origin.by], self.sim.dt), initial=1))
        self.init: Getter = (
            bind(part, state.init, Asking(state.name)) if isinstance(state.init, str) else Constant(float(state.init))
        )

    def bind(self) -> None:
        """Find the parameters of what happens between events (again, after one was set)."""
        moving = self._make_decay()
        self.eager = self.step_by_step or moving
        if isinstance(self.state.origin, Received):
            on = owner_of(self.sim.network, self.part.name)
            self.heard = received(self.part, *source(self.sim.network, self.part.mechanism, self.state, on))
        if isinstance(self.state.origin, Lagged):
            self.by = bind(self.part, self.state.origin.by, Asking(self.state.name))

    def _make_decay(self) -> bool:
        """How the value passes through a quiet interval; returns whether a parameter of that moves."""
        state, part = self.state, self.part
        if isinstance(state.origin, Trace):
            tau = bind(part, state.origin.tau, Asking(state.name))
            self.decay = lambda value, elapsed, e: value * math.exp(-elapsed / tau(e))
            return part.moves(state.origin.tau)
        if state.advancer:
            hook = state.advancer
            own = part.mechanism.fields
            names = [name for name in hook.all_reads if name != state.name and (name != "elapsed" or name in own)]
            asking = Asking(f"{state.name}.advance", optional=hook.optional)
            getters = {name: bind(part, name, asking) for name in names}

            def advance(value: float, elapsed: float, e: Any) -> float:
                offered = {"elapsed": elapsed, **{name: get(e) for name, get in getters.items()}, state.name: value}
                return float(hook(*[offered[n] for n in hook.all_reads]))

            self.decay = advance
            return any(part.moves(name) for name in names)
        return False

    def begin(self, e: Any) -> None:
        """An owner comes into being with the initial value."""
        key = self.key(e)
        self.owners[key] = e
        match self.state.origin:
            case Lagged():
                first = self.part.stores[lookup.root(self.part.mechanism, self.state).name].init(e)
                self.history[key] = deque([first] * (self.longest + 1), maxlen=self.longest + 1)
                return
            case Reduction() | Sensor() | Received():
                self.values[key] = 0.0
            case _:
                self.values[key] = float(self.init(e))
        self.since[key] = self.sim.now

    def end(self, e: Any) -> None:
        """An owner is gone."""
        key = self.key(e)
        for kept in (self.values, self.since, self.owners, self.history):
            kept.pop(key, None)

    def read(self, e: Any) -> float:
        """The value at the end of the present step."""
        key = self.key(e)
        match self.state.origin:
            case Sensor():
                watched = lookup.watched(self.sim.network, self.part.mechanism, self.state)
                sensed = self.sim.rate_sensed if self.state.origin.rate else self.sim.spikes_sensed
                return float(sensed(watched.name))
            case Inflow(source=source, reach=reach):
                return self._inflow(self.part.stores[source], self.part.number(reach), e)
            case Lagged():
                return self._lagged(key, e)
            case Received():
                return float(self.heard(e))
        if self.decay is None or self.eager or self.since[key] == self.sim.now:
            return self.values[key]
        return self.decay(self.values[key], (self.sim.now - self.since[key]) * self.sim.dt, e)

    def write(self, e: Any, value: Any) -> None:
        """A new value, unless the state is slow and the simulation is frozen."""
        if self.slow and self.sim.is_frozen:
            return
        key = self.key(e)
        self.values[key], self.since[key] = float(value), self.sim.now

    def pass_step(self) -> None:
        """What one step does to a state without any event: step-by-step decay; a frozen slow state does not age."""
        if self.decay is None:
            return
        if self.slow and self.sim.is_frozen:
            self.since = {key: since + 1 for key, since in self.since.items()}
        elif self.eager:
            for key, e in self.owners.items():
                self.values[key] = self.decay(self.values[key], self.sim.dt, e)

    def settle(self) -> None:
        """Values as of the present step, where they are kept as of their last event."""
        if self.decay is not None and not self.eager:
            for key, e in self.owners.items():
                self.values[key], self.since[key] = self.read(e), self.sim.now

    def noted(self) -> list[tuple[deque[float], float]]:
        """End of a step: what a lagged state takes note of."""
        if not isinstance(self.state.origin, Lagged):
            return []
        source = self.part.stores[self.state.origin.source]
        return [(self.history[key], source.read(e)) for key, e in self.owners.items()]

    def _lagged(self, key: Any, e: Any) -> float:
        """The end of the present step is the youngest entry only once it has been noted."""
        lag, past = lags(self.by(e), self.sim.dt), self.history[key]
        return past[-1 - lag] if self.sim.remembered == self.sim.now else past[-lag]

    def _inflow(self, source: Store, reach: float, e: Any) -> float:
        """What would flow in from the neighbours in space, in the order of their numbers."""
        total = 0.0
        for neighbour in self.part.home.neighbours(reach)[e.neuron]:
            total += source.read(neighbour) - source.read(e)
        return total

    def listed(self) -> list[float]:
        """All values, in the order of the owners: neurons, canonical synapses, rows by (pre, delay), branches."""
        return [self.read(self.owners[key]) for key in sorted(self.owners)]

    def put(self, values: list[float]) -> None:
        """Values given by the user, in the order of `listed`: the state was set at the end of the present step."""
        for key, value in zip(sorted(self.owners), values, strict=True):
            self.values[key], self.since[key] = float(value), self.sim.now

    def save(self) -> dict[str, Any]:
        """A copy of what can change."""
        return {
            "values": dict(self.values),
            "since": dict(self.since),
            "history": {k: deque(v, v.maxlen) for k, v in self.history.items()},
        }

    def load(self, saved: dict[str, Any]) -> None:
        """Put a copy back."""
        self.values, self.since, self.history = saved["values"], saved["since"], saved["history"]


class Quantity:
    """A parameter that a rule changes: a value for each owner, beginning with the parameter's."""

    def __init__(self, values: dict[Any, float], key: Callable[[Any], Any]) -> None:
        self.values, self.key = values, key
        self.waiting: dict[Any, float] = {}  # changes that are added together

    def read(self, e: Any) -> float:
        """The present value."""
        return self.values[self.key(e)]

    def write(self, e: Any, value: Any) -> None:
        """A new value."""
        self.values[self.key(e)] = float(value)


class Call:
    """A hook with its arguments bound: call it with an element."""

    def __init__(self, part: Part, hook: Hook, scope: Scope, also: dict[str, Getter] | None = None) -> None:
        self.part, self.hook, self.scope = part, hook, scope
        asking = Asking(hook_name(hook), hook, scope=scope)
        self.function, self.getters = hook.function, bind_all(part, hook.function, asking, also)
        self.when = hook.when
        self.when_getters = bind_all(part, hook.when, asking, also) if hook.when else []

    def __call__(self, e: Any) -> Any:
        return self.function(*[get(e) for get in self.getters])

    def holds(self, e: Any) -> bool:
        """Whether the condition of a `step_when` hook is met."""
        return self.when is None or bool(self.when(*[get(e) for get in self.when_getters]))

    def updates(self, e: Any) -> list[tuple[Store, Any, float]]:
        """For a hook that writes states: (state, owner, new value) of each."""
        result = self(e)
        results: Iterable[Any] = result if len(self.hook.writes) > 1 else (result,)
        return [(self.part.stores[s.name], e, value) for s, value in zip(self.hook.writes, results, strict=True)]


class Change:
    """A hook that returns the change of a quantity, with its gates."""

    def __init__(self, part: Part, bound: Bound, scope: Scope) -> None:
        self.call, self.acts_on = Call(part, bound.hook, scope), bound.adds[1] if bound.adds else "w"
        so_far: dict[str, Getter] = {"change": lambda e: self.so_far}
        owners = {id(other.mechanism): other for other in getattr(part.home, "rules", ())}
        self.key, self.gates = key_of(scope), list[tuple[Any, list[Getter]]]()
        for number, gate in enumerate(bound.gates):
            owner, name = owners.get(id(gate.owner), part), hook_name(bound.hook)
            asking = Asking(name, bound.hook, gate, scope=scope, number=number, of=part)
            self.gates.append((gate.function, bind_all(owner, gate.function, asking, so_far)))

    def __call__(self, e: Any) -> float:
        if not self.call.holds(e):
            return 0.0
        self.so_far = float(self.call(e))
        for function, getters in self.gates:
            self.so_far *= function(*[get(e) for get in getters])
        return self.so_far


def bind_all(part: Part, function: Any, asking: Asking, also: dict[str, Getter] | None = None) -> list[Getter]:
    """A getter for each argument of a function, in order."""
    required, optional = arguments(function)
    asking = replace(asking, optional=optional)
    return [
        also[name] if also and name in also else bind(part, name, asking)
        for name in itertools.chain(required, optional)
    ]


def hook_name(hook: Hook) -> str:
    """The event followed by the states that the hook writes: `step.v`, `on_pre`."""
    return ".".join([hook.event, *(state.name for state in hook.writes)])
