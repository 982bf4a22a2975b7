"""A1: an array given beside pairs belongs to these pairs, in whatever order they come."""

from dataclasses import dataclass

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.network import Connector, instantiate

RNG = np.random.default_rng(5)
PRE, POST = RNG.integers(0, 6, 40), RNG.integers(0, 4, 40)  # unordered, several copies of some pairs
GIVEN = RNG.uniform(1.0, 9.0, 40)
ORDER = np.lexsort((np.arange(40), POST, PRE))  # plain: by pre, post, then as given


@dataclass(frozen=True)
class Mine(Connector):
    def pairs(self, pre, post, rng):
        return PRE, POST

    def expected(self, pre, post):
        return 40


class Rule(hs.Plasticity):
    a: hs.units.Number = 1.0
    b: hs.units.Number = 1.0
    z = hs.PerSynapse.state("b")

    @staticmethod
    def on_post(a, z):
        return a + z


class Leak(hs.Release):
    part: hs.units.Number = 1.0

    @staticmethod
    def transmit(w, part):
        return w * part


@pytest.mark.parametrize("wiring", [hs.FromPairs(PRE, POST), Mine()])
def test_a1_arrays_go_with_their_pairs(wiring):
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.PoissonSource(rate=50.0), 6, "a"), net.add(hs.LIF(), 4, "b")
    rules = [Rule(a=GIVEN + 1, b=GIVEN + 2)]
    net.connect(
        a, b, wiring, weight=GIVEN, delay=np.rint(GIVEN), release=Leak(part=GIVEN + 3), rules=rules, name="p",
        branches=np.arange(40),
    )  # fmt: skip
    made = instantiate(net)
    synapses = made.synapses["p"]
    assert synapses.pre().tolist() == PRE[ORDER].tolist() and synapses.post.tolist() == POST[ORDER].tolist()
    assert synapses.weight.tolist() == GIVEN[ORDER].tolist()
    assert synapses.delay.tolist() == np.rint(GIVEN)[ORDER].tolist()
    assert synapses.branch.tolist() == np.arange(40)[ORDER].tolist()
    assert made.values["p", "release"]["part"].tolist() == (GIVEN + 3)[ORDER].tolist()
    assert made.values["p", "rule0.0"]["a"].tolist() == (GIVEN + 1)[ORDER].tolist()


def test_a1_the_example():
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.PoissonSource(), 3, "a"), net.add(hs.LIF(), 3, "b")
    net.connect(a, b, hs.FromPairs([2, 0, 1], [0, 1, 2]), weight=[20.0, 1.0, 12.0], delay=[5.0, 1.0, 3.0], name="p")
    sim = hs.Simulation(net, quiet=True)
    assert sim.weights("p").tolist() == hs.ReferenceSimulation(net).weights("p").tolist() == [1.0, 12.0, 20.0]


def test_a1_plans_over_synapses_go_with_their_pairs():
    net = hs.Network(dt=1.0)
    a, b = net.add(hs.PoissonSource(), 6, "a"), net.add(hs.LIF(), 4, "b")
    plan = hs.TimedArray(np.stack([GIVEN, 2 * GIVEN]), every=1.0)
    net.connect(a, b, hs.FromPairs(PRE, POST), rules=[Rule(a=plan)], name="p")
    assert instantiate(net).values["p", "rule0.0"]["a"].values.tolist() == [
        GIVEN[ORDER].tolist(), (2 * GIVEN)[ORDER].tolist()
    ]  # fmt: skip
