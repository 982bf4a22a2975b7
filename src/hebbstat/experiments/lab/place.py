"""Where a run of an experiment keeps its simulations while they go on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from hebbstat.contract.errors import BadValueError
from hebbstat.engine.checkpoint.autosave import Checkpoint

EVERY_S = 60.0  # between checkpoints, unless told
LONGEST_S = 365 * 24 * 3600.0
UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Place:
    """A folder of one arm with one seed, or nowhere, if nobody asked for checkpoints.

    def run(settings, seed, arm, place):
        ...
        recording = sim.run(seconds=3600, record=record, checkpoint=place.checkpoint("training"))
    """

    folder: Path | None = None
    every_s: float = EVERY_S

    def checkpoint(self, name: str) -> Checkpoint | None:
        """Where a simulation's run is kept, one name for each `sim.run()`; None if there is no folder."""
        if self.folder is None:
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        return Checkpoint(self.folder / f"{name}.ckpt", self.every_s, alone=False)


NOWHERE = Place()
"""No checkpoints."""


def seconds_of(text: str) -> float:
    """The time in 'every=60s', '5min' or '1h', in seconds; `BadValueError` unless it is above 0 and finite."""
    shown = text if len(text) <= 40 else f"{text[:40]}..."
    found = re.fullmatch(r"(?:every=)?([-+]?\d+(?:\.\d+)?) ?(s|min|h)", text.strip(), re.ASCII)
    if found is None:
        raise BadValueError(
            f"--checkpoint takes a time such as every=60s, 5min or 1h, not '{shown}'; its units are {', '.join(UNITS)}"
        )
    seconds = float(found[1]) * UNITS[found[2]]
    if not 0 < seconds <= LONGEST_S:
        raise BadValueError(
            f"--checkpoint {shown} must be a time above 0 and at most {LONGEST_S / UNITS['h']:g}h, such as every=60s"
        )
    return seconds
