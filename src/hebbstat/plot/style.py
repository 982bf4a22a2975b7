"""How all pictures look, and how data of several kinds becomes arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hebbstat.contract.errors import BadValueError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#8a8a8a", "#000000")
"""Okabe & Ito's palette, blue and vermilion first."""
INK, FAINT = "#2b2b2b", "#8a8a8a"
SEQUENTIAL, DIVERGING = "viridis", "RdBu_r"


def axes(ax: Axes | None, size: tuple[float, float] = (6.0, 3.0)) -> Axes:
    """The axes to draw in: those given, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=size, layout="constrained")[1]


def tidy(ax: Axes, x: str, y: str) -> Axes:
    """Labels, and no more lines than needed."""
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def whole(*scales: Any) -> None:
    """Whole numbers only at an axis that counts: `whole(ax.yaxis)`."""
    from matplotlib.ticker import MaxNLocator

    for scale in scales:
        scale.set_major_locator(MaxNLocator(integer=True))


class Series(NamedTuple):
    """Values over time: `time` (ms), `values` `[time, element]`, what they are called, their unit."""

    time: np.ndarray
    values: np.ndarray
    name: str
    unit: str
    elements: np.ndarray  # what the columns are called

    @property
    def label(self) -> str:
        return f"{self.name} ({self.unit})" if self.unit else self.name


def numbers(data: Any, what: str) -> np.ndarray:
    """Data as an array of numbers; `what` wants them."""
    try:
        return np.asarray(getattr(data, "values", data), float)
    except (TypeError, ValueError):
        raise BadValueError(f"{what} takes numbers, or what a recorder kept, not {data!r:.60}") from None


def series(data: Any, time: Any = None) -> Series:
    """What a recorder kept of something over time, or an array `[time]` or `[time, element]` with its `time`."""
    if hasattr(data, "dims"):
        if "time" not in data.dims:
            raise BadValueError(f"{data.name or 'the data'} has no time, only {', '.join(map(str, data.dims))}")
        other = [dim for dim in data.dims if dim != "time"]
        named = next((data.coords[dim].values for dim in other if dim in data.coords), None)
        values = np.asarray(data.transpose("time", *other).values, float)
        name, unit, at = str(data.name or ""), str(data.attrs.get("units", "")), np.asarray(data["time"].values, float)
    else:
        values, name, unit, named = numbers(data, "a line over time"), "", "", None
        if not values.ndim:
            raise BadValueError(f"values over time must be [time] or [time, element], not one number: {data!r:.60}")
        at = np.arange(len(values), dtype=float) if time is None else np.asarray(time, float)
    if values.ndim not in (1, 2) or at.shape != values.shape[:1]:
        raise BadValueError(
            f"values over time must be [time] or [time, element], not {values.shape} at {at.shape} times"
        )
    values = values.reshape(len(values), -1 if len(values) else int(np.prod(values.shape[1:], dtype=int)))
    return Series(at, values, name, unit, np.arange(values.shape[1]) if named is None else named)


def spikes(data: Any) -> tuple[np.ndarray, np.ndarray, int, str]:
    """Times (ms), neurons, how many cells there are, what they are called: of `Spikes`, or of (times, neurons)."""
    if hasattr(data, "attrs"):
        if "time" not in getattr(data, "coords", {}) or "neuron" not in data.coords:
            raise BadValueError("a raster needs spikes: what `Spikes` recorded, such as run['exc.spikes']")
        neurons = np.asarray(data["neuron"].values, int)
        n = int(data.attrs.get("cells", neurons.max(initial=-1) + 1))
        return np.asarray(data["time"].values, float), neurons, n, str(data.attrs.get("population", ""))
    if isinstance(data, str) or not isinstance(data, Sequence | np.ndarray) or len(data) != 2:
        raise BadValueError(f"spikes are what `Spikes` recorded, or two lists, (times, neurons), not {data!r:.60}")
    times, neurons = (numbers(part, "a list of spikes") for part in data)
    if times.shape != neurons.shape or times.ndim != 1:
        raise BadValueError(
            f"spikes are two lists of one length, (times, neurons), not {times.shape} and {neurons.shape}"
        )
    return times.astype(float), neurons.astype(int), int(neurons.max(initial=-1)) + 1, ""
