"""Where the recording of a run goes: into memory, until somebody asks for it. `stream.py` has the one on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hebbstat.contract.errors import TooLargeError
from hebbstat.engine.observer import Observer, Running
from hebbstat.engine.record.budget import format_bytes
from hebbstat.engine.record.recorder import Recorder
from hebbstat.engine.record.recording import Recording


class Sink(Observer):
    """Collects what `recorders` take; `attrs` gives what a recording says of the run until now."""

    def __init__(self, recorders: Sequence[Recorder], attrs: Callable[[], dict[str, Any]]) -> None:
        self.recorders, self.attrs = recorders, attrs

    def recording(self) -> Recording:
        """All that was recorded until now."""
        raise NotImplementedError

    def flush(self) -> None:
        """Bring to the disk what belongs there."""

    @property
    def lengths(self) -> Mapping[str, int]:
        """How much of each recorded name is on the disk."""
        return {}


class InMemory(Sink):
    """Leaves all with the recorders, and ends a run whose spikes outgrow `limit` bytes of memory."""

    def __init__(
        self, recorders: Sequence[Recorder], attrs: Callable[[], dict[str, Any]], limit: float
    ) -> None:  # fmt: skip
        super().__init__(recorders, attrs)
        self.limit = limit

    def observe(self, run: Running) -> None:
        held = sum(recorder.held for recorder in self.recorders)
        if held > self.limit:
            raise TooLargeError(
                f"the spikes recorded until {run.sim.time / 1000.0:g} s take {format_bytes(held)}; the limit is "
                f'{format_bytes(self.limit)}. Pass out="..." to stream to disk, or record Rates. '
                "The simulation can go on from here",
                self.recording(),
            )

    def recording(self) -> Recording:
        data: dict[str, Any] = {}
        for recorder in self.recorders:
            data |= recorder.data()
        return Recording(data, self.attrs())
