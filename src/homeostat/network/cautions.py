"""What a network may do but hardly should: told once, by name, when it is made ready to run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homeostat.errors import NetworkWarning, tell
from homeostat.network.network import Population, Projection
from homeostat.network.realise import Realised, Table
from homeostat.network.typical import changes

FEWER = 0.05  # the share of its spikes that a source may miss before it is told


def caution(made: Realised) -> None:
    """Warn of all that is found."""
    for population in made.network.populations.values():
        for text in _missed_spikes(made, population):
            tell(text, NetworkWarning)
    for projection in made.network.projections.values():
        for text in _negative(made, projection):
            tell(text, NetworkWarning)


def _negative(made: Realised, projection: Projection) -> Iterator[str]:
    """Conductances below 0: weights that are, or that a rule may make so."""
    receptor = projection.receptor
    if receptor is None or not any(hook.event == "conductance" for hook in receptor.hooks):
        return
    weight, kind = np.asarray(made.synapses[projection.name].weight), type(receptor).__name__
    if weight.size and weight.min() < 0:
        yield (
            f"weights of '{projection.name}' reach {weight.min():g}, but {kind} is a conductance, which cannot be "
            "negative; give weights of at least 0 (Normal(..., low=0.0)): what inhibits is the receptor's reversal"
        )
        return
    bounds = [bound for rule in projection.rules for bound in rule.bound()]
    if any(bound.hook.event == "limit" and getattr(bound.owner, "aim", "w") == "w" for bound in bounds):
        return
    for bound in bounds:
        if bound.adds == (None, "w") and min(changes(made, projection, bound, 0.0), default=0.0) < 0.0:
            yield (
                f"{type(bound.owner).__name__} on '{projection.name}' may make weights negative, but {kind} is a "
                "conductance; add HardBounds(0.0, ...) to its rules"
            )
            return


def _missed_spikes(made: Realised, population: Population) -> Iterator[str]:
    """Sources whose rate needs more spikes than the steps can hold: a cell spikes at most once in a step."""
    neuron, dt = population.neuron, made.network.dt
    rates = [name for name, spec in neuron.fields.items() if spec.unit is not None and spec.unit.symbol == "Hz"]
    fires = next((hook for hook in neuron.hooks if hook.event == "fires"), None)
    if fires is None or neuron.states or len(rates) != 1 or "uniform" not in fires.all_reads:
        return
    value = made.values[population.name, "neuron"][rates[0]]
    if not isinstance(value, float | np.ndarray | Table):
        return
    asked = float(np.max(value.values if isinstance(value, Table) else value, initial=0.0))
    expected = asked * dt / 1000.0
    delivered = 1000.0 / dt * -np.expm1(-expected)
    if delivered < (1.0 - FEWER) * asked:
        yield (
            f"{rates[0]}={asked:g} Hz of {type(neuron).__name__} on '{population.name}' needs {expected:.3g} spikes in "
            f"a step of dt={dt:g} ms, and a cell has at most one: {delivered:.4g} Hz come out. Use a shorter dt, or "
            "more cells at a lower rate"
        )
