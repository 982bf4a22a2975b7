"""Depression and facilitation: what a synapse releases at each spike of a regular train.

Tsodyks, Pawelzik & Markram (1998). Each spike uses a part u of the resources R; between
spikes R recovers and u falls back. A depressing synapse passes on changes of rate, a
facilitating one bursts.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs

KINDS = {
    "depressing": hs.TsodyksMarkram(U=0.5, tau_rec=800.0),
    "facilitating": hs.TsodyksMarkram(U=0.03, tau_rec=130.0, tau_facil=530.0),
}


class Sum(hs.Neuron):
    """Keeps what arrives in a step."""

    got = hs.PerNeuron.state()

    @got.step
    def take(input):  # type: ignore[no-untyped-def]
        return input

    @staticmethod
    def fires(got: float) -> bool:
        return got > 1e30


def released(release: hs.Release, spikes: int, gap: float) -> np.ndarray:
    """What each spike of a regular train releases."""
    net = hs.Network(dt=1.0)
    times = 10.0 + gap * np.arange(spikes)
    source = net.add(hs.SpikeSource(), 1, "train", spikes=(times, np.zeros(spikes, int)))
    net.connect(
        source, net.add(Sum(), 1, "cell"), hs.AllToAll(), weight=1.0, release=release
    )
    sim, found = hs.ReferenceSimulation(net), []
    sim.run(steps=10)
    for _ in range(spikes):
        sim.run(steps=2)
        found.append(sim.state("cell", "got")[0])
        sim.run(steps=int(gap) - 2)
    return np.array(found)


def draw(quick: bool) -> tuple[Figure, Number]:
    spikes = 30
    figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    for (name, release), color in zip(KINDS.items(), ("#0072B2", "#D55E00"), strict=True):
        ax.plot(
            1 + np.arange(spikes), released(release, spikes, 50.0), ".-", color=color,
            label=name,
        )
    hs.plot.style.tidy(ax, "spike, at 20 Hz", "released (of 1)")
    ax.legend(frameon=False)
    steady = released(KINDS["depressing"], 60, 50.0)[-1]
    return figure, Number(
        "steady release at 20 Hz, depressing", steady, 0.0571259, 1e-6,
        "closed form of the equations",
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
