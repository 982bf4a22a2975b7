"""Receptive fields: the incoming weights of cells as little pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.plot.style import DIVERGING, SEQUENTIAL, axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def receptive_fields(
    data: Any, shape: tuple[int, int], *, of: Any = None, columns: int | None = None, ax: Axes | None = None
) -> Axes:
    """The incoming weights of cells as pictures of `shape`, side by side, each from its own least to its largest.

    `data` is a matrix `[inputs, cells]`, or what `Weights` recorded. Twice as many inputs as pixels are an ON and an
    OFF channel, of which the difference is shown. `of` picks cells.
    """
    matrix = _matrix(data)
    pixels = shape[0] * shape[1]
    if matrix.shape[0] not in (pixels, 2 * pixels):
        raise BadValueError(
            f"receptive_fields(): {matrix.shape[0]} inputs are neither one nor two channels of {shape[0]} x {shape[1]}"
        )
    two = matrix.shape[0] == 2 * pixels
    fields = (matrix[:pixels] - matrix[pixels:] if two else matrix).T.reshape(-1, *shape)
    fields = fields if of is None else fields[np.atleast_1d(of)]
    across = columns or math.ceil(math.sqrt(len(fields)))
    rows = -(-len(fields) // across)
    canvas = np.full((rows * (shape[0] + 1) - 1, across * (shape[1] + 1) - 1), np.nan)
    for k, field in enumerate(fields):
        top, left = (k // across) * (shape[0] + 1), (k % across) * (shape[1] + 1)
        canvas[top : top + shape[0], left : left + shape[1]] = _scaled(field, two)
    ax = axes(ax, (4.5, 4.5 * rows / across))
    least = -1.0 if two else 0.0
    ax.imshow(canvas, cmap=DIVERGING if two else SEQUENTIAL, interpolation="nearest", vmin=least, vmax=1.0)
    ax.set_axis_off()
    return ax


def _scaled(field: np.ndarray, signed: bool) -> np.ndarray:
    if signed:
        return field / (np.abs(field).max() or 1.0)
    low, high = field.min(), field.max()
    return (field - low) / ((high - low) or 1.0)


def _matrix(data: Any) -> np.ndarray:
    if hasattr(data, "coords") and "pre" in data.coords:
        last = data.isel(time=-1) if "time" in data.dims else data
        pre, post = np.asarray(data["pre"].values), np.asarray(data["post"].values)
        found = np.zeros((int(pre.max(initial=-1)) + 1, int(post.max(initial=-1)) + 1))
        np.add.at(found, (pre, post), np.asarray(last.values, float))
        return found
    found = np.asarray(data, float)
    if found.ndim != 2:
        raise BadValueError(f"receptive_fields() needs a matrix [inputs, cells], not an array of shape {found.shape}")
    return found
