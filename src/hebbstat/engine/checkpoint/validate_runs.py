"""What a checkpoint holds of a run under way is checked before it is used: recordings so far, and what the monitor saw.

All functions raise `ValueError` with the rest of a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hebbstat.engine.health.monitor import HealthMonitor
from hebbstat.engine.health.signs import Bounded
from hebbstat.engine.record.recorder import Recorder

Kept = Mapping[str, np.ndarray]

FINDING = {"problem": str, "where": str, "since": float, "noticed": float, "text": str}
BOUNDED = {"before": list, "since": float, "looked": float, "at_low": float, "at_high": float, "first_mean": float}


def vet_recorded(recorder: Recorder, kept: Kept, first: int, step: int, streamed: bool) -> None:
    """What a recorder, which has begun, can have kept of the steps from `first` to `step`."""
    ours = recorder.state_dict()
    if kept.keys() != ours.keys():
        raise ValueError(f"of {recorder.name} it holds {', '.join(kept) or 'nothing'}, not {', '.join(ours)}")
    for name, values in kept.items():
        if (values.dtype, values.ndim, values.shape[1:]) != (ours[name].dtype, ours[name].ndim, ours[name].shape[1:]):
            raise ValueError(f"{name} of {recorder.name} are {values.dtype}{list(values.shape)}")
    recorder.vet(kept, first, step, streamed)


def vet_streamed(lengths: Kept, names: list[str]) -> dict[str, int]:
    """How much of each recorded name was on disk, or nothing if the run was not streamed."""
    if lengths and lengths.keys() != set(names):
        raise ValueError(f"it says how much of {', '.join(lengths):.60} is on disk, not of {', '.join(names)}")
    for name, length in lengths.items():
        if length.dtype != np.int64 or length.shape != (1,) or length[0] < 0:
            raise ValueError(f"it says that {length.tolist()!r:.60} of '{name}' is on disk")
    return {name: int(length[0]) for name, length in lengths.items()}


def vet_text(told: np.ndarray) -> bytes:
    """The text that was kept of the monitor, as a row of bytes."""
    if told.dtype != np.uint8 or told.ndim != 1:
        raise ValueError(f"what the monitor saw is {told.dtype}{list(told.shape)}, which is no text")
    return told.tobytes()


def vet_monitored(monitor: HealthMonitor, told: Any, step: int) -> None:
    """What the monitor of this simulation can have told at `step`."""
    ours = monitor.state_dict()
    if not isinstance(told, dict) or told.keys() != ours.keys():
        raise ValueError("what the monitor saw is not told as a monitor tells it")
    if told["health"] != ours["health"]:
        return  # it looked for something else, and begins anew
    for key, value in ours.items():
        if type(told[key]) is not type(value):
            raise ValueError(f"the monitor says {key}={told[key]!r:.40}, which is not of the right kind")
    if told["at"] != step or told["due"] != (step // monitor.every + 1) * monitor.every:
        looks = f"the monitor looked at step {told['at']} and will at step {told['due']}"
        raise ValueError(f"{looks}, but it is step {step}")
    if not 0 <= told["in_this_run"] <= len(told["found"]):
        raise ValueError(f"the monitor found {told['in_this_run']} of {len(told['found'])} in this run")
    for key in ("totals", "now", "rates", "counts"):
        if told[key].keys() != ours[key].keys():
            raise ValueError(f"what the monitor counted ({key}) is of other populations")
    for name, now in ours["now"].items():
        _vet_counted(name, len(now), *(told[key][name] for key in ("totals", "now", "rates", "counts")))
    for finding in told["found"]:
        _vet_values(finding, FINDING, "a finding of the monitor")
    _vet_bounded(monitor, told["bounded"])


def _vet_counted(name: str, cells: int, total: Any, now: Any, rates: Any, counts: Any) -> None:
    """What was counted of a population: in all, of some cells, and the rates and counts of earlier looks."""
    lists = isinstance(rates, list) and isinstance(counts, list) and len(counts) <= len(rates)
    if not lists or not all(_are_counts(one, cells) for one in (now, *counts)) or not _are_counts([total], 1):
        raise ValueError(f"what the monitor counted in '{name}' must be whole numbers, at least 0, of {cells} cells")
    if not all(_is_number(rate) and rate >= 0 for rate in rates):
        raise ValueError(f"the rates of '{name}' that the monitor saw must be numbers, at least 0")


def _vet_bounded(monitor: HealthMonitor, told: Any) -> None:
    for name, one in told.items():
        what = f"what the monitor saw of the weights of '{name:.60}'"
        if name not in monitor.core.plans or not monitor.core.plans[name].plastic:
            raise ValueError(f"{what}, which are not plastic")
        unseen = [key for key in ("before", "since") if isinstance(one, dict) and one.get(key, 0) is None]
        _vet_values(one, {key: kind for key, kind in BOUNDED.items() if key not in unseen}, what, unseen)
        if "before" not in unseen and not all(_is_number(w) for w in one["before"]):
            raise ValueError(f"{what} must be numbers")
        if "before" not in unseen and len(one["before"]) != Bounded(monitor.core, name).size:
            raise ValueError(f"{what} is of {len(one['before'])} weights, and it looks at others")


def _vet_values(found: Any, wanted: Mapping[str, type], what: str, also: list[str] | None = None) -> None:
    if not isinstance(found, dict) or found.keys() != {*wanted, *(also or [])}:
        raise ValueError(f"{what} is not told as a monitor tells it")
    for key, kind in wanted.items():
        if not (_is_number(found[key]) if kind is float else isinstance(found[key], kind)):
            raise ValueError(f"{what} says {key}={found[key]!r:.40}")


def _are_counts(values: Any, length: int) -> bool:
    return isinstance(values, list) and len(values) == length and all(type(n) is int and 0 <= n < 2**62 for n in values)


def _is_number(value: Any) -> bool:
    return type(value) is float or (type(value) is int and abs(value) < 2**62)
