"""Choosing the settings of each arm: the same number of candidates for all, compared on held-out training images.

For every arm alike: two thirds of the candidates are drawn around the defaults of `Settings`, each setting in `SPREAD`
moved with probability `MOVED` by a factor exp(spread * normal); the others around the best `PARENTS` of those, with
half the spread. Each is trained on four fifths of the training images and scored by the vote on the last fifth. The
best `FINALISTS` are scored on further parts of the training images (`FOLDS` in all), and the best mean wins. Test
images are never seen. All scores go to `candidates.jsonl`, the winners to `chosen.json`, from where the arms read them;
`search.json` says what was searched, and another search is not put into the same folder.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hebbstat.contract.errors import BadValueError, HebbstatError
from hebbstat.experiments.digits import Settings
from hebbstat.experiments.digits.data import code_of, read
from hebbstat.experiments.digits.readout import Readers
from hebbstat.experiments.digits.training import Subject, train
from hebbstat.experiments.digits.variants import ARMS, CHOSEN
from hebbstat.experiments.lab.lock import Lock
from hebbstat.experiments.lab.processes import Failed, in_processes, in_this_process
from hebbstat.experiments.lab.runner import RunListener
from hebbstat.experiments.lab.sources import code_of as code_of_experiment
from hebbstat.experiments.lab.sources import differences
from hebbstat.experiments.lab.store import Finished
from hebbstat.information import accuracy
from hebbstat.network.files import replacing
from hebbstat.stimuli import split

SPREAD = {
    "total_rate": 0.3, "exponent": 0.2, "tau_membrane": 0.3, "drive": 0.4, "threshold_start": 0.8,
    "threshold_rise": 0.6, "threshold_decay": 0.5, "learning_rate": 0.8, "offset": 0.4, "tau_trace": 0.4,
    "weight_cv": 0.4, "largest_weight": 0.6, "inhibition": 0.7, "tau_inhibition": 0.4, "reversal": 0.5,
    "inhibitory_rate": 1.5, "inhibitory_target": 1.0,
}  # fmt: skip
LARGEST = {"total_rate": 30_000.0, "exponent": 4.0, "weight_cv": 3.0}  # more input spikes take more time
MOVED, PARENTS, FINALISTS, FOLDS = 0.5, 3, 4, 3


@dataclass(frozen=True)
class Trial:
    """One candidate on one part of the training images."""

    settings: dict[str, Any]
    arm: str
    number: int
    fold: int


@dataclass(frozen=True)
class Scored:
    """What a trial gave: the share of held-out images that the vote read right."""

    trial: Trial
    voting: float
    seconds: float = 0.0


class Notebook:
    """All scores so far, a line each in `candidates.jsonl`: a search that was stopped goes on where it was."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        whole, end, torn = text.rpartition("\n")
        if torn:  # by a crash while it was written: that candidate is tried again
            path.write_text(whole + end, encoding="utf-8")
        rows = [json.loads(line) for line in whole.splitlines()]
        self.scores = [Scored(Trial(r["settings"], r["arm"], r["candidate"], r["fold"]), r["voting"]) for r in rows]

    def add(self, found: Scored) -> None:
        """Keep a score."""
        self.scores.append(found)
        trial = found.trial
        row = {"arm": trial.arm, "candidate": trial.number, "fold": trial.fold, "voting": round(found.voting, 4)}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row | {"settings": trial.settings}) + "\n")

    def missing(self, trials: Iterable[Trial]) -> list[Trial]:
        """Those that were not scored yet."""
        done = [s.trial for s in self.scores]
        return [trial for trial in trials if trial not in done]

    def best(self, arm: str) -> list[Trial]:
        """An arm's trials on the first fold, the best first; of equals the earlier candidate."""
        found = [s for s in self.scores if s.trial.arm == arm and s.trial.fold == 0]
        return [s.trial for s in sorted(found, key=lambda s: (-s.voting, s.trial.number))]

    def folds(self, arm: str, number: int) -> list[float]:
        """A candidate's scores on all folds it was tried on."""
        found = [s for s in self.scores if (s.trial.arm, s.trial.number) == (arm, number)]
        return [s.voting for s in sorted(found, key=lambda s: s.trial.fold)]


class TrialsFailed(HebbstatError):
    """Some candidates could not be scored; `trace` is the traceback of the first."""

    def __init__(self, message: str, trace: str) -> None:
        super().__init__(message)
        self.trace = trace


def search(
    settings: Settings, candidates: int, arms: list[str] | None, seed: int, folder: Path, workers: int,
    listener: RunListener,
) -> str:
    """Choose settings for the arms from so many candidates each; returns where everything was written."""
    names = [name for name in ARMS if not arms or name in arms]
    folder.mkdir(parents=True, exist_ok=True)
    lock = Lock(folder)
    try:
        _the_same_search(folder, settings, candidates, seed)
        book = Notebook(folder / "candidates.jsonl")
        total = len(names) * (candidates + min(FINALISTS, candidates) * (FOLDS - 1))
        listener.started(total - len(book.scores), workers)
        for stage in (_wide, _near, _finals):
            trials = [trial for arm in names for trial in stage(settings, book, arm, candidates, seed)]
            _scored(book, trials, workers, listener)
        chosen = {arm: _winner(book, arm) for arm in names}
        kept = json.loads(CHOSEN.read_text(encoding="utf-8"))["arms"] if CHOSEN.exists() and arms else {}
        how = {"candidates": candidates, "finalists": FINALISTS, "folds": FOLDS, "seed": seed, "spread": SPREAD}
        how |= {"around": settings.model_dump(mode="json"), "arms": names}
        _write(folder / "chosen.json", {"search": how, "arms": kept | chosen})
    finally:
        lock.release()
    return f"all scores and the winners are in {folder}; to use them, copy {folder / 'chosen.json'} to {CHOSEN}"


def _the_same_search(folder: Path, settings: Settings, candidates: int, seed: int) -> None:
    """Note what is searched; `BadValueError` if the folder holds the scores of another search, or of other code."""
    path = folder / "search.json"
    now = {"candidates": candidates, "seed": seed, "images": read(settings)[0].digest}
    now |= settings.model_dump(mode="json") | code_of_experiment("digits")
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    changed = differences(before, now)
    if changed and (folder / "candidates.jsonl").exists():
        raise BadValueError(
            f"'{folder}' holds the scores of another search, which would not belong with these; not the same: "
            f"{', '.join(changed[:5])}. Name another --out"
        )
    _write(path, now)


def _scored(book: Notebook, trials: list[Trial], workers: int, listener: RunListener) -> None:
    """Score those trials that were not; what fails is told when the others are done."""
    failed: list[tuple[Trial, Failed]] = []
    missing = book.missing(trials)
    done = in_this_process(score, missing) if workers == 1 else in_processes(score, missing, workers)
    for trial, found in done:
        label = f"{trial.arm}, candidate {trial.number}"
        if isinstance(found, Failed):
            failed.append((trial, found))
            listener.failed(label, trial.fold, found)
        else:
            book.add(found)
            listener.finished(Finished(f"{label}, {100 * found.voting:.1f} %", trial.fold, {}, {}, found.seconds))
    if failed:
        trial, first = failed[0]
        raise TrialsFailed(
            f"{len(failed)} of {len(trials)} trials failed, the first with {trial.arm}, candidate {trial.number}: "
            f"{first.error}; the other scores are kept: the same command tries these again",
            first.trace,
        )


def score(trial: Trial) -> Scored:
    """Train a candidate without the held-out part of the training images, and read that part."""
    began = time.perf_counter()
    settings = Settings(**trial.settings)
    learn, held = split(read(settings)[0], share=0.2, seed=trial.fold)
    subject = Subject(settings, ARMS[trial.arm], trial.fold, code_of(settings, learn), len(learn))
    state = train(subject, learn).state if ARMS[trial.arm].learns else subject.newborn(learn)
    readers = Readers.fit(subject.ask(state, learn), learn.labels, linear=False)
    voting = accuracy(held.labels, readers.vote.predict(subject.ask(state, held)))
    return Scored(trial, voting, time.perf_counter() - began)


def _wide(settings: Settings, book: Notebook, arm: str, candidates: int, seed: int) -> Iterator[Trial]:
    """The defaults, and candidates around them: the same ones for every arm."""
    yield Trial(settings.chosen, arm, 0, 0)
    for number in range(1, candidates - candidates // 3):
        yield Trial(_moved(settings, settings.chosen, [seed, 0, number], 1.0), arm, number, 0)


def _near(settings: Settings, book: Notebook, arm: str, candidates: int, seed: int) -> Iterator[Trial]:
    """Candidates around the best of the first two thirds."""
    first = candidates - candidates // 3
    parents = [trial for trial in book.best(arm) if trial.number < first][:PARENTS]
    for number in range(first, candidates):
        parent = parents[number % len(parents)].settings
        yield Trial(_moved(settings, parent, [seed, 1, number], 0.5), arm, number, 0)


def _finals(settings: Settings, book: Notebook, arm: str, candidates: int, seed: int) -> Iterator[Trial]:
    """The best of all on the other folds."""
    for trial in book.best(arm)[:FINALISTS]:
        yield from (Trial(trial.settings, arm, trial.number, fold) for fold in range(1, FOLDS))


def _moved(settings: Settings, parent: dict[str, Any], key: list[int], width: float) -> dict[str, Any]:
    """The parent with some of its settings multiplied by random factors; those set by hand stay."""
    draw, child = np.random.default_rng(key), dict(parent)
    for name, spread in SPREAD.items():
        factor, moves = float(np.exp(draw.standard_normal() * spread * width)), draw.random() < MOVED
        if moves and name not in settings.chosen:
            value = child.get(name, getattr(settings, name)) * factor
            child[name] = float(f"{min(value, LARGEST.get(name, np.inf)):.4g}")
    return child


def _winner(book: Notebook, arm: str) -> dict[str, Any]:
    """The finalist with the best mean over the folds; of equals the one that was better on the first."""
    finalists = book.best(arm)[:FINALISTS]
    best = max(finalists, key=lambda trial: float(np.mean(book.folds(arm, trial.number))))
    settings = {name: value for name, value in best.settings.items() if name in SPREAD}
    validation = [round(voting, 4) for voting in book.folds(arm, best.number)]
    return {"settings": settings, "candidate": best.number, "validation": validation}


def _write(path: Path, content: Any) -> None:
    with replacing(path) as file:
        file.write((json.dumps(content, indent=1) + "\n").encode())
