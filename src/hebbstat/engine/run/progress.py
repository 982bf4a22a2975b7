"""A progress line: simulated time, speed and the time that is left."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hebbstat.engine.observer import Observer, Running

if TYPE_CHECKING:
    from rich.progress import Progress

SHOW_AFTER = 2.0  # seconds before a progress line appears


class ProgressBar(Observer):
    """A line that appears after two seconds, and goes when the run is over."""

    def __init__(self) -> None:
        self.began, self.bar = time.perf_counter(), None

    bar: Progress | None

    def observe(self, run: Running) -> None:
        """Show where the simulation is."""
        if time.perf_counter() - self.began <= SHOW_AFTER:
            return
        if self.bar is None:
            self._begin(run)
        assert self.bar is not None
        done, dt = run.step - run.first, run.sim.net.dt / 1000.0
        speed = f"{done * dt / max(1e-9, time.perf_counter() - self.began):.3g} x real time"
        self.bar.update(self.task, completed=done, at=f"{run.sim.time / 1000.0:.1f} s", speed=speed)

    def _begin(self, run: Running) -> None:
        from rich.console import Console  # loaded only where somebody looks
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            TextColumn("{task.fields[at]}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[speed]}"), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self.bar.start()
        self.task = self.bar.add_task("run", total=run.end - run.first, at="", speed="")

    def close(self) -> None:
        """Take the line away."""
        if self.bar is not None:
            self.bar.stop()
