"""Multi-site release, release-probability plasticity, the cascade synapse and scaling that spares the largest fifth."""

import math

import numpy as np
import pytest
from helpers.comparing import pairs
from helpers.tiny import Cell, in_steps, network
from helpers.user_mechanisms.cascade import Cascade
from helpers.user_mechanisms.multisite import MultiSite
from helpers.user_mechanisms.release_probability import Depressing, ReleaseSTDP
from helpers.user_mechanisms.sparing import SparingScaling
from scipy import stats

from hebbstat.contract.distributions import LogNormal
from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.units import Number
from hebbstat.network import AllToAll, FromPairs, Network, OneToOne
from hebbstat.reference import ReferenceSimulation

# Release


def released(n, spikes, gap, **release):
    """How many vesicles each of n synapses releases at each of regular spikes `gap` ms apart: [spike, synapse]."""
    net = Network(dt=1.0, seed=11)
    net.add(Cell(), 1, "a", spikes=in_steps([k * gap for k in range(spikes)]))
    net.add(Cell(), n, "b")
    net.connect("a", "b", AllToAll(), weight=1.0, release=MultiSite(**release))
    sim, found = ReferenceSimulation(net), []
    sim.run(steps=2)
    for _ in range(spikes):
        sim.run(steps=1)
        found.append(sim.peek("b", "neuron", "got"))
        sim.run(steps=gap - 1)
    return np.array(found)


def test_the_first_release_is_binomial():
    """Mean p N, variance N p (1 - p)."""
    n, sites, p = 1000, 6, 0.3
    first = released(n, 1, 5, sites=sites, p=p)[0]
    variance = sites * p * (1 - p)
    assert abs(first.mean() - p * sites) < 4 * math.sqrt(variance / n)
    assert abs(first.var() / variance - 1) < 4 * math.sqrt(2.2 / n)
    assert set(first) <= set(range(sites + 1))


def test_depletion_reaches_the_mean_field_steady_state():
    """Before a spike D = N (1 - e) / (1 - (1 - p) e) vesicles are docked, e = exp(-gap / tau); p D are released."""
    n, sites, p, tau, gap = 300, 5, 0.5, 100.0, 40
    found = released(n, 24, gap, sites=sites, p=p, tau=tau)
    e = math.exp(-gap / tau)
    expected = p * sites * (1 - e) / (1 - (1 - p) * e)
    late = found[8:].mean(axis=0)  # per synapse; successive releases depend on each other
    assert abs(late.mean() - expected) < 4 * late.std() / math.sqrt(n)
    assert found[0].mean() > 1.5 * expected


def test_without_recovery_no_more_than_the_sites_are_released():
    found = released(50, 12, 3, sites=4, p=0.5, tau=1e9)
    assert (found.sum(axis=0) <= 4).all()
    assert found.sum(axis=0).mean() > 3.9


def test_release_probability_moves_and_the_weight_does_not():
    """Pre before post raises U by gain exp(-lag/tau), and with it the response, at the same weight."""

    def responses(pairing):
        post = [20] if pairing else []
        net = network([[9, 200, 210]], [post])
        rule, release = ReleaseSTDP(gain=0.2), Depressing(U=0.4, back=1.0)
        net.connect("a", "b", AllToAll(), weight=3.0, release=release, rules=[rule])
        sim = ReferenceSimulation(net)
        sim.run(steps=150)
        u = sim.values_of("a -> b", "release", "U")[0]
        sim.run(steps=53)
        assert sim.weights("a -> b") == [3.0]
        return u, sim.peek("b", "neuron", "got")[0]

    raised = 0.4 + 0.2 * math.exp(-10.0 / 20.0)  # the event at the end of step 10, the spike at the end of step 20
    u, first = responses(True)
    assert u == pytest.approx(raised, rel=1e-14)
    # The spike of step 200 follows a silence; y of the spike 20 weakens it at its event, after the release.
    assert first == pytest.approx(3.0 * raised, rel=1e-14)
    assert responses(False) == (0.4, pytest.approx(1.2))


def test_release_probability_stays_within_its_bounds():
    net = network([[1, 30]], [[3, 4, 5, 29]])
    net.connect("a", "b", AllToAll(), weight=1.0, release=Depressing(U=0.9), rules=[ReleaseSTDP(gain=5.0)])
    sim = ReferenceSimulation(net)
    sim.run(steps=10)
    assert sim.values_of("a -> b", "release", "U") == [1.0]
    sim.run(steps=30)
    assert sim.values_of("a -> b", "release", "U") == [0.0]


# Cascade


@pytest.mark.parametrize("depths", [3, 5])
def test_the_cascade_fills_all_depths_equally(depths):
    """Fusi, Drew & Abbott 2005: with balanced events each of the 2 n states is occupied by 1/(2 n) of the synapses."""
    n, events = 800, 110
    net = Network(dt=1.0, seed=depths)
    net.add(Cell(), 1, "a", spikes=in_steps(range(events)))
    net.add(Cell(), n, "b")
    net.connect("a", "b", AllToAll(), weight=0.0, rules=[Cascade(depths=depths, low=2.0, high=5.0)])
    sim = ReferenceSimulation(net)
    assert set(sim.weights("a -> b")) == {2.0}
    sim.run(steps=events + 1)
    strong, depth = (sim.peek("a -> b", "rule0.0", name) for name in ("strong", "depth"))
    counts = [
        sum((s, d) == (side, k + 1) for s, d in zip(strong, depth, strict=True))
        for side in (-1, 1)
        for k in range(depths)
    ]
    assert sum(counts) == n
    assert stats.chisquare(counts).pvalue > 0.01
    assert sim.weights("a -> b").tolist() == [5.0 if s > 0 else 2.0 for s in strong]


def test_deep_cascade_synapses_are_rigid():
    """One event after the fill changes depth k with the published probabilities: shallow far more often than deep."""
    n = 800
    net = Network(dt=1.0, seed=3)
    net.add(Cell(), 1, "a", spikes=in_steps(range(60)))
    net.add(Cell(), n, "b")
    net.connect("a", "b", AllToAll(), rules=[Cascade(depths=4.0)])
    sim, switched, seen = ReferenceSimulation(net), np.zeros(4), np.zeros(4)
    sim.run(steps=30)
    for _ in range(20):
        before = list(
            zip(sim.peek("a -> b", "rule0.0", "strong"), sim.peek("a -> b", "rule0.0", "depth"), strict=True)
        )
        sim.run(steps=1)
        for (strong, depth), now in zip(before, sim.peek("a -> b", "rule0.0", "strong"), strict=True):
            seen[int(depth) - 1] += 1
            switched[int(depth) - 1] += strong != now
    chance = 0.5 * np.array([1.0, 0.5, 0.25, 0.25])  # half of the events ask for the other strength
    assert np.all(np.abs(switched / seen - chance) < 4 * np.sqrt(chance * (1 - chance) / seen))


# Scaling


def test_scaling_spares_the_largest_fifth_bit_for_bit():
    net = Network(dt=1.0, seed=8)
    net.add(Cell(), 50, "a")
    net.add(Cell(), 3, "b")
    net.connect("a", "b", AllToAll(), weight=LogNormal(1.0, cv=0.6), rules=[SparingScaling(share=0.18, period=4.0)])
    sim = ReferenceSimulation(net)
    before = np.array(sim.weights("a -> b"))
    post = np.array([post for _, post in pairs(sim, "a -> b")])
    sim.run(steps=4)
    after = np.array(sim.weights("a -> b"))
    for neuron in range(3):
        w, new = before[post == neuron], after[post == neuron]
        large = w >= np.quantile(w, 0.8)
        assert large.sum() == 10
        assert (new[large] == w[large]).all()
        assert (new[~large] == w[~large] + -0.18 * w[~large]).all()


class Nudge(Plasticity):
    by: Number = 1.0

    @staticmethod
    def on_pre(by):
        return by


def test_scaling_and_a_hebbian_rule_sum_on_one_projection():
    net = network([[2]] * 5, [[]] * 5)
    net.connect("a", "b", OneToOne(), weight=10.0, rules=[Nudge(), SparingScaling(period=4.0)])
    net.connect(
        "a", "b", FromPairs([0] * 5, [0] * 5), weight=[1.0, 2.0, 3.0, 4.0, 5.0], rules=[SparingScaling(period=4.0)]
    )
    sim = ReferenceSimulation(net)
    sim.run(steps=4)
    assert sim.weights("a -> b").tolist() == [11.0] * 5  # each is the largest of its neuron in this projection
    assert sim.weights("a -> b (2)").tolist() == [w + -0.18 * w for w in (1.0, 2.0, 3.0, 4.0)] + [5.0]
