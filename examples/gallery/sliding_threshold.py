"""A sliding threshold makes a cell selective: of two patterns, BCM chooses one.

Bienenstock, Cooper & Munro (1982): a response above the threshold strengthens, one
below it weakens, and the threshold follows the mean of the squared response. Of two
patterns that come equally often, the cell ends with a response of 2 to one and of 0 to
the other: the mean square, half of 4, is then the threshold, and nothing changes any
more.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs

PATTERNS, START = np.array([[1.0, 0.3], [0.2, 0.8]]), [0.4, 0.45]


def draw(quick: bool) -> tuple[Figure, Number]:
    order = np.random.default_rng(5).integers(0, 2, 5000)
    net = hs.Network(dt=1.0)
    inputs = net.add(
        hs.LinearRate(i_ext=hs.TimedArray(PATTERNS[order], every=3.0)), 2, "inputs"
    )
    cell = net.add(hs.LinearRate(), 1, "cell")
    link = net.connect(
        inputs, cell, hs.AllToAll(), weight=START, rules=[hs.BCM(eta=2e-3, tau=100.0)]
    )
    sim, seen = hs.ReferenceSimulation(net), [PATTERNS @ START]
    for _ in range(150):
        sim.run(steps=100)
        seen.append(PATTERNS @ sim.state(link, "w"))
    figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    for k, color in enumerate(("#0072B2", "#D55E00")):
        ax.plot(
            np.arange(len(seen)) / 10.0, np.array(seen)[:, k], color=color,
            label=f"pattern {k + 1}",
        )
    ax.axhline(2.0, color="#8a8a8a", linewidth=0.8)
    hs.plot.style.tidy(ax, "time (s)", "response (rate)")
    ax.legend(frameon=False)
    chosen = float(np.mean(seen[-20:], axis=0).max())
    return figure, Number(
        "response to the chosen pattern", chosen, 2.0, 0.1,
        "the fixed point of the rule",
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
