"""Runs every arm with every seed, in processes of one thread each, and keeps each run as it finishes or fails."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from hebbstat.contract.errors import BadValueError, ContractError, HebbstatError
from hebbstat.experiments.lab.contract import Experiment
from hebbstat.experiments.lab.discovery import load
from hebbstat.experiments.lab.place import NOWHERE, Place
from hebbstat.experiments.lab.processes import Failed, in_one_line, in_processes
from hebbstat.experiments.lab.settings import Settings
from hebbstat.experiments.lab.sources import code_of, differences
from hebbstat.experiments.lab.stopping import Stops
from hebbstat.experiments.lab.store import Finished, Result, Store

MOST_RUNS = 10_000  # of one folder: each is an entry in its result.json, which is written anew after each
LAST_SEED = 2**32 - 1  # the largest that numpy's and scikit-learn's older generators take


@dataclass(frozen=True)
class Job:
    """One run, as it is sent to a process."""

    locator: str
    settings: dict[str, Any]  # those chosen on purpose
    seed: int
    arm: str
    place: Place = NOWHERE
    code: Mapping[str, str] = field(default_factory=dict)  # of the experiment, as it was when all began


class RunListener(Protocol):
    """Is told how far things are."""

    def started(self, jobs: int, workers: int) -> None: ...

    def finished(self, run: Finished) -> None: ...

    def failed(self, arm: str, seed: int, failure: Failed) -> None: ...


def run_all(
    store: Store, jobs: list[Job], *, workers: int, listener: RunListener, stops: Stops | None = None
) -> Result:
    """Run all jobs; what fails is noted and ends none of the others, Ctrl-C ends all. What finished is kept."""
    workers = max(1, min(workers, len(jobs)))
    stops = stops or Stops()
    try:
        listener.started(len(jobs), workers)
        with closing(in_processes(work, jobs, workers)) as outcomes:
            for job, outcome in outcomes:
                with stops.held():
                    _keep(store, job, outcome, listener)
        done = True
    except KeyboardInterrupt:
        done = False
    except BaseException:
        store.release()
        raise
    stops.close()  # first keep and tell what there is
    return store.close(stopped=not done)


def _keep(store: Store, job: Job, outcome: Finished | Failed, listener: RunListener) -> None:
    """Keep what became of a job; a run whose arrays no store takes has failed."""
    if isinstance(outcome, Finished):
        try:
            store.add(outcome)
            listener.finished(outcome)
            return
        except HebbstatError:  # a full disk, say, which the next run would meet too
            raise
        except Exception as error:
            outcome = Failed(f"what it returned cannot be kept: {in_one_line(error)}", traceback.format_exc())
    store.fail(job.arm, job.seed, outcome.error, outcome.trace)
    listener.failed(job.arm, job.seed, outcome)


def seeds_of(first: int, number: int, arms: list[str]) -> list[int]:
    """The seeds of an experiment; `BadValueError` if they are more than can be run, or larger than a seed may be."""
    if number * len(arms) > MOST_RUNS:
        raise BadValueError(
            f"--seeds {number} with {len(arms)} arm{'s' * (len(arms) > 1)} are {number * len(arms)} runs; one folder "
            f"holds at most {MOST_RUNS}, so use from 1 to {MOST_RUNS // len(arms)} seeds"
        )
    if first + number - 1 > LAST_SEED:
        raise BadValueError(
            f"--seed {first} with {number} seeds goes beyond the largest, {LAST_SEED}; use a smaller --seed"
        )
    return list(range(first, first + number))


def jobs_of(experiment: Experiment, settings: Settings, arms: list[str], seeds: list[int]) -> list[Job]:
    """All jobs, seed by seed, so that a stopped experiment has compared what it could."""
    code = code_of(experiment.locator)
    return [Job(experiment.locator, settings.chosen, seed, arm, code=code) for seed in seeds for arm in arms]


def kept(jobs: list[Job], store: Store, every_s: float | None) -> list[Job]:
    """Those jobs that the store has no result of, each with its place for checkpoints, if these are wanted."""
    done = store.finished()
    missing = [job for job in jobs if (job.arm, job.seed) not in done]
    if every_s is None:
        return missing
    return [replace(job, place=Place(store.place(job.arm, job.seed), every_s)) for job in missing]


def work(job: Job) -> Finished:
    """Run one job in a process of its own."""
    experiment = _loaded(job.locator, tuple(job.code.items()))
    return _run(experiment, experiment.settings(**job.settings), job)


@lru_cache(maxsize=1)
def _loaded(locator: str, code: tuple[tuple[str, str], ...]) -> Experiment:
    """The experiment, read once by each process; `ContractError` if it is not the one that was begun."""
    experiment = load(locator)
    if changed := differences(dict(code), code_of(locator)):
        raise ContractError(
            f"{', '.join(changed)} changed while the experiment ran, so this run would not belong to the others; put "
            "it back as it was and use --resume, or begin anew"
        )
    return experiment


def _run(experiment: Experiment, settings: Settings, job: Job) -> Finished:
    began, here = time.perf_counter(), os.getcwd()
    try:
        outcome = experiment.outcome(settings, job.seed, job.arm, job.place)
    finally:
        os.chdir(here)  # the folder of results may be named from here
    numbers, arrays = _sorted_out(outcome)
    return Finished(job.arm, job.seed, numbers, arrays, time.perf_counter() - began)


def _sorted_out(outcome: Any) -> tuple[dict[str, float], dict[str, Any]]:
    """Numbers and arrays of what a run returned."""
    if not isinstance(outcome, Mapping) or not outcome:
        what = "an empty one" if isinstance(outcome, Mapping) else type(outcome).__name__
        raise ContractError(f"run() must return a dictionary of numbers and arrays, not {what}")
    numbers: dict[str, float] = {}
    arrays: dict[str, Any] = {}
    for name, value in outcome.items():
        if not isinstance(name, str) or not name or "/" in name or name.startswith("."):
            raise ContractError(f"run() returned the name {name!r}; a name is a text without '/'")
        array = value if hasattr(value, "dims") else np.asarray(value)
        if array.dtype.kind not in "biuf":
            raise ContractError(f"'{name}' is {type(value).__name__}; run() returns numbers and arrays of numbers")
        if array.ndim == 0:
            numbers[name] = float(array)
        else:
            arrays[name] = value
    return numbers, arrays
