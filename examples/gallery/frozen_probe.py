"""A probe that leaves no mark: what cells know is read from frozen test runs.

Twenty cells see two patterns in turn and learn by one-sided STDP, while the sum of
their weights is kept. After each second time is frozen, the patterns are shown twenty
times each, and a linear decoder reads from the spike counts which one it was: ever
better. The network does not notice: it has the very weights of a twin that was never
asked.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs

PATTERNS = np.array([[40.0] * 20 + [10.0] * 20, [10.0] * 20 + [40.0] * 20])  # Hz
LABELS = np.tile([0, 1], 20)


def network() -> hs.Network:
    net = hs.Network(dt=0.5, seed=6)
    inputs = net.add(hs.PoissonSource(rate=PATTERNS[0]), 40, "inputs")
    cells = net.add(hs.LIF(), 20, "cells")
    rules = [
        hs.OneSidedSTDP(eta=0.05), hs.HardBounds(0.0, 2.4),
        hs.WeightNormalization(total=32.0, period=100.0),
    ]
    weight = hs.Uniform(0.4, 1.2)
    net.connect(
        inputs, cells, hs.AllToAll(), weight=weight, receptor=hs.AMPA(), rules=rules,
        name="learn",
    )
    return net


def learn(sim: hs.Simulation) -> None:
    """A second of both patterns in turn."""
    for label in (0, 1, 0, 1):
        sim.set("inputs", "rate", PATTERNS[label])
        sim.run(ms=250, progress=False)


def accuracy(sim: hs.Simulation) -> float:
    """How often a decoder, fitted to half of the trials, reads the other half right."""
    counts = []
    with sim.frozen():
        for label in LABELS:
            sim.set("inputs", "rate", PATTERNS[label])
            run = sim.run(ms=100, record=[hs.Spikes("cells")], progress=False)
            spikes = run["cells.spikes"]
            counts.append(np.bincount(spikes.neuron.values, minlength=20))
    half = len(LABELS) // 2
    decoder = hs.information.LinearDecoder.fit(counts[:half], LABELS[:half])
    return float(hs.information.accuracy(LABELS[half:], decoder.predict(counts[half:])))


def draw(quick: bool) -> tuple[Figure, Number]:
    sim, twin = (hs.Simulation(network(), threads=1, quiet=True) for _ in range(2))
    found = [accuracy(sim)]
    for _ in range(3 if quick else 12):
        learn(sim)
        learn(twin)
        found.append(accuracy(sim))
    figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    ax.plot(range(len(found)), found, ".-", color="#0072B2")
    ax.axhline(0.5, color="#8a8a8a", linewidth=0.8)
    ax.set_ylim(0.4, 1.02)
    hs.plot.style.whole(ax.xaxis)
    hs.plot.style.tidy(ax, "time of learning (s)", "decoded correctly (fraction)")
    mark = float(np.abs(sim.weights("learn") - twin.weights("learn")).max())
    return figure, Number(
        "largest difference of weights from the twin", mark, 0.0, 0.0,
        "a probe leaves no mark",
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
