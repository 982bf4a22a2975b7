"""Given spike trains: checked, sorted, and as steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hebbstat.contract.errors import BadValueError, ContractError
from hebbstat.contract.fields import short
from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.signals import read_only

Trains = tuple[np.ndarray, np.ndarray]  # times in ms, or steps; and neurons


def plays(neuron: Neuron) -> bool:
    """Whether cells of this model fire when they are told to."""
    return any("scheduled" in hook.all_reads for hook in neuron.hooks)


def check_plays(neuron: Neuron, name: str) -> None:
    """`ContractError` unless cells of this model fire when they are told to."""
    if not plays(neuron):
        raise ContractError(
            f"{type(neuron).__name__} of '{name}' does not fire when told to, so spikes= would do nothing; "
            "use SpikeSource(), and connect it"
        )


def checked_trains(spikes: Any, n: int, name: str) -> Trains:
    """Trains as (times in ms, neurons), by time."""
    if not (isinstance(spikes, Sequence | np.ndarray) and len(spikes) == 2):
        raise BadValueError(
            f"spikes={short(spikes)} of '{name}' must be (times in ms, neurons), two lists of one length"
        )
    try:
        times, index = np.atleast_1d(np.asarray(spikes[0], float)), np.atleast_1d(spikes[1])
    except (TypeError, ValueError) as error:
        raise BadValueError(f"times of the spikes of '{name}' must be numbers, not {short(spikes[0])}") from error
    if times.shape != index.shape or times.ndim != 1:
        raise BadValueError(f"spikes of '{name}' must be (times, neurons), two lists of one length")
    if not np.isfinite(times).all() or (times.size and times.min() < 0):
        raise BadValueError(f"spikes of '{name}': times must be finite and at least 0 ms")
    if index.size and (index.dtype.kind not in "iu" or index.min() < 0 or index.max() >= n):
        raise BadValueError(f"spikes of '{name}': neurons must be whole numbers from 0 to {n - 1}")
    order = np.lexsort((index, times))
    return read_only(times[order]), read_only(index[order], np.int32)


def train_steps(trains: Trains, dt: float, name: str, now: int = 0) -> Trains:
    """Trains as (step, neuron), in that order, from step `now` on; two spikes of a cell in one step are one."""
    steps = np.rint(trains[0] / dt).astype(np.int64) - 1
    if steps.size and steps.min() < now:
        when = "the first step" if now == 0 else "the next step"
        raise BadValueError(
            f"spikes of '{name}' at {trains[0].min():g} ms: the earliest possible time is the end of {when}, "
            f"{(now + 1) * dt:g} ms"
        )
    pairs = np.unique(np.stack([steps, trains[1]]), axis=1)
    return pairs[0], pairs[1].astype(np.int32)
