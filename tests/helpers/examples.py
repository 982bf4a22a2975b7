"""An example of every mechanism that comes with Hebbstat, in one place: random compositions are drawn from it.

`EXAMPLES[kind][name]` makes one from a `Draw`: parameters with which much happens within a few hundred steps, some of
them random. A connector that does not fit the sides which it is given is None, so is a wrapper that does not fit the
rule. A new mechanism gets a line here; then the tests of `invariants/` hold for it. `test_every_mechanism.py` fails
while it has none, or while none of the quick seeds draws it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import networkx
import numpy as np
from helpers.draws import Draw

import hebbstat as hs

Maker = Callable[..., Any]

SOURCES: dict[str, Maker] = {
    "PoissonSource": lambda d: hs.PoissonSource(rate=rates(d)),
    "SpikeSource": lambda d: hs.SpikeSource(),
}
CELLS: dict[str, Maker] = {
    "LIF": lambda d: hs.LIF(tau_m=d.around(15.0), refractory=d.pick(1.0, 2.0), i_ext=d.varied(20.0)),
    "AdaptiveLIF": lambda d: hs.AdaptiveLIF(
        tau_m=d.around(15.0), theta_plus=0.5, tau_theta=d.around(50.0), refractory=d.pick(1.0, 2.0)
    ),
    "AdEx": lambda d: hs.AdEx(i_ext=d.varied(300.0)),
    "ClopathAdEx": lambda d: hs.ClopathAdEx(i_ext=d.varied(600.0), width=d.pick(0.0, 2.0)),
    "Izhikevich": lambda d: hs.Izhikevich(i_ext=d.varied(5.0)),
    "BranchingNeuron": lambda d: hs.BranchingNeuron(drive=d.varied(60.0)),
    "CurrentLIF": lambda d: hs.CurrentLIF(tau_m=d.around(15.0), i_ext=d.varied(60.0), refractory=d.pick(1.0, 2.0)),
}
RATE_CELLS: dict[str, Maker] = {
    "RateNeuron": lambda d: hs.RateNeuron(tau=d.around(8.0), i_ext=d.varied(2.0)),
    "LinearRate": lambda d: hs.LinearRate(gain=d.around(0.5), i_ext=d.varied(2.0)),
    "IntrinsicSigmoid": lambda d: hs.IntrinsicSigmoid(mean=d.pick(0.1, 0.3), eta=0.01, i_ext=d.varied(1.0)),
}
RATE_SOURCES: dict[str, Maker] = {
    "PoissonInput": lambda d: hs.PoissonInput(sources=d.pick(2.0, 400.0), source_rate=d.varied(90.0)),
}
RECEPTORS: dict[str, Maker] = {
    "AMPA": lambda d: hs.AMPA(tau=d.pick(3.0, 5.0)),
    "GABAA": lambda d: hs.GABAA(tau=d.around(8.0)),
    "GABAB": lambda d: hs.GABAB(),
    "NMDA": lambda d: hs.NMDA(tau_decay=d.pick(20.0, 50.0), magnesium=d.around(1.0)),
    "DualExponential": lambda d: hs.DualExponential(tau_rise=1.0, tau_decay=d.around(6.0)),
    "Exponential": lambda d: hs.Exponential(tau=d.around(4.0), reversal=d.pick(0.0, -75.0)),
    "ExponentialCurrent": lambda d: hs.ExponentialCurrent(tau=d.around(4.0)),
}
RELEASES: dict[str, Maker] = {
    "TsodyksMarkram": lambda d: hs.TsodyksMarkram(**resources(d), tau_facil=d.pick(0.0, 40.0)),
    "VesicleRelease": lambda d: hs.VesicleRelease(
        sites=d.pick(1.0, 4.0, hs.Rounded(hs.Uniform(0.5, 4.4))),
        p=d.pick(0.4, hs.Beta(0.4, sd=0.2)),
        tau_rec=d.around(60.0),
    ),
}
RULES_ON_SPIKES: dict[str, Maker] = {
    "PairSTDP": lambda d: hs.PairSTDP(
        tau_plus=d.around(15.0), tau_minus=d.around(15.0), A_plus=d.varied(d.step), A_minus=d.around(d.step)
    ),
    "TripletSTDP": lambda d: hs.TripletSTDP(tau_x=d.around(30.0), A2_plus=d.varied(d.step), **triplets(d)),
    "NearestTripletSTDP": lambda d: hs.NearestTripletSTDP(tau_y=d.around(30.0), A2_plus=d.step, **triplets(d)),
    "PresynapticSTDP": lambda d: hs.PresynapticSTDP(
        tau_x=d.around(30.0), tau_minus=20.0, d_minus=d.around(abs(d.step)), d_plus=d.varied(abs(d.step)), on="w"
    ),
    "PostsynapticSTDP": lambda d: hs.PostsynapticSTDP(tau_minus=d.around(50.0), c_plus=d.varied(abs(d.step))),
    "NearestPairSTDP": lambda d: hs.NearestPairSTDP(
        tau_plus=d.around(15.0), tau_minus=d.around(15.0), A_plus=d.varied(d.step), A_minus=d.around(d.step)
    ),
    "PowerLawSTDP": lambda d: hs.PowerLawSTDP(
        eta=d.around(0.3), alpha=d.around(0.7), mu=d.pick(0.0, 0.4), w_0=abs(d.size)
    ),
    "MultiplicativeSTDP": lambda d: hs.MultiplicativeSTDP(
        A_plus=d.varied(d.step), A_minus=0.2, sigma=d.around(0.1)
    ),
    "CalciumPlasticity": lambda d: hs.CalciumPlasticity(
        D=d.pick(0.0, 3.0), tau=d.around(2000.0), sigma=d.pick(0.0, 1.0), w_down=0.0, w_up=2 * d.size
    ),
    "CodependentSTDP": lambda d: hs.CodependentSTDP(
        A_LTP=d.around(0.01 * abs(d.step)), A_LTD=0.1, A_het=1e-4 * abs(d.step), tau_E=d.around(20.0), tau_I=20.0,
        I_star=d.pick(10.0, 100.0),
    ),
    "VoltageSTDP": lambda d: hs.VoltageSTDP(
        A_LTD=d.around(0.02 * abs(d.step)), A_LTP=0.02 * abs(d.step), delay_u=d.pick(1.0, 4.0)
    ),
    "MetaplasticTripletSTDP": lambda d: hs.MetaplasticTripletSTDP(
        target=d.around(20.0), tau_mean=100.0, A3_plus=d.varied(d.step)
    ),
    "OneSidedSTDP": lambda d: hs.OneSidedSTDP(tau_plus=d.around(20.0), eta=d.varied(d.step)),
    "WeightDependentSTDP": lambda d: hs.WeightDependentSTDP(
        eta=abs(d.step), mu=d.pick(0.0, 0.4, 1.0), w_max=2 * abs(d.size), alpha=d.around(1.0)
    ),
    "InhibitorySTDP": lambda d: hs.InhibitorySTDP(target=d.around(20.0), eta=d.varied(d.step)),
    "GlobalInhibitorySTDP": lambda d: hs.GlobalInhibitorySTDP(
        "exc", size=10.0, target=d.pick(10.0, 30.0), tau_rate=50.0, eta=d.varied(d.step)
    ),
    "SynapticScaling": lambda d: hs.SynapticScaling(target=d.around(20.0), tau_rate=50.0, period=10.0, strength=5.0),
}
RULES_ON_RATES: dict[str, Maker] = {
    "RateHebb": lambda d: hs.RateHebb(eta=d.around(1e-4)),
    "Oja": lambda d: hs.Oja(eta=d.planned(1e-3)),
    "BCM": lambda d: hs.BCM(eta=d.around(1e-3), tau=d.around(50.0), theta_start=d.around(1.0)),
    "Covariance": lambda d: hs.Covariance(eta=d.planned(1e-3), tau=d.pick(30.0, 80.0)),
    "WeightDependentScaling": lambda d: hs.WeightDependentScaling(target=d.around(1.0), tau=d.pick(50.0, 200.0)),
}
RULES_ON_WEIGHTS: dict[str, Maker] = {
    "DoubleWell": lambda d: hs.DoubleWell(rho_star=d.pick(0.3, 0.5), tau=d.around(100.0), w_up=2 * d.size),
    "WeightNormalization": lambda d: hs.WeightNormalization(total=d.around(3 * d.size), period=20.0),
    "SubtractiveNormalization": lambda d: hs.SubtractiveNormalization(total=d.around(3 * d.size), period=15.0),
    "ConsolidationChain": lambda d: hs.ConsolidationChain(tau=d.around(40.0), rest=d.pick(0.0, d.size), period=5.0),
    "SynapticDownscaling": lambda d: hs.SynapticDownscaling(speed=d.around(4.0), period=10.0),
    "SpineFluctuations": lambda d: hs.SpineFluctuations(
        kept=0.9, kept_sd=d.pick(0.05, 0.1), gained=d.varied(0.1 * d.size), gained_sd=0.02 * abs(d.size), period=10.0
    ),
}
RULES_THAT_REWIRE: dict[str, Maker] = {
    "StructuralPlasticity": lambda d: hs.StructuralPlasticity(
        target=d.pick(20.0, 40.0), growth_rate=d.pick(0.1, 0.2), tau=50.0, weight=0.5 * d.size, period=10.0
    ),
    "Pruning": lambda d: hs.Pruning(threshold=1.5, chance=d.pick(0.05, 0.2), period=10.0),
}
RULES_THAT_DERIVE_WEIGHTS: dict[str, Maker] = {
    "CascadeSynapse": lambda d: hs.CascadeSynapse(
        often(d), d.pick(2.0, 4.0), 0.5, *bounds(d), start=d.pick(-1.0, 2.0), period=5.0
    ),
    "SynapticSampling": lambda d: hs.SynapticSampling(
        often(d), b=d.pick(2.0, 20.0), T=d.around(1.0), theta_0=0.5 - np.log(abs(d.size)), period=5.0
    ),
}
WRAPPERS: dict[str, Maker] = {
    "Eligibility": lambda d, rule: hs.Eligibility(rule, tau=d.around(50.0), period=5.0, eta=d.varied(20.0)),
    "SoftBounds": lambda d, rule: hs.SoftBounds(rule, *bounds(d)),
    "gated": lambda d, rule: hs.gated(rule, by=d.pick(*GATES) if d.follow else by_weight),
    "HomeostaticFactor": lambda d, rule: (
        hs.HomeostaticFactor(rule, target=d.pick(1.0, 2.0), tau=50.0, most=2.0 * d.size) if sees_rates(rule) else None
    ),
}
BOUNDS: dict[str, Maker] = {
    "HardBounds": lambda d: hs.HardBounds(*bounds(d)),
}
RULES_ON_CELLS: dict[str, Maker] = {
    "IntrinsicThreshold": lambda d: hs.IntrinsicThreshold(
        target=d.around(20.0), tau_rate=50.0, period=5.0, eta=d.around(5.0), low=-80.0
    ),
    "ChannelExpression": lambda d: hs.ChannelExpression(
        target=d.pick(0.5, 2.0), tau=d.around(500.0), tau_g=100.0, m_start=10.0, on="g_leak"
    ),
    "DiffusiveHomeostasis": lambda d: hs.DiffusiveHomeostasis(
        target=d.pick(0.1, 0.5), tau_no=50.0, spread=0.05, reach=d.pick(0.2, 0.5), eta=d.around(50.0)
    ),
    "ThresholdHomeostasis": lambda d: hs.ThresholdHomeostasis(target=d.around(0.5), tau_rate=20.0, tau=d.around(50.0)),
    "GainHomeostasis": lambda d: hs.GainHomeostasis(target=d.around(1.0), tau=d.pick(100.0, 300.0)),
}
RULES_OF_THE_NETWORK: dict[str, Maker] = {
    "Neuromodulator": lambda d: hs.Neuromodulator(tau=30.0, baseline=d.pick(0.5, 1.0), release=d.moving(10.0)),
    "HillResponse": lambda d: hs.HillResponse(d.moving(1.0), base=0.5, top=d.pick(1.0, 2.0), n=d.pick(1.0, 2.5)),
    "SpikeNeuromodulator": lambda d: hs.SpikeNeuromodulator("exc", tau=30.0, baseline=0.2, per_spike=0.1),
    "RewardPrediction": lambda d: hs.RewardPrediction(
        reward=d.planned(1.0), when=hs.TimedArray([0.0, 1.0, 0.5], every=10.0, repeat=True), eta=0.2, start=0.5
    ),
    "Oscillation": lambda d: hs.Oscillation(frequency=d.pick(8.0, 40.0), phase=d.pick(0.0, 1.0)),
}
CONNECTORS: dict[str, Maker] = {
    "AllToAll": lambda d: hs.AllToAll(autapses=d.chance(0.5)),
    "OneToOne": lambda d: hs.OneToOne() if d.pre == d.post else None,
    "FixedProbability": lambda d: hs.FixedProbability(d.pick(0.3, 0.6), autapses=d.chance(0.5)),
    "FixedInDegree": lambda d: hs.FixedInDegree(min(3, d.pre - 1)),
    "FixedOutDegree": lambda d: hs.FixedOutDegree(min(2, d.post - 1)),
    "FixedTotalNumber": lambda d: hs.FixedTotalNumber(3 * d.post),
    "DistanceDependent": lambda d: hs.DistanceDependent(near),
    "GaussianKernel": lambda d: hs.DistanceDependent(hs.GaussianKernel(0.9, 0.4)),
    "ExponentialKernel": lambda d: hs.DistanceDependent(hs.ExponentialKernel(0.9, 0.4)),
    "Clustered": lambda d: hs.Clustered(2, 0.7, 0.2),
    "SmallWorld": lambda d: hs.SmallWorld(4, 0.3) if d.same and d.pre > 4 else None,
    "FromPairs": lambda d: hs.FromPairs(*edges(d)[:2]),
    "from_matrix": lambda d: hs.from_matrix(matrix(d)),
    "from_networkx": lambda d: hs.from_networkx(graph(d)),
    "from_sonata": lambda d: sonata(d),
}
EXAMPLES: dict[str, dict[str, Maker]] = {
    "sources": SOURCES, "cells": CELLS, "rate cells": RATE_CELLS, "rate sources": RATE_SOURCES,
    "receptors": RECEPTORS, "releases": RELEASES,
    "rules on spikes": RULES_ON_SPIKES, "rules on rates": RULES_ON_RATES, "rules on weights": RULES_ON_WEIGHTS,
    "rules that rewire": RULES_THAT_REWIRE, "rules that derive weights": RULES_THAT_DERIVE_WEIGHTS,
    "wrappers": WRAPPERS, "bounds": BOUNDS, "rules on cells": RULES_ON_CELLS,
    "rules of the network": RULES_OF_THE_NETWORK, "connectors": CONNECTORS,
}  # fmt: skip


def names() -> Iterator[str]:
    """What there are examples of."""
    return (name for examples in EXAMPLES.values() for name in examples)


def rates(d: Draw) -> Any:
    """Rates of a source: one for all, one for each cell, or a plan for each cell."""
    if d.chance(0.3):
        return hs.TimedArray(d.rng.uniform(0, 300, (5, d.n)), every=10.0, repeat=True)
    return d.varied(120.0)


def resources(d: Draw) -> dict[str, Any]:
    """Fields of short-term plasticity, now and then jointly distributed."""
    if d.chance(0.3):
        return dict(hs.jointly(U=hs.Beta(0.5, sd=0.2), tau_rec=hs.LogNormal(60.0, cv=0.3), correlation=-0.6))
    return {"U": d.pick(0.4, hs.Beta(0.5, sd=0.2)), "tau_rec": d.around(60.0)}


def triplets(d: Draw) -> dict[str, Any]:
    return {"A3_plus": d.around(d.step), "A2_minus": d.around(d.step), "A3_minus": d.step}


def often(d: Draw) -> hs.Plasticity:
    """A rule that asks for changes about as often as not."""
    return hs.PairSTDP(A_plus=d.varied(0.8), A_minus=d.around(0.6))


def bounds(d: Draw) -> list[float]:
    """Bounds that are often hit."""
    return sorted([0.2 * d.size, 1.8 * d.size])


def sees_rates(rule: hs.Plasticity) -> bool:
    return any("post_rate" in hook.all_reads for part in rule.parts() for hook in part.hooks)


def by_weight(w):
    return 0.5 if w > 1.0 else 1.0


def by_modulator(mod):
    return 0.5 + 0.5 * mod


def by_modulator_and_neurons(mod, w, dt):
    return 1.0 if mod * w > 0.3 else 0.4 + dt


GATES = (by_weight, by_modulator, by_modulator_and_neurons)
"""`mod` is what compositions call a rule of the network."""


def near(distance: np.ndarray) -> np.ndarray:
    return 0.8 * (distance < 0.5)


def edges(d: Draw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs, some of them twice, and their weights."""
    n = 2 * max(d.pre, d.post)
    return d.rng.integers(0, d.pre, n), d.rng.integers(0, d.post, n), d.size * d.rng.uniform(0.5, 1.5, n)


def matrix(d: Draw) -> np.ndarray:
    shape = d.pre, d.post
    return d.size * d.rng.uniform(0.5, 1.5, shape) * (d.rng.random(shape) < 0.4)


def graph(d: Draw) -> networkx.DiGraph:
    made = networkx.DiGraph()
    made.add_nodes_from(range(max(d.pre, d.post)))
    made.add_weighted_edges_from(zip(*(side.tolist() for side in edges(d)), strict=True))
    return made


def sonata(d: Draw) -> hs.Connector:
    """Edges from a file that holds them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "edges.h5")
        with h5py.File(path, "w") as file:
            group = file.create_group("edges/all")
            group["source_node_id"], group["target_node_id"], group["0/syn_weight"] = edges(d)
        return hs.from_sonata(path)
