"""Given spikes that a user replaces between runs: what was played is played, what is to come is new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hebbstat.engine.core import Core
from hebbstat.network.trains import Trains, check_plays, checked_trains, plays, train_steps

NAME = "spikes to come"  # of a population, in a state
NO_SPIKES: Trains = (np.empty(0, np.int64), np.empty(0, np.int32))


def give(core: Core, name: str, times: object, neurons: object) -> None:
    """Replace the spikes of a population that are to come."""
    cells = core.net.population(name)
    check_plays(cells.neuron, name)
    trains = checked_trains((times, neurons), cells.n, name)
    lay(core, {name: train_steps(trains, core.net.dt, name, core.step_count)})


def lay(core: Core, trains: Mapping[str, Trains]) -> None:
    """Let populations play these trains, which are (steps, neurons) by step."""
    model, layout = core.model, core.layout
    model.made = replace(model.made, trains={**model.made.trains, **trains})
    model.given_since |= set(trains)
    for name, (steps, neurons) in trains.items():
        for shard in layout.shards[name]:
            first = shard["first"]
            mine = (neurons >= first) & (neurons < first + shard["size"])
            shard["train_step"], shard["train_id"] = steps[mine], (neurons[mine] - first).astype(np.int32)
            shard["cursor"][:] = np.searchsorted(shard["train_step"], core.step_count)


def to_come(core: Core) -> dict[str, np.ndarray]:
    """What a state has of such trains: int64 [2, spikes], the steps and neurons of all that is to come."""
    trains = core.model.made.trains
    return {
        f"{name}/{NAME}": np.stack(trains[name])[:, trains[name][0] >= core.step_count].astype(np.int64)
        for name in sorted(core.model.given_since)
    }


def put_to_come(core: Core, state: Mapping[str, np.ndarray]) -> None:
    """Let populations play what a state has."""
    there = {name: state[f"{name}/{NAME}"] for name in core.model.cells if f"{name}/{NAME}" in state}
    lay(core, {name: (steps, neurons.astype(np.int32)) for name, (steps, neurons) in there.items()})


def vet_to_come(core: Core, state: Mapping[str, np.ndarray], step: int) -> list[str]:
    """The names in a state of trains that the populations of a network may play; `ValueError` if they may not."""
    known = [f"{name}/{NAME}" for name in core.model.cells if f"{name}/{NAME}" in state]
    for key in known:
        cells, values = core.net.population(key.removesuffix(f"/{NAME}")), state[key]
        if not plays(cells.neuron) or values.dtype != np.int64 or values.ndim != 2 or len(values) != 2:
            raise ValueError(f"{key} is {values.dtype}{list(values.shape)}, which is no train of {cells.neuron!r}")
        steps, neurons = values
        ascends = (np.diff(steps) > 0) | ((np.diff(steps) == 0) & (np.diff(neurons) > 0))
        if values.size and not (steps[0] >= step and neurons.min() >= 0 and neurons.max() < cells.n and ascends.all()):
            raise ValueError(f"{key} must be steps from {step} on, ascending, and neurons from 0 to {cells.n - 1}")
    return known
