"""Release that learns: both U and tau_rec of a depressing synapse follow the timing of spikes.

After Costa, Froemke, Sjostrom & van Rossum 2015, doi:10.7554/eLife.09457, which has U; tau_rec is our addition.
"""

from __future__ import annotations

import numpy as np
import pytest
from helpers.comparing import compare
from helpers.tiny import Cell

import hebbstat as hs
from hebbstat.network import instantiate


class TimedUse(hs.Plasticity):
    """dU = A x at a postsynaptic spike, -A y at a presynaptic one."""

    acts_on = "release.U"
    tau: hs.units.Ms = 20.0
    A: hs.units.NonNegative = 0.05

    x = hs.PerPre.trace(decay="tau")
    y = hs.PerPost.trace(decay="tau")

    @staticmethod
    def on_post(x, A):
        return A * x

    @staticmethod
    def on_pre(y, A):
        return -A * y


class Rest(hs.Plasticity):
    """tau_rec goes to `long` by a share at each presynaptic spike: synapses that are used recover more slowly."""

    acts_on = "release.tau_rec"
    long: hs.units.Ms = 800.0
    share: hs.units.Fraction = 0.1

    @staticmethod
    def on_pre(value, long, share):
        return share * (long - value)


def network(lag: float) -> hs.Network:
    """Ten pairs, the postsynaptic spike `lag` ms after the presynaptic one, seen at the synapse at once."""
    net, times = hs.Network(dt=1.0), 100.0 * np.arange(1, 11)
    nobody = np.zeros(10, int)
    net.add(Cell(), 1, "a", spikes=(times, nobody))
    net.add(Cell(), 1, "b", spikes=(times + 1.0 + lag, nobody))
    rules = [TimedUse(), Rest(), hs.HardBounds(0.0, 1.0, on="release.U")]
    release = hs.TsodyksMarkram(U=0.5, tau_rec=200.0)
    net.connect("a", "b", hs.AllToAll(), weight=1.0, delay=1.0, release=release, rules=rules, name="s")
    return net


@pytest.mark.parametrize("lag", [5.0, -5.0])
def test_engine_equals_reference(lag: float, kernels: None) -> None:
    compare(instantiate(network(lag)), 700)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_both_move_as_the_rules_say(sign: float, plain: None) -> None:
    sim = hs.Simulation(network(5.0 * sign), dtype="float64", quiet=True)
    sim.run(steps=1010)
    one = 0.05 * np.exp(-0.25)
    assert sim.state("s", "release.tau_rec")[0] == pytest.approx(800.0 - 600.0 * 0.9**10)
    U = sim.state("s", "release.U")[0]
    # pairs of one period meet at 5 ms, those of the next at 95, in the other direction; sums over all earlier ones
    assert (U - 0.5) * sign == pytest.approx(min(10 * one, 0.5), rel=0.1)
