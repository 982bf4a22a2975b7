"""How large what a hook returns is, typically: hooks are tried by hand with values that they may well meet.

Fields have their mean, traces what one event adds, other states their initial values, neurons theirs; 10 Hz, 10 ms, a
uniform draw of 0.5 and a normal one of 1. What cannot be tried so is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbstat.contract.events import NAMES
from hebbstat.contract.hooks import Hook, arguments
from hebbstat.contract.mechanism import Bound, Gate, Mechanism, numbers_of
from hebbstat.contract.signals import FollowState
from hebbstat.contract.state import Reduction, State, Trace
from hebbstat.network.derive import initial
from hebbstat.network.instantiate import NetworkInstance, Table
from hebbstat.network.lookup import (
    Asking,
    Default,
    Drawn,
    Modulator,
    Offered,
    OfNeuron,
    OfReceptor,
    Own,
    followed,
    is_sum,
    meaning,
    neurons,
)
from hebbstat.network.network import Population, Projection
from hebbstat.network.received import is_given

RATE = 10.0  # Hz, of a rate neuron


@dataclass(frozen=True)
class Typical:
    """What hooks on a population or projection may well read: `traces` events old or none, states `scale` times."""

    made: NetworkInstance
    on: Population | Projection
    weight: float = 0.0
    traces: float = 1.0
    scale: float = 1.0
    fixed: tuple[str, float] | None = None  # a field, and the value that it has instead of its mean

    def returned(
        self, place: str, mechanism: Mechanism, function: Callable[..., Any], gate: Gate | None = None, **given: Any
    ) -> Any:
        """What a function of a mechanism returns; None if it cannot be tried, or gives what is no finite number."""
        offered = {name: what.typical for name, what in NAMES.items() if what.typical is not None}
        offered |= {"w": self.weight, "value": self.weight, "amount": self.weight, "dt": self.made.network.dt, **given}
        required, optional = arguments(function)
        asking = Asking(function.__name__, gate=gate, optional=optional)
        try:
            names = (*required, *optional)
            found = function(*(self._argument(place, mechanism, name, offered, asking) for name in names))
            return found if np.isfinite(np.asarray(found, float)).all() else None
        except Exception:  # a user's function, with values that are not of its world
            return None

    def change(self, bound: Bound, value: float) -> float | None:
        """What a hook of a rule changes its quantity by, where that is `value`, gates included."""
        change = self.returned(self._place(bound.owner), bound.owner, bound.hook.function, value=value)
        for gate in bound.gates:
            owner = bound.owner if gate.owner is None else gate.owner
            given = {"value": value, "change": change}
            factor = None if change is None else self.returned(self._place(owner), owner, gate.function, gate, **given)
            change = None if factor is None else float(change) * float(factor)
        return None if change is None else float(change)

    def written(self, place: str, mechanism: Mechanism, hook: Hook) -> Iterator[tuple[State, float, float]]:
        """The states that a hook writes, what they were and what they become."""
        found = self.returned(place, mechanism, hook.function)
        values = found if isinstance(found, tuple) else (found,)
        if found is not None and len(values) == len(hook.writes):
            for state, value in zip(hook.writes, values, strict=True):
                yield state, self.state(place, mechanism, mechanism.states[state.name]), float(value)

    def state(self, place: str, mechanism: Mechanism, state: State) -> float:
        """A state's value."""
        if isinstance(state.origin, Reduction):
            return {"count": 10.0, "sum": 10.0 * self.weight}.get(state.origin.how, self.weight)
        begun = mean(initial(self.made, self.on.name, place, mechanism, state)) if state.is_plain else 0.0
        if not isinstance(state.origin, Trace):
            return self.scale * begun
        jump = state.origin.jump
        jump = self.weight if jump == "amount" and jump not in numbers_of(mechanism) else jump
        size = self.parameter(self.on.name, place, mechanism, jump) if isinstance(jump, str) else float(jump or 0.0)
        return begun + self.traces * size

    def parameter(self, owner: str, place: str, mechanism: Mechanism, name: str) -> float:
        """A field's or derived value's mean; what is derived is computed anew where a field is fixed."""
        if self.fixed is not None and name == self.fixed[0]:
            return self.fixed[1]
        value = self.made.values[owner, place].get(name)
        value = None if self.fixed is not None and name in mechanism.derived else value
        if isinstance(value, Table):
            return mean(value.values)
        if isinstance(value, FollowState):
            return self.followed(value)
        if value is None:  # derived from what moves
            function, dt = mechanism.derived[name], self.made.network.dt
            reads = [dt if read == "dt" else self.parameter(owner, place, mechanism, read) for read in function.reads]
            return float(function(*reads))
        return mean(value)

    def _argument(
        self, place: str, mechanism: Mechanism, name: str, offered: dict[str, Any], asking: Asking
    ) -> Any:
        match meaning(self.made.network, self.on.name, mechanism, name, asking):
            case Own(name) if name in mechanism.states:
                return self.state(place, mechanism, mechanism.states[name])
            case Own(name):
                return self.parameter(self.on.name, place, mechanism, name)
            case Offered(name) | Drawn(name):
                return offered[name]
            case Modulator(rule, state):
                return self._modulator(rule, state)
            case Default(value):
                return value
            case OfNeuron(side, of):
                return self._of_neuron(neurons(mechanism, self.on)[side], of)
            case OfReceptor(projection, of):
                return self._of_receptor(projection, of)

    def _of_neuron(self, population: Population, name: str) -> Any:
        neuron = population.neuron
        if name == "rate" and not population.spiking:
            return RATE
        if name in neuron.states:
            return mean(initial(self.made, population.name, "neuron", neuron, neuron.states[name]))
        if is_sum(population, name):
            return 0.0
        return self.parameter(population.name, "neuron", neuron, name)

    def _of_receptor(self, projection: str, name: str) -> float:
        receptor = self.made.network.projections[projection].receptor
        assert receptor is not None
        if name in receptor.states:
            return mean(initial(self.made, projection, "receptor", receptor, receptor.states[name]))
        return 0.0 if is_given(receptor, name) else self.parameter(projection, "receptor", receptor, name)

    def followed(self, signal: FollowState) -> float:
        """What a rule of the network that is followed begins with."""
        return self._modulator(*followed(self.made.network, signal.source, "a parameter"))

    def _modulator(self, name: str, state: str) -> float:
        rule = self.made.network.rules[name]
        return mean(initial(self.made, name, "rule", rule, rule.states[state]))

    def _place(self, owner: Mechanism) -> str:
        assert isinstance(self.on, Projection)
        return next(place for place, mechanism in self.on.mechanisms() if mechanism is owner)


def mean(values: Any) -> float:
    """One number for what varies; 0 for nothing."""
    return float(np.mean(values)) if np.size(values) else 0.0
