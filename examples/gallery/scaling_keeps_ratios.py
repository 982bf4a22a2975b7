"""Synaptic scaling changes all weights of a neuron by one factor: what was learned stays.

Ten inputs of different weights drive a cell too weakly; multiplicative scaling brings
its rate up. The ratios of the weights are those of before, which Turrigiano et al.
(1998) saw as a line through the origin.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs


def draw(quick: bool) -> tuple[Figure, Number]:
    net = hs.Network(dt=1.0, seed=3)
    inputs = net.add(hs.PoissonSource(rate=20.0), 10, "inputs")
    cell = net.add(hs.LIF(), 1, "cell")
    weights = np.linspace(1.0, 4.0, 10)
    scaling = hs.SynapticScaling(target=10.0, tau_rate=1000.0, period=200.0, strength=0.2)
    link = net.connect(
        inputs, cell, hs.AllToAll(), weight=weights, receptor=hs.AMPA(), rules=[scaling]
    )
    sim, seen = hs.ReferenceSimulation(net), [weights]
    for _ in range(8 if quick else 24):
        sim.run(seconds=0.5)
        seen.append(sim.state(link, "w"))
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6), layout="constrained")
    hs.plot.traces(np.array(seen), time=np.arange(len(seen)) * 500.0, ax=left)
    left.set_ylabel("weight (nS)")
    if legend := left.get_legend():
        legend.remove()
    now = sim.state(link, "w")
    right.plot(weights, now, "o", color="#0072B2")
    right.plot(
        [0.0, 4.2], [0.0, 4.2 * now[-1] / weights[-1]], color="#8a8a8a", linewidth=0.8
    )
    hs.plot.style.tidy(right, "weight before (nS)", "weight after (nS)")
    spread = float(np.ptp(np.log(now / weights)))
    return figure, Number(
        "spread of log ratios", spread, 0.0, 1e-9, "all weights change by one factor"
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
