"""The figure of an axis: a dot for the median of each case and a line from its best to its worst run, log axis."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from hebbstat.report.figures import COLOURS, FAINT, INK, STYLE
from lab.cases import PEERS, Axis
from lab.runner import Run
from lab.table import Line, lines, stages, verdict

Dot = tuple[str, float, float, float]  # label, median, lowest, highest
BLUE, RED = COLOURS[0], COLOURS[2]


def draw(axis: Axis, runs: Sequence[Run], path: Path) -> bool:
    """Draw and save it; whether there was anything to draw."""
    panels = _stage_panels(runs) if axis.measure == "stages" else _panels(lines(axis, runs), axis.measure)
    if not panels:
        return False
    with mpl.rc_context({**STYLE, "figure.facecolor": "white", "savefig.facecolor": "white"}):
        rows = [len(dots) for _, dots in panels]
        figure, axes = plt.subplots(
            len(panels), 1, figsize=(6.4, 1.0 + 0.26 * sum(rows) + 0.45 * len(rows)), squeeze=False, sharex=True,
            layout="constrained",
            gridspec_kw={"height_ratios": [n + 0.6 for n in rows]},
        )  # fmt: skip
        for panel, (title, dots) in zip(axes[:, 0], panels, strict=True):
            _panel(panel, title, dots)
        every = [dot for _, dots in panels for dot in dots]
        axes[0, 0].set_xlim(0.7 * min(dot[2] for dot in every), 1.9 * max(dot[3] for dot in every))
        axes[-1, 0].set_xlabel(axis.title)
        figure.text(0.99, 0.995, verdict(runs).split(":")[0], ha="right", va="top", fontsize=6.5, color=FAINT)
        figure.savefig(path, dpi=160)
        plt.close(figure)
    return True


def _panels(found: list[Line], measure: str) -> list[tuple[str, list[Dot]]]:
    panels = []
    for workload in dict.fromkeys(line.workload for line in found):
        mine = [line for line in found if line.workload == workload]
        if measure == "wall":
            panels.append((workload, [(line.case, line.wall, line.low, line.high) for line in mine]))
        else:
            panels.append((workload, [(line.case, line.ns_per_event, line.ns_low, line.ns_high) for line in mine]))
    return panels


def _stage_panels(runs: Sequence[Run]) -> list[tuple[str, list[Dot]]]:
    found = stages(runs)
    titles = {"cold": "cold: kernels are compiled", "warm": "warm: kernels are in the cache"}
    return [
        (title, [(stage, *kinds[kind]) for stage, kinds in found.items() if kind in kinds])
        for kind, title in titles.items() if found
    ]  # fmt: skip


def _panel(panel: Axes, title: str, dots: list[Dot]) -> None:
    """Our own cases in red, peers in blue; each median is written beside its dot: nobody has to read a log axis."""
    peers = {label for label, _, _ in PEERS.values()}
    for place, (label, middle, low, high) in enumerate(dots):
        colour = BLUE if label in peers else RED
        panel.plot([low, high], [place, place], color=colour, linewidth=2.2, alpha=0.45, solid_capstyle="round")
        panel.plot(middle, place, "o", color=colour, markersize=5.5)
        panel.annotate(
            f"{middle:.3g}",
            (high, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=INK,
        )
    panel.set_title(title)
    panel.set_xscale("log")
    panel.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))
    panel.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    panel.xaxis.set_minor_locator(LogLocator(subs=()))
    panel.set_yticks(range(len(dots)), [dot[0] for dot in dots])
    panel.set_ylim(len(dots) - 0.5, -0.5)
    panel.grid(axis="y", visible=False)
