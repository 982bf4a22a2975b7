"""Runs every arm with every seed, in processes of one thread each, and keeps each run as it finishes."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import numpy as np

from homeostat.errors import ContractError, HomeostatError, Interrupted
from homeostat.experiments.lab.contract import Experiment
from homeostat.experiments.lab.discovery import load
from homeostat.experiments.lab.place import NOWHERE, Place
from homeostat.experiments.lab.settings import Settings
from homeostat.experiments.lab.store import Finished, Result, Store

J = TypeVar("J")
R = TypeVar("R")
MATHS_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Job:
    """One run, as it is sent to a process."""

    locator: str
    settings: dict[str, Any]  # those chosen on purpose
    seed: int
    arm: str
    place: Place = NOWHERE


class Watcher(Protocol):
    """Is told how far things are."""

    def started(self, jobs: int, workers: int) -> None: ...

    def finished(self, run: Finished) -> None: ...


class RunFailed(HomeostatError):
    """A run raised an error that is not one of ours; `trace` is its traceback."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


def run_all(
    experiment: Experiment, settings: Settings, store: Store, jobs: list[Job], *, workers: int, watcher: Watcher
) -> Result:
    """Run all jobs. Ctrl-C ends it as 'stopped', an error in a run too and is raised; finished runs are kept."""
    workers = max(1, min(workers, len(jobs)))
    watcher.started(len(jobs), workers)
    status = "stopped"
    try:
        for run in _runs(experiment, settings, jobs, workers):
            store.add(run)
            shutil.rmtree(store.place(run.arm, run.seed), ignore_errors=True)  # of no more use
            watcher.finished(run)
        status = "complete"
    except (KeyboardInterrupt, Interrupted):
        pass
    finally:
        result = store.close(status)
    return result


def jobs_of(experiment: Experiment, settings: Settings, arms: list[str], seeds: list[int]) -> list[Job]:
    """All jobs, seed by seed, so that a stopped experiment has compared what it could."""
    return [Job(experiment.locator, settings.chosen, seed, arm) for seed in seeds for arm in arms]


def kept(jobs: list[Job], store: Store, every_s: float | None) -> list[Job]:
    """Those jobs that the store has no result of, each with its place for checkpoints, if these are wanted."""
    missing = [job for job in jobs if not store.has(job.arm, job.seed)]
    if every_s is None:
        return missing
    return [replace(job, place=Place(store.place(job.arm, job.seed), every_s)) for job in missing]


def _runs(experiment: Experiment, settings: Settings, jobs: list[Job], workers: int) -> Iterator[Finished]:
    if workers == 1:
        for job in jobs:
            yield _run(experiment, settings, job)
        return
    yield from in_processes(work, jobs, workers)


def in_processes(function: Callable[[J], R], jobs: Iterable[J], workers: int) -> Iterator[R]:
    """What `function` makes of each job, as it finishes, in processes of one thread each; with one worker, in this one.

    `function` must be found by name in its module. Left early, by an error or Ctrl-C, all processes end at once.
    """
    if workers == 1:
        yield from map(function, jobs)
        return
    with _one_thread_each(), _pool(workers) as pool:
        with _born_deaf_to_ctrl_c():
            waiting: set[Future[R]] = {pool.submit(function, job) for job in jobs}  # which starts the processes
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    yield future.result()
                except BrokenProcessPool as error:
                    raise RunFailed(
                        "a process was killed from outside; was there enough memory? --threads 1 takes less"
                    ) from error


def work(job: Job) -> Finished:
    """Run one job in a process of its own."""
    experiment = load(job.locator)
    return _run(experiment, experiment.settings(**job.settings), job)


def _run(experiment: Experiment, settings: Settings, job: Job) -> Finished:
    began = time.perf_counter()
    where = f"{experiment.name}, {job.arm}, seed {job.seed}"
    try:
        outcome = experiment.outcome(settings, job.seed, job.arm, job.place)
    except HomeostatError:
        raise
    except (Exception, SystemExit) as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(frame.filename)}, line {frame.lineno}"
        raise RunFailed(f"{where}: {type(error).__name__}: {error} ({place})", traceback.format_exc()) from error
    numbers, arrays = _sorted_out(outcome, where)
    return Finished(job.arm, job.seed, numbers, arrays, time.perf_counter() - began)


def _sorted_out(outcome: Any, where: str) -> tuple[dict[str, float], dict[str, Any]]:
    """Numbers and arrays of what a run returned."""
    if not isinstance(outcome, Mapping) or not outcome:
        raise ContractError(
            f"{where}: run() must return a dictionary of numbers and arrays, not {type(outcome).__name__}"
        )
    numbers: dict[str, float] = {}
    arrays: dict[str, Any] = {}
    for name, value in outcome.items():
        if not isinstance(name, str) or not name or "/" in name or name.startswith("."):
            raise ContractError(f"{where}: run() returned the name {name!r}; a name is a text without '/'")
        array = value if hasattr(value, "dims") else np.asarray(value)
        if array.dtype.kind not in "biuf":
            raise ContractError(
                f"{where}: '{name}' is {type(value).__name__}; run() returns numbers and arrays of numbers"
            )
        if array.ndim == 0:
            numbers[name] = float(array)
        else:
            arrays[name] = value
    return numbers, arrays


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes end at once when this block is left by an error or Ctrl-C."""
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_begin_worker, initargs=(sys.path[:],)
    )
    try:
        yield pool
    except BaseException:
        ours = set(getattr(pool, "_processes", None) or {})
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            if child.pid in ours:
                child.terminate()
        raise
    pool.shutdown()


@contextmanager
def _born_deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started meanwhile ignore Ctrl-C from their first moment: it is handled where the results are kept."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin_worker(path: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where that is not inherited: Windows
    sys.path[:] = path
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Where the results are kept was killed: nobody waits for this process any more."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started meanwhile do their linear algebra with one thread: the others have taken the cores."""
    before = {name: os.environ.get(name) for name in MATHS_THREADS}
    os.environ.update(dict.fromkeys(MATHS_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
