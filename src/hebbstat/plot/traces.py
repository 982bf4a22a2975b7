"""Values over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.plot.style import COLOURS, FAINT, axes, series, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def traces(data: Any, *, time: Any = None, of: Any = None, offset: float = 0.0, ax: Axes | None = None) -> Axes:
    """A line for each element: of `run["exc.v"]`, or of an array `[time]` or `[time, element]` with its `time` (ms).

    `of` picks elements; `offset` draws each so much above the one before.
    """
    found = series(data, time)
    there = found.elements.tolist()
    picked = there if of is None else np.atleast_1d(of).tolist()
    if missing := [one for one in picked if one not in there]:
        raise BadValueError(f"of={of!r} of traces(): {missing[0]!r} was not recorded; there are {there[:8]} ...")
    ax = axes(ax)
    for k, (name, element) in enumerate((one, there.index(one)) for one in picked):
        label = f"{name}" if len(there) > 1 else None
        color = COLOURS[k % len(COLOURS)]
        ax.plot(found.time, found.values[:, element] + k * offset, color=color, linewidth=1.0, label=label)
    if 1 < len(picked) <= len(COLOURS):
        ax.legend(frameon=False, fontsize="small", ncols=len(picked), loc="upper right")
    return tidy(ax, "time (ms)", found.label)


def set_point_error(data: Any, target: Any, *, time: Any = None, ax: Axes | None = None) -> Axes:
    """How far values are from their set point: the mean difference and its 10 to 90 % range, over time.

    `target` is one number or one for each element.
    """
    found = series(data, time)
    gap = found.values - np.asarray(target, float)
    low, high = np.nanquantile(gap, [0.1, 0.9], axis=1)
    ax = axes(ax)
    ax.axhline(0.0, color=FAINT, linewidth=0.8)
    ax.fill_between(found.time, low, high, color=COLOURS[0], alpha=0.25, linewidth=0)
    ax.plot(found.time, np.nanmean(gap, axis=1), color=COLOURS[0], linewidth=1.5)
    return tidy(ax, "time (ms)", f"{found.label or 'value'} - set point")
