"""Recording to disk while a simulation runs: recorders hold a piece each, and a full disk is told in words."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homeostat.engine.record import Recorder, Sampled
from homeostat.engine.room import PIECE
from homeostat.engine.store import Store
from homeostat.errors import DataError

if TYPE_CHECKING:
    from homeostat.engine.simulation import Simulation

WRITE_EVERY = 10.0  # seconds after which pieces are written although they are not full


class Stream:
    """Writes what recorders hold to the zarr folder `path`; with `lengths`, after what is there already."""

    def __init__(
        self, path: Path, sim: Simulation, recorders: Sequence[Recorder], attrs: dict[str, Any],
        lengths: dict[str, int] | None = None,
    ) -> None:  # fmt: skip
        self.path, self.sim, self.recorders, self.until = path, sim, recorders, sim.time
        self.store = self._saying_why(lambda: Store(path, attrs, lengths=lengths))
        self.write()

    def keep_up(self) -> None:
        """Write if a recorder is full, or if it was long ago."""
        if any(_is_full(r) for r in self.recorders) or time.perf_counter() - self._wrote > WRITE_EVERY:
            self.write()

    def write(self, last: bool = False, **attrs: Any) -> None:
        """Write what the recorders hold; the `last` time also what is not finished."""

        def append() -> None:
            data: dict[str, Any] = {}
            for recorder in self.recorders:
                data |= recorder.data(finished=not last)
            self.store.append(data, time=self.sim.time, **attrs)

        self._saying_why(append)
        for recorder in self.recorders:
            recorder.forget()
        self.until, self._wrote = self.sim.time, time.perf_counter()

    def _saying_why(self, action: Any) -> Any:
        try:
            return action()
        except DataError:
            raise
        except OSError as error:
            why = error.strerror or str(error)
            raise DataError(
                f"cannot write the recording to '{self.path}': {why}. What was recorded until {self.until / 1000:g} s "
                f"is there (Recording.open); the simulation stands at {self.sim.time / 1000:g} s and can go on, "
                "with another out="
            ) from error


def _is_full(recorder: Recorder) -> bool:
    return recorder.full if isinstance(recorder, Sampled) else recorder.held >= PIECE
