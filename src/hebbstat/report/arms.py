"""One number of every arm, with its seeds and its interval, as a figure that says how many seeds there are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from hebbstat.experiments.lab.contract import Measure
from hebbstat.experiments.lab.store import Result
from hebbstat.report import figures
from hebbstat.report.counts import label, not_drawn


def spots(result: Result) -> str:
    """What the dots are, and the bar where there is one."""
    if len(result.json["seeds"]) == 1:
        return "Dots: the one seed; so there is no interval."
    return "Small dots: seeds. Large dot and bar: mean and its 95 % interval."


def drawn_arms(
    result: Result, keys: Mapping[str, str], title: str, measure: Measure, *, least: int = 2,
    colours: Mapping[str, str] | None = None, limits: tuple[float, float] | None = None, ruled: bool = False,
) -> tuple[Figure | None, str]:  # fmt: skip
    """A figure of a number (`keys`, by arm) and what its caption must add; none for fewer than `least` arms.

    Arms below the lower limit are left out, those of which no seed gave the number too, and are then named.
    """
    summary, scale, asked = result.json["summary"], 100 if measure.percent else 1, len(result.json["seeds"])
    entries = {arm: summary.get(arm, {}).get(key) for arm, key in keys.items()}
    shown = {arm: found for arm, found in entries.items() if found and found["mean"] is not None}
    # an arm that finished without that number does not measure it, and is not missed
    lacking = [arm for arm, found in entries.items() if arm not in shown and (found or not result.finished(arm))]
    absent = dict.fromkeys(lacking, "no seed gave it")
    if limits:
        shown = {arm: found for arm, found in shown.items() if scale * found["mean"] >= limits[0]}
    if len(shown) < least:
        return None, ""
    arms = sum(arm in result.json["arms"] for arm in shown)
    spans = [tuple(np.nan if f[k] is None else scale * f[k] for k in ("mean", "low", "high")) for f in shown.values()]
    figure = figures.arms_with_intervals(
        title, [label(result, arm, found["number"]) for arm, found in shown.items()],
        [[scale * value for value in result.numbers(arm, keys[arm])] for arm in shown], spans, unit=measure.unit,
        colours=None if colours is None else [colours[arm] for arm in shown], xlim=limits,
        rule_after=arms - 1 if ruled and 0 < arms < len(shown) else None,
    )  # fmt: skip
    some = any(found["number"] < asked for found in shown.values())
    counted = f" In brackets: how many of the {asked} seeds there are, where not all." if some else ""
    return figure, counted + not_drawn(absent)
