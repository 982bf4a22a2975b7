"""One call of `run()`: chunks between samples, spike logs, progress, Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from homeostat.engine.keep import Checkpoint, Keeper
from homeostat.engine.record import Recorder, Recording, Spikes, _Sampled, check_memory
from homeostat.errors import BadValue, Interrupted
from homeostat.network.room import free_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from homeostat.engine.simulation import Simulation

LOOK_EVERY = 0.2  # seconds between looks at progress and Ctrl-C
SHOW_AFTER = 2.0  # seconds before a progress line appears


class Session:
    """Runs a simulation for `steps` steps and feeds the recorders."""

    def __init__(
        self,
        sim: Simulation,
        recorders: Sequence[Recorder],
        steps: int,
        progress: bool | None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        if isinstance(recorders, Recorder) or not isinstance(recorders, Sequence):
            raise BadValue(f"record={recorders!r} must be a list of recorders: record=[Spikes('exc')]")
        self.sim, self.steps, self.recorders = sim, steps, list(recorders)
        self.first = sim.step_count
        self.progress = sys.stderr.isatty() if progress is None else progress
        self.interrupted = False
        for recorder in self.recorders:
            if not isinstance(recorder, Recorder):
                raise BadValue(f"record= takes recorders such as Spikes('exc'), not {recorder!r}")
        names = [recorder.name for recorder in self.recorders]
        for name in names:
            if names.count(name) > 1:
                raise BadValue(f"two recorders would both be called '{name}'; keep one, or record in two runs")
        check_memory(sim, self.recorders, steps, limit=0.5 * free_memory())
        for recorder in self.recorders:
            recorder.begin(sim, steps)
        self.sampled = [r for r in self.recorders if isinstance(r, _Sampled)]
        self.spikes = [r for r in self.recorders if isinstance(r, Spikes)]
        self.keeper = Keeper(checkpoint, sim, self.recorders, steps) if checkpoint else None

    def run(self) -> Recording:
        """Run to the end or to an interruption."""
        sim, first, end = self.sim, self.first, self.first + self.steps
        self._compile()
        self._log(True)
        chunk, began, bar = 64, time.perf_counter(), None
        try:
            with self._listening():
                while sim.step_count < end and not self.interrupted:
                    stop = min(end, sim.step_count + chunk, *(self._next(r) for r in self.sampled), end)
                    before = time.perf_counter()
                    self._chunk(stop)
                    took = time.perf_counter() - before
                    chunk = int(min(max(chunk * min(4.0, LOOK_EVERY / max(took, 1e-4)), 16), 10_000_000))
                    if self.progress and bar is None and time.perf_counter() - began > SHOW_AFTER:
                        bar = Progress(sim, first, end, began)
                    if bar:
                        bar.update()
                    if self.keeper and (self.keeper.is_due or self.interrupted or sim.step_count == end):
                        self.keeper.save()
        finally:
            self._log(False)
            if bar:
                bar.close()
        recording = self._recording()
        if self.interrupted:
            done = (sim.step_count - first) * sim.net.dt / 1000.0
            raise Interrupted(
                f"stopped by Ctrl-C after {done:g} s of {self.steps * sim.net.dt / 1000.0:g} s; "
                "the simulation can go on from here",
                recording,
            )
        return recording

    def _compile(self) -> None:
        tell = not (self.sim.was_compiled or self.sim.quiet)
        if tell:
            text = "compiling this network's kernels (once; they are kept for the next time) ..."
            print(text, file=sys.stderr, flush=True)
        took = self.sim.compile()
        self.sim.was_compiled = True
        if tell:
            print(f"compiled in {took:.1f} s", file=sys.stderr, flush=True)

    def _next(self, recorder: _Sampled) -> int:
        return (self.sim.step_count // recorder.interval + 1) * recorder.interval

    def _chunk(self, stop: int) -> None:
        while self.sim.step_count < stop and not self.interrupted:
            self.sim.advance(stop - self.sim.step_count)
            self._drain()
        for recorder in self.sampled:
            if self.sim.step_count % recorder.interval == 0:
                recorder.take(self.sim)

    def _log(self, on: bool) -> None:
        for name in {r.of for r in self.spikes}:
            for share in self.sim.layout.shares[name]:
                share["logging"][0], share["logged"][0] = int(on), 0

    def _drain(self) -> None:
        """Hand the spike logs of all threads to their recorders, in order of time, then neuron."""
        for name in {r.of for r in self.spikes}:
            shares = self.sim.layout.shares[name]
            counts = [int(share["logged"][0]) for share in shares]
            steps = np.concatenate([share["log_step"][:n] for share, n in zip(shares, counts, strict=True)])
            ids = np.concatenate([share["log_id"][:n] for share, n in zip(shares, counts, strict=True)])
            for share in shares:
                share["logged"][0] = 0
            order = np.argsort(steps, kind="stable")  # shares are in order of neurons already
            for recorder in self.spikes:
                if recorder.of == name:
                    recorder.add(steps[order], ids[order])

    def _recording(self) -> Recording:
        data: dict[str, Any] = {}
        for recorder in self.recorders:
            data |= recorder.data()
        net = self.sim.net
        return Recording(data, {"network": str(net), "seed": net.seed, "dt": net.dt, "time": self.sim.time})

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Ctrl-C asks the threads to stop at the end of their window; a second one is Python's own."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def on_interrupt(number: int, frame: Any) -> None:
            self.interrupted = True
            self.sim.ask_to_stop()
            signal.signal(signal.SIGINT, before)

        before = signal.signal(signal.SIGINT, on_interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
            self.sim.ask_to_stop(False)


class Progress:
    """A progress line: simulated time, speed and the time that is left."""

    def __init__(self, sim: Simulation, first: int, end: int, began: float) -> None:
        from rich.console import Console  # loaded only where somebody looks
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self.sim, self.first, self.began = sim, first, began
        self.bar = Bar(
            TextColumn("{task.fields[at]}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[speed]}"), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self.bar.start()
        self.task = self.bar.add_task("run", total=end - first, at="", speed="")

    def update(self) -> None:
        """Show where the simulation is."""
        done = self.sim.step_count - self.first
        speed = done * self.sim.net.dt / 1000.0 / max(1e-9, time.perf_counter() - self.began)
        self.bar.update(
            self.task, completed=done, at=f"{self.sim.time / 1000.0:.1f} s", speed=f"{speed:.3g} x real time"
        )

    def close(self) -> None:
        """Take the line away."""
        self.bar.stop()
