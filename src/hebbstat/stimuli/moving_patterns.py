"""Moving patterns for a sheet of pixels: drifting gratings and bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hebbstat.contract.signals import TimedArray
from hebbstat.stimuli.checks import at_least, count, share, ticks


class _Pattern:
    """What moves over a square of pixels; brightness from 0 to 1."""

    def brightness(self, x: np.ndarray, y: np.ndarray, seconds: np.ndarray) -> np.ndarray:
        """The brightness at places (in pixels from the center) and times, broadcast together."""
        raise NotImplementedError

    def frames(self, size: int, ms: float, every: float = 1.0) -> np.ndarray:
        """Pictures of `size` x `size` pixels, one every so many ms, `[time, size * size]`, row by row."""
        n = count(size, "size of a pattern")
        middle = np.arange(n) - 0.5 * (n - 1)
        y, x = np.meshgrid(middle, middle, indexing="ij")
        seconds = np.arange(ticks(ms, every, "a pattern")) * every / 1000.0
        return self.brightness(x.reshape(1, -1), y.reshape(1, -1), seconds[:, None])

    def signal(self, size: int, ms: float, rate: float = 50.0, every: float = 1.0) -> TimedArray:
        """The rates (Hz) of `size * size` cells that see it; a white pixel fires at `rate`."""
        return TimedArray(at_least(rate, 0.0, "rate (Hz) of a pattern") * self.frames(size, ms, every), every=every)


@dataclass(frozen=True)
class Grating(_Pattern):
    """A drifting sinusoidal grating.

        brightness = 1/2 + contrast/2 cos(2 pi (f u - speed t) + phase),   u = x cos(orientation) + y sin(orientation)

    `orientation` (degrees) is the direction of drift, across the stripes; `frequency` f in cycles a pixel, `speed` in
    cycles a second, `phase` in radians.

    >>> Grating(orientation=0.0, frequency=0.25).frames(4, ms=1.0)[0, :2].round(3).tolist()
    [0.146, 0.854]
    """

    orientation: float = 0.0
    frequency: float = 0.1
    speed: float = 2.0
    contrast: float = 1.0
    phase: float = 0.0

    def __post_init__(self) -> None:
        at_least(self.frequency, 0.0, "frequency (cycles a pixel) of Grating", above=True)
        share(self.contrast, "contrast of Grating")

    def brightness(self, x: np.ndarray, y: np.ndarray, seconds: np.ndarray) -> np.ndarray:
        angle = np.deg2rad(self.orientation)
        along = x * np.cos(angle) + y * np.sin(angle)
        cycles = self.frequency * along - self.speed * seconds
        return 0.5 + 0.5 * self.contrast * np.cos(2.0 * np.pi * cycles + self.phase)


@dataclass(frozen=True)
class Bar(_Pattern):
    """A bright bar that sweeps over a dark square, from `start` on, and comes again every `period` pixels.

    `orientation` (degrees) is the direction in which it moves, across its long side; `width` and `start` in pixels from
    the center, `speed` in pixels a second.

    >>> Bar(width=2.0, speed=1000.0, start=-1.5).frames(4, ms=2.0)[:, :4].tolist()
    [[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0]]
    """

    orientation: float = 0.0
    width: float = 3.0
    speed: float = 100.0
    start: float = -10.0
    period: float | None = None

    def __post_init__(self) -> None:
        at_least(self.width, 0.0, "width (pixels) of Bar", above=True)
        if self.period is not None:
            at_least(self.period, self.width, "period (pixels) of Bar")

    def brightness(self, x: np.ndarray, y: np.ndarray, seconds: np.ndarray) -> np.ndarray:
        angle = np.deg2rad(self.orientation)
        gap = x * np.cos(angle) + y * np.sin(angle) - self.start - self.speed * seconds
        if self.period is not None:
            gap = (gap + 0.5 * self.period) % self.period - 0.5 * self.period
        return (np.abs(gap) <= 0.5 * self.width).astype(float)
