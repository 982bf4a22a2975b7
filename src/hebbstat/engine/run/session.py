"""One call of `run()`: from observer to observer, with the spikes in between."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hebbstat.contract.errors import BadValueError, RunInterruptedError
from hebbstat.engine.checkpoint.autosave import AutoSaver, Checkpoint
from hebbstat.engine.health.monitor import Health, monitor
from hebbstat.engine.observer import Observer
from hebbstat.engine.record.budget import MemoryLimit, check_recording_size
from hebbstat.engine.record.recorder import PIECE, BaseRecorder
from hebbstat.engine.record.recording import Recording
from hebbstat.engine.record.spike_log import SpikeLog
from hebbstat.engine.record.stream import Stream
from hebbstat.engine.run.oversubscription import ThreadAdapter
from hebbstat.engine.run.progress import ProgressBar

if TYPE_CHECKING:
    from hebbstat.engine.health.monitor import HealthMonitor
    from hebbstat.engine.simulation import Simulation

LOOK_EVERY = 0.2  # seconds between looks at progress and Ctrl-C


class Session:
    """Runs a simulation for `steps` steps and lets observers look; `begin` makes one with all that `run()` asks for."""

    def __init__(self, sim: Simulation, recorders: Sequence[BaseRecorder], steps: int) -> None:
        self.sim, self.recorders, self.steps = sim, list(recorders), steps
        self.first, self.end = sim.step_count, sim.step_count + steps
        self.interrupted = False
        self.stream: Stream | None = None
        self.monitor: HealthMonitor | None = None
        self.observers: list[Observer] = list(self.recorders)
        self.log = SpikeLog(sim, ())

    @property
    def step(self) -> int:
        """The step that the simulation has reached."""
        return self.sim.step_count

    def run(self) -> Recording:
        """Run to the end or to an interruption."""
        _compile(self.sim)
        self.log = SpikeLog(self.sim, [one for observer in self.observers for one in observer.subscriptions()])
        chunk = 64
        try:
            self.log.open()
            with self._listening():
                while self.step < self.end and not self.interrupted:
                    stop = min(self.step + chunk, *(one.due(self.step) for one in self.observers), self.end)
                    began = time.perf_counter()
                    self.sim.advance(stop - self.step)
                    self.log.hand_out()
                    for observer in self.observers:
                        observer.observe(self)
                    took = time.perf_counter() - began
                    chunk = int(min(max(chunk * min(4.0, LOOK_EVERY / max(took, 1e-4)), 16), 10_000_000))
        finally:
            self.log.close()
            for observer in self.observers:
                observer.close()
        return self._ended(self.recording())

    def _ended(self, recording: Recording) -> Recording:
        if self.interrupted:
            done, all_ = ((steps * self.sim.net.dt / 1000.0) for steps in (self.step - self.first, self.steps))
            raise RunInterruptedError(
                f"stopped by Ctrl-C after {done:g} s of {all_:g} s; the simulation can go on from here", recording
            )
        return recording

    def log_anew(self) -> None:
        """Log spikes again, after the simulation was partitioned anew."""
        self.log.open()

    def recording(self) -> Recording:
        """What has been recorded."""
        if self.stream is not None:
            self.stream.write(last=True, health=self.attrs()["health"])
            return Recording.open(self.stream.path)
        data: dict[str, Any] = {}
        for recorder in self.recorders:
            data |= recorder.data()
        return Recording(data, self.attrs())

    def attrs(self) -> dict[str, Any]:
        """What a recording says of the run."""
        net, findings = self.sim.net, [] if self.monitor is None else self.monitor.in_this_run
        health = [finding.as_dict() for finding in findings]
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


def begin(
    sim: Simulation, recorders: Sequence[BaseRecorder], steps: int, progress: bool | None = None,
    watch: Health | None = None, out: str | Path | None = None, checkpoint: Checkpoint | None = None,
) -> Session:  # fmt: skip
    """A session with all its observers: what does not fit is refused, and a run that was kept is taken up."""
    _check(sim, recorders)
    path = None if out is None else Path(out)
    limit = check_recording_size(sim, recorders, steps, path)
    for recorder in recorders:
        recorder.begin(sim, steps, None if path is None else PIECE)
    session = Session(sim, recorders, steps)
    saver = AutoSaver(checkpoint, sim, recorders, steps) if checkpoint else None
    if saver:
        saver.resume()
    session.monitor = monitor(sim, watch, session.recording)
    if saver and session.monitor:
        saver.follow(session.monitor)
    if path is None:
        session.observers.append(MemoryLimit(limit, recorders, session.recording))
    else:
        streamed = saver.streamed if saver else None
        session.stream = Stream(path, sim, recorders, session.attrs, streamed, saver is not None)
        session.observers.append(session.stream)
    if saver and session.stream:
        saver.stream = session.stream
        if not saver.streamed:
            saver.save()  # from now on, what is in the folder belongs to a run that can be taken up
    shown = sys.stderr.isatty() if progress is None else progress
    adapter = ThreadAdapter(sim) if sim.layout.learning[0] else None
    others = (session.monitor, ProgressBar() if shown else None, adapter, saver)
    session.observers += [one for one in others if one is not None]
    return session


def _check(sim: Simulation, recorders: Any) -> None:
    """Refuse what is no list of recorders, and recorders of which one would take another's place in the recording."""
    if isinstance(recorders, BaseRecorder) or not isinstance(recorders, Sequence):
        raise BadValueError(f"record={recorders!r} must be a list of recorders: record=[Spikes('exc')]")
    for recorder in recorders:
        if not isinstance(recorder, BaseRecorder):
            raise BadValueError(f"record= takes recorders such as Spikes('exc'), not {recorder!r}")
    names = [name for recorder in recorders for name in recorder.names(sim)]
    for name in names:
        if names.count(name) > 1:
            raise BadValueError(f"two recorders would both be called '{name}'; keep one, or record in two runs")


def _compile(sim: Simulation) -> None:
    """Load or compile the kernels, and say so if it takes time."""
    tell = not (sim.was_compiled or sim.quiet)
    if tell:
        text = "compiling this network's kernels (once; they are kept for the next time) ..."
        print(text, file=sys.stderr, flush=True)
    took = sim.compile()
    sim.was_compiled = True
    if tell:
        print(f"compiled in {took:.1f} s", file=sys.stderr, flush=True)
