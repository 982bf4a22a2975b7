"""Place cells: cells that fire where an animal is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.contract.signals import TimedArray
from hebbstat.stimuli.checks import at_least, matrix


@dataclass(frozen=True, eq=False)
class PlaceCells:
    """Cells with Gaussian place fields.

        rate_i(x) = background + (peak - background) exp(-|x - centers_i|^2 / (2 width^2))

    `centers` is `[cells]` on a track or `[cells, dimensions]`; a circular track has a `length`, over which distances go
    round. Rates in Hz. O'Keefe & Dostrovsky 1971, doi:10.1016/0006-8993(71)90358-1.

    >>> cells = PlaceCells([0.0, 0.5, 1.0], width=0.1, peak=20.0)
    >>> cells.rates([0.5]).round(3).tolist()
    [[0.0, 20.0, 0.0]]
    """

    centers: Any
    width: float
    peak: float = 20.0
    background: float = 0.0
    length: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "centers", matrix(self.centers, "centers of PlaceCells"))
        at_least(self.width, 0.0, "width of PlaceCells", above=True)
        at_least(self.background, 0.0, "background (Hz) of PlaceCells")
        at_least(self.peak, self.background, "peak (Hz) of PlaceCells")
        if self.length is not None:
            at_least(self.length, 0.0, "length of PlaceCells", above=True)

    def rates(self, positions: Any) -> np.ndarray:
        """The rate of each cell at each position, in Hz, `[time, cells]`."""
        found = matrix(positions, "positions")
        if found.shape[1] != self.centers.shape[1]:
            raise BadValueError(
                f"positions have {found.shape[1]} dimensions, but the place fields {self.centers.shape[1]}"
            )
        gaps = found[:, None, :] - self.centers
        if self.length is not None:
            gaps = (gaps + 0.5 * self.length) % self.length - 0.5 * self.length
        bumps = np.exp(-0.5 * (gaps**2).sum(axis=2) / self.width**2)
        return self.background + (self.peak - self.background) * bumps

    def signal(self, positions: Any, every: float, repeat: bool = False) -> TimedArray:
        """The rates while an animal is at each position for `every` ms: for `PoissonSource(rate=...)`."""
        return TimedArray(self.rates(positions), every=every, repeat=repeat)
