"""Why pairs are not enough: 60 pairs at different frequencies, under the triplet rule.

Sjöström et al. (2001) paired spikes at 10 ms, pre before post and the reverse, at 0.1
to 50 Hz: at high frequencies both strengthen, which no pair rule gives. The triplet
rule of Pfister & Gerstner (2006) does. Points with bars are the data.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs

DATA = {
    10.0: ([-0.04, 0.14, 0.29, 0.53, 0.56], [0.05, 0.10, 0.14, 0.11, 0.26]),
    -10.0: ([-0.29, -0.41, -0.34, 0.56, 0.75], [0.08, 0.11, 0.10, 0.32, 0.19]),
}
FREQUENCIES = [0.1, 10.0, 20.0, 40.0, 50.0]


def changes(lag: float, frequencies: list[float]) -> list[float]:
    """The relative change by 60 pairs."""
    rule, window_of = hs.TripletSTDP(), hs.plot.rules.window_of
    return [
        float(window_of(rule, [lag], weight=0.0, pairs=60, frequency=f, dt=0.5)[0])
        for f in frequencies
    ]


def draw(quick: bool) -> tuple[Figure, Number]:
    frequencies = [10.0, 20.0, 40.0, 50.0]
    if not quick:
        frequencies = [2.0, *map(float, range(5, 51, 5))]
    figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    for (lag, (seen, error)), color, label in zip(
        DATA.items(), ("#0072B2", "#D55E00"), ("pre before post", "post before pre"),
        strict=True,
    ):
        ax.plot(frequencies, changes(lag, frequencies), color=color, label=label)
        ax.errorbar(
            FREQUENCIES, seen, error, color=color, marker="o", linestyle="", capsize=2
        )
    ax.axhline(0.0, color="#8a8a8a", linewidth=0.8)
    hs.plot.style.tidy(ax, "frequency of pairs (Hz)", "change of weight by 60 pairs")
    ax.legend(frameon=False)
    forty = changes(10.0, [40.0])[0]
    return figure, Number(
        "change at 40 Hz, +10 ms", forty, 0.534, 0.01,
        "full all-to-all set, visual cortex",
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
