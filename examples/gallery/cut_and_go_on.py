"""Cut a run in two: save, load, and go on as if nothing had happened.

A plastic network runs at once; its twin is saved halfway and taken up from the file,
with another number of threads. The rasters are one, and so are the weights: bit for
bit.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from shown import Number, main

import hebbstat as hs


def network() -> hs.Network:
    net = hs.Network(dt=0.5, seed=9)
    inputs = net.add(hs.PoissonSource(rate=25.0), 60, "inputs")
    cells = net.add(hs.LIF(), 30, "cells")
    rules = [hs.TripletSTDP(), hs.HardBounds(0.0, 3.0)]
    net.connect(
        inputs, cells, hs.FixedProbability(0.5), weight=0.7, receptor=hs.AMPA(),
        rules=rules, name="learn",
    )
    net.connect(
        cells, cells, hs.FixedProbability(0.2), weight=0.3, delay=hs.Uniform(1.0, 5.0),
        receptor=hs.AMPA(),
    )
    return net


def draw(quick: bool) -> tuple[Figure, Number]:
    half = 300.0 if quick else 1000.0
    whole = hs.Simulation(network(), threads=1, quiet=True)
    run = whole.run(ms=2 * half, record=[hs.Spikes("cells")])
    first = hs.Simulation(network(), threads=1, quiet=True)
    pieces = [first.run(ms=half, record=[hs.Spikes("cells")])]
    with tempfile.TemporaryDirectory() as folder:
        second = hs.Simulation.load(
            first.save(Path(folder) / "cut.ckpt"), threads=2, quiet=True
        )
    pieces.append(second.run(ms=half, record=[hs.Spikes("cells")]))
    figure, (top, bottom) = plt.subplots(
        2, sharex=True, figsize=(6.4, 4.4), layout="constrained"
    )
    hs.plot.raster(run["cells.spikes"], ax=top).set_title(
        "at once", loc="left", fontsize=10
    )
    for piece, color in zip(pieces, ("#0072B2", "#D55E00"), strict=True):
        hs.plot.raster(piece["cells.spikes"], color=color, ax=bottom)
    bottom.axvline(half, color="#8a8a8a", linewidth=0.8)
    bottom.set_title("saved, loaded, and on", loc="left", fontsize=10)
    off = float(np.abs(whole.weights("learn") - second.weights("learn")).max())
    return figure, Number(
        "largest difference of weights", off, 0.0, 0.0, "a cut changes no bit"
    )


if __name__ == "__main__":
    raise SystemExit(main(draw, __doc__))
