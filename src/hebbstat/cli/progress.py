"""How far an experiment is: a bar in a terminal, a line per finished run elsewhere; on the error stream."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from hebbstat.experiments.lab.processes import Failed
from hebbstat.experiments.lab.store import Finished


class ProgressBar:
    """Shows done and total, elapsed time and an estimate of what is left."""

    def __init__(self, title: str) -> None:
        self.title, self.began = title, time.perf_counter()
        self.done, self.total, self.workers, self.busy = 0, 0, 1, 0.0
        self.terminal = sys.stderr.isatty()
        self.bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
            TextColumn("runs,"), TimeElapsedColumn(), TextColumn("{task.fields[left]}"),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.terminal:
            self.bar.stop()

    def started(self, jobs: int, workers: int) -> None:
        """All is known, nothing has run."""
        self.total, self.workers = jobs, workers
        how = f"{jobs} runs in {workers} processes" if workers > 1 else f"{jobs} run{'s' * (jobs > 1)}"
        print(
            f"{self.title}: {how}; a network's first run also compiles its kernels, once", file=sys.stderr, flush=True
        )
        if self.terminal:
            self.bar.start()
            self.task = self.bar.add_task(self.title, total=jobs, left="")

    def finished(self, run: Finished) -> None:
        """One more run is done."""
        self.busy += run.seconds
        self._one_more(f"{run.arm}, seed {run.seed}", f"{run.seconds:.1f} s")

    def failed(self, arm: str, seed: int, failure: Failed) -> None:
        """One more run has failed."""
        if self.terminal:
            self.bar.console.print(f"{arm}, seed {seed}: FAILED: {failure.error}", markup=False, highlight=False)
        self._one_more(f"{arm}, seed {seed}", f"FAILED: {failure.error}")

    def _one_more(self, which: str, how: str) -> None:
        self.done += 1
        left = f"about {clock(self._left())} left" if self.done < self.total else ""
        if self.terminal:
            self.bar.update(self.task, completed=self.done, left=left, description=f"{self.title}: {which}")
        else:
            elapsed = f"{clock(time.perf_counter() - self.began)} elapsed{', ' + left if left else ''}"
            print(f"{self.done:4d}/{self.total}  {which}: {how}  ({elapsed})", file=sys.stderr, flush=True)

    def _left(self) -> float:
        """Seconds: the runs that are left take as long as those so far, on all processes."""
        return self.busy / self.done * (self.total - self.done) / self.workers


def clock(seconds: float) -> str:
    """'2 min 05 s'."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
