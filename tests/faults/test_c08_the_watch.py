"""The watch calls nothing ill that is silent from outside, and the rest as before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.engine.health.silence import hears

pytestmark = pytest.mark.filterwarnings("ignore::hebbstat.contract.errors.HealthWarning")
LATE = ([15_100.0], [0])  # ms, cell


class Told(hs.Neuron):
    """Fires when told to, whatever it hears."""

    heard = hs.PerNeuron.state()

    @heard.step
    def _(input):
        return input

    @staticmethod
    def fires(scheduled):
        return scheduled


def found(net: hs.Network, seconds: float = 30.0, **settings: Any) -> list[tuple[str, str]]:
    sim = hs.Simulation(net, threads=1, quiet=True)
    health = sim.run(seconds=seconds, watch=hs.Health(**settings)).health
    return [(finding["problem"], finding["where"]) for finding in health]


def driven(source: hs.Neuron, weight: float = 30.0, background: float | None = None, **given: Any) -> hs.Network:
    """Cells driven by a source, over others; and, if asked for, by background that is too weak."""
    net = hs.Network(dt=1.0, seed=1)
    source_of = net.add(source, 1, "source", **given)
    first, cells = net.add(hs.LIF(), 2, "first"), net.add(hs.LIF(), 2, "cells")
    net.connect(source_of, first, hs.AllToAll(), weight=weight, receptor=hs.AMPA())
    net.connect(first, cells, hs.AllToAll(), weight=30.0, receptor=hs.AMPA())
    if background is not None:
        noise = net.add(hs.PoissonSource(rate=background), 1, "noise")
        net.connect(noise, first, hs.AllToAll(), weight=1e-3, receptor=hs.AMPA())
    return net


def test_c8_a_population_that_is_told_when_to_fire_is_never_ill() -> None:
    net = hs.Network(dt=1.0, seed=1)
    source, told = net.add(hs.PoissonSource(rate=20.0), 3, "source"), net.add(Told(), 2, "told", spikes=([100.0], [0]))
    net.connect(source, told, hs.AllToAll(), weight=1.0)
    assert found(net) == []
    busy = np.arange(1.0, 3000.0, 2.0)
    net = hs.Network(dt=1.0, seed=1)
    source = net.add(hs.PoissonSource(rate=20.0), 3, "source")
    told = net.add(Told(), 1, "told", spikes=(busy, np.zeros(len(busy), int)))
    net.connect(source, told, hs.AllToAll(), weight=1.0)
    assert found(net, 3.0) == []  # 500 Hz, as it was told


def test_c8_given_trains_between_which_weights_learn_are_never_ill() -> None:
    net = hs.Network(dt=1.0, seed=1)
    pre = net.add(hs.SpikeSource(), 2, "pre", spikes=([100.0], [0]))
    post = net.add(hs.SpikeSource(), 2, "post", spikes=([110.0], [1]))
    net.connect(pre, post, hs.AllToAll(), weight=0.5, rules=[hs.PairSTDP(), hs.HardBounds(0.0, 0.5)])
    assert found(net, 60.0) == []


def test_c8_what_hears_and_what_does_not() -> None:
    assert not any(hears(neuron) for neuron in (hs.SpikeSource(), hs.PoissonSource(rate=0.0), Told()))
    heard = (hs.LIF(), hs.AdaptiveLIF(), hs.AdEx(), hs.CurrentLIF(), hs.Izhikevich())
    assert all(hears(neuron) for neuron in heard)


@pytest.mark.parametrize(
    ("source", "given"),
    [
        (hs.SpikeSource(), {"spikes": LATE}),
        (hs.SpikeSource(), {"spikes": ([50.0, 60.0], [0, 0])}),
        (hs.SpikeSource(), {"spikes": ([], [])}),
        (hs.PoissonSource(rate=hs.TimedArray([0.0, 50.0], every=25_000.0)), {}),
        (hs.PoissonSource(rate=hs.TimedArray([50.0, 0.0], every=1000.0)), {}),
    ],
    ids=["late", "early", "never", "planned late", "planned early"],
)  # fmt: skip
def test_c8_who_waits_for_a_given_input_is_not_dead(source: hs.Neuron, given: Any) -> None:
    assert found(driven(source, **given), 24.0) == []


def test_c8_who_waits_beside_a_weak_background_is_not_dead_until_it_has_come() -> None:
    assert found(driven(hs.SpikeSource(), background=5.0, spikes=LATE), 15.0) == []
    assert found(driven(hs.SpikeSource(), background=5.0, spikes=([50.0], [0])), 24.0) == [
        ("dead", "first"), ("dead", "cells"),
    ]  # fmt: skip


def test_c8_a_plan_of_the_cells_themselves_may_begin_late() -> None:
    def planned(*bias: float) -> hs.Network:
        net = hs.Network(dt=1.0, seed=1)
        noise = net.add(hs.PoissonSource(rate=5.0), 1, "noise")
        cells = net.add(hs.CurrentLIF(i_ext=hs.TimedArray([*bias], every=20_000.0)), 2, "cells")
        net.connect(noise, cells, hs.AllToAll(), weight=1e-3)
        return net

    assert found(planned(0.0, 1000.0), 19.0) == []
    assert found(planned(0.0, 0.0), 19.0) == [("dead", "cells")]


def test_c8_what_is_dead_is_still_found() -> None:
    assert ("dead", "first") in found(driven(hs.PoissonSource(rate=0.0)))  # a rate that nobody planned
    assert ("dead", "first") in found(driven(hs.PoissonSource(rate=20.0), weight=1e-3))
    assert ("dead", "first") in found(
        driven(hs.PoissonSource(rate=hs.TimedArray([10.0, 30.0], every=500.0, repeat=True)), 1e-3)
    )
    regular = np.arange(1.0, 3e4, 50.0), np.zeros(600, int)
    assert ("dead", "first") in found(driven(hs.SpikeSource(), 1e-3, spikes=regular))


def test_c8_weights_that_wait_are_not_stuck() -> None:
    net = hs.Network(dt=1.0, seed=1)
    source, cells = net.add(hs.SpikeSource(), 2, "source", spikes=([29_000.0], [0])), net.add(hs.LIF(), 2, "cells")
    rules = [hs.PairSTDP(), hs.HardBounds(0.0, 1.0)]
    net.connect(source, cells, hs.AllToAll(), weight=1.0, receptor=hs.AMPA(), rules=rules)
    assert found(net, 28.0, stuck_after=5000.0) == []
