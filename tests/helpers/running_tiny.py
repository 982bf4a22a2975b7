"""A tiny network for the tests of running, of the same structure as others', so that one kernel does for all."""

from __future__ import annotations

import hebbstat as hs
from hebbstat.engine.state.global_state import digest, gather


def network(cells: int = 20) -> hs.Network:
    net = hs.Network(dt=0.5, seed=3)
    source, exc = net.add(hs.PoissonSource(rate=30.0), 30, "inputs"), net.add(hs.LIF(), cells, "exc")
    net.connect(
        source,
        exc,
        hs.FixedProbability(0.3),
        weight=1.0,
        receptor=hs.AMPA(),
        rules=[hs.PairSTDP(), hs.HardBounds(0, 3)],
    )
    return net


def simulation(threads: int = 1, cells: int = 20) -> hs.Simulation:
    return hs.Simulation(network(cells), threads=threads, quiet=True)


def fingerprint(sim: hs.Simulation) -> str:
    """All that a run can change."""
    return digest(gather(sim.core))


def after(steps: int) -> str:
    """The fingerprint of an undisturbed simulation after so many steps."""
    sim = simulation()
    sim.run(steps=steps, watch=None)
    return fingerprint(sim)
