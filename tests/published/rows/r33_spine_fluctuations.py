"""R33: spine sizes as a multiplicative process: their moments follow from those of its factors, exactly.

s' = a s + b with independent a and b (Kesten): E[s] = E[b] / (1 - E[a]); var = (E[b^2] + 2 E[a] E[b] E[s]) / (1 -
E[a^2]) - E[s]^2; and with the third moments, (3 E[a^2] E[b] E[s^2] + 3 E[a] E[b^2] E[s] + E[b^3]) / (1 - E[a^3]), the
skewness, which is above 0: the distribution leans to the right (Statman et al. 2014). It scales: with b c times as
large every quantile is c times as large. Sizes are correlated for 10 ticks, so that 4000 synapses in 4000 ticks are
some 10^6 independent draws: 2 % of mean and variance, and 10 % of the skewness, are more than 4 standard errors.
"""

import numpy as np
from published.expected import above, near
from published.row import Row

from hebbstat.engine.record.weights import Weights
from hebbstat.engine.simulation import Simulation
from hebbstat.network import AllToAll, Network
from hebbstat.neurons import CurrentLIF, SpikeSource
from hebbstat.plasticity import SpineFluctuations

KEPT, KEPT_SD, GAINED, GAINED_SD = 0.9, 0.1, 0.1, 0.03


def measure(dt, seed, rule=SpineFluctuations):
    """Moments over theory of 4000 synapses, and quantiles of as many whose gains are three times as large."""
    net = Network(dt=dt, seed=seed)
    net.add(SpikeSource(), 200, "sources")
    net.add(CurrentLIF(), 20, "cells")
    for name, size in (("one", 1.0), ("three", 3.0)):
        own = rule(kept=KEPT, kept_sd=KEPT_SD, gained=size * GAINED, gained_sd=size * GAINED_SD, period=1.0)
        net.connect("sources", "cells", AllToAll(), weight=size, rules=[own], name=name)
    sim = Simulation(net, quiet=True, dtype="float64")
    sim.run(ms=200.0, progress=False)
    record = [Weights(name, every=10.0) for name in ("one", "three")]
    run = sim.run(ms=4000.0, record=record, progress=False)
    one, three = (run[f"{name}.w"].values.ravel() for name in ("one", "three"))
    mean, variance, skewness = theory()
    shape = ((one - one.mean()) ** 3).mean() / one.var() ** 1.5
    tenths = np.linspace(0.1, 0.9, 9)
    ratios = np.quantile(three, tenths) / np.quantile(one, tenths)
    return {
        "mean over theory": one.mean() / mean,
        "variance over theory": one.var() / variance,
        "skewness over theory": shape / skewness,
        "skewness": shape,
        "quantiles of gains 3 times as large: the ratio farthest from 3": ratios[np.abs(ratios - 3.0).argmax()],
    }


def theory() -> tuple[float, float, float]:
    """Mean, variance and skewness of the stationary distribution."""
    a, a2, a3 = KEPT, KEPT**2 + KEPT_SD**2, KEPT**3 + 3.0 * KEPT * KEPT_SD**2
    b, b2, b3 = GAINED, GAINED**2 + GAINED_SD**2, GAINED**3 + 3.0 * GAINED * GAINED_SD**2
    first = b / (1.0 - a)
    second = (b2 + 2.0 * a * b * first) / (1.0 - a2)
    third = (3.0 * a2 * b * second + 3.0 * a * b2 * first + b3) / (1.0 - a3)
    variance = second - first**2
    return first, variance, (third - 3.0 * first * second + 2.0 * first**3) / variance**1.5


class Additive(SpineFluctuations):
    """Noise that does not grow with the size. A wrong version of Statman et al. 2014."""

    @staticmethod
    def on_tick(w, normal, kept, kept_sd, gained, gained_sd):
        return gained - (1.0 - kept) * w + (kept_sd + gained_sd) * normal


class DeviationsAdded(SpineFluctuations):
    """Standard deviations are added instead of variances. A wrong version of Statman et al. 2014."""

    @staticmethod
    def on_tick(w, normal, kept, kept_sd, gained, gained_sd):
        return gained - (1.0 - kept) * w + (kept_sd * w + gained_sd) * normal


ROW = Row(
    "R33",
    "Spine sizes fluctuate multiplicatively",
    of=["SpineFluctuations"],
    source="Statman, Kaufman, Minerbi, Ziv & Brenner 2014, doi:10.1371/journal.pcbi.1003846",
    measure=measure,
    expected={
        "mean over theory": near(1.0, within=0.02),
        "variance over theory": near(1.0, within=0.02),
        "skewness over theory": near(1.0, within=0.1),
        "skewness": above(0.5),
        "quantiles of gains 3 times as large: the ratio farthest from 3": near(3.0, within=0.06),
    },
    mutations={
        "noise that does not grow with the size": {"rule": Additive},
        "standard deviations are added": {"rule": DeviationsAdded},
    },
    dt=1.0,
)
