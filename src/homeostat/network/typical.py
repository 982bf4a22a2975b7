"""How large what a hook returns is, typically: hooks are tried by hand with values that they may well meet.

Fields have their mean, traces what one event adds, other states their initial values, neurons theirs; 10 Hz, 10 ms, a
uniform draw of 0.5 and a normal one of 1. What cannot be tried so is passed over.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from homeostat.hooks import arguments
from homeostat.network.derive import initial
from homeostat.network.network import Projection
from homeostat.network.realise import Realised, Table
from homeostat.rule import Bound, Follow, Mechanism
from homeostat.state import State

PLAIN: dict[str, Any] = {
    "elapsed": 10.0, "uniform": 0.5, "normal": 1.0, "binomial": lambda n, p: n * p, "pre_rate": 10.0, "post_rate": 10.0,
}  # fmt: skip


def changes(made: Realised, projection: Projection, bound: Bound, weight: float) -> list[float]:
    """What a hook of a rule would change its target by, where that is `weight`: with full traces and without."""
    found = []
    place = next(place for place, mechanism in projection.mechanisms() if mechanism is bound.owner)
    for traces in (1.0, 0.0):
        offered = {**PLAIN, "w": weight, "value": weight, "dt": made.network.dt}
        try:
            change = float(_called(made, projection, place, bound.owner, bound.hook.function, offered, traces))
            for gate in bound.gates:
                owner = bound.owner if gate.owner is None else gate.owner
                at = next(place for place, mechanism in projection.mechanisms() if mechanism is owner)
                given = {**offered, "change": change}
                change *= float(_called(made, projection, at, owner, gate.function, given, traces))
        except Exception:  # a user's function, with values that are not of its world
            continue
        found += [change] if np.isfinite(change) else []
    return found


def mean(values: Any) -> float:
    """One number for what varies; 0 for nothing."""
    return float(np.mean(values)) if np.size(values) else 0.0


def _called(
    made: Realised, projection: Projection, place: str, mechanism: Mechanism, function: Any, offered: Any, traces: float
) -> Any:
    required, optional = arguments(function)
    given = [_argument(made, projection, place, mechanism, name, offered, traces, optional) for name in required]
    return function(*given, **{name: offered[name] for name in optional if name in offered})


def _argument(
    made: Realised, projection: Projection, place: str, mechanism: Mechanism, name: str, offered: Any, traces: float,
    optional: Any,
) -> Any:  # fmt: skip
    if name in mechanism.states:
        return _state(made, projection.name, place, mechanism, mechanism.states[name], offered["w"], traces)
    if name in mechanism.fields or name in mechanism.derived:
        return _parameter(made, projection.name, place, mechanism, name)
    if name in offered:
        return offered[name]
    if name in made.network.rules:
        rule = made.network.rules[name]
        return mean(initial(made, name, "rule", rule, next(iter(rule.states.values()))))
    side, _, of = name.partition("_")
    population = {"pre": projection.source, "post": projection.target}[side]
    neuron = population.neuron
    if of in neuron.states:
        return mean(initial(made, population.name, "neuron", neuron, neuron.states[of]))
    return _parameter(made, population.name, "neuron", neuron, of)


def _state(
    made: Realised, owner: str, place: str, mechanism: Mechanism, state: State, weight: float, traces: float
) -> float:
    if state.reduction:
        return {"count": 10.0, "sum": 10.0 * weight}.get(state.reduction.how, weight)
    if state.trace is None:
        return mean(initial(made, owner, place, mechanism, state)) if state.is_plain else 0.0
    jump = state.trace.add if state.trace.set is None else state.trace.set
    return traces * (_parameter(made, owner, place, mechanism, jump) if isinstance(jump, str) else float(jump or 0.0))


def _parameter(made: Realised, owner: str, place: str, mechanism: Mechanism, name: str) -> float:
    value = made.values[owner, place].get(name)
    if isinstance(value, Table):
        return mean(value.values)
    if isinstance(value, Follow):
        rule = made.network.rules[value.source.partition(".")[0]]
        return mean(initial(made, value.source.partition(".")[0], "rule", rule, next(iter(rule.states.values()))))
    if value is None:  # derived from what moves
        function = mechanism.derived[name]
        reads = [made.network.dt if r == "dt" else _parameter(made, owner, place, mechanism, r) for r in function.reads]
        return float(function(*reads))
    return mean(value)
