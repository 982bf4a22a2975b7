"""Rows that reach all cells are known to do so, and do what other rows do: as the reference, whoever connects."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.comparing import compare

import hebbstat as hs
from hebbstat.network import instantiate

N = 4
WHO, WHOM = (one.ravel()[np.random.default_rng(1).permutation(N * N)] for one in np.indices((N, N)))
WIRINGS = {
    "all": (hs.AllToAll(autapses=True), {}, True),
    "told in any order": (hs.FromPairs(WHO, WHOM), {}, True),
    "as many, some twice": (hs.FixedTotalNumber(N * N, autapses=True), {}, False),
    "with delays": (hs.AllToAll(autapses=True), {"delay": hs.Uniform(1.0, 4.0)}, False),
    "all but one": (hs.FromPairs(WHO[1:], WHOM[1:]), {}, False),
}


def network(wiring: hs.Connector, **more: object) -> hs.Network:
    net = hs.Network(dt=0.5, seed=3)
    net.add(hs.LinearRate(i_ext=hs.Uniform(0.5, 1.5)), N, "rates")
    net.add(hs.LinearRate(), N, "sums")
    net.add(hs.PoissonSource(rate=100.0), N, "in")
    net.add(hs.LIF(i_ext=190.0), N, "cells")
    more = {"delay": 1.0, "weight": hs.Uniform(0.1, 0.5), **more}
    oja = [hs.Oja(eta=0.01), hs.WeightNormalization(total=2.0, period=5.0)]
    stdp = [hs.PairSTDP(A_plus=0.1), hs.HardBounds(0.0, 1.0)]
    release = hs.TsodyksMarkram(U=hs.Uniform(0.3, 0.7))
    net.connect("rates", "sums", wiring, **more, name="static")
    net.connect("rates", "sums", wiring, **more, rules=oja, name="plastic")
    net.connect("in", "cells", wiring, **more, receptor=hs.AMPA(), release=release, rules=stdp, name="pairs")
    return net


def dense(sim: hs.Simulation) -> set[bool]:
    return {links.dense for links in sim.core.model.links.values() if links.bundle is None}


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("kind", WIRINGS)
def test_engine_equals_reference(kind: str, threads: int, kernels: None) -> None:
    wiring, more, _ = WIRINGS[kind]
    compare(instantiate(network(wiring, **more)), steps=200, threads=threads)


@pytest.mark.parametrize("kind", WIRINGS)
def test_which_rows_reach_all(kind: str, plain: None) -> None:
    wiring, more, is_dense = WIRINGS[kind]
    sim = hs.Simulation(network(wiring, **more), threads=1, quiet=True)
    assert dense(sim) == {is_dense}
    assert ("post[k]" in sim.source()) is not is_dense
