"""Recording to disk while a simulation runs: recorders hold a piece each, and a full disk is told in words."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hebbstat.contract.errors import DataError
from hebbstat.engine.observer import Running
from hebbstat.engine.record import folders
from hebbstat.engine.record.recorder import Recorder
from hebbstat.engine.record.recording import Joined, Recording
from hebbstat.engine.record.sink import Sink
from hebbstat.engine.record.zarr_store import ZarrStore
from hebbstat.engine.state.view import SimulationView

WRITE_EVERY = 10.0  # seconds after which pieces are written although they are not full


class Stream(Sink):
    """Writes what recorders hold to the zarr folder `path`; with `lengths`, after what is there already.

    Of a run that is `kept` in a checkpoint the folder may be there without it, from a process that was killed in
    between; if so, it is made anew.
    """

    def __init__(
        self, recorders: Sequence[Recorder], attrs: Callable[[], dict[str, Any]], sim: SimulationView, path: Path,
        lengths: Mapping[str, int], kept: bool,
    ) -> None:  # fmt: skip
        super().__init__(recorders, attrs)
        self.path, self.sim, self.until = path, sim, sim.time
        try:
            if kept and not lengths:
                folders.remove_unused(path)
            self.store = ZarrStore(path, attrs(), lengths=dict(lengths) or None)
        except DataError:
            raise
        except OSError as error:
            raise DataError(f"cannot write the recording to '{path}': {_why(error)}; choose another out=") from error
        self.write()

    @property
    def lengths(self) -> Mapping[str, int]:
        return self.store.lengths

    def flush(self) -> None:
        self.write()

    def recording(self) -> Recording:
        self.write(last=True, health=self.attrs()["health"])
        return Recording.open(self.path)

    def observe(self, run: Running) -> None:
        """Write if a recorder is full, or if it was long ago."""
        if any(r.full for r in self.recorders) or time.perf_counter() - self._wrote > WRITE_EVERY:
            self.write()

    def write(self, last: bool = False, **attrs: Any) -> None:
        """Write what the recorders hold; the `last` time also what is not finished.

        If that fails, the `DataError` hands over all that was recorded.
        """
        try:
            self.store.append(self._held(finished=not last), time=self.sim.time, **attrs)
        except OSError as error:
            raise self._handing_over(error) from error
        for recorder in self.recorders:
            recorder.forget()
        self.until, self._wrote = self.sim.time, time.perf_counter()

    def _held(self, finished: bool) -> dict[str, Any]:
        return {name: value for recorder in self.recorders for name, value in recorder.data(finished=finished).items()}

    def _handing_over(self, error: OSError) -> DataError:
        """What to tell of a disk that takes no more, with the recording: what it took, and what is in memory."""
        until, now = self.until / 1000.0, self.sim.time / 1000.0
        refused = DataError(
            f"cannot write the recording to '{self.path}': {_why(error)}. What was recorded until {until:g} s is there "
            f"(Recording.open); all until {now:g} s is the error's `recording`, to be saved elsewhere: error.recording."
            f"save(...). The simulation stands at {now:g} s and can go on, with another out="
        )
        rest = self._held(finished=False)
        try:
            first = Recording.open(self.path)
        except OSError:  # the disk does not even read
            first = Recording({}, {})
        refused.recording = Recording(Joined(first, rest), self.attrs())
        return refused


def _why(error: OSError) -> str:
    return error.strerror or str(error)
