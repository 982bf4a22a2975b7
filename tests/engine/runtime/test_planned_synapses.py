"""Parameters that are planned with a value for each synapse are, on the engine, what they are in the reference."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.comparing import compare

import hebbstat as hs
from hebbstat.network import instantiate


class Pull(hs.Plasticity):
    """Draws a weight to a goal at each event, and by what the goal is then."""

    goal: hs.units.Weight = 1.0

    @staticmethod
    def on_pre(w, goal):
        return 0.1 * (goal - w)

    @staticmethod
    def on_post(w, goal):
        return 0.02 * (goal - w) * goal


def network(delay: object, synapses: int = 40) -> hs.Network:
    net = hs.Network(dt=0.5, seed=8)
    a, b = net.add(hs.PoissonSource(rate=80.0), 8, "a"), net.add(hs.LIF(i_ext=180.0), 5, "b")
    plan = np.random.default_rng(2).uniform(1.0, 9.0, (4, synapses))
    pairs = np.random.default_rng(3).permutation(synapses)
    wiring = hs.FromPairs(pairs // 5, pairs % 5)
    goal = hs.TimedArray(plan, every=7.0, repeat=True)
    net.connect(a, b, wiring, weight=2.0, delay=delay, name="p", rules=[Pull(goal=goal), hs.HardBounds(0.0, 9.0)])
    net.connect(a, b, hs.AllToAll(), weight=2.0, delay=delay, name="high", rules=[
        hs.PairSTDP(A_plus=0.5), hs.HardBounds(0.0, hs.TimedArray(plan[::-1], every=5.0))])  # fmt: skip
    return net


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("delay", [1.0, hs.Uniform(0.5, 4.0)])
def test_a_plan_for_each_synapse_equals_the_reference(threads: int, delay: object, plain: None) -> None:
    compare(instantiate(network(delay)), steps=250, threads=threads)


@pytest.mark.verify
def test_it_is_compiled_and_looked_at_in_canonical_order() -> None:
    made = instantiate(network(hs.Uniform(0.5, 4.0)))
    compare(made, steps=100, threads=2)
    sim = hs.Simulation(made, quiet=True, threads=2)
    sim.run(ms=10.0)
    plain = hs.ReferenceSimulation(made)
    plain.run(ms=10.0)
    np.testing.assert_allclose(sim.state("p", "Pull.goal"), plain.state("p", "Pull.goal"), rtol=1e-6)
