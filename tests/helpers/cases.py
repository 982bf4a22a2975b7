"""Ways to run one network that must all end in the same bits, and what is compared of their ends."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from helpers.compositions import compose
from hypothesis import strategies as st

import hebbstat as hs
from hebbstat.engine.plan.arrays import Shape
from hebbstat.engine.state.global_state import gathered
from hebbstat.network.rewiring import rewires

STEPS = 600
RECORDERS = ("states", "weights", "summary", "rates")
WATCHES = {"unwatched": None, "default": hs.Health(), "close": hs.Health(every=3.0, dead_after=30.0, stuck_after=60.0)}


@dataclass(frozen=True)
class Case:
    """Threads, the steps at which `run` is cut, at which of these there is a flush, what is recorded and watched."""

    threads: int = 1
    cuts: tuple[int, ...] = ()
    flushes: tuple[int, ...] = ()
    record: frozenset[str] = frozenset()
    every: int = 7  # steps between samples
    watch: str = "unwatched"

    def pieces(self) -> Iterator[tuple[int, int]]:
        """First step and number of steps of each call of `run`."""
        bounds = sorted({0, *self.cuts, *self.flushes, STEPS})
        yield from ((first, last - first) for first, last in pairwise(bounds))


def cases() -> st.SearchStrategy[Case]:
    """Any number of threads from 1 to 4, any cuts, flushes, recorders and watch."""
    moments = st.lists(st.integers(1, STEPS - 1), max_size=6).map(tuple)
    return st.builds(
        Case, threads=st.integers(1, 4), cuts=moments, flushes=moments,
        record=st.frozensets(st.sampled_from(RECORDERS)), every=st.integers(15, 200), watch=st.sampled_from([*WATCHES]),
    )  # fmt: skip


def run(structure: int, case: Case = Case(), seed: int | None = None) -> str:
    """Run a composition so, and return the fingerprint of all that came of it, spikes included."""
    net = compose(structure)
    net.seed = net.seed if seed is None else seed
    sim = hs.Simulation(net, threads=case.threads, quiet=True)
    spiking = [population.name for population in net.populations.values() if population.spiking]
    found: dict[str, list[bytes]] = {name: [] for name in spiking}
    for first, steps in case.pieces():
        if first in case.flushes:
            sim.flush()
        recorders = [hs.Spikes(name) for name in spiking] + more_recorders(net, case)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", hs.HealthWarning)
            recording = sim.run(steps=steps, record=recorders, watch=WATCHES[case.watch])
        for name in spiking:
            data = recording[f"{name}.spikes"]
            found[name] += [np.stack([data.time.values, data.neuron.values], axis=1).tobytes()]
    spikes = hashlib.sha256(b"".join(b"".join(parts) for parts in found.values())).hexdigest()
    return f"{fingerprint(sim)} {spikes}"


def more_recorders(net: hs.Network, case: Case) -> list[hs.Recorder]:
    every = net.dt * case.every
    made: list[hs.Recorder] = []
    for name, projection in net.projections.items():
        if "weights" in case.record and not rewires(projection):
            made.append(hs.Weights(name, every=every, sample=5))
        if "summary" in case.record and projection.rules:
            made.append(hs.WeightSummary(name, every=every))
    if "states" in case.record:
        made.append(hs.States("exc", "v", every=every))
    if "rates" in case.record:
        made.append(hs.Rates("exc", every=every, each=True))
    return made


def fingerprint(sim: hs.Simulation, slow: bool = False) -> str:
    """A hash of all variables of cells and synapses that a run moves; `slow`: of those that are slow."""
    sim.flush()
    digest = hashlib.sha256()
    for name, group in (*sim.core.model.cells.items(), *sim.core.model.links.items()):
        for key, variable in group.variables.items():
            if variable.shape in (Shape.CELL, Shape.SYNAPSE) and (variable.slow if slow else not variable.fixed):
                digest.update(f"{name}.{key}".encode() + gathered(sim.core, group, key).tobytes())
    return digest.hexdigest()
