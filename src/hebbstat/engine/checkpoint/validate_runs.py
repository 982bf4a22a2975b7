"""What a checkpoint holds of a run under way is checked before it is used: recordings so far, and what the watch saw.

All functions raise `ValueError` with the rest of a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.engine.health.signs import Bounded
from hebbstat.engine.record.recorder import Recorder, Sampled, steps_between
from hebbstat.engine.record.spikes import Rates, Spikes

if TYPE_CHECKING:
    from hebbstat.engine.health.monitor import Watcher
    from hebbstat.engine.simulation import Simulation

Kept = Mapping[str, np.ndarray]

FINDING = {"problem": str, "where": str, "since": float, "noticed": float, "text": str}
BOUNDED = {"before": list, "since": float, "looked": float, "at_low": float, "at_high": float, "first_mean": float}


def vet_recorded(sim: Simulation, recorder: Recorder, kept: Kept, first: int, step: int, streamed: bool) -> None:
    """What a recorder, which has begun, can have kept of the steps from `first` to `step`.

    A user's recorder is asked for the names, types and widths of its arrays only.
    """
    ours = recorder.kept()
    if kept.keys() != ours.keys():
        raise ValueError(f"of {recorder.name} it holds {', '.join(kept) or 'nothing'}, not {', '.join(ours)}")
    for name, values in kept.items():
        if (values.dtype, values.ndim, values.shape[1:]) != (ours[name].dtype, ours[name].ndim, ours[name].shape[1:]):
            raise ValueError(f"{name} of {recorder.name} are {values.dtype}{list(values.shape)}")
    if isinstance(recorder, Sampled):
        _vet_samples(sim, recorder, kept, first, step, streamed)
    elif isinstance(recorder, Spikes):
        _vet_spikes(sim, recorder, kept, first, step)
    elif isinstance(recorder, Rates):
        _vet_rates(sim, recorder, kept, first, step, streamed)


def _vet_samples(sim: Simulation, recorder: Sampled, kept: Kept, first: int, step: int, streamed: bool) -> None:
    """As many samples as were due, each at its time; a run that streams has written all of them."""
    every = recorder.interval
    due = range(first // every + 1, step // every + 1)
    times = np.array([] if streamed else due, np.int64) * every * sim.net.dt
    if len(kept["times"]) != len(times) or len(kept["values"]) != len(times):
        raise ValueError(f"of {recorder.name} it holds {len(kept['times'])} samples, where {len(times)} were due")
    if not np.array_equal(kept["times"], times):
        raise ValueError(f"the times of {recorder.name} are not those at which it takes samples")


def _vet_spikes(sim: Simulation, recorder: Spikes, kept: Kept, first: int, step: int) -> None:
    steps, ids, n = kept["steps"], kept["ids"], sim.net.population(recorder.of).n
    if len(steps) != len(ids):
        raise ValueError(f"{recorder.name} are {len(steps)} steps and {len(ids)} cells")
    if steps.size and not (steps.min() >= first and steps.max() < step and ids.min() >= 0 and ids.max() < n):
        raise ValueError(f"{recorder.name} must be from step {first} to {step - 1}, of cells from 0 to {n - 1}")
    if (np.diff(steps.astype(np.int64) * n + ids) <= 0).any():
        raise ValueError(f"{recorder.name} must be in order of time, then neuron")


def _vet_rates(sim: Simulation, recorder: Rates, kept: Kept, first: int, step: int, streamed: bool) -> None:
    counts, width = kept["counts"], steps_between(recorder.bin, sim, "Rates")
    begun = first + ((step - first) // width * width if streamed else 0)
    if kept["span"].tolist() != [begun, step]:
        raise ValueError(f"{recorder.name} is not of the steps from {begun} to {step}")
    rows = -(-(step - begun) // width)
    if not rows <= len(counts) <= max(2 * rows, len(recorder.kept()["counts"])):
        raise ValueError(f"{recorder.name} has {len(counts)} bins, where {rows} were begun")
    most = width * (1 if recorder.each else sim.net.population(recorder.of).n)
    if (counts.size and not (counts.min() >= 0 and counts.max() <= most)) or counts[rows:].any():
        raise ValueError(f"{recorder.name} must be from 0 to {most} spikes in each bin that was begun, and 0 in others")


def vet_streamed(lengths: Kept, names: list[str]) -> dict[str, int]:
    """How much of each recorded name was on disk, or nothing if the run was not streamed."""
    if lengths and lengths.keys() != set(names):
        raise ValueError(f"it says how much of {', '.join(lengths):.60} is on disk, not of {', '.join(names)}")
    for name, length in lengths.items():
        if length.dtype != np.int64 or length.shape != (1,) or length[0] < 0:
            raise ValueError(f"it says that {length.tolist()!r:.60} of '{name}' is on disk")
    return {name: int(length[0]) for name, length in lengths.items()}


def vet_watched(watch: Watcher, told: Any, step: int) -> None:
    """What the watch of this simulation can have told at `step`."""
    ours = {**watch.told(), "in_this_run": 0}
    if not isinstance(told, dict) or told.keys() != ours.keys():
        raise ValueError("what the watch saw is not told as the watch tells it")
    if told["health"] != ours["health"]:
        return  # it watched for something else, and begins anew
    for key, value in ours.items():
        if type(told[key]) is not type(value):
            raise ValueError(f"the watch says {key}={told[key]!r:.40}, which is not of the right kind")
    if told["at"] != step or told["due"] != (step // watch.every + 1) * watch.every:
        raise ValueError(f"the watch looked at step {told['at']} and will at step {told['due']}, but it is step {step}")
    if not 0 <= told["in_this_run"] <= len(told["found"]):
        raise ValueError(f"the watch found {told['in_this_run']} of {len(told['found'])} in this run")
    for key in ("totals", "now", "rates", "counts"):
        if told[key].keys() != ours[key].keys():
            raise ValueError(f"what the watch counted ({key}) is of other populations")
    for name, now in ours["now"].items():
        _vet_counted(name, len(now), *(told[key][name] for key in ("totals", "now", "rates", "counts")))
    for finding in told["found"]:
        _vet_values(finding, FINDING, "a finding of the watch")
    _vet_bounded(watch, told["bounded"])


def _vet_counted(name: str, cells: int, total: Any, now: Any, rates: Any, counts: Any) -> None:
    """What was counted of a population: in all, of some cells, and the rates and counts of earlier looks."""
    lists = isinstance(rates, list) and isinstance(counts, list) and len(counts) <= len(rates)
    if not lists or not all(_are_counts(one, cells) for one in (now, *counts)) or not _are_counts([total], 1):
        raise ValueError(f"what the watch counted in '{name}' must be whole numbers, at least 0, of {cells} cells")
    if not all(_is_number(rate) and rate >= 0 for rate in rates):
        raise ValueError(f"the rates of '{name}' that the watch saw must be numbers, at least 0")


def _vet_bounded(watch: Watcher, told: Any) -> None:
    for name, one in told.items():
        what = f"what the watch saw of the weights of '{name:.60}'"
        if name not in watch.sim.plans or not watch.sim.plans[name].plastic:
            raise ValueError(f"{what}, which are not plastic")
        unseen = [key for key in ("before", "since") if isinstance(one, dict) and one.get(key, 0) is None]
        _vet_values(one, {key: kind for key, kind in BOUNDED.items() if key not in unseen}, what, unseen)
        if "before" not in unseen and not all(_is_number(w) for w in one["before"]):
            raise ValueError(f"{what} must be numbers")
        if "before" not in unseen and len(one["before"]) != Bounded(watch.sim, name).size:
            raise ValueError(f"{what} is of {len(one['before'])} weights, and it looks at others")


def _vet_values(found: Any, wanted: Mapping[str, type], what: str, also: list[str] | None = None) -> None:
    if not isinstance(found, dict) or found.keys() != {*wanted, *(also or [])}:
        raise ValueError(f"{what} is not told as the watch tells it")
    for key, kind in wanted.items():
        if not (_is_number(found[key]) if kind is float else isinstance(found[key], kind)):
            raise ValueError(f"{what} says {key}={found[key]!r:.40}")


def _are_counts(values: Any, length: int) -> bool:
    return isinstance(values, list) and len(values) == length and all(type(n) is int and 0 <= n < 2**62 for n in values)


def _is_number(value: Any) -> bool:
    return type(value) is float or (type(value) is int and abs(value) < 2**62)
