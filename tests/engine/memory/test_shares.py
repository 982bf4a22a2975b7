"""Synapses in shares: cut from the canonical order and put back into it, in few bytes."""

from __future__ import annotations

import re

import numpy as np
import pytest

import hebbstat as hs
from hebbstat.network import instantiate


def network(wiring=None, **connection) -> hs.Network:
    net = hs.Network(dt=0.5, seed=5)
    inputs = net.add(hs.PoissonSource(rate=20.0), 60, "inputs")
    cells = net.add(hs.LIF(), 70, "cells")
    net.connect(inputs, cells, wiring or hs.FixedProbability(0.3), receptor=hs.AMPA(), name="x", **connection)
    return net


REPEATED = np.random.default_rng(0).integers(0, (60, 70), (900, 2)).T  # 4200 pairs: some come twice
CASES = {
    "one delay": network(weight=hs.LogNormal(1.0, cv=0.5), rules=[hs.PairSTDP()]),
    "delays": network(weight=hs.LogNormal(1.0, cv=0.5), delay=hs.Uniform(0.5, 8.0), rules=[hs.PairSTDP()]),
    "static": network(weight=hs.LogNormal(1.0, cv=0.5), delay=hs.Uniform(0.5, 8.0)),
    "repeated": network(hs.FromPairs(*REPEATED), weight=hs.Uniform(0.1, 1.0), delay=hs.Uniform(0.5, 8.0)),
    "many delays": network(hs.AllToAll(), weight=hs.Uniform(0.1, 1.0), delay=hs.Uniform(0.5, 300.0)),
    "nothing": network(hs.FixedProbability(0.0), weight=hs.Uniform(0.1, 1.0), delay=hs.Uniform(0.5, 8.0)),
}


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("case", CASES)
def test_what_is_cut_into_shares_is_put_together_as_it_was(case: str, threads: int) -> None:
    made = instantiate(CASES[case])
    sim = hs.Simulation(CASES[case], threads=threads, dtype="float64", quiet=True)
    synapses = made.synapses["x"]
    for ours, theirs in zip(sim.pairs("x"), (synapses.pre(), synapses.post), strict=True):
        assert ours.dtype == np.int32 and np.array_equal(ours, theirs)
    assert np.array_equal(sim.weights("x"), synapses.weights())
    other = np.random.default_rng(1).random(synapses.n)
    sim.set("x", "w", other)
    assert np.array_equal(sim.weights("x"), other)


@pytest.mark.parametrize("threads", [1, 3])
def test_each_virtual_row_holds_the_synapses_of_its_neuron_and_delay(threads: int) -> None:
    synapses = instantiate(CASES["delays"]).synapses["x"]
    sim = hs.Simulation(CASES["delays"], threads=threads, quiet=True)
    wanted = set(zip(synapses.pre().tolist(), synapses.delay.tolist(), synapses.post.tolist(), strict=True))
    found = []
    for share, first in zip(sim.core.layout.links["x"], sim.core.layout.offsets["cells"][:-1].tolist(), strict=True):
        rows = {key: share.arrays[key].tolist() for key in ("pre", "row_delay", "start")}
        for row, (pre, delay) in enumerate(zip(rows["pre"], rows["row_delay"], strict=True)):
            number = sim.core.layout.links["x"][0].arrays["delays"].tolist().index(delay)
            assert share.arrays["row_of"][pre, number] == row
            assert share.arrays["first_row"][pre] <= row < share.arrays["first_row"][pre + 1]
            post = share.arrays["post"][rows["start"][row] : rows["start"][row + 1]].astype(int) + first
            assert len(post) and (np.diff(post) > 0).all()
            found += [(pre, delay, one) for one in post.tolist()]
    assert len(found) == len(wanted) and set(found) == wanted


def test_a_simulation_takes_nothing_from_a_network_that_was_realised_before() -> None:
    made = instantiate(CASES["delays"])
    before = made.synapses["x"].weights().copy()
    first, second = (hs.Simulation(made, threads=2, dtype="float64", quiet=True) for _ in range(2))
    first.run(ms=100.0)
    assert np.array_equal(second.weights("x"), before) and not np.array_equal(first.weights("x"), before)
    assert np.array_equal(made.synapses["x"].weights(), before)


@pytest.mark.parametrize(
    ("rules", "most"),
    [([hs.PairSTDP(), hs.HardBounds(0.0, 3.0)], 8.0), ([], 2.5)],  # a weight and a 16-bit index; an index; and rows
    ids=["pair STDP", "equal static weights"],
)
def test_bytes_per_synapse(rules: list, most: float) -> None:
    net = hs.Network(dt=0.1, seed=2)
    cells = net.add(hs.LIF(), 2000, "cells")
    net.connect(cells, cells, hs.FixedProbability(0.2), weight=0.1, receptor=hs.AMPA(), rules=rules, name="x")
    for threads in (1, 4):
        sim = hs.Simulation(net, threads=threads, quiet=True)
        told = float(re.search(r"([\d.]+) bytes a synapse", sim.explain()).group(1))
        assert told <= most
        assert told == pytest.approx(bytes_reached_from(sim) / len(sim.weights("x")), abs=0.3)


def bytes_reached_from(sim: hs.Simulation) -> int:
    """All arrays that can be reached from a simulation, but for spike logs and what cells are made of."""
    found, todo, seen = 0, [sim], set()
    cells = {id(value) for share in sim.core.layout.shards["cells"] for value in share.values()}
    while todo:
        thing = todo.pop()
        if id(thing) in seen or id(thing) in cells:
            continue
        seen.add(id(thing))
        if isinstance(thing, np.ndarray):
            found += thing.nbytes if thing.base is None else 0
            todo += [thing.base] if thing.base is not None else []
        elif isinstance(thing, dict):
            todo += thing.values()
        elif isinstance(thing, list | tuple | set):
            todo += thing
        elif type(thing).__module__.startswith("hebbstat"):
            todo += vars(thing).values() if hasattr(thing, "__dict__") else []
    return found


def test_one_weight_for_all_static_synapses_is_one_number() -> None:
    sim = hs.Simulation(network(weight=0.7), threads=2, dtype="float64", quiet=True)
    n = len(sim.pairs("x")[0])
    assert np.array_equal(sim.weights("x"), np.full(n, 0.7))
    sim.set("x", "w", np.full(n, 0.5))
    assert np.array_equal(sim.weights("x"), np.full(n, 0.5))
    with pytest.raises(hs.BadValueError, match="make it an array when the network is described"):
        sim.set("x", "w", np.arange(n))


def test_one_weight_for_all_delivers_what_equal_weights_do() -> None:
    def spikes(weight) -> np.ndarray:
        sim = hs.Simulation(network(weight=weight, delay=hs.Uniform(0.5, 3.0)), threads=2, quiet=True)
        run = sim.run(ms=300.0, record=[hs.Spikes("cells")])
        return run["cells.spikes"].time.values

    n = instantiate(network()).synapses["x"].n
    assert len(spikes(2.0)) > 50 and np.array_equal(spikes(2.0), spikes(np.full(n, 2.0)))
