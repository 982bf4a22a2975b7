"""Stochastic release against binomial statistics and the deterministic model that is its mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import hebbstat as hs


class Sum(hs.Neuron):
    """Keeps what arrives in a step."""

    got = hs.PerNeuron.state()

    @got.step
    def take(input):
        return input

    @staticmethod
    def fires(got):
        return got > 1e30


def amounts(release: hs.Release, n: int, times: list[float], weight: float = 1.0) -> np.ndarray:
    """What each of n synapses releases at each spike, [spike, synapse]; a step is 1 ms."""
    net = hs.Network(dt=1.0, seed=11)
    a = net.add(hs.SpikeSource(), 1, "a", spikes=(times, np.zeros(len(times), int)))
    net.connect(a, net.add(Sum(), n, "b"), hs.AllToAll(), weight=weight, release=release)
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    run = sim.run(steps=round(max(times)) + 3, record=[hs.States("b", "got", every=1.0)], watch=None)["b.got"].values
    return run[[round(t) + 1 for t in times]]


def test_a_first_release_is_binomial(plain: None) -> None:
    n, sites, p = 4000, 6, 0.3
    first = amounts(hs.VesicleRelease(sites=sites, p=p), n, [5.0])[0]
    variance = sites * p * (1 - p)
    assert first.mean() == pytest.approx(sites * p, abs=4 * math.sqrt(variance / n))
    assert first.var() == pytest.approx(variance, rel=4 * math.sqrt(2.2 / n))
    assert {*np.unique(first)} == set(range(7))


@pytest.mark.parametrize("gap", [10.0, 50.0])
def test_the_mean_is_the_deterministic_model_and_the_variance_binomial(gap: float, plain: None) -> None:
    """Sites are independent: each is docked with the probability x_k of the deterministic model, so that what spike k
    releases is Binomial(sites, p x_k). A model that let sites share vesicles would have another variance."""
    n, sites, p, tau = 3000, 5, 0.5, 100.0
    found = amounts(hs.VesicleRelease(sites=sites, p=p, tau_rec=tau), n, [5.0 + gap * k for k in range(6)])
    mean = amounts(hs.TsodyksMarkram(U=p, tau_rec=tau, tau_facil=0.0), 1, [5.0 + gap * k for k in range(6)])[:, 0]
    for k in range(6):
        chance = mean[k]  # p x_k
        variance = sites * chance * (1 - chance)
        assert found[k].mean() == pytest.approx(sites * chance, abs=4 * math.sqrt(variance / n))
        assert found[k].var() == pytest.approx(variance, rel=0.12)
    assert mean[0] == p and mean[5] < 0.8 * p


def test_no_more_is_released_than_there_is(plain: None) -> None:
    found = amounts(hs.VesicleRelease(sites=4, p=0.5, tau_rec=1e9), 50, [5.0 + 3.0 * k for k in range(14)])
    assert (found.sum(axis=0) <= 4).all() and found.sum(axis=0).mean() > 3.9


@pytest.mark.parametrize(
    ("sites", "message"),
    [
        (2.5, "sites=2.5 of VesicleRelease must be a whole number, at least 1"),
        (0, "at least 1"),
        (np.array([1.0, 2.0, 2.5]), "sites=2.5 of VesicleRelease must be a whole number"),
        (hs.Uniform(1.0, 9.0), "can give broken numbers, .* whole number, at least 1; use Rounded"),
        (hs.Rounded(hs.LogNormal(5.0, cv=0.5)), "can give values from 0 to inf"),
        (hs.TimedArray([1.0, 2.5], every=10.0), "can give broken numbers"),
        (hs.Sine(5.0, 1.0, frequency=8.0), "can give broken numbers"),
        (hs.FollowState("DA"), "follows a state, which can be any number"),
    ],
)
def test_sites_are_whole_numbers(sites: Any, message: str) -> None:
    with pytest.raises(hs.BadValueError, match=message):
        hs.VesicleRelease(sites=sites)


def test_sites_may_differ_and_are_set_as_whole_numbers(plain: None) -> None:
    """A first spike with p = 1 empties all sites."""
    release = hs.VesicleRelease(sites=hs.Rounded(hs.Normal(5.0, sd=2.0, low=1.0)), p=1.0)
    first = amounts(release, 200, [5.0])[0]
    assert set(first) >= {2.0, 4.0, 7.0} and (first == np.rint(first)).all() and first.min() >= 1.0
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.PoissonSource(rate=9.0), 2, "a"), net.add(Sum(), 2, "b")
    net.connect(a, b, hs.AllToAll(), weight=1.0, release=hs.VesicleRelease(sites=[1, 2, 3, 4]), name="p")
    sim = hs.Simulation(net, quiet=True)
    assert sim.state("p", "release.sites").tolist() == [1.0, 2.0, 3.0, 4.0]
    with pytest.raises(hs.BadValueError, match=r"sites=2.5 .* must be a whole number"):
        sim.set("p", "release.sites", 2.5)


def test_engine_and_reference_draw_the_same(plain: None) -> None:
    net = hs.Network(dt=1.0, seed=4)
    a, b = net.add(hs.PoissonSource(rate=60.0), 6, "a"), net.add(Sum(), 5, "b")
    net.connect(a, b, hs.FixedProbability(0.7), weight=hs.Uniform(0.5, 1.5), delay=hs.Uniform(1.0, 4.0), name="p",
                release=hs.VesicleRelease(p=hs.Uniform(0.2, 0.8), tau_rec=60.0))  # fmt: skip
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True, threads=2), hs.ReferenceSimulation(net)
    for _ in range(10):
        for one in (sim, reference):
            one.run(steps=13)
        assert sim.state("p", "release.docked").tolist() == reference.state("p", "release.docked").tolist()
        np.testing.assert_allclose(sim.state("b", "got"), reference.state("b", "got"), rtol=1e-9, atol=1e-12)
