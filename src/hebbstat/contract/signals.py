"""Signals: values that change in time by a schedule, or that follow a rule of the network.

A signal is piecewise constant on a stated clock, which keeps integrals over it exact.

    PoissonSource(rate=TimedArray(rates, every=350.0))      # rates[k, i]: neuron i in the k-th 350 ms
    gated(PairSTDP(), by=...)                    # reads the network's modulators by name
"""

from __future__ import annotations

import copy
import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbstat.contract.calls import explained_init
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.units import no_number, number

MOST_STEPS = 1 << 27  # of a signal's period, each of which is a number in memory


def read_only(values: Any, dtype: Any = None) -> np.ndarray:
    """Values as an array of our own that nobody can write to: what a user does to theirs later does not reach it."""
    own = values if _is_own(values) and dtype in (None, values.dtype) else np.array(values, dtype)
    own.flags.writeable = False
    return own


def owned(description: Any) -> Any:
    """A distribution, signal or wiring that shares nothing with its maker that could still be changed."""
    changed = {name: _owned(value) for name, value in getattr(description, "__dict__", {}).items()}
    if all(value is vars(description)[name] for name, value in changed.items()):
        return description
    own = copy.copy(description)
    for name, value in changed.items():
        object.__setattr__(own, name, value)
    return own


def _owned(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return read_only(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return owned(value)
    return copy.deepcopy(value) if isinstance(value, list | dict | set | bytearray) else value


def _is_own(values: Any) -> bool:
    return type(values) is np.ndarray and values.base is None and not values.flags.writeable


@dataclass(frozen=True, eq=False)
class Signal:
    """A scheduled value: `table(dt)` gives its values, the steps each lasts, and whether it repeats."""

    @property
    def support(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        raise NotImplementedError

    @property
    def whole(self) -> bool:
        """Whether all its values are whole numbers."""
        return False

    def table(self, dt: float) -> tuple[np.ndarray, int, bool]:
        """Values `[time]` or `[time, element]`, the number of steps each lasts, and whether the table repeats."""
        raise NotImplementedError


@explained_init
@dataclass(frozen=True, eq=False)
class TimedArray(Signal):
    """Values given one after the other, each lasting `every` ms; the last one stays, or the table repeats.

    `values` is `[time]` (the same for all elements) or `[time, element]`.
    """

    values: Any
    every: float
    repeat: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "every", number(self.every, "every (ms) of TimedArray"))
        if why := no_number(self.values):
            raise BadValueError(
                f"TimedArray(values=...): values must be numbers, [time] or [time, element], but here is {why}"
            )
        try:
            values = read_only(self.values, float)
        except (TypeError, ValueError) as error:
            raise BadValueError("TimedArray(values=...): values must be numbers, [time] or [time, element]") from error
        if values.ndim not in (1, 2) or values.size == 0 or not np.isfinite(values).all():
            raise BadValueError(
                "TimedArray(values=...): values must be finite, [time] or [time, element], and not empty"
            )
        if not (self.every > 0 and math.isfinite(self.every)):
            raise BadValueError(f"TimedArray(every={self.every}): must be a time above 0 ms")
        object.__setattr__(self, "values", values)

    def __repr__(self) -> str:
        values, (low, high) = self.values, self.support
        many = f"array{values.shape} from {low:g} to {high:g}"
        shown = np.array2string(values, separator=", ") if values.size <= 4 else many
        return f"TimedArray({shown}, every={self.every:g}{', repeat=True' if self.repeat else ''})"

    @property
    def support(self) -> tuple[float, float]:
        return float(self.values.min()), float(self.values.max())

    @property
    def whole(self) -> bool:
        return bool((self.values == np.rint(self.values)).all())

    def table(self, dt: float) -> tuple[np.ndarray, int, bool]:
        return self.values, steps_of(self.every, dt, "TimedArray(every=...)"), self.repeat


@explained_init
@dataclass(frozen=True, eq=False)
class Sine(Signal):
    """mean + amplitude * sin(2 pi frequency t + phase), sampled at each step; `frequency` in Hz, `phase` in radians.

    The period is rounded to whole steps.
    """

    mean: float
    amplitude: float
    frequency: float
    phase: float = 0.0

    def __post_init__(self) -> None:
        for name in ("mean", "amplitude", "frequency", "phase"):
            object.__setattr__(self, name, number(getattr(self, name), f"{name} of Sine"))
        if not self.frequency > 0:
            raise BadValueError(f"Sine(frequency={self.frequency}): must be above 0 Hz")
        if not np.isfinite([self.mean, self.amplitude, self.phase]).all():
            raise BadValueError(f"{self}: mean, amplitude and phase must be finite")

    @property
    def support(self) -> tuple[float, float]:
        return self.mean - abs(self.amplitude), self.mean + abs(self.amplitude)

    def table(self, dt: float) -> tuple[np.ndarray, int, bool]:
        steps = max(1, round(min(1000.0 / self.frequency / dt, 2.0 * MOST_STEPS)))
        if steps > MOST_STEPS:
            raise BadValueError(
                f"Sine(frequency={self.frequency:g}): its period has over {MOST_STEPS} steps of dt={dt:g} ms; "
                "use TimedArray(values, every=...) with a value every so often"
            )
        return self.mean + self.amplitude * np.sin(2 * np.pi * np.arange(steps) / steps + self.phase), 1, True


@explained_init
@dataclass(frozen=True, eq=False)
class FollowState:
    """A parameter that follows a state of a rule of the network, which is called by the name it was added under.

        net.add_rule(Neuromodulator(tau=200.0), "dopamine")
        PoissonSource(rate=FollowState("dopamine"))      # its first state, which is c
        PoissonSource(rate=FollowState("dopamine.c"))    # the same, by name

    Its states are in the table of its entry, and in `Neuromodulator.states`.
    """

    source: str

    def __post_init__(self) -> None:
        if not isinstance(self.source, str):
            raise BadValueError(
                f"FollowState({self.source!r}) must have the name that net.add_rule() gave the rule, as a text"
            )


Moving = Signal | FollowState
"""What makes a parameter change in time."""


def lags(durations: Any, dt: float) -> Any:
    """Durations in whole steps, at least one: a number, or an array of them."""
    steps = np.maximum(1, np.rint(np.asarray(durations, float) / dt)).astype(np.int64)
    return steps if steps.ndim else int(steps)


def check_lag(durations: Any, dt: float, longest: int, what: str) -> None:
    """An error if a lag is no whole number of steps, or goes back further than the past that is kept."""
    if np.ndim(durations) == 0:
        steps_of(float(durations), dt, what)
    if np.max(lags(durations, dt), initial=1) > longest:
        raise BadValueError(
            f"{what} of {np.max(durations):g} ms is more than the longest when the network was described, "
            f"{longest * dt:g} ms: no more of the past is kept; describe the network with it"
        )


def steps_of(duration: float, dt: float, what: str) -> int:
    """The whole number of steps that `duration` lasts; an error if it is not a multiple of `dt`."""
    if not math.isfinite(duration):
        raise BadValueError(f"{what} of {duration:g} ms must be finite")
    steps = round(duration / dt)
    if steps < 1 or abs(steps * dt - duration) > 1e-6 * dt * max(1, steps):
        raise BadValueError(
            f"{what} of {duration:g} ms is not a multiple of the step dt={dt:g} ms; nearest: {max(1, steps) * dt:g} ms"
        )
    return steps
