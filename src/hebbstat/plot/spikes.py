"""Spikes: who fired when, and how fast all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.errors import BadValueError
from hebbstat.plot.style import COLOURS, FAINT, axes, spikes, tidy, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_DOTS = 200_000


def raster(
    data: Any, *, start: float = 0.0, until: float | None = None, rate_bin: float | None = None,
    color: str = COLOURS[0], ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """A dot for each spike: time across (ms), neurons up. `rate_bin` (ms) draws the mean rate over it, on the right.

    `data` is `run["exc.spikes"]` or (times, neurons). Of more than 200,000 spikes every k-th is drawn, and the title
    says so.

    >>> import matplotlib; matplotlib.use("Agg")
    >>> raster(([1.0, 2.0, 2.5], [0, 1, 0])).get_xlabel()
    'time (ms)'
    """
    times, neurons, n, name = spikes(data)
    end = float(times.max(initial=start)) if until is None else until
    if not end >= start:
        raise BadValueError(f"until={end:g} ms of raster() must not be before start={start:g} ms")
    shown = (times >= start) & (times <= end)
    times, neurons = times[shown], neurons[shown]
    every = max(1, -(-len(times) // MOST_DOTS))
    ax = axes(ax)
    ax.plot(times[::every], neurons[::every], linestyle="", marker=".", markersize=2.5, color=color, rasterized=True)
    ax.set(xlim=(start, end if end > start else start + 1.0), ylim=(-0.5, max(n, 1) - 0.5))
    whole(tidy(ax, "time (ms)", f"neuron of {name}" if name else "neuron").yaxis)
    if not times.size:
        ax.set_title("no spikes", fontsize="small", color=FAINT)
    if every > 1:
        ax.set_title(f"every {every}th spike of {len(times):,}", fontsize="small", color=FAINT)
    if rate_bin is not None:
        above = ax.twinx()
        rates((times, neurons), n=n, start=start, until=end, bin=rate_bin, color=COLOURS[1], ax=above)
        above.spines["right"].set_visible(True)
        above.set_ylim(bottom=0.0)
    return ax


def rates(
    data: Any, *, bin: float = 10.0, n: int | None = None, start: float = 0.0, until: float | None = None,
    color: str = COLOURS[0], label: str | None = None, ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """The mean rate (Hz) of a population in bins of so many ms.

    `data` is what `Spikes` or `Rates` recorded, or (times, neurons) with the number of cells `n`.
    """
    ax = axes(ax)
    if hasattr(data, "dims") and "time" in getattr(data, "dims", ()):
        at = np.asarray(data["time"].values, float)
        if data.ndim != 1 or not at.size:
            raise BadValueError(f"rates() draws one line of rates over time, not {dict(data.sizes)}; .mean('neuron')?")
        begin = at[0] - min(float(data.attrs.get("bin", np.diff(at).max(initial=at[0]))), at[0])
        ax.stairs(np.asarray(data.values, float), [begin, *at], color=color, label=label)
        return tidy(ax, "time (ms)", "rate (Hz)")
    times, _, cells, _ = spikes(data)
    end = float(times.max(initial=start)) if until is None else until
    if not 0 < bin < np.inf:
        raise BadValueError(f"bin={bin!r} ms of rates() must be above 0")
    if not np.isfinite(times).all():
        raise BadValueError("rates() takes spikes at times that are numbers")
    if not times.size:
        ax.set_title("no spikes", fontsize="small", color=FAINT)
    number = max(1, int(np.ceil((end - start) / bin - 1e-9)))  # the last bin may be shorter
    edges = np.minimum(start + bin * np.arange(number + 1), end if end > start else start + bin)
    within = (times > start + 1e-9) & (times <= end + 1e-9)
    places = np.ceil((times[within] - start) / bin - 1e-9).astype(int) - 1  # a spike at the end of a bin is in it
    counts = np.bincount(places, minlength=number)
    ax.stairs(counts * 1000.0 / (np.diff(edges) * max(cells if n is None else n, 1)), edges, color=color, label=label)
    return tidy(ax, "time (ms)", "rate (Hz)")
