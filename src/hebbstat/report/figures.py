"""Figures of one look: small enough to be read on a phone, colour-blind safe, light, drawn as vectors.

Each function draws one figure and returns it; `svg` turns it into an image that a page can hold. A figure is `WIDE`
inches at most, so that a page shows it at the size it was drawn for and its text stays readable.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

WIDE, INK, FAINT, GRID = 4.6, "#2b2b2b", "#8a8a8a", "#e6e6e2"
COLOURS = ("#0072B2", "#8a8a8a", "#D55E00", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#000000")
"""Okabe & Ito's palette, with grey for the second: what is compared with."""

STYLE: Any = {
    "font.family": "DejaVu Sans", "font.size": 8.5, "axes.titlesize": 9.5, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.labelsize": 8.5, "axes.labelcolor": INK, "axes.edgecolor": FAINT,
    "axes.linewidth": 0.7, "axes.spines.top": False,
    "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True, "grid.color": GRID, "grid.linewidth": 0.7,
    "xtick.color": INK, "ytick.color": INK, "xtick.labelsize": 8, "ytick.labelsize": 8, "xtick.major.width": 0.7,
    "ytick.major.width": 0.7, "legend.fontsize": 8, "legend.frameon": False, "lines.linewidth": 1.6, "text.color": INK,
    "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none", "svg.hashsalt": "hebbstat",
    "svg.fonttype": "path", "image.interpolation": "nearest",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A curve with its interval: `low` and `high` may be None."""

    x: Any
    mean: Any
    low: Any = None
    high: Any = None


def band(x: Any, stack: NDArray[Any]) -> Line:
    """The mean of `[seeds, points]`, from the lowest to the highest seed; broken where one is not a number."""
    if len(stack) < 2:
        return Line(x, stack[0])
    return Line(x, stack.mean(axis=0), stack.min(axis=0), stack.max(axis=0))


@contextmanager
def _drawing(height: float, wide: float = WIDE, **axes: Any) -> Iterator[tuple[Figure, Axes]]:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(wide, height), layout="constrained")
        yield figure, figure.add_subplot(**axes)


def svg(figure: Figure) -> str:
    """The figure as SVG text; the same text for the same figure."""
    text = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()


def _legend(figure: Figure, axes: Axes, entries: int) -> None:
    """Names below the axes, where they cover nothing."""
    if entries > 1:
        figure.legend(
            *axes.get_legend_handles_labels(),
            loc="outside lower center",
            ncols=3,
            handlelength=1.3,
            columnspacing=1.4,
            borderpad=0,
        )


def arms_with_intervals(
    title: str, names: Sequence[str], values: Sequence[Sequence[float]], intervals: Sequence[tuple[float, ...]], *,
    unit: str = "", colours: Sequence[str] | None = None, rule_after: int | None = None,
    xlim: tuple[float, float] | None = None,
) -> Figure:  # fmt: skip
    """One row for each arm: every seed a small dot, the mean a large one with its interval.

    `intervals` are (mean, low, high); low and high NaN for a single seed. A line is drawn after row `rule_after`.
    What lies outside `xlim` is cut off: an interval of few seeds can reach beyond what is possible.
    """
    colours = colours or [COLOURS[0]] * len(names)
    with _drawing(0.75 + 0.27 * len(names)) as (figure, axes):
        for row, (seeds, (mean, low, high), colour) in enumerate(zip(values, intervals, colours, strict=True)):
            axes.plot(
                seeds, np.full(len(seeds), row) + 0.22, ".", color=colour, alpha=0.45, markersize=4.5, markeredgewidth=0
            )
            if np.isfinite(low):
                axes.plot([low, high], [row, row], color=colour, linewidth=2.2, solid_capstyle="butt", alpha=0.55)
            axes.plot([mean], [row], "o", color=colour, markersize=5.5)
        if rule_after is not None:
            axes.axhline(rule_after + 0.5, color=FAINT, linewidth=0.7)
        axes.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.45, -0.55), xlabel=unit, xlim=xlim)
        axes.set_title(title, loc="left")
        axes.grid(axis="y", visible=False)
        axes.tick_params(axis="y", length=0)
        figure.align_labels()
    return figure


def curves(
    title: str, lines: Mapping[str, Line], *, xlabel: str = "", ylabel: str = "",
    colours: Mapping[str, str] | None = None, chance: float | None = None, ylim: tuple[float, float] | None = None,
    markers: bool = False, height: float = 2.5, log: bool = False,
) -> Figure:  # fmt: skip
    """Curves with their intervals as bands; `chance` is a dashed line."""
    with _drawing(height) as (figure, axes):
        for k, (name, line) in enumerate(lines.items()):
            colour = (colours or {}).get(name, COLOURS[k % len(COLOURS)])
            if line.low is not None:
                axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.18, linewidth=0)
            axes.plot(line.x, line.mean, color=colour, label=name, marker="o" if markers else None, markersize=4)
        if chance is not None:
            axes.axhline(chance, color=FAINT, linestyle=(0, (4, 3)), linewidth=1)
            axes.annotate(
                "chance",
                (1, chance),
                xycoords=("axes fraction", "data"),
                xytext=(-2, 2),
                textcoords="offset points",
                ha="right",
                color=FAINT,
                fontsize=8,
            )
        axes.set(xlabel=xlabel, ylabel=ylabel)
        axes.set_title(title, loc="left")
        if log:
            axes.set_yscale("log")
        if ylim:
            axes.set_ylim(*ylim)
        axes.margins(x=0.02)
        _legend(figure, axes, len(lines))
    return figure


def receptive_fields(title: str, fields: NDArray[Any], groups: Sequence[str] = (), *, columns: int = 20) -> Figure:
    """Fields [cells, height, width] as a grid in the order given; blue is below 0, red above. One scale for all."""
    cells, high, wide = fields.shape
    columns = min(columns, cells)
    rows = -(-cells // columns)
    sheet = np.full((rows * (high + 1) + 1, columns * (wide + 1) + 1), np.nan)
    for k, one in enumerate(fields):
        y, x = k // columns * (high + 1) + 1, k % columns * (wide + 1) + 1
        sheet[y : y + high, x : x + wide] = one
    top = float(np.quantile(np.abs(fields), 0.995)) or 1.0
    with _drawing(0.3 + WIDE * sheet.shape[0] / sheet.shape[1]) as (figure, axes):
        # Pixels are enlarged here, so that no viewer smooths them.
        sheet = np.kron(sheet, np.ones((3, 3)))
        axes.imshow(np.ma.masked_invalid(sheet), cmap="RdBu_r", vmin=-top, vmax=top, aspect="equal")
        axes.set_axis_off()
        axes.set_title(title, loc="left")
    return figure


def raster(
    title: str,
    times: NDArray[Any],
    cells: NDArray[Any],
    n_cells: int,
    shown: Sequence[tuple[float, float, str]],
    *,
    duration: float,
) -> Figure:
    """Spikes as dots, cell by time; `shown` are (from, to, label) of what was on, shaded and named. Times in ms."""
    with _drawing(2.5) as (figure, axes):
        for first, last, label in shown:
            axes.axvspan(first / 1000, last / 1000, color="#f0efe6", linewidth=0)
            axes.annotate(
                label,
                ((first + last) / 2000, 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=9,
            )
        axes.plot(
            times / 1000,
            cells,
            ".",
            color=COLOURS[0],
            markersize=5 if len(times) < 500 else 2,
            markeredgewidth=0,
            rasterized=len(times) > 5000,
        )
        axes.set(xlim=(0, duration / 1000), ylim=(-0.01 * n_cells, 1.01 * n_cells), xlabel="time, s", ylabel="cell")
        axes.set_title(title, loc="left", pad=16)
        axes.grid(visible=False)
        figure.dpi = 200
    return figure


def distributions(
    title: str,
    samples: Mapping[str, NDArray[Any]],
    *,
    xlabel: str,
    colours: Mapping[str, str] | None = None,
    log: bool = True,
    height: float = 2.5,
) -> Figure:
    """Histograms as steps, on common bins; each as the share of its own sample."""
    everything = np.concatenate([np.ravel(v) for v in samples.values()])
    bins = np.linspace(0 if everything.min() >= 0 else everything.min(), np.quantile(everything, 0.9995) or 1.0, 61)
    with _drawing(height) as (figure, axes):
        for k, (name, values) in enumerate(samples.items()):
            counts = np.histogram(np.clip(np.ravel(values), bins[0], bins[-1]), bins)[0] / np.size(values)
            axes.stairs(
                counts, bins, label=name, color=(colours or {}).get(name, COLOURS[k % len(COLOURS)]), linewidth=1.5
            )
        axes.set(xlabel=xlabel, ylabel="share of synapses")
        if log:
            axes.set_yscale("log")
        axes.set_title(title, loc="left")
        _legend(figure, axes, len(samples))
    return figure


def bars(
    title: str, names: Sequence[Any], heights: NDArray[Any], dots: NDArray[Any], *, xlabel: str, ylabel: str
) -> Figure:
    """Bars with a dot for every seed; `dots` is [seeds, bars]."""
    with _drawing(3.9) as (figure, axes):
        axes.bar(range(len(names)), heights, color=COLOURS[0], alpha=0.35, width=0.72)
        for k, seen in enumerate(dots.T):
            axes.plot(np.full(len(seen), k), seen, ".", color=COLOURS[0], markersize=5, markeredgewidth=0)
        axes.set(xticks=range(len(names)), xticklabels=[str(name) for name in names], xlabel=xlabel, ylabel=ylabel)
        axes.set_title(title, loc="left")
        axes.grid(axis="x", visible=False)
    return figure


def confusion(title: str, table: NDArray[Any], classes: Sequence[Any]) -> Figure:
    """True class in rows, answer in columns, the last column for no answer; the numbers are images."""
    undecided = table.shape[1] > len(classes) and bool(table[:, -1].sum())
    shown = table if undecided else table[:, : len(classes)]
    shares = shown / np.maximum(table.sum(axis=1, keepdims=True), 1)
    with _drawing(3.9) as (figure, axes):
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.25, aspect="equal")
        for (row, column), number in np.ndenumerate(shown):
            if number:
                axes.text(
                    column,
                    row,
                    f"{number:g}",
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="white" if shares[row, column] > 0.7 else INK,
                )
        names = [str(c) for c in classes]
        axes.set(
            xticks=range(shown.shape[1]),
            xticklabels=[*names, "none"] if undecided else names,
            yticks=range(len(names)),
            yticklabels=names,
            xlabel="read as",
            ylabel="true class",
        )
        axes.set_title(title, loc="left")
        axes.grid(visible=False)
        axes.tick_params(length=0)
    return figure
