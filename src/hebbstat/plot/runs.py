"""Pictures of whole runs and sweeps: excitation against inhibition, health, phase diagrams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.plot.style import COLOURS, FAINT, INK, SEQUENTIAL, axes, series, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def balance(excitation: Any, inhibition: Any, *, time: Any = None, unit: str = "pA", ax: Axes | None = None) -> Axes:
    """Excitatory current up, inhibitory down, and their sum, of one cell or the mean of several; r is -correlation.

    Both are currents over time; the sign of the inhibitory one does not matter.
    """
    up, down = series(excitation, time), series(inhibition, time)
    if up.time.shape != down.time.shape:
        raise BadValueError(f"balance() needs currents at the same times, not {up.time.size} and {down.time.size}")
    e, i = np.abs(up.values.mean(axis=1)), -np.abs(down.values.mean(axis=1))
    ax = axes(ax)
    ax.axhline(0.0, color=FAINT, linewidth=0.8)
    lines = ((e, COLOURS[1], "excitation"), (i, COLOURS[0], "inhibition"), (e + i, INK, "sum"))
    for values, color, label in lines:
        ax.plot(up.time, values, color=color, linewidth=1.0, label=label)
    varies = e.std() > 0 and i.std() > 0
    ax.set_title(f"r = {-np.corrcoef(e, i)[0, 1]:.2f}" if varies else "", fontsize="small")
    ax.legend(frameon=False, fontsize="small", ncols=3)
    return tidy(ax, "time (ms)", f"current ({unit})")


def health(findings: Any, *, until: float | None = None, ax: Axes | None = None) -> Axes:
    """What the monitor found: a bar for each finding, from when it was so to when it was noticed, and on.

    `findings` is a recording, its `.health`, or `sim.health`.
    """
    found = [one if isinstance(one, dict) else one.as_dict() for one in _findings(findings)]
    end = until if until is not None else 1.1 * max((one["noticed"] for one in found), default=1.0)
    ax = axes(ax, (6.0, 0.8 + 0.35 * max(1, len(found))))
    for row, one in enumerate(found):
        ax.barh(row, end - one["since"], left=one["since"], height=0.6, color=COLOURS[1], alpha=0.35)
        ax.plot(one["noticed"], row, marker="|", markersize=14, color=COLOURS[1])
    names = [f"{one['where']}: {one['problem']}" for one in found]
    ax.set(yticks=range(len(found)), yticklabels=names, xlim=(0.0, end))
    ax.set_ylim(max(len(found), 3) - 0.5, -0.5)  # the first on top; few bars stay thin
    if not found:
        ax.text(0.5, 0.5, "nothing found", transform=ax.transAxes, ha="center", va="center", color=COLOURS[2])
    return tidy(ax, "time (ms)", "")


def _findings(given: Any) -> Iterable[Any]:
    return given.health if hasattr(given, "health") else given


def phase_diagram(
    values: Any, x: Any = None, y: Any = None, *, labels: tuple[str, str, str] = ("", "", ""), ax: Axes | None = None
) -> Axes:
    """A number over two settings: `values` is `[y, x]` with its `x` and `y`, or a labelled xarray of two dimensions.

    `labels` are those of x, y and the number. Settings need not be equally far apart; NaN is left white.
    """
    name_x, name_y, name = labels
    if hasattr(values, "dims"):
        if len(values.dims) != 2:
            raise BadValueError(f"phase_diagram() needs two dimensions, not {len(values.dims)}: {values.dims}")
        dim_y, dim_x = values.dims
        name_x, name_y, name = name_x or str(dim_x), name_y or str(dim_y), name or str(values.name or "")
        x, y, values = values[dim_x].values, values[dim_y].values, values.values
    grid = np.asarray(values, float)
    if grid.ndim != 2:
        raise BadValueError(f"phase_diagram() needs values [y, x], not an array of shape {grid.shape}")
    x = np.arange(grid.shape[1]) if x is None else np.asarray(x, float)
    y = np.arange(grid.shape[0]) if y is None else np.asarray(y, float)
    if (len(y), len(x)) != grid.shape:
        raise BadValueError(f"phase_diagram(): values are {grid.shape}, but there are {len(y)} y and {len(x)} x")
    ax = axes(ax, (4.6, 3.6))
    mesh = ax.pcolormesh(x, y, grid, cmap=SEQUENTIAL, shading="nearest")
    ax.figure.colorbar(mesh, ax=ax, label=name)
    return tidy(ax, name_x, name_y)
