"""One call of `run()`: chunks between samples, spike logs, progress, Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.errors import BadValueError, RunInterruptedError, TooLargeError
from hebbstat.engine.checkpoint.autosave import Checkpoint, Keeper
from hebbstat.engine.health.monitor import Finding, Health, warn_or_stop, watcher
from hebbstat.engine.record.budget import PIECE, check_room, in_words
from hebbstat.engine.record.recorder import Recorder, Sampled
from hebbstat.engine.record.recording import Recording
from hebbstat.engine.record.spikes import Logged
from hebbstat.engine.record.stream import Stream
from hebbstat.engine.run.oversubscription import Crowding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hebbstat.engine.simulation import Simulation

LOOK_EVERY = 0.2  # seconds between looks at progress and Ctrl-C
SHOW_AFTER = 2.0  # seconds before a progress line appears


class Session:
    """Runs a simulation for `steps` steps and feeds the recorders."""

    def __init__(
        self, sim: Simulation, recorders: Sequence[Recorder], steps: int, progress: bool | None,
        watch: Health | None = None, out: str | Path | None = None, checkpoint: Checkpoint | None = None,
    ) -> None:  # fmt: skip
        if isinstance(recorders, Recorder) or not isinstance(recorders, Sequence):
            raise BadValueError(f"record={recorders!r} must be a list of recorders: record=[Spikes('exc')]")
        self.sim, self.steps, self.recorders = sim, steps, list(recorders)
        self.first = sim.step_count
        self.progress = sys.stderr.isatty() if progress is None else progress
        self.interrupted = False
        self.crowding = Crowding(sim) if sim.layout.learning[0] else None
        for recorder in self.recorders:
            if not isinstance(recorder, Recorder):
                raise BadValueError(f"record= takes recorders such as Spikes('exc'), not {recorder!r}")
        _refuse_twins(sim, self.recorders)
        path = None if out is None else Path(out)
        self.limit = check_room(sim, self.recorders, steps, path)
        for recorder in self.recorders:
            recorder.begin(sim, steps, None if path is None else PIECE)
        self.sampled = [r for r in self.recorders if isinstance(r, Sampled)]
        self.logged = [r for r in self.recorders if isinstance(r, Logged)]
        self.keeper = Keeper(checkpoint, sim, self.recorders, steps) if checkpoint else None
        self.watch = watcher(sim, watch)
        self.findings = self.keeper.findings(self.watch) if self.keeper and self.watch else list[Finding]()
        streamed = self.keeper.streamed if self.keeper else None
        kept = self.keeper is not None
        self.stream = None if path is None else Stream(path, sim, self.recorders, self._attrs, streamed, kept)
        if self.keeper and self.stream and not streamed:
            self._keep()  # from now on, what is in the folder belongs to a run that can be taken up

    def run(self) -> Recording:
        """Run to the end or to an interruption."""
        sim, first, end = self.sim, self.first, self.first + self.steps
        self._compile()
        chunk, began, bar = 64, time.perf_counter(), None
        try:
            self._log(True)
            with self._listening():
                while sim.step_count < end and not self.interrupted:
                    stop = min(sim.step_count + chunk, *self._meetings(), end)
                    before = time.perf_counter()
                    self._chunk(stop)
                    took = time.perf_counter() - before
                    chunk = int(min(max(chunk * min(4.0, LOOK_EVERY / max(took, 1e-4)), 16), 10_000_000))
                    if self.progress and bar is None and time.perf_counter() - began > SHOW_AFTER:
                        bar = Progress(sim, first, end, began)
                    if bar:
                        bar.update()
                    if self.crowding and self.crowding.has_changed(end - sim.step_count):
                        self._log(True)
                    if self.keeper and (self.keeper.is_due or self.interrupted or sim.step_count == end):
                        self._keep()
        finally:
            self._log(False)
            if bar:
                bar.close()
        recording = self._recording()
        if self.interrupted:
            done = (sim.step_count - first) * sim.net.dt / 1000.0
            raise RunInterruptedError(
                f"stopped by Ctrl-C after {done:g} s of {self.steps * sim.net.dt / 1000.0:g} s; "
                "the simulation can go on from here",
                recording,
            )
        return recording

    def _keep(self) -> None:
        assert self.keeper is not None
        self.keeper.save(self.stream, self.watch, len(self.findings))

    def _compile(self) -> None:
        tell = not (self.sim.was_compiled or self.sim.quiet)
        if tell:
            text = "compiling this network's kernels (once; they are kept for the next time) ..."
            print(text, file=sys.stderr, flush=True)
        took = self.sim.compile()
        self.sim.was_compiled = True
        if tell:
            print(f"compiled in {took:.1f} s", file=sys.stderr, flush=True)

    def _meetings(self) -> list[int]:
        """The steps at which recorders take their next samples and the watch looks."""
        now = self.sim.step_count
        steps = [(now // recorder.interval + 1) * recorder.interval for recorder in self.sampled]
        return steps if self.watch is None else [*steps, self.watch.due]

    def _chunk(self, stop: int) -> None:
        while self.sim.step_count < stop and not self.interrupted:
            self.sim.advance(stop - self.sim.step_count)
            self._drain()
        for recorder in self.sampled:
            if self.sim.step_count % recorder.interval == 0:
                recorder.take(self.sim)
        if self.stream is not None:
            self.stream.keep_up()
        elif (held := sum(r.held for r in self.logged)) > self.limit:
            raise TooLargeError(
                f"the spikes recorded until {self.sim.time / 1000.0:g} s take {in_words(held)}; the limit is "
                f'{in_words(self.limit)}. Pass out="..." to stream to disk, or record Rates. '
                "The simulation can go on from here",
                self._recording(),
            )
        if self.watch is not None and self.sim.step_count == self.watch.due:
            self._look()

    def _look(self) -> None:
        assert self.watch is not None
        found = self.watch.look()
        self.findings += found
        warn_or_stop(found, self.watch.health.stop, self._recording)

    def _log(self, on: bool) -> None:
        """Let the spikes be logged that somebody wants, and no others: a log that nobody empties halts the run."""
        wanted = self._logging() if on else set()
        for name in self.sim.model.cells:
            for shard in self.sim.layout.shards[name]:
                shard["logging"][0], shard["logged"][0] = int(name in wanted), 0

    def _logging(self) -> set[str]:
        """The populations whose spikes are logged."""
        return {r.of for r in self.logged} | (set() if self.watch is None else self.watch.spiking)

    def _drain(self) -> None:
        """Hand the spike logs of all threads to their recorders, in order of time, then neuron."""
        if self.watch is not None:
            self.watch.at = self.sim.step_count
        for name in self._logging():
            shards = self.sim.layout.shards[name]
            counts = [int(shard["logged"][0]) for shard in shards]
            recorders = [recorder for recorder in self.logged if recorder.of == name]
            if self.watch is not None:
                self.watch.count(name, [shard["log_id"][:n] for shard, n in zip(shards, counts, strict=True)])
            if recorders:
                steps = np.concatenate([shard["log_step"][:n] for shard, n in zip(shards, counts, strict=True)])
                ids = np.concatenate([shard["log_id"][:n] for shard, n in zip(shards, counts, strict=True)])
                order = np.argsort(steps, kind="stable")  # shards are in order of neurons already
                for recorder in recorders:
                    recorder.add(steps[order], ids[order], self.sim.step_count)
            for shard in shards:
                shard["logged"][0] = 0

    def _recording(self) -> Recording:
        if self.stream is not None:
            self.stream.write(last=True, health=self._attrs()["health"])
            return Recording.open(self.stream.path)
        data: dict[str, Any] = {}
        for recorder in self.recorders:
            data |= recorder.data()
        return Recording(data, self._attrs())

    def _attrs(self) -> dict[str, Any]:
        net, health = self.sim.net, [finding.as_dict() for finding in self.findings]
        return {"network": str(net), "seed": net.seed, "dt": net.dt, "time": self.sim.time, "health": health}

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Ctrl-C asks the threads to stop soon; a second one is Python's own. Who ignores it goes on ignoring it."""
        main = threading.current_thread() is threading.main_thread()
        if not main or signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):
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


def _refuse_twins(sim: Simulation, recorders: Sequence[Recorder]) -> None:
    """Refuse recorders of which one would take the place of another in the recording."""
    names = [name for recorder in recorders for name in recorder.names(sim)]
    for name in names:
        if names.count(name) > 1:
            raise BadValueError(f"two recorders would both be called '{name}'; keep one, or record in two runs")


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
