"""Distributions: any parameter may be one, alone or jointly with others.

    LogNormal(20.0, cv=0.2)                      # mean 20, sd 4
    Normal(0.5, sd=0.1, low=0.0)                 # truncated below at 0
    **jointly(U=Beta(0.5, sd=0.2), tau_rec=LogNormal(800.0, cv=0.5), correlation=-0.6)

Draws depend on the network's seed, the place of the parameter and its name; never on the order of drawing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from homeostat.errors import BadValue

Streams = Callable[[str], np.random.Generator]  # a name -> the generator of that name, fresh


@dataclass(frozen=True)
class Distribution:
    """A distribution: `quantile` inverts the cumulative distribution, `support` is the range of its values."""

    @property
    def support(self) -> tuple[float, float]:
        """The lowest and the highest value that can be drawn."""
        raise NotImplementedError

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Values at the cumulative probabilities `u`."""
        raise NotImplementedError

    def sample(self, streams: Streams, name: str, n: int) -> np.ndarray:
        """`n` values, from the stream called `name`."""
        return self.quantile(streams(name).random(n))


def _spread(mean: float, sd: float | None, cv: float | None) -> float:
    if (sd is None) == (cv is None):
        raise BadValue("give one of sd= (standard deviation) and cv= (sd / mean)")
    spread = abs(mean) * cv if sd is None else sd  # type: ignore[operator]
    if not (math.isfinite(mean) and math.isfinite(spread) and spread >= 0):
        raise BadValue(f"mean={mean} and spread={spread} must be finite numbers, the spread at least 0")
    return float(spread)


@dataclass(frozen=True, init=False)
class Normal(Distribution):
    """A normal distribution, truncated to [low, high] where these are given (which moves mean and sd)."""

    mean: float
    sd: float
    low: float = -math.inf
    high: float = math.inf

    def __init__(
        self,
        mean: float,
        sd: float | None = None,
        *,
        cv: float | None = None,
        low: float = -math.inf,
        high: float = math.inf,
    ) -> None:
        if not low < high:
            raise BadValue(f"Normal(low={low}, high={high}): low must be below high")
        _freeze(self, mean=float(mean), sd=_spread(mean, sd, cv), low=float(low), high=float(high))

    @property
    def support(self) -> tuple[float, float]:
        return (self.low, self.high) if self.sd > 0 else (self.mean, self.mean)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        from scipy.special import ndtr, ndtri

        if self.sd == 0:
            return np.full_like(u, self.mean)
        floor, ceiling = ndtr((self.low - self.mean) / self.sd), ndtr((self.high - self.mean) / self.sd)
        inside = np.clip(floor + u * (ceiling - floor), 1e-300, 1 - 1e-16)
        return np.clip(self.mean + self.sd * ndtri(inside), self.low, self.high)


@dataclass(frozen=True, init=False)
class LogNormal(Distribution):
    """A log-normal distribution with the given arithmetic mean and sd (or cv = sd / mean)."""

    mean: float
    sd: float

    def __init__(self, mean: float, sd: float | None = None, *, cv: float | None = None) -> None:
        if not mean > 0:
            raise BadValue(f"LogNormal(mean={mean}): the mean must be above 0")
        _freeze(self, mean=float(mean), sd=_spread(mean, sd, cv))

    @property
    def support(self) -> tuple[float, float]:
        return (np.nextafter(0.0, 1.0), math.inf) if self.sd > 0 else (self.mean, self.mean)

    def _log_moments(self) -> tuple[float, float]:
        variance = math.log1p((self.sd / self.mean) ** 2)
        return math.log(self.mean) - variance / 2, math.sqrt(variance)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        from scipy.special import ndtri

        mu, sigma = self._log_moments()
        return np.exp(mu + sigma * ndtri(np.clip(u, 1e-300, 1 - 1e-16)))

    def sample(self, streams: Streams, name: str, n: int) -> np.ndarray:
        mu, sigma = self._log_moments()
        return streams(name).lognormal(mu, sigma, n)


@dataclass(frozen=True, init=False)
class Gamma(Distribution):
    """A gamma distribution with the given mean and sd (or cv); its shape is (mean / sd)^2."""

    mean: float
    sd: float

    def __init__(self, mean: float, sd: float | None = None, *, cv: float | None = None) -> None:
        spread = _spread(mean, sd, cv)
        if not (mean > 0 and spread > 0):
            raise BadValue(f"Gamma(mean={mean}, sd={spread}): both must be above 0")
        _freeze(self, mean=float(mean), sd=spread)

    @property
    def support(self) -> tuple[float, float]:
        return (np.nextafter(0.0, 1.0), math.inf)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        from scipy.special import gammaincinv

        return gammaincinv((self.mean / self.sd) ** 2, np.clip(u, 1e-300, 1.0)) * self.sd**2 / self.mean


@dataclass(frozen=True, init=False)
class Beta(Distribution):
    """A beta distribution on (0, 1) with the given mean and sd (or cv)."""

    mean: float
    sd: float

    def __init__(self, mean: float, sd: float | None = None, *, cv: float | None = None) -> None:
        spread = _spread(mean, sd, cv)
        if not (0 < mean < 1 and 0 < spread**2 < mean * (1 - mean)):
            raise BadValue(f"Beta(mean={mean}, sd={spread}): needs 0 < mean < 1 and 0 < sd^2 < mean (1 - mean)")
        _freeze(self, mean=float(mean), sd=spread)

    @property
    def support(self) -> tuple[float, float]:
        return (0.0, 1.0)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        from scipy.special import betaincinv

        size = self.mean * (1 - self.mean) / self.sd**2 - 1
        return betaincinv(self.mean * size, (1 - self.mean) * size, u)


@dataclass(frozen=True)
class Uniform(Distribution):
    """A uniform distribution from `low` to `high`."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise BadValue(f"Uniform(low={self.low}, high={self.high}): low must not be above high")

    @property
    def support(self) -> tuple[float, float]:
        return (self.low, self.high)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        return self.low + (self.high - self.low) * u


@dataclass(frozen=True, eq=False)
class Linked(Distribution):
    """One member of a joint distribution made by `jointly`."""

    margin: Distribution
    names: tuple[str, ...]
    root: np.ndarray  # Cholesky root of the correlation matrix
    index: int

    @property
    def support(self) -> tuple[float, float]:
        return self.margin.support

    def sample(self, streams: Streams, name: str, n: int) -> np.ndarray:
        from scipy.special import ndtr

        normals = streams("jointly " + " ".join(self.names)).standard_normal((len(self.names), n))
        return self.margin.quantile(ndtr(self.root[self.index] @ normals))


def jointly(*, correlation: Any, **margins: Distribution) -> dict[str, Linked]:
    """Correlated distributions with the given margins (a Gaussian copula): heterogeneity as structure.

    `correlation` is one number for all pairs or a matrix in the order of the arguments; it is the correlation of the
    underlying normals. The result is unpacked where the parameters go, in one mechanism or several of one
    projection: members are linked by their set of names.

    >>> sorted(jointly(U=Beta(0.5, sd=0.2), tau_rec=LogNormal(800.0, cv=0.5), correlation=-0.6))
    ['U', 'tau_rec']
    """
    size = len(margins)
    matrix = np.asarray(correlation, float)
    if matrix.ndim == 0:
        matrix = np.where(np.eye(size, dtype=bool), 1.0, matrix)
    if matrix.shape != (size, size) or not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1):
        raise BadValue(f"correlation must be a number or a symmetric {size} x {size} matrix with ones on its diagonal")
    try:
        root = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError as error:
        raise BadValue("correlation is not a possible correlation matrix (not positive definite)") from error
    return {name: Linked(margin, tuple(margins), root, k) for k, (name, margin) in enumerate(margins.items())}


def _freeze(instance: Any, **values: float) -> None:
    for name, value in values.items():
        object.__setattr__(instance, name, value)
