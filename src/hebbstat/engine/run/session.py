"""One call of `run()`: from observer to observer, with the spikes in between."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hebbstat.contract.errors import BadValueError, RunInterruptedError
from hebbstat.engine.checkpoint.autosave import AutoSaver, Checkpoint
from hebbstat.engine.core import Core
from hebbstat.engine.health.monitor import Health, HealthMonitor, monitor
from hebbstat.engine.observer import Observer
from hebbstat.engine.record.budget import PIECE, check_recording_size
from hebbstat.engine.record.recorder import Recorder
from hebbstat.engine.record.recording import Recording
from hebbstat.engine.record.sink import InMemory, Sink
from hebbstat.engine.record.spike_log import SpikeLog
from hebbstat.engine.record.stream import Stream
from hebbstat.engine.run.interrupt import listening
from hebbstat.engine.run.oversubscription import ThreadAdapter
from hebbstat.engine.run.progress import ProgressBar
from hebbstat.engine.state.view import SimulationView
from hebbstat.network.recorded import check_names

LOOK_EVERY = 0.2  # seconds between looks at progress and Ctrl-C


class Session:
    """Runs a simulation for `steps` steps and lets observers look; `begin` makes one with all that `run()` asks for."""

    sink: Sink
    monitor: HealthMonitor | None = None

    def __init__(self, sim: SimulationView, steps: int) -> None:
        self.sim, self.core, self.steps = sim, sim.core, steps
        self.first, self.end = sim.step_count, sim.step_count + steps
        self.interrupted = False
        self.observers: list[Observer] = []

    @property
    def step(self) -> int:
        """The step that the simulation has reached."""
        return self.core.step_count

    def run(self) -> Recording:
        """Run to the end or to an interruption."""
        _compile(self.core)
        log = SpikeLog(self.core, [one for observer in self.observers for one in observer.subscriptions()])
        chunk = 64
        try:
            log.open()
            with listening(self.interrupt):
                while self.step < self.end and not self.interrupted:
                    stop = min(self.step + chunk, *(one.due(self.step) for one in self.observers), self.end)
                    began = time.perf_counter()
                    self.core.advance(stop - self.step)  # less, if the logs are full
                    log.hand_out()
                    took = time.perf_counter() - began  # without observers: a slow save makes no shorter chunks
                    for observer in self.observers:
                        observer.observe(self)
                    chunk = int(min(max(chunk * min(4.0, LOOK_EVERY / max(took, 1e-4)), 16), 10_000_000))
        finally:
            self.core.ask_to_stop(False)
            log.close()
            for observer in self.observers:
                observer.close()
        return self._ended(self.recording())

    def interrupt(self) -> None:
        """Stop soon."""
        self.interrupted = True
        self.core.ask_to_stop()

    def _ended(self, recording: Recording) -> Recording:
        if self.interrupted:
            done, all_ = ((steps * self.sim.net.dt / 1000.0) for steps in (self.step - self.first, self.steps))
            raise RunInterruptedError(
                f"stopped by Ctrl-C after {done:g} s of {all_:g} s; the simulation can go on from here", recording
            )
        return recording

    def recording(self) -> Recording:
        """What has been recorded."""
        return self.sink.recording()

    def attrs(self) -> dict[str, Any]:
        """What a recording says of the run."""
        net, findings = self.sim.net, [] if self.monitor is None else self.monitor.in_this_run
        health = [finding.as_dict() for finding in findings]
        return {"network": self.core.described, "seed": net.seed, "dt": net.dt, "time": self.sim.time, "health": health}


def begin(
    sim: SimulationView, recorders: Sequence[Recorder], steps: int, *, progress: bool | None = None,
    watch: Health | None = None, former: HealthMonitor | None = None, out: str | Path | None = None,
    checkpoint: Checkpoint | None = None,
) -> Session:  # fmt: skip
    """A session with all its observers: what does not fit is refused, and a run that was kept is taken up.

    `former` is the monitor of earlier runs, which goes on if it watched for the same.
    """
    _check(sim, recorders)
    core, path = sim.core, None if out is None else Path(out)
    limit = check_recording_size(sim, recorders, steps, path)
    for recorder in recorders:
        recorder.begin(sim, steps, None if path is None else PIECE)
    session = Session(sim, steps)
    saver = AutoSaver(checkpoint, core, recorders, steps) if checkpoint else None
    streamed = saver.resume() if saver else {}
    session.monitor = monitor(core, watch, former, session.recording)
    if saver:
        saver.hand_over(session.monitor)
    if path is None:
        session.sink = InMemory(recorders, session.attrs, limit)
    else:
        session.sink = Stream(recorders, session.attrs, sim, path, streamed, kept=saver is not None)
    if saver:
        saver.begin(session.sink)
    shown = sys.stderr.isatty() if progress is None else progress
    adapter = ThreadAdapter(core) if core.frozen_since is None else None
    others = (session.sink, session.monitor, ProgressBar() if shown else None, adapter, saver)
    session.observers = [*recorders, *(one for one in others if one is not None)]
    return session


def _check(sim: SimulationView, recorders: Any) -> None:
    """Refuse what is no list of recorders, and recorders of which one would take another's place in the recording."""
    if isinstance(recorders, Recorder) or not isinstance(recorders, Sequence):
        raise BadValueError(f"record={recorders!r} must be a list of recorders: record=[Spikes('exc')]")
    for recorder in recorders:
        if not isinstance(recorder, Recorder):
            raise BadValueError(f"record= takes recorders such as Spikes('exc'), not {recorder!r}")
    check_names([name for recorder in recorders for name in recorder.names(sim)])


def _compile(core: Core) -> None:
    """Load or compile the kernels, and say so if it takes time."""
    tell = not (core.was_compiled or core.quiet)
    if tell:
        text = "compiling this network's kernels (once; they are kept for the next time) ..."
        print(text, file=sys.stderr, flush=True)
    took = core.compile()
    if tell:
        print(f"compiled in {took:.1f} s", file=sys.stderr, flush=True)
