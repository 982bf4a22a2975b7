"""From images to spikes: each channel of an image fires as a Poisson process whose rate says how strong it is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hebbstat.contract.errors import BadValueError
from hebbstat.contract.signals import TimedArray
from hebbstat.stimuli.images import Images

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PoissonCode:
    """How images become rates: shown for `show` ms each, with `pause` ms of silence after it.

        rate_k = full_rate a_k^exponent                   `total=None`: as bright as the image is
        rate_k = total a_k^exponent / sum_k a_k^exponent  every image excites as much as any other

    where the amplitudes a are the pixels themselves, or, once `adapted` to a set of images with mean m, an ON and an
    OFF channel for each pixel, a = max(0, x - m) and max(0, m - x): what an eye reports that is used to the mean.
    Silence where an image has no amplitude at all. Rates in Hz.

    Common total: Querlioz et al. 2013, doi:10.1109/TNANO.2013.2250995. ON and OFF: Srinivasan, Laughlin & Dubs 1982,
    doi:10.1098/rspb.1982.0085.
    """

    total: float | None = 10_000.0  # Hz over all channels of every image
    full_rate: float = 63.75  # Hz of a channel at 1, if there is no total
    exponent: float = 1.0  # above 1 it favours the strongest channels
    show: float = 350.0  # ms
    pause: float = 100.0  # ms
    mean: Floats | None = None  # per pixel; None: no ON and OFF channels

    def __post_init__(self) -> None:
        for name, least, above in (
            ("full_rate", 0, False),
            ("exponent", 0, True),
            ("show", 0, True),
            ("pause", 0, False),
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and (value > least if above else value >= least)):
                raise BadValueError(
                    f"{name}={value!r} of PoissonCode must be {'above' if above else 'at least'} {least}"
                )
        if self.total is not None and not (math.isfinite(self.total) and self.total > 0):
            raise BadValueError(f"total={self.total!r} Hz of PoissonCode must be above 0, or None")

    def adapted(self, images: Images) -> PoissonCode:
        """The code with ON and OFF channels around the mean of these images."""
        return replace(self, mean=images.pixels.mean(axis=0))

    def channels(self, images: Images) -> int:
        """The number of input cells that these images need."""
        return images.pixels.shape[1] * (1 if self.mean is None else 2)

    def rates(self, images: Images) -> Floats:
        """The rate of each channel while an image is shown, in Hz, `[n, channels]`: all ON channels, then all OFF."""
        amplitudes = self._amplitudes(images.pixels) ** self.exponent
        if self.total is None:
            return self.full_rate * amplitudes
        sums = amplitudes.sum(axis=1, keepdims=True)
        return self.total * amplitudes / np.where(sums > 0, sums, 1.0)

    def signal(self, images: Images, noise: float = 0.0) -> TimedArray:
        """The images one after the other, as the rate of a population of `PoissonSource` cells.

        `noise` is the share of spikes that say nothing: rate = (1 - noise) rate + noise (mean of the image's rates).
        """
        if not 0 <= noise <= 1:
            raise BadValueError(f"noise={noise!r} must be a share from 0 to 1")
        rates = self.rates(images)
        rates = (1.0 - noise) * rates + noise * rates.mean(axis=1, keepdims=True)
        shown, silent = round(self.show / self.tick), round(self.pause / self.tick)
        rows = np.zeros((len(images), shown + silent, rates.shape[1]))
        rows[:, :shown] = rates[:, None]
        return TimedArray(rows.reshape(-1, rates.shape[1]), every=self.tick)

    @property
    def period(self) -> float:
        """The time from one image to the next, in ms."""
        return self.show + self.pause

    @property
    def tick(self) -> float:
        """The longest time that both `show` and `pause` are multiples of, in ms."""
        return math.gcd(round(self.show * 1000), round(self.pause * 1000)) / 1000.0 or self.show

    def onsets(self, number: int) -> Floats:
        """When each of so many images appears, in ms from the start of the signal."""
        return np.arange(number, dtype=np.float64) * self.period

    def _amplitudes(self, pixels: Floats) -> Floats:
        if self.mean is None:
            return pixels
        if self.mean.shape != pixels.shape[1:]:
            raise BadValueError(
                f"the code is adapted to images of {self.mean.size} pixels; these have {pixels.shape[1]}"
            )
        return np.hstack([np.maximum(pixels - self.mean, 0.0), np.maximum(self.mean - pixels, 0.0)])
