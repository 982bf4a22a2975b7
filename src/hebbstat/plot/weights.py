"""Weights: their distribution, their ways, their matrix, and how many were born and lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.plot.style import COLOURS, FAINT, SEQUENTIAL, axes, numbers, series, tidy, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def weight_histogram(
    data: Any, *, bins: int = 40, before: Any = None, log: bool = False, ax: Axes | None = None
) -> Axes:
    """The distribution of weights: an array, or what `Weights` recorded (its last moment, and its first in grey).

    `before` gives the grey one; `log` makes the bins logarithmic, for weights above 0.
    """
    now, first = _last(data), before
    if first is None and hasattr(data, "dims") and "time" in data.dims and data.sizes["time"] > 1:
        first = np.asarray(data.isel(time=0).values, float)
    both = now if first is None else np.concatenate([now, np.ravel(np.asarray(first, float))])
    if log and not (both > 0).all():
        raise BadValueError("log=True of weight_histogram() needs weights above 0")
    low, high = (float(both.min()), float(both.max())) if both.size else (0.0, 1.0)
    high = high if high > low else low + max(abs(low), 1.0) * 1e-3
    edges = np.geomspace(low, high, bins + 1) if log else np.linspace(low, high, bins + 1)
    ax = axes(ax)
    if first is not None:
        ax.stairs(np.histogram(np.ravel(first), edges)[0], edges, color=FAINT, label="before")
    ax.stairs(np.histogram(now, edges)[0], edges, color=COLOURS[0], fill=True, alpha=0.35)
    ax.stairs(np.histogram(now, edges)[0], edges, color=COLOURS[0], label="now")
    if log:
        ax.set_xscale("log")
    if first is not None:
        ax.legend(frameon=False, fontsize="small")
    return tidy(ax, "weight", "synapses")


def weight_trajectories(
    data: Any, *, time: Any = None, most: int = 200, color: str = COLOURS[0], ax: Axes | None = None
) -> Axes:
    """A thin line for each synapse (evenly spread over them, at most so many) and the mean of all, thick."""
    found = series(data, time)
    n = found.values.shape[1]
    picked = np.unique(np.linspace(0, n - 1, min(n, most)).astype(int))
    ax = axes(ax)
    faint = max(0.08, min(0.6, 12 / len(picked)))
    ax.plot(found.time, found.values[:, picked], color=color, linewidth=0.5, alpha=faint)
    ax.plot(found.time, found.values.mean(axis=1), color=COLOURS[1], linewidth=2.0, label="mean")
    ax.legend(frameon=False, fontsize="small")
    return tidy(ax, "time (ms)", "weight")


def weight_matrix(
    data: Any, pre: Any = None, post: Any = None, *, shape: tuple[int, int] | None = None, ax: Axes | None = None
) -> Axes:
    """Weights as a picture, presynaptic neurons down, postsynaptic across; where there is no synapse it is white.

    `data` is a matrix `[pre, post]`, what `Weights` recorded (its last moment), or weights with their `pre` and `post`
    (`weight_matrix(sim.weights(link), *sim.pairs(link))`). Several synapses of a pair are summed.
    """
    if hasattr(data, "coords") and "pre" in data.coords:
        pre, post = np.asarray(data["pre"].values), np.asarray(data["post"].values)
        data = _last(data)
    if pre is not None and post is not None:
        pre, post = np.asarray(pre, int), np.asarray(post, int)
        size = shape or (int(pre.max(initial=-1)) + 1, int(post.max(initial=-1)) + 1)
        matrix, there = np.zeros(size), np.zeros(size, bool)
        np.add.at(matrix, (pre, post), np.asarray(data, float))
        there[pre, post] = True
        matrix[~there] = np.nan
    else:
        matrix = numbers(data, "weight_matrix()")
    if matrix.ndim != 2:
        raise BadValueError(f"weight_matrix() needs a matrix [pre, post], or weights with pre and post: {matrix.shape}")
    ax = axes(ax, (4.6, 3.8))
    image = ax.imshow(matrix, cmap=SEQUENTIAL, aspect="auto", interpolation="nearest")
    ax.figure.colorbar(image, ax=ax, label="weight")
    whole(ax.xaxis, ax.yaxis)
    return tidy(ax, "postsynaptic neuron", "presynaptic neuron")


def turnover(
    born: Any, lost: Any, *, every: float = 1000.0, until: float | None = None, ax: Axes | None = None
) -> Axes:
    """How many synapses were born (up) and lost (down) in each so many ms, from the times (ms) of both."""
    born, lost = np.asarray(born, float), np.asarray(lost, float)
    end = max(born.max(initial=0.0), lost.max(initial=0.0)) if until is None else until
    edges = every * np.arange(max(1, int(np.ceil(end / every))) + 1)
    ax = axes(ax)
    for times, sign, color, label in ((born, 1, COLOURS[2], "born"), (lost, -1, COLOURS[1], "lost")):
        ax.stairs(sign * np.histogram(times, edges)[0], edges, color=color, fill=True, alpha=0.7, label=label)
    ax.axhline(0.0, color=FAINT, linewidth=0.8)
    ax.legend(frameon=False, fontsize="small")
    return tidy(ax, "time (ms)", f"synapses in {every:g} ms")


def _last(data: Any) -> np.ndarray:
    """All weights at the last moment there is."""
    if hasattr(data, "dims") and "time" in data.dims:
        data = data.isel(time=-1)
    return np.ravel(numbers(data, "a picture of weights"))
