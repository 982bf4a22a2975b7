"""A reward that comes late: an eligibility trace remembers a pairing until dopamine arrives.

One pairing of spikes leaves a tag that decays with 500 ms; a reward raises dopamine,
which decays with 200 ms and turns what is left of the tag into weight. The credit falls
off as exp(-T / 500 ms): Izhikevich (2007).
"""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs

TAG, DOPAMINE, PAIR, REWARD = 500.0, 200.0, 0.1, 0.5


def credit(late: int) -> float:
    """The change of weight by a pairing that is rewarded `late` ms after it."""
    net = hs.Network(dt=1.0)
    a = net.add(hs.SpikeSource(), 1, "a", spikes=([9.0], [0]))
    b = net.add(hs.SpikeSource(), 1, "b", spikes=([11.0], [0]))
    net.add_rule(hs.Neuromodulator(tau=DOPAMINE), "DA")
    stdp = hs.PairSTDP(A_plus=PAIR * math.exp(1.0 / 20.0), A_minus=0.0)
    rule = hs.gated(
        hs.Eligibility(stdp, tau=TAG, period=1.0, eta=1000.0), by=lambda DA: DA
    )
    net.connect(a, b, hs.AllToAll(), weight=0.0, delay=1.0, rules=[rule], name="link")
    sim = hs.ReferenceSimulation(net)
    sim.run(steps=10 + late)
    sim.set("DA", "c", REWARD)
    sim.run(steps=1500)
    return float(sim.state("link", "w")[0])


def draw(quick: bool) -> tuple[Figure, Number]:
    late = [50, 400, 1000] if quick else [50, 150, 300, 500, 800, 1200, 1600, 2000]
    found = [credit(t) for t in late]
    both = TAG * DOPAMINE / (TAG + DOPAMINE)
    t = np.linspace(0.0, late[-1], 100)
    figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    ax.plot(t, REWARD * PAIR * both * np.exp(-t / TAG), color="#8a8a8a", label="theory")
    ax.plot(late, found, "o", color="#0072B2", label="network")
    hs.plot.style.tidy(ax, "reward after the pairing (ms)", "change of weight")
    ax.legend(frameon=False)
    expected = REWARD * PAIR * both * math.exp(-late[0] / TAG)
    return figure, Number(
        "credit at 50 ms", found[0], expected, 0.01 * expected,
        "r c tau_c tau_d / (tau_c + tau_d) e^-T/tau_c",
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
