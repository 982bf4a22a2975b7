"""The ledger: what a simulation holds is declared there, and one declaration is all that a new array needs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.compositions import QUICK, compose

import hebbstat as hs
from hebbstat.engine.memory.sizes import SIZE, Sizes
from hebbstat.engine.plan.arrays import LEDGER, Owner, Role, Shape, Variable
from hebbstat.engine.plan.groups import NETWORK, Bundle, Group, PopulationGroup, ProjectionGroup
from hebbstat.engine.state.global_state import digest, gather, groups, put

pytestmark = pytest.mark.usefixtures("plain")


def sizes(sim: hs.Simulation, group: Group, share: dict[str, Any]) -> Sizes:
    """What there is in a share, by the share's own arrays."""
    threads, steps = sim.threads, sim.core.layout.slots
    if isinstance(group, PopulationGroup):
        return Sizes(threads, steps, share["size"], group.population.n, group.spiking)
    if isinstance(group, Bundle):
        neurons, segments = share["segment"].shape
        return Sizes(
            threads, steps, sources=neurons, delays=(segments - 1) // group.columns, columns=group.columns,
            synapses=len(share["post"]),
        )  # fmt: skip
    if not isinstance(group, ProjectionGroup):
        return Sizes(threads, steps)
    if group.bundle is not None:
        return Sizes(threads, steps, delays=len(share["delays"]), synapses=np.size(share["w"]))
    sources, delays = share["row_of"].shape
    shares = sim.core.layout.shards[group.name]
    at_once = (len(share["pick"]) - 16) // 32 if group.replays else 0
    synapses = sum(len(one["post"]) for one in shares)
    return Sizes(
        threads, steps, len(share["in_degree"]), sources=sources, delays=delays, rows=len(share["pre"]),
        synapses=len(share["post"]), at_once=at_once, all_synapses=synapses,
        together=max(group.together, synapses if group.reduces_all else 0), branches=group.branches,
    )  # fmt: skip


@pytest.mark.parametrize("seed", QUICK)
def test_all_that_a_running_simulation_holds_is_declared(seed: int) -> None:
    sim = hs.Simulation(compose(seed), threads=2, quiet=True)
    given = Shape.TABLE, Shape.TRAIN, Shape.SUMS, Shape.NEAR, Shape.NEAR_BOUNDS
    for group in (*groups(sim.core), *sim.core.model.bundles):
        for share in sim.core.layout.shards[group.name]:
            assert share.keys() == group.arrays.keys()
            of = sizes(sim, group, share)
            for key, variable in group.arrays.items():
                shape, what = np.shape(share[key]), f"{group.name}/{key}"
                if key == "sending":  # of all threads, those that matter
                    assert shape[0] <= of.threads
                elif variable.shape is not Shape.PLACE or of.at_once:
                    past = (variable.depth,) if variable.depth else ()
                    assert variable.shape in given or shape == (*past, *SIZE[variable.shape](of)), what
                if variable.shape is not Shape.RECORD:
                    real = sim.core.layout.real if variable.dtype == "F" else getattr(np, variable.dtype)
                    assert np.can_cast(np.asarray(share[key]).dtype, real), what
        for key in (key for key, variable in group.arrays.items() if variable.shared):
            assert len({id(share[key]) for share in sim.core.layout.shards[group.name]}) == 1, key


def network() -> hs.Network:
    net = hs.Network(dt=1.0, seed=4)
    a, b = net.add(hs.PoissonSource(rate=100.0), 5, "a"), net.add(hs.LIF(), 6, "b")
    net.connect(
        a, b, hs.AllToAll(), weight=0.5, delay=hs.Uniform(1.0, 5.0), receptor=hs.AMPA(), name="p",
        rules=[hs.SynapticScaling()],
    )  # fmt: skip
    return net


PLACES = {
    Shape.CELL: (Owner.POPULATION, "b"), Shape.ROW: (Owner.PROJECTION, "p"), Shape.SYNAPSE: (Owner.PROJECTION, "p"),
    Shape.ONE: (Owner.NETWORK, NETWORK), Shape.STEPS: (Owner.NETWORK, NETWORK),
}  # fmt: skip


@pytest.mark.parametrize("shape", PLACES)
def test_one_declaration_makes_an_array(shape: Shape, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is allocated, cut, passed to kernels, hashed, saved, vetted, restored, and put back by a frozen probe."""
    owner, name = PLACES[shape]
    role = Role.RING if shape is Shape.STEPS else Role.STATE
    monkeypatch.setitem(LEDGER[owner], "made_up", Variable(shape, -1, "int32", role, always=True))
    sim = hs.Simulation(network(), threads=2, quiet=True)
    group = next(group for group in groups(sim.core) if group.name == name)
    for thread in range(2):
        given = next(one.of for one in sim.core.layout.arguments(thread) if group.ident in type(one.of).__name__)
        assert given.made_up is sim.core.layout.shards[name][thread]["made_up"]
    sim.run(steps=60, progress=False)
    assert set(gather(sim.core)[f"{name}/made_up"].tolist()) == {-1}
    before = digest(gather(sim.core))
    values = np.arange(len(gather(sim.core)[f"{name}/made_up"]), dtype=np.int32) % 60
    put(sim.core, gather(sim.core) | {f"{name}/made_up": values}, 60)
    assert digest(gather(sim.core)) != before
    with sim.frozen():
        for share in sim.core.layout.shards[name]:
            share["made_up"][:] = 7
    again = hs.Simulation.load(sim.save(tmp_path / "cut.ckpt"), threads=3, quiet=True)
    assert np.array_equal(gather(again.core)[f"{name}/made_up"], values)
    assert digest(gather(again.core)) == digest(gather(sim.core))
    if role is Role.STATE:
        put(sim.core, gather(sim.core) | {f"{name}/made_up": values + 60}, 60)
        with pytest.raises(hs.CheckpointError, match="made_up holds the step"):
            hs.Simulation.load(sim.save(tmp_path / "late.ckpt"), quiet=True)


def test_what_the_step_determines_is_cleared_when_a_state_is_put(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LEDGER[Owner.POPULATION], "made_up", Variable(Shape.PAIR, 3, "int64", Role.STEP))
    sim = hs.Simulation(network(), quiet=True)
    assert "b/made_up" not in gather(sim.core) and "made_up" not in sim.source()
    sim.core.layout.shards["b"][0]["made_up"][:] = 5
    put(sim.core, gather(sim.core), 0)
    assert sim.core.layout.shards["b"][0]["made_up"].tolist() == [3, 3]


def test_a_clock_that_is_set_in_frozen_time_is_put_back() -> None:
    net = hs.Network(dt=1.0)
    b = net.add(hs.LIF(), 3, "b", rules=[hs.IntrinsicThreshold(period=5.0)])
    sim = hs.Simulation(net, quiet=True)
    shard, variables = sim.core.layout.shards["b"][0], sim.core.model.cells["b"].variables
    sim.set(b, "IntrinsicThreshold.period", 7.0)
    with sim.frozen():
        sim.set(b, "IntrinsicThreshold.period", 9.0)
        assert shard["ticks_rule0"] == 9
    assert sim.state(b, "IntrinsicThreshold.period").tolist() == [7.0] * 3
    assert shard["ticks_rule0"] == variables["ticks_rule0"].value == 7


def test_what_is_saved_has_an_order_that_no_number_of_threads_changes() -> None:
    ordered = (Shape.NUMBER, Shape.ONE, Shape.CELL, Shape.ROW, Shape.SYNAPSE, Shape.STEPS, Shape.OUTPUTS)
    for arrays in LEDGER.values():
        for name, variable in arrays.items():
            assert not variable.role.saved or variable.shape in (*ordered, Shape.COUNTS, Shape.SPIKES), name
            assert variable.shape in (*SIZE, Shape.TRAIN, Shape.TABLE, Shape.SUMS)
            assert variable.value is None or math.isfinite(variable.value)
