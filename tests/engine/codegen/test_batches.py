"""Where delays differ, short rows are visited in batches: full ones, overlong rows, learning and frozen spikes."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.comparing import compare

import hebbstat as hs
from hebbstat.engine.runtime.replay import BATCH
from hebbstat.network import instantiate

STEPS = 150


class OnlyPre(hs.Plasticity):
    """Postsynaptic spikes do nothing; the change is drawn, and depends on the neurons."""

    gain: hs.units.Weight = 0.05

    @staticmethod
    def on_pre(w, gain, uniform, pre_rate, post_tau_m):
        return gain * (uniform - 0.4) * (pre_rate / 50.0) * (post_tau_m / 20.0)


def ruled(*rules: hs.Plasticity, **options: object) -> dict[str, object]:
    return {"rules": [*rules, hs.HardBounds(0.0, 3.0)], **options}


SCALING = hs.SynapticScaling(target=20.0, tau_rate=50.0, period=4.0, strength=5.0)
PAIR = hs.PairSTDP(A_plus=0.1, A_minus=0.08)
CASES = {
    "pairs and scaling": ruled(PAIR, SCALING),
    "triplets and normalisation": ruled(hs.TripletSTDP(A3_plus=0.1), hs.WeightNormalization(total=60.0, period=4.0)),
    "only presynaptic": ruled(OnlyPre(), SCALING),
    "eligibility": ruled(hs.Eligibility(PAIR, tau=30.0, period=5.0, eta=20.0)),
    "nearest spikes": ruled(hs.NearestTripletSTDP(A2_plus=0.1, A3_plus=0.1, A2_minus=0.1, A3_minus=0.1)),
    "release of each synapse": ruled(PAIR, release=hs.TsodyksMarkram(U=hs.Uniform(0.3, 0.7), tau_rec=60.0)),
    "release alone": {"release": hs.TsodyksMarkram(U=hs.Uniform(0.3, 0.7), tau_rec=hs.LogNormal(60.0, cv=0.3))},
    "a late postsynaptic spike": ruled(PAIR, dendritic_delay=0.7),
}


def network(case: str, n: int, delay: object) -> hs.Network:
    net = hs.Network(dt=0.1, seed=11)
    inputs = net.add(hs.PoissonSource(rate=hs.Uniform(100.0, 900.0)), 12, "inputs")
    cells = net.add(hs.LIF(tau_m=hs.LogNormal(20.0, cv=0.3), i_ext=400.0), n, "cells")
    weight = hs.Normal(0.5, cv=0.3)
    net.connect(
        inputs, cells, hs.FixedProbability(0.9), weight=weight, delay=delay, receptor=hs.AMPA(), name="x", **CASES[case]
    )
    return net


@pytest.mark.parametrize("case", CASES)
def test_batches_equal_the_reference(case: str, kernels: None) -> None:
    equal(case)


@pytest.mark.parametrize("case", ["pairs and scaling", "release of each synapse"])
def test_compiled_batches_equal_the_reference(case: str) -> None:
    equal(case)


def equal(case: str) -> None:
    """Rows are batched, and what comes of it is the same."""
    made = instantiate(network(case, 90, hs.Uniform(0.1, 1.0)))
    sim = hs.Simulation(made, quiet=True)
    assert sim.core.model.links["x"].coalesced
    compare(made, STEPS, threads=2)


def test_rows_longer_than_a_batch() -> None:
    delays = hs.Uniform(0.1, 0.25)  # two of them: rows of half of the cells
    made = instantiate(network("pairs and scaling", 3 * BATCH, delays))
    sim = hs.Simulation(made, threads=1, quiet=True)
    start = sim.core.layout.links["x"][0].arrays["start"]
    assert np.diff(start).max() > BATCH
    compare(made, 60)


def test_frozen_and_learning_spikes_meet_in_a_step() -> None:
    net = network("pairs and scaling", 40, hs.Uniform(0.1, 2.0))
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    reference = hs.ReferenceSimulation(instantiate(net))
    sim.run(steps=60)
    reference.run(steps=60)
    with sim.frozen(restore=False), reference.frozen(restore=False):
        sim.run(steps=13)
        reference.run(steps=13)
    sim.run(steps=40)  # spikes sent while frozen arrive beside others
    reference.run(steps=40)
    np.testing.assert_allclose(sim.weights("x"), reference.weights("x"), rtol=1e-9)
