"""Numbers over seeds: means with intervals of what there is; what there is not is counted and named, not averaged."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from hebbstat.information import mean_interval, paired_difference_interval

Runs = list[dict[str, Any]]


def summary(runs: Runs, seeds: list[int]) -> dict[str, dict[str, Any]]:
    """For every arm and number: the mean over seeds and its 95 % interval, where there are two seeds or more.

    `number` is how many seeds are in the mean, `missing` lists those that were asked for and are not: their run has
    not finished, or gave NaN, an infinity or no such number.
    """
    return {
        arm: {name: _interval(by_seed, seeds) for name, by_seed in found.items()}
        for arm, found in _by_arm(runs).items()
    }


def effects(runs: Runs, arms: list[str], seeds: list[int]) -> dict[str, dict[str, Any]]:
    """For every arm but the first: the mean difference from it over the seeds that both have, with its interval."""
    found = _by_arm(runs)
    first = found.get(arms[0], {}) if arms else {}
    differences: dict[str, dict[str, Any]] = {}
    for arm in arms[1:]:
        for name, by_seed in found.get(arm, {}).items():
            if name in first:
                differences.setdefault(arm, {})[name] = _interval(by_seed, seeds, first[name])
    return differences


def _by_arm(runs: Runs) -> dict[str, dict[str, dict[int, float]]]:
    """Finite values by arm, number and seed; a number that was never finite is there, with no seed."""
    found: dict[str, dict[str, dict[int, float]]] = {}
    for run in runs:
        for name, value in run["numbers"].items():
            by_seed = found.setdefault(run["arm"], {}).setdefault(name, {})
            if value is not None and math.isfinite(value):
                by_seed[run["seed"]] = value
    return found


def _interval(values: dict[int, float], seeds: list[int], others: dict[int, float] | None = None) -> dict[str, Any]:
    """The mean of the values, or of their differences from others of the same seed."""
    there = [seed for seed in sorted(values) if others is None or seed in others]
    counts = {"number": len(there), "missing": [seed for seed in seeds if seed not in there]}
    if len(there) < 2:
        mean = None if not there else values[there[0]] - (others[there[0]] if others else 0.0)
        method = "one seed" if there else "no seed"
        return {"mean": mean, "low": None, "high": None, "level": None, "method": method} | counts
    mine = [values[seed] for seed in there]
    found = mean_interval(mine) if others is None else paired_difference_interval(mine, [others[s] for s in there])
    return asdict(found) | counts
