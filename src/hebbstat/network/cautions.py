"""What a network may do but hardly should: told once, by name, when it is made ready to run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hebbstat.contract.distributions import Distribution, Linked
from hebbstat.contract.errors import NetworkWarning, tell
from hebbstat.contract.fields import short
from hebbstat.contract.hooks import Hook
from hebbstat.contract.signals import FollowState
from hebbstat.network.drawn import Drawn
from hebbstat.network.instantiate import NetworkInstance, Table
from hebbstat.network.network import Population, Projection
from hebbstat.network.typical import Typical

FEWER = 0.05  # the share of its spikes that a source may miss before it is told
RARE = 0.001  # the probability with which a weight may be drawn below 0 before it is told
FAR = 1e6  # a weight far beyond any bound


def caution(made: NetworkInstance) -> None:
    """Warn of all that is found."""
    for population in made.network.populations.values():
        for text in _missed_spikes(made, population):
            tell(text, NetworkWarning)
    for projection in made.network.projections.values():
        if text := _negative(made, projection):
            tell(text, NetworkWarning)


def _negative(made: NetworkInstance, projection: Projection) -> str:
    """Conductances below 0: weights that are, or that may be drawn or made so by a rule."""
    receptor = projection.receptor
    if receptor is None or not any(hook.event == "conductance" for hook in receptor.hooks):
        return ""
    weight, kind = made.synapses[projection.name].weight, type(receptor).__name__
    if isinstance(weight, Drawn) and weight.value.support[0] >= 0.0:
        return ""  # nothing changes them
    weight = np.asarray(weight)
    way_out = "give weights of at least 0 (Normal(..., low=0.0)): what inhibits is the receptor's reversal"
    if weight.size and weight.min() < 0:
        return (
            f"weights of '{projection.name}' reach {weight.min():g}, but {kind} is a conductance, which cannot be "
            f"negative; {way_out}"
        )
    given = projection.weight.margin if isinstance(projection.weight, Linked) else projection.weight
    if isinstance(given, Distribution) and given.support[0] < 0 and _drawn_below_0(given):
        return (
            f"weight={short(given)} of '{projection.name}' may be negative, but {kind} is a conductance, which cannot "
            f"be; {way_out}"
        )
    if _is_bounded(made, projection):
        return ""
    for bound in (bound for rule in projection.rules for bound in rule.bound()):
        if bound.adds != (None, "w"):
            continue
        tried = [Typical(made, projection, 0.0, traces).change(bound, 0.0) for traces in (1.0, 0.0)]
        if any(change is not None and change < 0.0 for change in tried):
            return (
                f"{type(bound.owner).__name__} on '{projection.name}' may make weights negative, but {kind} is a "
                "conductance; add HardBounds(0.0, ...) to its rules"
            )
    return ""


def _drawn_below_0(weight: Distribution) -> bool:
    try:
        return bool(weight.quantile(np.array([RARE]))[0] < 0)
    except NotImplementedError:  # a distribution of the user's that is only sampled
        return False


def _is_bounded(made: NetworkInstance, projection: Projection) -> bool:
    """Whether a rule's `clip` keeps weights at 0 or above."""
    for bound in (bound for rule in projection.rules for bound in rule.bound()):
        if bound.hook.event == "clip" and getattr(bound.owner, "acts_on", "w") == "w":
            place = next(place for place, mechanism in projection.mechanisms() if mechanism is bound.owner)
            least = Typical(made, projection, -FAR).returned(place, bound.owner, bound.hook.function)
            if least is None or least >= 0:  # what cannot be tried is taken for right
                return True
    return False


def _missed_spikes(made: NetworkInstance, population: Population) -> Iterator[str]:
    """Sources whose rate needs more spikes than the steps can hold: a cell spikes at most once in a step."""
    neuron, dt = population.neuron, made.network.dt
    rates = [name for name, spec in neuron.fields.items() if spec.unit is not None and spec.unit.symbol == "Hz"]
    fires = next((hook for hook in neuron.hooks if hook.event == "fires"), None)
    if fires is None or neuron.states or len(rates) != 1 or "uniform" not in fires.all_reads:
        return
    asked = _largest(made, made.values[population.name, "neuron"][rates[0]])
    chance = _chance(made, population, fires, rates[0], asked) if asked > 0 else None
    if chance is not None and 1000.0 * chance / dt < (1.0 - FEWER) * asked:
        yield (
            f"{rates[0]}={asked:g} Hz of {type(neuron).__name__} on '{population.name}' needs {asked * dt / 1000:.3g} "
            f"spikes in a step of dt={dt:g} ms, and a cell has at most one: {1000 * chance / dt:.4g} Hz come out. Use "
            "a shorter dt, more cells at a lower rate, or PoissonInput, which counts any number of spikes in a step"
        )


def _largest(made: NetworkInstance, rate: object) -> float:
    """The largest of the rates that are known before the run; of a rule that is followed, what it begins with."""
    if isinstance(rate, FollowState):
        return Typical(made, next(iter(made.network.populations.values()))).followed(rate)
    values = rate.values if isinstance(rate, Table) else rate
    return float(np.max(values, initial=0.0)) if isinstance(values, float | np.ndarray) else 0.0


def _chance(made: NetworkInstance, population: Population, fires: Hook, name: str, rate: float) -> float | None:
    """The probability that a cell with this rate fires in a step: where in its uniform draw it begins to, or ceases."""
    typical = Typical(made, population, fixed=(name, rate))

    def at(uniform: float) -> bool:
        found = typical.returned("neuron", population.neuron, fires.function, uniform=uniform)
        return bool(found)

    low, high = 0.0, 1.0 - 2.0**-53
    below = at(low)
    if below == at(high):
        return 1.0 if below else None
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if at(middle) == below else (low, middle)
    return high if below else 1.0 - high
