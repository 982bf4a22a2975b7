"""Keeping a run while it goes on: every so often its state and its recording so far go to a file.

    sim.run(seconds=3600, record=[Spikes("exc")], checkpoint=Checkpoint("run.ckpt", every_s=60))

The same call in another process takes the run up where the file left it: state, spikes under way and recording. That
it is the same run is held against the file: the network, the state it began from, its length and its recorders.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hebbstat.contract.errors import BadValueError, CheckpointError, tell
from hebbstat.engine.checkpoint import checkpoint as checkpoints
from hebbstat.engine.checkpoint.validate_runs import vet_monitored, vet_recorded, vet_streamed, vet_text
from hebbstat.engine.core import Core
from hebbstat.engine.health.monitor import HealthMonitor
from hebbstat.engine.observer import Observer, Running
from hebbstat.engine.record.recorder import Recorder
from hebbstat.engine.record.sink import Sink
from hebbstat.engine.state.global_state import State, digest, gather, put
from hebbstat.network.files import remove_drafts

STREAMED, WATCHED = "streamed/", "watched"
"""Where a file has the lengths of what was written with out=, and what the monitor saw."""


@dataclass(frozen=True)
class Checkpoint:
    """Where a run is kept, and how often: after so many seconds of real time, when it is stopped and when it ends.

        sim.run(seconds=3600, checkpoint=Checkpoint("run.ckpt", every_s=60))

    A script that was killed is run again: the run goes on from the file. Each `run()` needs a file of its own. With
    `alone=False` arrays that describe the network (rates of a signal, positions) are left out: smaller files, from
    which a network cannot be built without the code that describes it.
    """

    path: str | Path
    every_s: float = 60.0
    alone: bool = True

    def __post_init__(self) -> None:
        if not (isinstance(self.every_s, int | float) and self.every_s >= 0 and math.isfinite(self.every_s)):
            raise BadValueError(f"every_s={self.every_s!r} of Checkpoint must be a time in seconds, at least 0")


class AutoSaver(Observer):
    """Keeps one run, of which the recorders have begun: the state, what the recorders hold, how far the recording on
    disk is, and what the monitor has seen.

    First `resume` takes the run up, if the file holds the first part of it; then `hand_over` its monitor; then `begin`.
    """

    sink: Sink
    monitor: HealthMonitor | None = None

    def __init__(self, checkpoint: Checkpoint, core: Core, recorders: Sequence[Recorder], steps: int) -> None:
        self.checkpoint, self.core, self.recorders = checkpoint, core, recorders
        self.path, self.saved = Path(checkpoint.path), time.perf_counter()
        self._streamed: dict[str, int] = {}  # how much the resumed run had written with out=, by name
        self._monitored: dict[str, Any] | None = None  # what its monitor had seen
        self._before: State | None = None  # the state before it was resumed, until the monitor has its part
        if core.frozen_since is not None:
            raise CheckpointError("a run within `with sim.frozen()` cannot be kept; leave out checkpoint=")
        self.run: dict[str, Any] = {
            "first": core.step_count, "steps": steps, "began_from": digest(gather(core)),
            "recorders": [_told(recorder) for recorder in recorders],
        }  # fmt: skip

    def resume(self) -> dict[str, int]:
        """Take the run up where its file left it, if there is one: the state, and what the recorders had.

        Returns how much it had written with out=, by name.
        """
        remove_drafts(self.path)
        if self.path.exists():
            self._take_up()
        return self._streamed

    def hand_over(self, monitor: HealthMonitor | None) -> None:
        """Let the monitor go on from what that of the resumed run had seen."""
        self.monitor, before, self._before = monitor, self._before, None
        if monitor is None or self._monitored is None or before is None:
            return
        try:
            vet_monitored(monitor, self._monitored, self.core.step_count)
        except ValueError as error:
            put(self.core, before, self.run["first"])
            raise CheckpointError(f"'{self.path}' was altered: {error}. Delete it to begin this run anew") from error
        monitor.load_state_dict(self._monitored)

    def begin(self, sink: Sink) -> None:
        """Keep the run from now on; what is in a folder that was made for it belongs to a run that can be taken up."""
        self.sink, self.saved = sink, time.perf_counter()
        if sink.lengths and not self._streamed:
            self.save()

    def observe(self, run: Running) -> None:
        """Save, if it is time, or if nothing more comes."""
        if self.is_due or run.interrupted or run.step == run.end:
            self.save()

    @property
    def is_due(self) -> bool:
        """Whether it is time to save."""
        return time.perf_counter() - self.saved >= self.checkpoint.every_s

    def save(self) -> None:
        """Replace the file by the present state of the run; where that fails, warn."""
        self.sink.flush()
        recorded = {f"{k}/{name}": a for k, r in enumerate(self.recorders) for name, a in r.state_dict().items()}
        recorded |= {f"{STREAMED}{name}": np.array([length]) for name, length in self.sink.lengths.items()}
        if self.monitor is not None:
            recorded[WATCHED] = np.frombuffer(json.dumps(self.monitor.state_dict()).encode(), np.uint8)
        try:
            checkpoints.save(self.core, self.path, alone=self.checkpoint.alone, run=self.run, recorded=recorded)
        except CheckpointError as error:  # a full disk should not cost what has been simulated
            after = f"the run goes on, and tries again after {self.checkpoint.every_s:g} s"
            tell(f"{error}; {after}")
        self.saved = time.perf_counter()

    def _take_up(self) -> None:
        stored = checkpoints.read(self.path)
        told = stored.header.get("run")
        if told != self.run:
            raise CheckpointError(
                f"'{self.path}' is of another run: {_difference(told, self.run)}. Delete it to begin this run anew, or "
                "give each run() a file of its own"
            )
        recorded = self._recorded(stored)
        try:
            checkpoints.restore(self.core, stored)
        except CheckpointError as error:
            raise CheckpointError(f"{error}; delete it to begin this run anew") from error
        for recorder, kept in zip(self.recorders, recorded, strict=True):
            recorder.load_state_dict(kept)

    def _recorded(self, stored: checkpoints.Stored) -> list[dict[str, np.ndarray]]:
        """What each recorder had kept in a file of this run; notes what was streamed, and what the monitor had seen."""
        parts = [f"{k}/" for k in range(len(self.recorders))]
        try:
            kept = stored.part(checkpoints.KEPT)
            if others := [name for name in kept if not name.startswith((*parts, STREAMED)) and name != WATCHED]:
                raise ValueError(f"it holds the recording '{others[0]:.60}', which is nobody's")
            found = [stored.part(f"{checkpoints.KEPT}{part}") for part in parts]
            lengths = stored.part(f"{checkpoints.KEPT}{STREAMED}")
            names = [name for recorder in self.recorders for name in recorder.data(finished=True)] if lengths else []
            self._streamed = vet_streamed(lengths, names)
            for recorder, one in zip(self.recorders, found, strict=True):
                vet_recorded(recorder, one, self.run["first"], stored.header["step"], bool(lengths))
            if WATCHED in kept:
                self._monitored = json.loads(vet_text(kept[WATCHED]))
                self._before = gather(self.core)
        except (ValueError, RecursionError) as error:
            raise CheckpointError(f"'{self.path}' was altered: {error}. Delete it to begin this run anew") from error
        return found


def _told(recorder: Recorder) -> str:
    """What tells a recorder from others."""
    given = ", ".join(f"{name}={value!r}" for name, value in vars(recorder).items() if not name.startswith("_"))
    return f"{type(recorder).__name__}({given})"


def _difference(told: dict[str, Any] | None, ours: dict[str, Any]) -> str:
    if told is None:
        return "it was written by save(), not by a run; load() it"
    if told["first"] != ours["first"]:
        return f"it began at step {told['first']}, this one at step {ours['first']}"
    if told["steps"] != ours["steps"]:
        return f"it has {told['steps']} steps, this one {ours['steps']}"
    if told["recorders"] != ours["recorders"]:
        return f"its recorders are [{', '.join(told['recorders'])}], here [{', '.join(ours['recorders'])}]"
    return "it began from another state of this network, or from another network"
