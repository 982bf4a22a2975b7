"""Jobs in processes of one thread each: one that fails, or whose process is killed, ends none of the others."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, TypeVar

from hebbstat.contract.errors import HebbstatError, RunInterruptedError

J = TypeVar("J")
R = TypeVar("R")
MATHS_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
LONGEST_LINE = 500  # characters of an error; its traceback has all
PATIENCE = 5.0  # seconds for a process to end by itself


@dataclass(frozen=True)
class Failed:
    """A job that gave no result: why, in one line, and the traceback, if there is one."""

    error: str
    trace: str = ""


def in_processes(
    function: Callable[[J], R], jobs: Iterable[J], workers: int
) -> Generator[tuple[J, R | Failed], None, None]:
    """Each job with what `function` made of it, as it finishes. Even a single worker is a process of its own.

    `function` must be found by name in a module that can be imported. Left early, by an error or Ctrl-C, all processes
    end at once.
    """
    with _one_thread_each(), _crew() as crew:
        left, busy = iter(jobs), dict[Worker[J, R], J]()
        while True:
            while len(busy) < workers and (given := next(left, None)) is not None:
                busy[_taker(crew, busy, function, given)] = given
            if not busy:
                return
            for worker in _ready(busy):
                job, outcome = busy.pop(worker), worker.outcome()
                if not worker.lives:
                    crew.remove(worker)
                yield job, outcome


def in_this_process(function: Callable[[J], R], jobs: Iterable[J]) -> Iterator[tuple[J, R | Failed]]:
    """The same, one job after the other and here, where a process that is killed takes all with it."""
    for job in jobs:
        yield job, _attempt(function, job, passing=(KeyboardInterrupt, RunInterruptedError))


class Worker(Generic[J, R]):
    """A process that does one job after the other."""

    def __init__(self, function: Callable[[J], R]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, function, sys.path[:]))
        with _born_deaf_to_ctrl_c(), _without_the_script():
            self.process.start()
        theirs.close()  # so that the pipe ends with the process
        self.lives = True

    def take(self, job: J) -> bool:
        """Send a job; False if the process has ended meanwhile."""
        try:
            self.pipe.send(job)
        except OSError:
            self.lives = False
        return self.lives

    def outcome(self) -> R | Failed:
        """What became of the job that it was given."""
        try:
            if self.pipe.poll():
                return self.pipe.recv()  # type: ignore[no-any-return]
        except Exception:  # half a message, of whatever kind
            pass
        self.lives = False
        self.process.join(PATIENCE)
        return Failed(_death(self.process.exitcode))

    def end(self, *, at_once: bool) -> None:
        """Let the process end by itself, or end it."""
        self.pipe.close()
        if not at_once:
            self.process.join(PATIENCE)
        for strike in (self.process.terminate, self.process.kill):
            if self.process.is_alive():
                strike()
                self.process.join(PATIENCE)


def _taker(crew: list[Worker[J, R]], busy: dict[Worker[J, R], J], function: Callable[[J], R], job: J) -> Worker[J, R]:
    """A worker that has taken the job: an idle one, else a new one."""
    for worker in [one for one in crew if one not in busy]:
        if worker.take(job):
            return worker
        crew.remove(worker)
    crew.append(Worker(function))
    crew[-1].take(job)  # should it have died already, its outcome will say so
    return crew[-1]


def _ready(busy: dict[Worker[J, R], J]) -> list[Worker[J, R]]:
    """Those that have an outcome, once there are any."""
    found = multiprocessing.connection.wait([part for w in busy for part in (w.pipe, w.process.sentinel)])
    return [worker for worker in busy if worker.pipe in found or worker.process.sentinel in found]


def _attempt(function: Callable[[J], R], job: J, passing: tuple[type[BaseException], ...] = ()) -> R | Failed:
    """What the function makes of the job, or why it fails; even one that ends the interpreter fails alone."""
    try:
        return function(job)
    except passing:
        raise
    except BaseException as error:
        return Failed(in_one_line(error), traceback.format_exc())


def in_one_line(error: BaseException) -> str:
    """What went wrong, and where if it is not an error of ours, whose text says all."""
    try:
        told = " ".join(str(error).split())
    except Exception:  # an error of somebody's own that cannot be shown
        told = ""
    if not isinstance(error, HebbstatError):
        frame = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__}{': ' if told else ''}{told[:LONGEST_LINE]}"
        told += f" ({os.path.basename(frame.filename)}, line {frame.lineno})"
    return told


def _death(code: int | None) -> str:
    """How a process ended that gave no result."""
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        advice = "; was there enough memory? --threads 1 takes less" if name == "SIGKILL" else ""
        return f"its process was killed by {name}{advice}"
    return f"its process ended without a result, exit code {code}"


def _serve(pipe: Any, function: Callable[[Any], Any], path: list[str]) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is handled where the results are kept
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    sys.path[:] = path
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        outcome = _attempt(function, job)
        try:
            pipe.send(outcome)
        except OSError:
            return
        except Exception as error:
            pipe.send(Failed(f"what it returned cannot be handed over: {in_one_line(error)}", traceback.format_exc()))


def _end_with_parent() -> None:
    """Where the results are kept was killed: nobody waits for this process any more."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


@contextmanager
def _crew() -> Iterator[list[Worker[Any, Any]]]:
    """Workers, which end when this block does: at once, if by an error or Ctrl-C."""
    crew: list[Worker[Any, Any]] = []
    at_once = True
    try:
        yield crew
        at_once = False
    finally:
        for worker in crew:
            worker.pipe.close()
        for worker in crew:
            if at_once and worker.process.is_alive():
                worker.process.terminate()  # all, before waiting for any
        for worker in crew:
            worker.end(at_once=at_once)


@contextmanager
def _born_deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started meanwhile do not hear Ctrl-C from their first moment; here it is heard afterwards."""
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # which unblocks signals when it begins
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _without_the_script() -> Iterator[None]:
    """Processes started meanwhile do not read the script that this one runs: what they do is found by name elsewhere.

    A script that calls the command line would else begin its experiment again in each of them.
    """
    before = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = before


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
