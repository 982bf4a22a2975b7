"""How large what a hook returns is, typically: hooks are tried by hand with values that they may well meet.

Fields have their mean, traces what one event adds, other states their initial values, neurons theirs; 10 Hz, 10 ms, a
uniform draw of 0.5 and a normal one of 1. What cannot be tried so is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbstat.contract.hooks import Hook, arguments
from hebbstat.contract.mechanism import Bound, FollowState, Mechanism
from hebbstat.contract.state import State
from hebbstat.network.derive import initial
from hebbstat.network.instantiate import NetworkInstance, Table
from hebbstat.network.network import Population, Projection

PLAIN: dict[str, Any] = {
    "elapsed": 10.0, "uniform": 0.5, "normal": 1.0, "binomial": lambda n, p: n * p, "pre_rate": 10.0, "post_rate": 10.0,
    "current": 0.0, "conductance": 0.0, "drive": 0.0, "input": 0.0, "scheduled": False, "steps_since_spike": 1000.0,
}  # fmt: skip


@dataclass(frozen=True)
class Typical:
    """What hooks on a population or projection may well read: `traces` events old or none, states `scale` times."""

    made: NetworkInstance
    on: Population | Projection
    weight: float = 0.0
    traces: float = 1.0
    scale: float = 1.0
    fixed: tuple[str, float] | None = None  # a field, and the value that it has instead of its mean

    def returned(self, place: str, mechanism: Mechanism, function: Callable[..., Any], **given: Any) -> Any:
        """What a function of a mechanism returns; None if it cannot be tried, or gives what is no finite number."""
        offered = {**PLAIN, "w": self.weight, "value": self.weight, "amount": self.weight, "dt": self.made.network.dt}
        offered |= given
        required, optional = arguments(function)
        try:
            known = [self._argument(place, mechanism, name, offered) for name in required]
            found = function(*known, **{name: offered[name] for name in optional if name in offered})
            return found if np.isfinite(np.asarray(found, float)).all() else None
        except Exception:  # a user's function, with values that are not of its world
            return None

    def change(self, bound: Bound, value: float) -> float | None:
        """What a hook of a rule changes its target by, where that is `value`, gates included."""
        change = self.returned(self._place(bound.owner), bound.owner, bound.hook.function, value=value)
        for gate in bound.gates:
            owner = bound.owner if gate.owner is None else gate.owner
            given = {"value": value, "change": change}
            factor = None if change is None else self.returned(self._place(owner), owner, gate.function, **given)
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
        if state.reduction:
            return {"count": 10.0, "sum": 10.0 * self.weight}.get(state.reduction.how, self.weight)
        begun = mean(initial(self.made, self.on.name, place, mechanism, state)) if state.is_plain else 0.0
        if state.trace is None:
            return self.scale * begun
        jump = state.trace.add if state.trace.set is None else state.trace.set
        jump = self.weight if jump == "amount" else jump
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

    def _argument(self, place: str, mechanism: Mechanism, name: str, offered: dict[str, Any]) -> Any:
        if name in mechanism.states:
            return self.state(place, mechanism, mechanism.states[name])
        if name in mechanism.fields or name in mechanism.derived:
            return self.parameter(self.on.name, place, mechanism, name)
        if name in offered:
            return offered[name]
        if name in self.made.network.rules:
            return self._modulator(name, "")
        side, _, of = name.partition("_")
        ends = {"neuron": self.on} if isinstance(self.on, Population) else {}
        ends |= {"pre": self.on.source, "post": self.on.target} if isinstance(self.on, Projection) else {}
        population, neuron = ends[side], ends[side].neuron  # type: ignore[union-attr]
        if of in neuron.states:
            return mean(initial(self.made, population.name, "neuron", neuron, neuron.states[of]))
        return self.parameter(population.name, "neuron", neuron, of)

    def followed(self, signal: FollowState) -> float:
        """What a rule of the network that is followed begins with."""
        return self._modulator(*signal.source.partition(".")[::2])

    def _modulator(self, name: str, state: str) -> float:
        rule = self.made.network.rules[name]
        found = rule.states[state] if state else next(iter(rule.states.values()))
        return mean(initial(self.made, name, "rule", rule, found))

    def _place(self, owner: Mechanism) -> str:
        assert isinstance(self.on, Projection)
        return next(place for place, mechanism in self.on.mechanisms() if mechanism is owner)


def mean(values: Any) -> float:
    """One number for what varies; 0 for nothing."""
    return float(np.mean(values)) if np.size(values) else 0.0
