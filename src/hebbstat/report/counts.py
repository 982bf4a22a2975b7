"""How many seeds stand behind a number, a curve or a row, and what is missing: in words, for tables and captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hebbstat.experiments.lab.contract import Measure
from hebbstat.experiments.lab.store import Result

MOST = 12  # seeds that are listed one by one, and failures


def seeds_in_words(number: int, asked: int) -> str:
    """'3 seeds', 'one seed', '2 of 3 seeds'."""
    if number == asked:
        return "one seed" if number == 1 else f"{number} seeds"
    return f"{number} of {asked} seeds"


def over_seeds(result: Result, counts: Mapping[str, int]) -> str:
    """Of what a figure is a mean, by how many seeds each of its arms has: 'over 3 seeds'."""
    asked, least = len(result.json["seeds"]), min(counts.values())
    if least == max(counts.values()):
        return f"over {seeds_in_words(least, asked)}"
    return f"over the seeds that there are, of {asked}: {', '.join(f'{arm} {n}' for arm, n in counts.items())}"


def label(result: Result, arm: str, number: int) -> str:
    """The arm's name in a figure, with the number of seeds where some are missing."""
    asked = len(result.json["seeds"])
    return arm if number == asked else f"{arm} ({number} of {asked})"


def not_drawn(reasons: Mapping[str, str]) -> str:
    """A sentence on the arms that a figure leaves out, or nothing."""
    return f" Not drawn: {'; '.join(f'{arm} ({why})' for arm, why in reasons.items())}." if reasons else ""


def gaps(result: Result, shown: Mapping[str, Measure]) -> list[str]:
    """What was asked for and is not there, a sentence each: runs that failed or did not run, numbers that are none."""
    return [*_failed(result), *_not_run(result), *_undefined(result, shown)]


def _failed(result: Result) -> list[str]:
    failures = result.json["failures"]
    told = [f"{f['arm']}, seed {f['seed']}: failed: {f['error']}" for f in failures[:MOST]]
    return told + [f"{len(failures) - MOST} more runs failed; result.json lists them"] * (len(failures) > MOST)


def _not_run(result: Result) -> list[str]:
    by_arm: dict[str, list[int]] = {}
    for seed, arms in result.missing().items():
        for arm in arms:
            by_arm.setdefault(arm, []).append(seed)
    return [f"{arm}, {_seeds(seeds)}: not run" for arm, seeds in by_arm.items()]


def _undefined(result: Result, shown: Mapping[str, Measure]) -> list[str]:
    """Numbers that finished runs did not give."""
    told = []
    for arm, found in result.json["summary"].items():
        runs = [run for run in result.json["runs"] if run["arm"] == arm]
        for name, entry in ((name, found[name]) for name in shown if name in found):
            why: dict[str, list[int]] = {}
            for run in runs:
                if run["seed"] in entry["missing"]:
                    value = run.get("undefined", {}).get(name, "nan").replace("nan", "NaN")
                    why.setdefault(f"is {value}" if name in run["numbers"] else "is not given", []).append(run["seed"])
            told += [f"{arm}, {_seeds(seeds)}: “{shown[name].text}” {what}" for what, seeds in why.items()]
    return told


def _seeds(seeds: Sequence[Any]) -> str:
    more = f" and {len(seeds) - MOST} more" if len(seeds) > MOST else ""
    return f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds[:MOST]))}{more}"
