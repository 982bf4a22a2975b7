"""On which images the digits experiment ran, and where its settings come from: only what holds for this result."""

from __future__ import annotations

import json
from typing import Any

from hebbstat.experiments.digits.variants import CHOSEN
from hebbstat.experiments.lab.sources import digest
from hebbstat.experiments.lab.store import Result

ITS_NAME = f"digits/{CHOSEN.name}"  # among the result's sources
SPLIT = ("images", "test_share", "split_seed")  # of the same file, they decide which images are for the test
# on what the defaults were found
NOT_SEARCHED: dict[str, Any] = {"data": None, "images": None, "test_share": 0.2, "split_seed": 1000}
BY_HAND = ("data", "neurons", "images", "passes", "robustness", "test_share", "split_seed")  # not set to learn better


def noun(result: Result) -> str:
    """What a class is: a digit, or just a class if the images are others."""
    return "digit" if result.json["settings"]["data"] is None else "class"


def plural(word: str) -> str:
    """More than one of it."""
    return {"class": "classes"}.get(word, f"{word}s")


def source_of(data: str | None) -> str:
    """The images in words."""
    return "the handwritten digits that come with scikit-learn" if data is None else f"the images in {data}"


def provenance_of(result: Result) -> str:
    """On what this ran, and how the settings of each arm were found."""
    given = [name for name in result.json["settings_chosen"] if name not in BY_HAND]
    by_hand = f" In this run {', '.join(given)} were set by hand, in all arms." if given else ""
    return f"Images: {source_of(result.json['settings']['data'])}.\n\n{_settings(result)}{by_hand}"


def _settings(result: Result) -> str:
    found = _search_of(result)
    if found is None:
        return (
            "Settings: those of each arm are listed below; how they were found cannot be told, for the file of chosen "
            "settings is not the one that this result was made with."
        )
    around = found["search"]["around"] if found else NOT_SEARCHED
    if result.json["settings"]["data"] != around["data"]:
        return (
            f"Settings: those that come with this experiment. They were chosen on {_others(around['data'])}, not on "
            "the images of this run, where an arm might do better with others."
        )
    if found:
        return _searched(result, found)
    text = "Settings: all arms share the defaults, which were found for the whole network, on training images only"
    if not _same_split(result, around):
        return f"{text}, some of which may be for the test in this run."
    return f"{text}. An arm that does badly might do better with its own: `hebbstat run digits --search N` finds them."


def _others(data: str | None) -> str:
    return "other images, those that come with scikit-learn" if data is None else source_of(data)


def _searched(result: Result, found: dict[str, Any]) -> str:
    """What was searched, on the images of this run."""
    search, around = found["search"], found["search"]["around"]
    text = (
        f"Settings: {_budget(result, found)}. {search['candidates']} candidates, drawn at random around the same "
        f"starting point and then around the arm's best, were compared by the vote on a held-out part of the training "
        f"images, the best {search['finalists']} of them on {search['folds']} such parts. "
    )
    if _same_split(result, around):
        text += "Test images took no part. "
    else:
        text += (
            "The search divided the images otherwise than this run: some that are for the test here took part in it, "
            "so accuracies may be too good. "
        )
    own = [f"{k}={around[k]} (here {result.json['settings'][k]})" for k in _other_conditions(result, around)]
    return text + (f"It was done with {', '.join(own)}. " if own else "")


def _search_of(result: Result) -> dict[str, Any] | None:
    """The search whose settings this result was made with: {} if there was none, None if that is not known."""
    before = result.json["sources"].get(ITS_NAME)
    content = CHOSEN.read_bytes() if CHOSEN.exists() else None
    if before is None:
        return {} if result.json["sources"] and not result.json["arm_settings"] else None
    return json.loads(content) if content is not None and digest(content) == before else None


def _same_split(result: Result, around: dict[str, Any]) -> bool:
    """Whether the images for the test are the ones that the search left out."""
    settings = result.json["settings"]
    return all(settings[name] == around[name] for name in SPLIT)


def _other_conditions(result: Result, around: dict[str, Any]) -> list[str]:
    """What the search held fixed at other values than this run."""
    settings = result.json["settings"]
    return [name for name in ("neurons", "passes", "dt", "show", "pause") if settings[name] != around[name]]


def _budget(result: Result, found: dict[str, Any]) -> str:
    """Which arms were searched for."""
    arms = found["search"].get("arms", list(found["arms"]))
    others = [arm for arm in result.json["arms"] if arm not in arms]
    if not others:
        return "every arm got the same budget"
    return f"{', '.join(others)} did not take part in the search, all other arms got the same budget"
