"""What is expected of a number: how it reads, and how values over seeds are judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import ks_2samp

MET, VARIABLE, NOT_MET = "met", "within natural variability", "not met"


@dataclass(frozen=True)
class Expected:
    """`text` is the published figure with its tolerance; `judge` takes values, the first axis being the seed."""

    text: str
    judge: Callable[[np.ndarray], str]


def _mean(text: str, holds: Callable[[float], bool]) -> Expected:
    return Expected(text, lambda values: MET if holds(float(np.mean(values))) else NOT_MET)


def near(value: float, within: float = 0.0, rel: float = 0.0) -> Expected:
    """The mean over seeds is `value`, up to `within` or a part `rel` of it."""
    allowed = max(within, rel * abs(value))
    text = f"{value:.10g} ± {f'{100 * rel:g} %' if rel * abs(value) > within else f'{within:g}'}"
    return _mean(text, lambda mean: abs(mean - value) <= allowed)


def between(low: float, high: float) -> Expected:
    """The mean over seeds lies in [low, high]."""
    return _mean(f"{low:g} to {high:g}", lambda mean: low <= mean <= high)


def above(value: float) -> Expected:
    return _mean(f"> {value:g}", lambda mean: mean > value)


def below(value: float) -> Expected:
    return _mean(f"< {value:g}", lambda mean: mean < value)


def most(share: float, each: Expected) -> Expected:
    """At least this share of the seeds is as expected."""

    def judge(values: np.ndarray) -> str:
        return MET if np.mean([each.judge(value) == MET for value in values]) >= share else NOT_MET

    return Expected(f"{each.text} in {100 * share:g} % of seeds", judge)


def alike(reference: np.ndarray, text: str) -> Expected:
    """A sample for each seed: its distance (Kolmogorov-Smirnov) to the reference is one of those between our seeds."""

    def judge(values: np.ndarray) -> str:
        own = max(ks_2samp(a, b).statistic for a, b in combinations(values, 2))
        away = np.mean([ks_2samp(a, reference).statistic for a in values])
        return VARIABLE if away <= own else NOT_MET

    return Expected(text, judge)
