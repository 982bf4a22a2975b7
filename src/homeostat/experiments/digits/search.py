"""Choosing the settings of each arm: the same number of candidates for all, compared on held-out training images.

For every arm alike: half of the candidates are drawn around the defaults of `Settings`, each setting in `SPREAD` moved
with probability `MOVED` by a factor exp(spread * normal); the other half around the best `PARENTS` of those, with half
the spread. Each is trained on four fifths of the training images and scored by the vote on the last fifth. The best
`FINALISTS` are scored on further parts of the training images (`FOLDS` in all), and the best mean wins. Test images
are never seen. All scores go to `candidates.json`, the winners to `chosen.json`, from where the arms read them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from homeostat.experiments.digits import Settings
from homeostat.experiments.digits.data import code_of, read
from homeostat.experiments.digits.readout import Readers
from homeostat.experiments.digits.training import Subject, train
from homeostat.experiments.digits.variants import ARMS, CHOSEN
from homeostat.experiments.lab.runner import Watcher, in_processes
from homeostat.experiments.lab.store import Finished
from homeostat.information import accuracy
from homeostat.stimuli import split

SPREAD = {
    "total_rate": 0.3, "exponent": 0.2, "tau_membrane": 0.3, "drive": 0.4, "threshold_start": 0.8,
    "threshold_rise": 0.6, "threshold_decay": 0.5, "learning_rate": 0.8, "offset": 0.4, "tau_trace": 0.4,
    "weight_cv": 0.4, "largest_weight": 0.6, "inhibition": 0.7, "tau_inhibition": 0.4, "reversal": 0.5,
    "inhibitory_rate": 1.5, "inhibitory_target": 1.0,
}  # fmt: skip
LARGEST = {"exponent": 4.0, "weight_cv": 3.0}
MOVED, PARENTS, FINALISTS, FOLDS = 0.5, 3, 5, 4


@dataclass(frozen=True)
class Trial:
    """One candidate on one part of the training images."""

    settings: dict[str, Any]
    arm: str
    number: int
    fold: int


@dataclass(frozen=True)
class Scored:
    """What a trial gave."""

    trial: Trial
    voting: float
    seconds: float


def search(
    settings: Settings, candidates: int, arms: list[str] | None, seed: int, folder: Path, workers: int, watch: Watcher
) -> str:
    """Choose settings for the arms from so many candidates each; returns where everything was written."""
    names = [name for name in ARMS if not arms or name in arms]
    folder.mkdir(parents=True, exist_ok=True)
    first = candidates - candidates // 2
    total = len(names) * (candidates + min(FINALISTS, candidates) * (FOLDS - 1))
    watch.started(total, workers)
    scores: list[Scored] = []
    drawn = {arm: {0: settings.chosen} for arm in names}
    for stage in range(3):
        if stage < 2:
            for arm in names:
                drawn[arm] |= _drawn(
                    settings, scores, arm, range(max(1, first), candidates) if stage else range(1, first), seed, stage
                )
        scores += _scored(_trials(drawn, scores, stage), workers, watch)
        _write(folder / "candidates.json", [_row(found) for found in scores])
    chosen = {arm: _winner(drawn[arm], scores, arm) for arm in names}
    kept = json.loads(CHOSEN.read_text(encoding="utf-8"))["arms"] if CHOSEN.exists() and arms else {}
    how = {
        "candidates": candidates,
        "finalists": FINALISTS,
        "folds": FOLDS,
        "seed": seed,
        "spread": SPREAD,
        "defaults": settings.model_dump(mode="json"),
    }
    _write(folder / "chosen.json", {"search": how, "arms": kept | chosen})
    return f"all scores and the winners are in {folder}; to use them, copy {folder / 'chosen.json'} to {CHOSEN}"


def score(trial: Trial) -> Scored:
    """Train a candidate without the held-out part of the training images, and read that part."""
    import time

    began = time.perf_counter()
    settings = Settings(**trial.settings)
    learn, held = split(read(settings)[0], share=0.2, seed=trial.fold)
    subject = Subject(settings, ARMS[trial.arm], trial.fold, code_of(settings, learn), len(learn))
    state = train(subject, learn).state if ARMS[trial.arm].learns else subject.newborn(learn)
    readers = Readers.fit(subject.ask(state, learn), learn.labels, linear=False)
    voting = accuracy(held.labels, readers.vote.predict(subject.ask(state, held)))
    return Scored(trial, voting, time.perf_counter() - began)


def _drawn(
    settings: Settings, scores: list[Scored], arm: str, numbers: range, seed: int, stage: int
) -> dict[int, dict[str, Any]]:
    """New candidates around the defaults, or around the best so far."""
    found = {}
    parents = [dict(s.trial.settings) for s in _best(scores, arm, 0)[:PARENTS]] or [settings.chosen]
    for number in numbers:
        draw = np.random.default_rng([seed, stage, number])
        candidate = dict(parents[number % len(parents)])
        for name, spread in SPREAD.items():
            factor = np.exp(draw.standard_normal() * spread * (0.5 if stage else 1.0))
            if draw.random() < MOVED and name not in settings.chosen:
                value = candidate.get(name, getattr(settings, name)) * float(factor)
                candidate[name] = float(f"{min(value, LARGEST.get(name, np.inf)):.4g}")
        found[number] = candidate
    return found


def _trials(drawn: dict[str, dict[int, dict[str, Any]]], scores: list[Scored], stage: int) -> Iterator[Trial]:
    """What is to be run in a stage: candidates not yet scored, then the finalists on the other folds."""
    done = {(s.trial.arm, s.trial.number) for s in scores}
    for arm, candidates in drawn.items():
        if stage < 2:
            yield from (Trial(c, arm, number, 0) for number, c in candidates.items() if (arm, number) not in done)
        else:
            finalists = [s.trial for s in _best(scores, arm, 0)[:FINALISTS]]
            yield from (Trial(t.settings, arm, t.number, fold) for t in finalists for fold in range(1, FOLDS))


def _best(scores: list[Scored], arm: str, fold: int) -> list[Scored]:
    """The scores of an arm on one fold, the best first; earlier candidates first among equals."""
    return sorted(
        (s for s in scores if s.trial.arm == arm and s.trial.fold == fold), key=lambda s: (-s.voting, s.trial.number)
    )


def _scored(trials: Iterator[Trial], workers: int, watch: Watcher) -> Iterator[Scored]:
    for found in in_processes(score, list(trials), workers):
        watch.finished(
            Finished(
                f"{found.trial.arm}, candidate {found.trial.number}, {100 * found.voting:.1f} %",
                found.trial.fold,
                {},
                {},
                found.seconds,
            )
        )
        yield found


def _winner(candidates: dict[int, dict[str, Any]], scores: list[Scored], arm: str) -> dict[str, Any]:
    """The finalist with the best mean over the folds."""
    by_number: dict[int, list[float]] = {}
    for s in scores:
        if s.trial.arm == arm:
            by_number.setdefault(s.trial.number, []).append(s.voting)
    complete = {number: values for number, values in by_number.items() if len(values) == FOLDS}
    number = max(complete, key=lambda n: (np.mean(complete[n]), -n))
    settings = {name: value for name, value in candidates[number].items() if name in SPREAD}
    return {"settings": settings, "candidate": number, "validation": [round(v, 4) for v in complete[number]]}


def _row(found: Scored) -> dict[str, Any]:
    trial = found.trial
    return {
        "arm": trial.arm,
        "candidate": trial.number,
        "fold": trial.fold,
        "voting": round(found.voting, 4),
        "settings": trial.settings,
    }


def _write(path: Path, content: Any) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    os.replace(draft, path)
