"""Inhibitory plasticity sets the rate: whatever excites a cell, inhibition follows.

Vogels et al. (2011): inhibitory synapses strengthen when their spikes and the cell's
coincide, and weaken at each spike of their own. Independent spikes leave the weight as
it is at the target rate, here 5 Hz; a cell whose inhibition delays its next spike
settles somewhat above. Cells that are driven strongly and weakly end at one rate.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs


def draw(quick: bool) -> tuple[Figure, Number]:
    net = hs.Network(dt=0.5, seed=2)
    inputs = net.add(hs.PoissonSource(rate=20.0), 200, "excitation")
    inhibition = net.add(hs.PoissonSource(rate=20.0), 50, "inhibition")
    cells = net.add(hs.LIF(i_ext=np.repeat([0.0, 60.0, 120.0], 20)), 60, "cells")
    net.connect(inputs, cells, hs.FixedProbability(0.5), weight=0.5, receptor=hs.AMPA())
    rules = [hs.InhibitorySTDP(target=5.0, eta=0.02), hs.HardBounds(0.0, 20.0)]
    net.connect(
        inhibition, cells, hs.AllToAll(), weight=0.5, receptor=hs.GABAA(), rules=rules,
        name="learn",
    )
    sim = hs.Simulation(net, quiet=True)
    run = sim.run(
        seconds=30 if quick else 90, record=[hs.Rates(cells, every=1000.0, each=True)],
        progress=False,
    )
    rate = run["cells.rate"]
    figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    for k, (color, drive) in enumerate(
        zip(("#0072B2", "#009E73", "#D55E00"), (0, 60, 120), strict=True)
    ):
        group = rate.values[:, 20 * k : 20 * k + 20].mean(axis=1)
        ax.plot(rate.time.values / 1000.0, group, color=color, label=f"{drive} pA more")
    ax.axhline(5.0, color="#8a8a8a", linewidth=0.8)
    hs.plot.style.tidy(ax, "time (s)", "mean rate (Hz)")
    ax.legend(frameon=False)
    last = float(rate.values[-10:].mean())
    return figure, Number(
        "mean rate at the end, Hz", last, 5.0, 1.0, "the target, Vogels et al. 2011"
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
