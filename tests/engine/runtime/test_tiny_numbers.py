"""Numbers below the smallest normal one are 0 in compiled code, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

import hebbstat as hs


@pytest.mark.parametrize(("dtype", "ms"), [("float32", 420.0), ("float64", 3500.0)])
def test_what_decays_ends_at_0(dtype: str, ms: float) -> None:
    """A processor takes a hundred cycles for each number below, and in a silent network that was all of them."""
    net = hs.Network(dt=0.5)
    net.add(hs.SpikeSource(), 1, "in", spikes=([1.0], [0]))
    net.add(hs.LIF(), 2, "cells")
    net.connect("in", "cells", hs.AllToAll(), weight=1.0, receptor=hs.AMPA(tau=5.0), name="p")
    sim = hs.Simulation(net, dtype=dtype, threads=1, quiet=True)
    smallest = np.finfo(dtype).tiny
    sim.run(ms=ms)
    assert 0.0 < sim.state("p", "receptor.g")[0] < 1e3 * smallest / np.finfo(dtype).eps
    sim.run(ms=200.0)
    assert not sim.state("p", "receptor.g").any()
    for kind in (np.float32, np.float64):
        assert kind(np.finfo(kind).tiny) / kind(8.0) != 0.0  # Python's own numbers are as before
