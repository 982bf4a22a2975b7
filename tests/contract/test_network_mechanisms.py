"""SORN, structural plasticity with free elements, diffusive homeostasis: invariants and closed forms."""

import math

import numpy as np
import pytest
from helpers.comparing import pairs
from helpers.tiny import Cell, in_steps, network
from helpers.user_mechanisms.diffusive import DiffusiveHomeostasis
from helpers.user_mechanisms.growth import Growth
from helpers.user_mechanisms.sorn import BinarySTDP, BinaryUnit, IntrinsicRate, SumToOne, Turnover

from hebbstat.contract.distributions import Uniform
from hebbstat.contract.errors import BadValueError
from hebbstat.network import AllToAll, FixedProbability, FromPairs, Network
from hebbstat.reference import ReferenceSimulation

# SORN


def sorn(seed, eta_ip=0.02):
    net = Network(dt=1.0, seed=seed)
    rules = [IntrinsicRate(eta=eta_ip)] if eta_ip else []
    net.add(BinaryUnit(threshold=Uniform(0.0, 1.0), noise=0.2), 30, "exc", rules=rules)
    net.add(BinaryUnit(threshold=Uniform(0.0, 0.5), noise=0.2), 6, "inh")
    net.connect(
        "exc", "exc", FixedProbability(0.2), weight=Uniform(0.0, 1.0), rules=[BinarySTDP(), SumToOne(), Turnover()]
    )
    net.connect("exc", "inh", AllToAll(), weight=1.0 / 30)
    net.connect("inh", "exc", FixedProbability(0.5), weight=-0.2)
    return ReferenceSimulation(net)


def test_sorn_keeps_its_sums_and_its_rate_and_rewires():
    sim = sorn(seed=4)
    first = set(pairs(sim, "exc -> exc"))
    sim.run(steps=1500)
    spikes_before = len(sim.spikes)
    everyone = set(first)
    for _ in range(1500):
        sim.run(steps=1)
        everyone |= set(pairs(sim, "exc -> exc"))
    now = set(pairs(sim, "exc -> exc"))
    assert everyone - first  # births
    assert everyone - now  # deaths
    assert len(now) == len(pairs(sim, "exc -> exc")) and all(pre != post for pre, post in now)
    sums, born = np.zeros(30), np.zeros(30)
    for (_, post), weight in zip(pairs(sim, "exc -> exc"), sim.weights("exc -> exc"), strict=True):
        assert weight >= 0.0
        sums[post] += weight
        born[post] += weight == 0.001
    connected = sums > 0
    assert sums[connected] == pytest.approx(1.0 + 0.001 * born[connected], abs=1e-12)  # born after the sum was made
    # Intrinsic plasticity: the threshold moved by eta (spikes - steps * rate), which bounds the error of the rate.
    late = [neuron for _, name, neuron in sim.spikes[spikes_before:] if name == "exc"]
    rates = np.bincount(late, minlength=30) / 1500
    assert rates.mean() == pytest.approx(0.1, abs=0.005)
    assert rates == pytest.approx(0.1, abs=0.04)


def test_without_intrinsic_plasticity_the_rates_of_a_sorn_differ():
    """The control: what holds the rate is the rule."""
    sim = sorn(seed=4, eta_ip=0.0)
    sim.run(steps=1000)
    rates = np.bincount([neuron for _, name, neuron in sim.spikes if name == "exc"], minlength=30) / 1000
    assert abs(rates - 0.1).max() > 0.2


def test_sorn_stdp_needs_the_right_iteration():
    """A synapse gains by a spike one iteration (two steps) after, loses by one before, and by no other lag."""
    for lag in range(-5, 6):
        net = network([[10]], [[10 + lag]])
        net.connect("a", "b", FromPairs([0], [0]), weight=1.0, rules=[BinarySTDP(eta=0.25)])
        sim = ReferenceSimulation(net)
        sim.run(steps=20)
        assert sim.weights("a -> b")[0] == {2: 1.25, -2: 0.75}.get(lag, 1.0)


# Growth


def test_elements_are_conserved_whatever_is_born_or_dies():
    """Free elements plus synapses change by growth alone, at both ends."""
    net = Network(dt=1.0, seed=6)
    trains = in_steps(*[list(range(7 * k % 40, 2000, 10 + 3 * k)) for k in range(12)])
    net.add(Cell(), 12, "a", spikes=trains)
    net.connect("a", "a", FromPairs([], []), weight=0.0, rules=[Growth(nu=5e-3, tau=200.0, period=20.0)])
    sim = ReferenceSimulation(net)
    seen, everyone = [], set()
    for _ in range(100):
        sim.run(steps=20)
        seen.append(len(pairs(sim, "a -> a")))
        everyone |= set(pairs(sim, "a -> a"))
        pre, post = (np.bincount([pair[end] for pair in pairs(sim, "a -> a")], minlength=12) for end in (0, 1))
        for side, bound in (("pre", pre), ("post", post)):
            free, grown = (np.array(sim.peek("a -> a", "rule0.0", f"{what}_{side}")) for what in ("free", "grown"))
            assert free + bound == pytest.approx(grown, abs=1e-9)
    assert max(seen) > 20  # it grew
    assert len(everyone) > len(pairs(sim, "a -> a"))  # and lost some


@pytest.mark.parametrize(("calcium", "growth"), [(0.1, 0.0), (0.7, 0.0), (0.4, 1.0), (1e3, -1.0)])
def test_growth_vanishes_at_both_set_points(calcium, growth):
    """Butz & van Ooyen 2013: zero exactly at Ca = eta and Ca = eps, nu in the middle, -nu far off."""
    net = network([[0]], [[9]])
    rule = Growth(nu=1.0, tau=1e15, beta=calcium, period=20.0, tries=0.0)  # one spike makes and keeps the calcium
    net.connect("a", "b", AllToAll(), weight=0.0, rules=[rule])
    sim = ReferenceSimulation(net)
    sim.run(steps=20)
    assert sim.peek("a -> b", "rule0.0", "free_pre") == pytest.approx([20.0 * growth], abs=1e-10)
    assert sim.peek("a -> b", "rule0.0", "free_post") == pytest.approx([20.0 * growth], abs=1e-10)


# Diffusion

SIDE = 7
GRID = [[float(x), float(y)] for x in range(SIDE) for y in range(SIDE)]
MIDDLE = SIDE * SIDE // 2


def sheet(spikes, steps, **rule):
    net = Network(dt=1.0)
    trains = ([float(n + 1) for n in spikes], [MIDDLE] * len(spikes))
    net.add(
        Cell(v_threshold=0.0), SIDE * SIDE, "a", positions=GRID, rules=[DiffusiveHomeostasis(**rule)], spikes=trains
    )
    sim = ReferenceSimulation(net)
    sim.run(steps=steps)
    return sim


def test_the_field_spreads_and_its_total_decays_as_it_should():
    """Diffusion moves the messenger, it makes none: total = source x what calcium gave, decaying with tau."""
    off = dict(spread=0.0, gain=0.0)
    sims = {spread: sheet([0], 60, spread=spread, gain=0.0) for spread in (0.0, 0.02, 0.2)}
    fields = {spread: np.array(sim.peek("a", "rule0.0", "no")) for spread, sim in sims.items()}
    closed = 0.0
    for n in range(60):  # the spike of step 0 is in the trace from its end; the trace is read after the decay of a step
        closed = (closed + 0.05 * math.exp(-n / 10.0)) * math.exp(-1.0 / 100.0)
    for field in fields.values():
        assert field.sum() == pytest.approx(closed, rel=1e-12)
    assert fields[0.0][MIDDLE] == pytest.approx(closed)  # without spread it stays where it was made
    peaks = [fields[spread][MIDDLE] for spread in (0.0, 0.02, 0.2)]
    assert peaks == sorted(peaks, reverse=True)
    after = sheet([0], 400, spread=0.2, gain=0.0, tau=1e12)
    assert np.ptp(after.peek("a", "rule0.0", "no")) < 0.01 * np.mean(after.peek("a", "rule0.0", "no"))  # it evens out
    assert sheet([0], 5, **off).values_of("a", "neuron", "v_threshold") == [0.0] * SIDE**2


def test_diffusion_has_the_variance_of_a_random_walk():
    """On the grid the field is the distribution of a walk: its variance along x grows by 2 spread per ms."""
    rule = dict(gain=0.0, spread=0.01, tau=1e15, tau_ca=1e-3, source=1.0)
    field = np.array(sheet([0], 26, **rule).peek("a", "rule0.0", "no"))
    x = np.array(GRID)[:, 0] - SIDE // 2
    assert field.sum() == pytest.approx(1.0)
    assert (field * x**2).sum() == pytest.approx(2 * 0.01 * 25, rel=5e-3)  # hardly anything is at the border yet


def test_neighbours_of_an_active_cell_raise_their_thresholds_too():
    def thresholds(spread):
        sim = sheet(list(range(0, 300, 4)), 300, spread=spread, goal=0.3)
        return np.array(sim.values_of("a", "neuron", "v_threshold"))

    diffusive, local = thresholds(0.05), thresholds(0.0)
    neighbours = [MIDDLE - 1, MIDDLE + 1, MIDDLE - SIDE, MIDDLE + SIDE]
    assert diffusive[MIDDLE] > 0.0 and (diffusive[neighbours] > 0.0).all()
    assert local[MIDDLE] > diffusive[MIDDLE]
    assert (local[neighbours] < 0.0).all()  # below the goal, as all others
    assert diffusive[0] < 0.0  # the corner is too far away
    assert diffusive[neighbours] == pytest.approx(diffusive[neighbours][0], rel=1e-12)  # the four are alike


def test_a_field_needs_positions():
    net = Network(dt=1.0)
    net.add(Cell(), 3, "a", rules=[DiffusiveHomeostasis()])
    with pytest.raises(BadValueError, match="'a' needs positions"):
        ReferenceSimulation(net)
