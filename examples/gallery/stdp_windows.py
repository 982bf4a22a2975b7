"""What a pair of spikes does to a weight, by lag, for four rules.

The window is measured: for each lag a pair of spikes is run on the plain reference.
Additive STDP, STDP that depends on the weight (at half of its bound), the one-sided
rule, and inhibitory plasticity: there pairs near coincidence potentiate, whichever
comes first, and each presynaptic spike alone depresses, which leaves pairs far apart
below zero. Spikes of one step do not see each other: at lag 0 the lines are broken.
"""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs


def draw(quick: bool) -> tuple[Figure, Number]:
    lags = np.arange(-60.0, 60.5, 1.0 if quick else 0.5)
    figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    rules: dict[str, hs.Plasticity] = {
        "additive": hs.PairSTDP(),
        "weight-dependent": hs.WeightDependentSTDP(eta=0.01, mu=1.0),
        "one-sided": hs.OneSidedSTDP(eta=0.01),
        "inhibitory": hs.InhibitorySTDP(eta=0.01),
    }
    for (name, rule), color in zip(
        rules.items(), ("#0072B2", "#D55E00", "#009E73", "#CC79A7"), strict=True
    ):
        hs.plot.stdp_window(rule, lags=lags, label=name, color=color, ax=ax)
    ten = float(hs.plot.rules.window_of(hs.PairSTDP(), [10.0])[0])
    source = "A_plus exp(-10/tau_plus), Song, Miller & Abbott 2000"
    return figure, Number(
        "change by a pair at 10 ms", ten, 0.01 * math.exp(-0.5), 1e-9, source
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
