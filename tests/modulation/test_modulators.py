"""Neuromodulators and oscillations: exact courses, three factors, gating by phase."""

from __future__ import annotations

import math

import numpy as np
import pytest
from helpers.relay import Relay, trains

import hebbstat as hs


def run_both(net: hs.Network, steps: int) -> tuple[hs.Simulation, hs.ReferenceSimulation]:
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    for one in (sim, reference):
        one.run(steps=steps)
    return sim, reference


def test_a_planned_release_is_followed_exactly(plain: None) -> None:
    net = hs.Network(dt=1.0)
    net.add(hs.LIF(), 1, "cell")
    plan = hs.TimedArray([0.0, 50.0, 0.0], every=100.0)
    net.add_rule(hs.Neuromodulator(tau=80.0, baseline=1.0, release=plan), "DA")
    for steps, expected in ((100, 1.0), (200, 1.0 + 4.0 * (1 - math.exp(-100 / 80))), (300, None)):
        sim, reference = run_both(net, steps)
        rise = 4.0 * (1 - math.exp(-100 / 80))
        wanted = expected if expected is not None else 1.0 + rise * math.exp(-100 / 80)
        assert sim.modulator("DA") == pytest.approx(wanted, rel=1e-12)
        assert reference.modulator("DA") == pytest.approx(wanted, rel=1e-12)


def test_spikes_release_and_the_mean_is_that_of_the_rate(plain: None) -> None:
    net = hs.Network(dt=1.0, seed=3)
    net.add(hs.PoissonSource(rate=40.0), 50, "vta")
    net.add_rule(hs.SpikeNeuromodulator("vta", tau=100.0, baseline=0.5, per_spike=0.01), "DA")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    reference, found = hs.ReferenceSimulation(net), []
    sim.run(steps=600)
    reference.run(steps=600)
    assert sim.modulator("DA") == pytest.approx(reference.modulator("DA"), rel=1e-12)
    for _ in range(300):
        sim.run(steps=20)
        found.append(sim.modulator("DA"))
    chance = 1 - math.exp(-0.04)  # of a spike in a step
    mean = 0.5 + 0.01 * 50 * chance / (1 - math.exp(-0.01))
    assert np.mean(found) == pytest.approx(mean, rel=0.02)
    with pytest.raises(hs.HebbstatError, match="population"):
        hs.SpikeNeuromodulator()


@pytest.mark.parametrize(("n", "above", "part"), [(1.0, 1.0, 0.5), (1.0, 9.0, 0.9), (2.0, 3.0, 0.9), (2.5, 0.0, 0.0)])
def test_half_of_an_effect_at_its_ec50(n: float, above: float, part: float, plain: None) -> None:
    """`above` times the concentration of half the effect has c^n / (1 + c^n) of it; one that is negative has none."""
    net = hs.Network(dt=1.0)
    net.add(hs.LIF(), 1, "cell")
    net.add_rule(hs.Neuromodulator(baseline=4.0 * above), "ACh")
    net.add_rule(hs.HillResponse(hs.FollowState("ACh"), base=0.5, top=0.1, EC50=4.0, n=n), "use")
    net.add_rule(hs.HillResponse(hs.FollowState("below"), base=0.5, n=n), "none")
    net.add_rule(hs.Neuromodulator(baseline=-3.0), "below")
    for one in run_both(net, 3):
        assert one.modulator("use") == pytest.approx(0.5 - 0.4 * part, rel=1e-12)
        assert one.modulator("none") == 0.5


@pytest.mark.parametrize("ach", [0.0, 1.0, 3.0])
def test_a_modulator_that_lowers_release_raises_the_paired_pulse_ratio(ach: float, plain: None) -> None:
    """A presynaptic effect: the first release is U, the second U (1 - U exp(-t / tau_rec)), at U = 0.5 / (1 + ACh)."""
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.SpikeSource(), 1, "a", spikes=trains([9.0, 29.0])), net.add(Relay(), 1, "b", spikes=trains([]))
    net.add_rule(hs.Neuromodulator(baseline=ach), "ACh")
    net.add_rule(hs.HillResponse(hs.FollowState("ACh"), base=0.5, top=0.0), "use")
    net.connect(a, b, hs.AllToAll(), weight=1.0, release=hs.TsodyksMarkram(U=hs.FollowState("use"), tau_rec=100.0))
    run = hs.Simulation(net, dtype="float64", quiet=True).run(ms=40, record=[hs.States("b", "got", every=1.0)])
    first, second = (x for x in run["b.got"].values[:, 0] if x > 0.0)
    use = 0.5 / (1.0 + ach)
    assert first == pytest.approx(use, rel=1e-12)
    assert second / first == pytest.approx(1.0 - use * math.exp(-0.2), rel=1e-12)


@pytest.mark.parametrize("late", [50, 400])
def test_a_reward_after_a_pairing_credits_what_is_left_of_its_tag(late: int, plain: None) -> None:
    """Izhikevich 2007: a tag c and, T later, a reward r give dw = r c tau_c tau_d / (tau_c + tau_d) exp(-T / tau_c)."""
    tau_c, tau_d, c0, reward = 500.0, 200.0, 0.1, 0.5
    net = hs.Network(dt=1.0)
    a = net.add(hs.SpikeSource(), 1, "a", spikes=([9.0], [0]))
    b = net.add(hs.SpikeSource(), 1, "b", spikes=([11.0], [0]))
    net.add_rule(hs.Neuromodulator(tau=tau_d), "DA")
    stdp = hs.PairSTDP(A_plus=c0 * math.exp(1.0 / 20.0), A_minus=0.0)  # the spike arrives 1 ms before the other
    rule = hs.gated(hs.Eligibility(stdp, tau=tau_c, period=1.0, eta=1000.0), by=lambda DA: DA)
    net.connect(a, b, hs.AllToAll(), weight=0.0, delay=1.0, rules=[rule], name="p")
    sim, reference = run_both(net, 10 + late)
    for one in (sim, reference):
        assert one.state("p", "w")[0] == 0.0  # nothing without the third factor
        one.set("DA", "c", reward)
        one.run(steps=6000)
    both = tau_c * tau_d / (tau_c + tau_d)
    expected = reward * c0 * both * math.exp(-late / tau_c)
    assert sim.weights("p")[0] == pytest.approx(expected, rel=1.0 / both)  # in continuous time; steps are 1 ms
    assert sim.weights("p")[0] == pytest.approx(reference.state("p", "w")[0], rel=1e-9)


def test_an_oscillation_is_exact_and_does_not_drift(plain: None) -> None:
    net = hs.Network(dt=0.5)
    net.add(hs.LIF(), 1, "cell")
    net.add_rule(hs.Oscillation(frequency=8.0, phase=0.3), "theta")
    sim, reference = run_both(net, 1237)
    expected = math.sin(2 * math.pi * 8.0 * 1237 * 0.5 / 1000.0 + 0.3)
    assert sim.modulator("theta") == pytest.approx(expected, abs=1e-9)
    assert reference.modulator("theta") == pytest.approx(expected, abs=1e-9)
    sim.run(steps=200_000)
    assert sim.modulator("theta") == pytest.approx(math.sin(2 * math.pi * 8.0 * 201_237 / 2000.0 + 0.3), abs=1e-6)
