"""Where a run of an experiment keeps its simulations while they go on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from homeostat.engine.keep import Checkpoint
from homeostat.errors import BadValue

EVERY_S = 60.0  # between checkpoints, unless told
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
    """The time in 'every=60s', '5min' or '1h', in seconds."""
    found = re.fullmatch(r"(?:every=)?(\d+(?:\.\d+)?) ?(s|min|h)", text.strip())
    if found is None:
        raise BadValue(f"--checkpoint takes a time such as every=60s, 5min or 1h, not '{text}'")
    return float(found[1]) * UNITS[found[2]]
