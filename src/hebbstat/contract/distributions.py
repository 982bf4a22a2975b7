"""Distributions: any parameter may be one, alone or jointly with others.

    LogNormal(20.0, cv=0.2)                      # mean 20, sd 4
    Normal(0.5, sd=0.1, low=0.0)                 # truncated below at 0
    Rounded(Normal(5.0, sd=2.0, low=1.0))        # whole numbers
    **jointly(U=Beta(0.5, sd=0.2), tau_rec=LogNormal(800.0, cv=0.5), correlation=-0.6)

Draws depend on the network's seed, the place of the parameter and its name; never on the order of drawing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.calls import explained, explained_init
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.units import number

Streams = Callable[[str], np.random.Generator]  # a name -> the generator of that name, fresh
LEAST, MOST = 5e-324, float(np.finfo(float).max)  # the ends of an open range above 0 that a float can hold
ROUNDING = 2.0**-53
BELOW_1 = 1.0 - ROUNDING
SQRT_2 = math.sqrt(2.0)


@dataclass(frozen=True)
class Distribution:
    """A distribution: `quantile` inverts the cumulative distribution, `support` is the range of its values."""

    @property
    def support(self) -> tuple[float, float]:
        """The lowest and the highest value that can be drawn."""
        raise NotImplementedError

    @property
    def whole(self) -> bool:
        """Whether all its values are whole numbers."""
        low, high = self.support
        return low == high and float(low).is_integer()

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Values at the cumulative probabilities `u`."""
        raise NotImplementedError

    def sample(self, streams: Streams, name: str, n: int) -> np.ndarray:
        """`n` values, from the stream called `name`."""
        return self.quantile(streams(name).random(n))


def _spread(kind: str, mean: float, sd: Any, cv: Any) -> float:
    if (sd is None) == (cv is None):
        raise BadValueError(f"{kind}({mean:g}): give one of sd= (standard deviation) and cv= (sd / mean)")
    spread = abs(mean) * number(cv, f"cv of {kind}") if sd is None else number(sd, f"sd of {kind}")
    if not (math.isfinite(mean) and math.isfinite(spread) and spread >= 0):
        raise BadValueError(f"{kind}(mean={mean:g}, sd={spread:g}): both must be finite numbers, the spread at least 0")
    if mean == 0 and cv:
        raise BadValueError(f"{kind}(mean=0, cv={cv:g}): cv is a part of the mean, which is 0; give sd=")
    return spread


@dataclass(frozen=True, init=False)
class Normal(Distribution):
    """A normal distribution, truncated to [low, high] where these are given (which moves mean and sd)."""

    mean: float
    sd: float
    low: float = -math.inf
    high: float = math.inf

    @explained
    def __init__(
        self,
        mean: float,
        sd: float | None = None,
        *,
        cv: float | None = None,
        low: float = -math.inf,
        high: float = math.inf,
    ) -> None:
        mean, low, high = number(mean, "mean of Normal"), number(low, "low of Normal"), number(high, "high of Normal")
        if not low < high:
            raise BadValueError(f"Normal(low={low:g}, high={high:g}): low must be below high")
        spread = _spread("Normal", mean, sd, cv)
        if spread == 0 and not low <= mean <= high:
            raise BadValueError(
                f"Normal(mean={mean:g}, sd=0, low={low:g}, high={high:g}) has no value: without spread all values are "
                "the mean, which must lie between low and high"
            )
        _freeze(self, mean=mean, sd=spread, low=low, high=high)

    @property
    def support(self) -> tuple[float, float]:
        return (self.low, self.high) if self.sd > 0 else (self.mean, self.mean)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        from scipy.special import ndtr, ndtri

        if self.sd == 0:
            return np.full_like(u, self.mean)
        a, b = (self.low - self.mean) / self.sd, (self.high - self.mean) / self.sd
        if a > 0:
            values = self.low + self.sd * _excess(a, b, u)
        elif b < 0:
            values = self.high - self.sd * _excess(-b, -a, 1.0 - u)
        else:
            floor, ceiling = ndtr(a), ndtr(b)
            values = self.mean + self.sd * ndtri(np.clip(floor + u * (ceiling - floor), 1e-300, BELOW_1))
        return np.clip(values, self.low, self.high)


def _excess(a: float, b: float, u: np.ndarray) -> np.ndarray:
    """What a standard normal number exceeds `a` >= 0 by, if it lies between `a` and `b`, at the probabilities `u`.

    With the tail S(x) = exp(-x^2 / 2) erfcx(x / sqrt 2) / 2 it solves log S(a + e) - log S(a) = log s by Newton's
    method; s falls from 1 to S(b) / S(a). Nothing in it underflows, however far out the tail is.
    """
    from scipy.special import erfcx

    def log_tail(e: Any) -> Any:
        return -e * (a + e / 2) + np.log(erfcx((a + e) / SQRT_2) / erfcx(a / SQRT_2))

    a = min(a, 1e150)  # further out, where squares overflow, the tail is a point as well
    nothing = 0.0 if b - a == math.inf else math.exp(max(log_tail(b - a), -745.0))
    log_s = np.log1p(np.clip(u, 0.0, BELOW_1) * (nothing - 1.0))
    e = -2.0 * log_s / (a + np.sqrt(a * a - 2.0 * log_s))  # the first term alone: exact for large a
    for _ in range(8):
        hazard = math.sqrt(2.0 / math.pi) / erfcx((a + e) / SQRT_2)
        e = np.maximum(e + (log_tail(e) - log_s) / hazard, 0.0)
    return np.asarray(e)


@dataclass(frozen=True, init=False)
class LogNormal(Distribution):
    """A log-normal distribution with the given arithmetic mean and sd (or cv = sd / mean)."""

    mean: float
    sd: float

    @explained
    def __init__(self, mean: float, sd: float | None = None, *, cv: float | None = None) -> None:
        mean = number(mean, "mean of LogNormal")
        if not mean > 0:
            raise BadValueError(f"LogNormal(mean={mean:g}): the mean must be above 0")
        _freeze(self, mean=mean, sd=_spread("LogNormal", mean, sd, cv))

    @property
    def support(self) -> tuple[float, float]:
        return (LEAST, math.inf) if self.sd > 0 else (self.mean, self.mean)

    def _log_moments(self) -> tuple[float, float]:
        cv = self.sd / self.mean
        variance = math.log1p(cv**2) if cv < 1e100 else 2.0 * (math.log(self.sd) - math.log(self.mean))
        return math.log(self.mean) - variance / 2, math.sqrt(variance)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        from scipy.special import ndtri

        mu, sigma = self._log_moments()
        with np.errstate(over="ignore"):
            return self._inside(np.exp(mu + sigma * ndtri(np.clip(u, 1e-300, BELOW_1))))

    def _inside(self, values: np.ndarray) -> np.ndarray:
        return _positive(values) if self.sd > 0 else np.full_like(values, self.mean)


@dataclass(frozen=True, init=False)
class Gamma(Distribution):
    """A gamma distribution with the given mean and sd (or cv); its shape is (mean / sd)^2."""

    mean: float
    sd: float

    @explained
    def __init__(self, mean: float, sd: float | None = None, *, cv: float | None = None) -> None:
        mean = number(mean, "mean of Gamma")
        spread = _spread("Gamma", mean, sd, cv)
        if not (mean > 0 and spread > 0):
            raise BadValueError(f"Gamma(mean={mean:g}, sd={spread:g}): both must be above 0")
        _freeze(self, mean=mean, sd=spread)

    @property
    def support(self) -> tuple[float, float]:
        return (LEAST, math.inf)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        from scipy.special import gammaincinv

        scale, shape = self.sd * (self.sd / self.mean), (self.mean / self.sd) ** 2
        with np.errstate(over="ignore", invalid="ignore"):
            return _positive(gammaincinv(shape, np.clip(u, 1e-300, BELOW_1)) * scale)


@dataclass(frozen=True, init=False)
class Beta(Distribution):
    """A beta distribution on (0, 1) with the given mean and sd (or cv)."""

    mean: float
    sd: float

    @explained
    def __init__(self, mean: float, sd: float | None = None, *, cv: float | None = None) -> None:
        mean = number(mean, "mean of Beta")
        spread = _spread("Beta", mean, sd, cv)
        if not (0 < mean < 1 and 0 < spread**2 < mean * (1 - mean)):
            raise BadValueError(
                f"Beta(mean={mean:g}, sd={spread:g}): needs 0 < mean < 1 and 0 < sd^2 < mean (1 - mean)"
            )
        _freeze(self, mean=mean, sd=spread)

    @property
    def support(self) -> tuple[float, float]:
        return (0.0, 1.0)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        from scipy.special import betaincinv

        size = self.mean * (1 - self.mean) / self.sd**2 - 1
        size = min(max(size, ROUNDING), 1e30)  # 0 by rounding, as sd is below its limit; above, all values are the mean
        return np.clip(betaincinv(self.mean * size, (1 - self.mean) * size, u), LEAST, BELOW_1)


@explained_init
@dataclass(frozen=True)
class Uniform(Distribution):
    """A uniform distribution from `low` to `high`."""

    low: float
    high: float

    def __post_init__(self) -> None:
        low, high = number(self.low, "low of Uniform"), number(self.high, "high of Uniform")
        if not (low <= high and math.isfinite(high - low)):
            raise BadValueError(
                f"Uniform(low={low:g}, high={high:g}): both must be finite, and low must not be above high"
            )
        _freeze(self, low=low, high=high)

    @property
    def support(self) -> tuple[float, float]:
        return (self.low, self.high)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        return np.minimum(self.low + (self.high - self.low) * u, self.high)


@explained_init
@dataclass(frozen=True)
class Rounded(Distribution):
    """Whole numbers: those nearest to what another distribution gives, halves upward."""

    of: Distribution

    def __post_init__(self) -> None:
        if not isinstance(self.of, Distribution):
            raise BadValueError(f"Rounded({self.of!r}) must be of a distribution, such as Normal(5.0, sd=2.0, low=1.0)")
        if type(self.of).sample is not Distribution.sample:
            raise BadValueError(
                f"Rounded({type(self.of).__name__}(...)) is drawn in a way of its own; round what it is made of: "
                "jointly(sites=Rounded(...), ...)"
            )

    @property
    def support(self) -> tuple[float, float]:
        low, high = np.floor(np.add(self.of.support, 0.5))
        return float(low), float(high)

    @property
    def whole(self) -> bool:
        return True

    def quantile(self, u: np.ndarray) -> np.ndarray:
        return np.floor(self.of.quantile(u) + 0.5)


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

    @property
    def whole(self) -> bool:
        return self.margin.whole

    def sample(self, streams: Streams, name: str, n: int) -> np.ndarray:
        from scipy.special import ndtr

        normals = streams("jointly " + " ".join(self.names)).standard_normal((len(self.names), n))
        return self.margin.quantile(ndtr(self.root[self.index] @ normals))


@explained
def jointly(*, correlation: float | ArrayLike, **margins: Distribution) -> dict[str, Linked]:
    """Correlated distributions with the given margins (a Gaussian copula): heterogeneity as structure.

    `correlation` is one number for all pairs or a matrix in the order of the arguments; it is the correlation of the
    underlying normals. The result is unpacked where the parameters go, in one mechanism or several of one
    projection: members are linked by their set of names.

    >>> sorted(jointly(U=Beta(0.5, sd=0.2), tau_rec=LogNormal(800.0, cv=0.5), correlation=-0.6))
    ['U', 'tau_rec']
    """
    size = len(margins)
    if not margins:
        raise BadValueError("jointly() needs distributions: jointly(U=Beta(0.5, sd=0.2), ..., correlation=-0.6)")
    for name, margin in margins.items():
        if not isinstance(margin, Distribution):
            raise BadValueError(f"jointly({name}={margin!r}) must be a distribution, such as LogNormal(800.0, cv=0.5)")
    try:
        matrix = np.asarray(correlation, float)
    except (TypeError, ValueError) as error:
        raise BadValueError(f"correlation={correlation!r} must be a number or a {size} x {size} matrix") from error
    if matrix.ndim == 0 and np.isfinite(matrix):
        matrix = np.where(np.eye(size, dtype=bool), 1.0, matrix)
    fits = matrix.shape == (size, size) and np.isfinite(matrix).all()
    if not (fits and np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1)):
        raise BadValueError(
            f"correlation must be a number or a symmetric {size} x {size} matrix with ones on its diagonal"
        )
    try:
        root = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError as error:
        raise BadValueError("correlation is not a possible correlation matrix (not positive definite)") from error
    return {name: Linked(margin, tuple(margins), root, k) for k, (name, margin) in enumerate(margins.items())}


def _positive(values: np.ndarray) -> np.ndarray:
    """Values above 0 and finite: what a float cannot hold (0 and infinity, or neither: NaN) becomes its end."""
    return np.clip(np.nan_to_num(values, nan=0.0, posinf=MOST), LEAST, MOST)


def _freeze(instance: Any, **values: float) -> None:
    for name, value in values.items():
        object.__setattr__(instance, name, value)
