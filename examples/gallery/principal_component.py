"""Oja's rule finds the first principal component of its inputs, with a weight vector of length one.

Two correlated inputs, one linear neuron. Hebb's rule alone would grow without limit;
the decay that Oja (1982) added is local and holds the norm.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs


def draw(quick: bool) -> tuple[Figure, Number]:
    rng = np.random.default_rng(1)
    inputs = rng.multivariate_normal(
        [0.0, 0.0], [[1.0, 0.7], [0.7, 0.8]], 1200 if quick else 3000
    )
    net = hs.Network(dt=1.0)
    a = net.add(hs.LinearRate(i_ext=hs.TimedArray(inputs, every=2.0)), 2, "inputs")
    link = net.connect(
        a, net.add(hs.LinearRate(), 1, "cell"), hs.AllToAll(), weight=[1.5, -0.5],
        rules=[hs.Oja(3e-3)],
    )
    sim, path = hs.ReferenceSimulation(net), [np.array([1.5, -0.5])]
    for _ in range(60):
        sim.run(steps=len(inputs) * 2 // 60)
        path.append(sim.state(link, "w"))
    way = np.array(path)
    figure, ax = plt.subplots(figsize=(4.6, 4.4), layout="constrained")
    ax.plot(*inputs[:600].T, ".", color="#8a8a8a", markersize=2, alpha=0.6)
    ax.plot(*way.T, color="#0072B2")
    ax.annotate(
        "", way[-1], (0.0, 0.0),
        arrowprops={"arrowstyle": "->", "color": "#D55E00", "linewidth": 2.0},
    )
    ax.set_aspect("equal")
    hs.plot.style.tidy(ax, "input 1, weight 1", "input 2, weight 2")
    norm = float(np.linalg.norm(way[-15:].mean(axis=0)))
    return figure, Number("norm of the weights", norm, 1.0, 0.03, "Oja 1982")


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
