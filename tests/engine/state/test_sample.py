"""A sample of synapses reads what looking at all of them gives, for any threads and delays."""

from __future__ import annotations

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.engine.state.synapse_sample import SynapseSample


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("delay", [1.0, hs.Uniform(0.5, 9.0)])
def test_a_sample_is_a_part_of_the_whole(threads: int, delay: object) -> None:
    net = hs.Network(dt=0.5, seed=2)
    inputs, cells = net.add(hs.PoissonSource(rate=50.0), 40, "inputs"), net.add(hs.LIF(), 30, "cells")
    weight = hs.Normal(1.0, cv=0.3)
    net.connect(
        inputs, cells, hs.FixedProbability(0.5), weight=weight, delay=delay, receptor=hs.AMPA(), rules=[hs.PairSTDP()]
    )
    sim = hs.Simulation(net, threads=threads, quiet=True)
    n = len(sim.pairs("inputs -> cells")[0])
    for chosen in (np.arange(n), np.arange(3, n, 17), np.array([n - 1])):
        sample = SynapseSample(sim.core, "inputs -> cells", chosen)
        np.testing.assert_array_equal(sample.read(), sim.weights("inputs -> cells")[chosen])
    before = sample.read()
    sim.run(ms=500)
    assert not np.array_equal(sample.read(), before)
    np.testing.assert_array_equal(sample.read(), sim.weights("inputs -> cells")[chosen])
