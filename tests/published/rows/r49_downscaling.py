"""R49: sleep shrinks most synapses in proportion to their size, and spares the largest fifth.

de Vivo et al. 2017 measured 6920 axon-spine interfaces: log-normal sizes, smaller by 18 % after sleep, in proportion to
size, but for the largest fifth or so. Here 6920 synapses (692 onto each of 10 cells; sizes with the standard deviation
0.8 of their logarithm) shrink in sleep alone. If the spared fifth holds a part S of the total, the loss of the others
must be 0.18 / (1 - S) for the mean to fall by 18 %: S = Phi(0.8 - z) with Phi(z) = 0.8. That sets how long sleep is.
"""

import math

import numpy as np
from published.expected import below, near
from published.row import Row
from scipy.stats import norm

import hebbstat as hs

SPREAD, CELLS, INPUTS = 0.8, 10, 692
SPEED = 0.01  # per second
SPARED = norm.cdf(SPREAD - norm.ppf(0.8))
LOSS = 0.18 / (1.0 - SPARED)
SLEEP = round(math.log(1.0 - LOSS) / math.log(1.0 - SPEED))  # s


class Sleep(hs.NetworkRule):
    """1 in sleep, 0 in wake."""

    plan: hs.units.Fraction = 0.0
    asleep = hs.Global.state()

    @asleep.step
    def follow(plan):
        return plan


def measure(dt, seed, rule=hs.SynapticDownscaling, gate=lambda sleep: sleep):
    """Sizes before and after a night, and after a day."""
    net = hs.Network(dt=dt, seed=seed)
    sizes = hs.LogNormal(1.0, cv=math.sqrt(math.exp(SPREAD**2) - 1.0))
    net.add(hs.SpikeSource(), INPUTS, "inputs")
    net.add(hs.SpikeSource(), CELLS, "cells")
    net.add_rule(Sleep(plan=hs.TimedArray([0.0, 1.0], every=10_000.0)), "sleep")
    rules = [hs.gated(rule(speed=SPEED), by=gate)]
    net.connect("inputs", "cells", hs.AllToAll(), weight=sizes, rules=rules, name="p")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    begin = sim.weights("p")
    sim.run(seconds=10.0)
    before = sim.weights("p")
    sim.run(seconds=float(SLEEP))
    after = sim.weights("p")
    ratio = (after / before).reshape(INPUTS, CELLS)
    kept = ratio == 1.0
    largest, smallest = sizes_where(~kept, before, max), sizes_where(kept, before, min)
    return {
        "change in wake": np.max(np.abs(before / begin - 1.0)),
        "change of the mean in sleep": after.mean() / before.mean() - 1.0,
        "part that is spared": kept.mean(),
        "largest that shrank over smallest spared": np.max(largest / smallest),
        "change of the others": ratio[~kept].mean() - 1.0,
        "spread of that": ratio[~kept].std(),
        "correlation of log size before and after": np.corrcoef(np.log(before), np.log(after))[0, 1],
    }


def sizes_where(chosen, sizes, extreme):
    """Of each cell the extreme size of its chosen synapses."""
    sizes = sizes.reshape(INPUTS, CELLS)
    return np.array([extreme(sizes[chosen[:, cell], cell], default=np.nan) for cell in range(CELLS)])


class SparesNone(hs.SynapticDownscaling):
    """All shrink. A wrong version of de Vivo et al. 2017."""

    @staticmethod
    def on_tick(w, share):
        return -share * w


class Subtracts(hs.SynapticDownscaling):
    """All but the largest lose the same. A wrong version of de Vivo et al. 2017."""

    @staticmethod
    def on_tick(w, large, share):
        return -min(share, 0.5 * w) if w < large else 0.0


ROW = Row(
    "R49",
    "Downscaling in sleep: 18 % less, in proportion, the largest fifth spared",
    of=["SynapticDownscaling"],
    source="de Vivo et al. 2017, doi:10.1126/science.aah5982; Tononi & Cirelli 2014, doi:10.1016/j.neuron.2013.12.025",
    measure=measure,
    expected={
        "change in wake": below(1e-12),
        "change of the mean in sleep": near(-0.18, within=0.01),
        "part that is spared": near(0.2, within=0.002),
        "largest that shrank over smallest spared": below(1.0),
        "change of the others": near(-LOSS, within=0.005),  # sleep lasts whole seconds
        "spread of that": below(1e-12),
        "correlation of log size before and after": near(1.0, within=0.05),
    },
    mutations={
        "none is spared": {"rule": SparesNone},
        "all lose the same": {"rule": Subtracts},
        "in wake, too": {"gate": lambda sleep: 1.0 + 0.0 * sleep},
    },
    dt=1.0,
    seeds=(1, 2, 3),
)
