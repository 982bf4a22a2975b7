"""Where a synapse changed can be read from its variability: release probability or quantal size.

CV^2 = (1 - p) / (n p) for release from n sites. Doubling the quantal size doubles the
mean and leaves CV as it is; raising the release probability changes both.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs


class Sum(hs.Neuron):
    """Keeps what arrives in a step."""

    got = hs.PerNeuron.state()

    @got.step
    def take(input):  # type: ignore[no-untyped-def]
        return input

    @staticmethod
    def fires(got: float) -> bool:
        return got > 1e30


def amounts(weight: float, p: float, n: int) -> np.ndarray:
    """What n synapses of five sites release at a first spike."""
    net = hs.Network(dt=1.0, seed=5)
    source = net.add(hs.SpikeSource(), 1, "spike", spikes=([2.0], [0]))
    release = hs.VesicleRelease(sites=5, p=p)
    net.connect(
        source, net.add(Sum(), n, "cells"), hs.AllToAll(), weight=weight,
        release=release,
    )
    sim = hs.ReferenceSimulation(net)
    sim.run(steps=4)
    return np.asarray(sim.state("cells", "got"))


def draw(quick: bool) -> tuple[Figure, Number]:
    n = 2000 if quick else 8000
    figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    p = np.linspace(0.08, 0.95, 100)
    ax.plot(5 * p, (1 - p) / (5 * p), color="#8a8a8a", label="(1 - p) / (n p)")
    cases = {
        "p = 0.3": (1.0, 0.3), "p = 0.6": (1.0, 0.6),
        "p = 0.3, quanta twice as large": (2.0, 0.3),
    }
    found = {}
    for (label, (weight, chance)), color in zip(
        cases.items(), ("#0072B2", "#D55E00", "#009E73"), strict=True
    ):
        values = amounts(weight, chance, n)
        found[label] = float(values.var() / values.mean() ** 2)
        ax.plot(values.mean(), found[label], "o", color=color, label=label)
    hs.plot.style.tidy(ax, "mean release", "CV squared")
    ax.set_ylim(0.0, 1.2)
    ax.legend(frameon=False)
    return figure, Number(
        "CV^2 at p = 0.3", found["p = 0.3"], 0.7 / 1.5, 0.04,
        "binomial release from 5 sites",
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
