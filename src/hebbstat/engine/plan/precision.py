"""Changes that single precision would lose: told when a simulation is made, since at an event nothing can be done.

A float32 near w holds multiples of a spacing of about 1e-7 |w|, and a change is rounded to one: by half a spacing at
most, and always the same way if change and weight stay alike. So a change of `FEWEST` spacings may come out a tenth too
large or too small each time, and one below half a spacing never comes out at all. What slow clocks change of weights is
rounded at random and is right in the mean; what is declared `slow`, and parameters of receptors and neurons that rules
change, are in full precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from hebbstat.contract.errors import NetworkWarning, tell
from hebbstat.contract.mechanism import Bound, Mechanism, Neuron, Receptor
from hebbstat.contract.state import WHOLE, Trace
from hebbstat.network.drawn import Drawn
from hebbstat.network.instantiate import NetworkInstance
from hebbstat.network.lookup import places
from hebbstat.network.network import Population, Projection
from hebbstat.network.typical import Typical, mean

FEWEST = 5.0  # spacings that a change has at least if it is right within a tenth
NOTHING = 1e-12  # of a value: a change that is but the rounding of a computation in full precision
EVENTS = ("on_pre", "on_post", "step")
ENOUGH = 10_000  # weights that tell how large they are in the mean
TRIED = tuple(product((1.0, 2.0), (1.0, 0.0)))  # states and targets at once and twice their size; traces, or none
OR_ELSE = "such changes are rounded away, or come out too large"


def caution(made: NetworkInstance) -> None:
    """Warn, once for each rule or model, of changes of float32 values that are so small at best."""
    told: dict[tuple[str, str], str] = {}
    for projection in made.network.projections.values():
        for bound in (bound for rule in projection.rules for bound in rule.bound()):
            told.setdefault((projection.name, type(bound.owner).__name__), _of_target(made, projection, bound))
    for owner, place, mechanism, on in places(made.network):
        if on is not None:
            for text in (*_of_states(made, on, place, mechanism), *_of_traces(made, on, place, mechanism)):
                key = owner, type(mechanism).__name__
                told[key] = told.get(key) or text
    for text in filter(None, told.values()):
        tell(text, NetworkWarning)


def _of_target(made: NetworkInstance, projection: Projection, bound: Bound) -> str:
    """What is wrong with a hook's changes of a weight, or of a release's parameter; nothing if nothing is."""
    aim = bound.adds[1] if bound.adds is not None and bound.adds[0] is None else ""
    events = EVENTS if aim == "w" else (*EVENTS, "on_tick")
    if bound.hook.event not in events or not aim.startswith(("w", "release.")):
        return ""
    size, found = _size(made, projection, aim), []
    for scale, traces in TRIED:
        value = scale * size
        weight = value if aim == "w" else _mean_weight(made, projection)
        change = Typical(made, projection, weight, traces, scale).change(bound, value)
        found += [] if change is None else [(value, change)]
    if (worst := _too_small(found)) is None:
        return ""
    what = "weights" if aim == "w" else aim
    slow = ", or a slow clock (`on_tick`), whose changes of a weight add up" if aim == "w" else ""
    return (
        f"{type(bound.owner).__name__} on '{projection.name}' changes {what} of about {_shown(*worst)}: {OR_ELSE}. Use "
        f"Simulation(net, dtype='float64'), larger steps less often{slow}"
    )


def _of_states(made: NetworkInstance, on: Population | Projection, place: str, mechanism: Mechanism) -> Iterator[str]:
    """The same of the states that hooks write."""
    weight = _mean_weight(made, on) if isinstance(on, Projection) else 0.0
    for hook in mechanism.hooks:
        tried: dict[str, list[tuple[float, float]]] = {}
        for scale, traces in TRIED:
            for state, before, after in Typical(made, on, weight, traces, scale).written(place, mechanism, hook):
                if not (state.slow or state.scope in WHOLE):
                    tried.setdefault(state.name, []).append((before, after - before))
        for name, found in tried.items():
            if (worst := _too_small(found)) is not None:
                yield (
                    f"{type(mechanism).__name__} on '{on.name}' changes its state {name} of about {_shown(*worst)}: "
                    f"{OR_ELSE}. Declare it with slow=True, or use Simulation(net, dtype='float64')"
                )


def _of_traces(made: NetworkInstance, on: Population | Projection, place: str, mechanism: Mechanism) -> Iterator[str]:
    """Traces that decay in each step, by so little."""
    if not isinstance(mechanism, Neuron | Receptor):
        return  # others decay from event to event
    for state in mechanism.states.values():
        if not isinstance(state.origin, Trace) or state.slow or state.scope in WHOLE:
            continue
        tau = Typical(made, on).parameter(on.name, place, mechanism, state.origin.tau)
        kept = float(np.expm1(-made.network.dt / tau)) if tau > 0 else -1.0
        if _too_small([(1.0, kept)]):
            yield (
                f"{type(mechanism).__name__} on '{on.name}' has a trace {state.name} that decays by {-kept:.2g} of "
                f"itself in a step ({state.origin.tau}={tau:g} ms), but float32 holds it to {_spacing(1.0):.2g} only. "
                "Declare it with slow=True, or use Simulation(net, dtype='float64')"
            )


def _too_small(found: list[tuple[float, float]]) -> tuple[float, float] | None:
    """Of values and their changes that which float32 resolves best, if it is too small; None for 0 or enough."""
    seen = [(value, change) for value, change in found if abs(change) > NOTHING * abs(value)]
    best = max(seen, key=lambda one: abs(one[1]) / _spacing(one[0]), default=None)
    return best if best is not None and abs(best[1]) < FEWEST * _spacing(best[0]) else None


def _spacing(value: float) -> float:
    return float(np.spacing(np.float32(abs(value))))


def _size(made: NetworkInstance, projection: Projection, aim: str) -> float:
    """About how large what a rule changes is; weights that begin at 0 grow to their bound, if there is one."""
    if aim != "w":
        place, _, name = aim.partition(".")
        value = made.values.get((projection.name, place), {}).get(name, 0.0)
        return mean(np.abs(value)) if isinstance(value, float | np.ndarray) else 0.0
    size = _mean_weight(made, projection)
    for bound in (bound for rule in projection.rules for bound in rule.bound()):
        if size == 0.0 and bound.hook.event == "clip" and getattr(bound.owner, "acts_on", "") == "w":
            place = next(place for place, mechanism in projection.mechanisms() if mechanism is bound.owner)
            most = Typical(made, projection, 1e30).returned(place, bound.owner, bound.hook.function)
            size = abs(float(most)) if most is not None and abs(most) < 1e29 else 0.0
    return size


def _shown(value: float, change: float) -> str:
    return f"{value:.3g} by some {abs(change):.2g} at a time, but float32 holds them to {_spacing(value):.2g} only"


def _mean_weight(made: NetworkInstance, projection: Projection) -> float:
    """How large the weights of a projection are in the mean; of very many, that of the first."""
    weight = made.synapses[projection.name].weight
    return mean(np.abs(weight.part(0, min(weight.n, ENOUGH)) if isinstance(weight, Drawn) else weight))
