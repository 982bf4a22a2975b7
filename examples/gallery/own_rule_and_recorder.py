"""A rule and a recorder of one's own: each is one small class.

The rule lets a weight fall at each presynaptic spike and rise at each postsynaptic one;
the recorder keeps how far apart the weights are. Both work as the shipped ones do: in
the engine, on any number of threads, in checkpoints.
"""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs


class Tally(hs.Plasticity):
    """Falls by `down` at each presynaptic event, rises by `up` at each postsynaptic one."""

    up: hs.units.Weight = 0.002
    down: hs.units.Weight = 0.001

    @staticmethod
    def on_pre(down: float) -> float:
        return -down

    @staticmethod
    def on_post(up: float) -> float:
        return up


class Spread(hs.Recorder):
    """The standard deviation of a projection's weights."""

    def __init__(self, link: str, every: float) -> None:
        self.link, self.every, self.name = link, every, f"{link}.spread"

    def take(self, sim: hs.SimulationView) -> Any:
        return sim.weights(self.link).std()


def draw(quick: bool) -> tuple[Figure, Number]:
    net = hs.Network(dt=1.0, seed=4)
    a = net.add(hs.PoissonSource(rate=hs.Uniform(5.0, 25.0)), 40, "a")
    b = net.add(hs.LIF(i_ext=90.0), 10, "b")
    net.connect(a, b, hs.AllToAll(), weight=0.5, rules=[Tally()], name="link")
    sim = hs.Simulation(net, quiet=True)
    run = sim.run(
        seconds=2 if quick else 10,
        record=[Spread("link", 100.0), hs.Spikes("a"), hs.Spikes("b")],
    )
    figure, ax = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
    hs.plot.traces(run["link.spread"], ax=ax)
    ax.set_ylabel("standard deviation of weights")
    pre = np.bincount(run["a.spikes"].neuron.values, minlength=40)
    post = np.bincount(run["b.spikes"].neuron.values, minlength=10)
    i, j = sim.pairs("link")
    counted = 0.5 + 0.002 * post[j] - 0.001 * pre[i]
    off = float(np.abs(sim.weights("link") - counted).max())
    return figure, Number(
        "largest distance from the count of spikes", off, 0.0, 0.0031,
        "spikes in the last step arrive later",
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
