"""Values for synapses that are drawn in parts are those that are drawn in one go."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.contract import random
from hebbstat.network import instantiate
from hebbstat.network.drawn import Drawn

DISTRIBUTIONS = [
    hs.Normal(1.5, 0.75, low=0.1), hs.Normal(-2.0, 0.5, high=0.0), hs.LogNormal(2.0, cv=0.8), hs.Uniform(0.2, 9.0),
    hs.Gamma(3.0, cv=0.4), hs.Beta(0.4, sd=0.2), hs.Normal(2.0, 0.0),
]  # fmt: skip


@pytest.mark.parametrize("value", DISTRIBUTIONS, ids=repr)
def test_parts_are_those_of_the_whole(value: hs.Normal) -> None:
    drawn = Drawn(value, random.stream_key(7, "p/weight"), 5000)
    whole = value.sample(lambda name: random.generator(7, f"p/{name}"), "weight", 5000)
    assert np.array_equal(np.asarray(drawn), whole) and len(drawn) == 5000 and np.ndim(drawn) == 1
    bounds = [0, 1, 17, 900, 4096, 5000]
    assert np.array_equal(np.concatenate([drawn.part(a, b) for a, b in pairwise(bounds)]), whole)


@pytest.mark.parametrize("value", [one for one in DISTRIBUTIONS if one.support[0] >= 0], ids=repr)
@pytest.mark.parametrize("threads", [1, 3])
def test_whole_steps(value: hs.Normal, threads: int) -> None:
    drawn = Drawn(value, 11, 200_000)
    steps = drawn.steps(0.1, threads)
    assert steps.dtype.kind == "u"
    assert np.array_equal(steps, np.maximum(1, np.rint(np.asarray(drawn) / 0.1)))


def test_static_weights_are_drawn_when_they_are_needed() -> None:
    """Engine and reference have the same; those that rules change are an array from the start."""
    net = hs.Network(dt=0.5, seed=5)
    a, b = net.add(hs.PoissonSource(rate=50.0), 40, "a"), net.add(hs.LIF(), 30, "b")
    said = {"weight": hs.LogNormal(1.0, cv=0.5), "delay": hs.Uniform(0.5, 200.0), "receptor": hs.AMPA()}
    net.connect(a, b, hs.FixedProbability(0.5), name="static", **said)
    net.connect(a, b, hs.FixedProbability(0.5), name="learns", rules=[hs.PairSTDP(), hs.HardBounds(0, 9)], **said)
    made = instantiate(net)
    assert isinstance(made.synapses["static"].weight, Drawn)
    assert isinstance(made.synapses["learns"].weight, np.ndarray)
    engine = hs.Simulation(made, threads=2, dtype="float64", quiet=True)
    plain = hs.ReferenceSimulation(made)
    for name in ("static", "learns"):
        assert np.array_equal(engine.weights(name), made.synapses[name].weights())
        assert np.array_equal(engine.weights(name), plain.weights(name))
    assert made.synapses["static"].n == len(engine.weights("static"))  # an instance that somebody has is left whole
