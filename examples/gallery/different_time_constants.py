"""Cells that differ: time constants drawn from a distribution make a population of filters.

The membrane passes slow currents and damps fast ones: at f Hz the voltage follows with
1 / sqrt(1 + (2 pi f tau)^2) of what a constant current would do. Cells whose tau_m is
log-normal, driven at 8 Hz, show the whole curve in one run.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs

FREQUENCY, AMPLITUDE, LEAK = 8.0, 60.0, 10.0  # Hz, pA, nS


def draw(quick: bool) -> tuple[Figure, Number]:
    net = hs.Network(dt=0.1, seed=8)
    drive = hs.Sine(0.0, AMPLITUDE, frequency=FREQUENCY)
    net.add(
        hs.LIF(tau_m=hs.LogNormal(20.0, cv=0.6), g_leak=LEAK, i_ext=drive),
        40 if quick else 200, "cells",
    )
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(ms=1000)  # until only the oscillation is left
    v = sim.run(ms=250, record=[hs.States("cells", "v", every=0.5)])["cells.v"].values
    tau, swing = sim.state("cells", "tau_m"), np.ptp(v, axis=0) / 2.0
    expected = AMPLITUDE / LEAK / np.sqrt(1.0 + (2e-3 * np.pi * FREQUENCY * tau) ** 2)
    figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    order = np.argsort(tau)
    ax.plot(tau[order], expected[order], color="#8a8a8a", label="theory")
    ax.plot(tau, swing, "o", markersize=4, color="#0072B2", label="cells")
    hs.plot.style.tidy(ax, "time constant (ms)", "swing of the voltage at 8 Hz (mV)")
    ax.legend(frameon=False)
    off = float(np.abs(swing / expected - 1.0).max())
    return figure, Number(
        "largest relative distance from theory", off, 0.0, 0.001,
        "a low-pass filter of first order",
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
