"""Projections between parts of populations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hebbstat as hs


def made(source: object, target: object, wiring: hs.Connector, **more: object) -> tuple[hs.Network, np.ndarray]:
    """The network, and the matrix [pre, post] of weights."""
    net = hs.Network(dt=1.0, seed=5)
    a = net.add(hs.LIF(), 10, "a", positions=np.arange(10.0)[:, None])
    b = net.add(hs.LIF(), 8, "b")
    ends = [{"a": a, "b": b}[name] if part is None else {"a": a, "b": b}[name][part] for name, part in (source, target)]  # type: ignore[misc]
    net.connect(*ends, wiring, name="p", **more)
    synapses = hs.instantiate(net).synapses["p"]
    found = np.full((ends_of(ends[0]), ends_of(ends[1])), np.nan)
    found[synapses.pre(), synapses.post] = synapses.weights()
    return net, found


def ends_of(end: object) -> int:
    return (end.population if isinstance(end, hs.PopulationView) else end).n  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("which", "cells"),
    [
        (slice(2, 5), [2, 3, 4]), (slice(None, None, 3), [0, 3, 6, 9]), ([7, 1], [7, 1]), (-1, [9]),
        (np.arange(10) % 4 == 1, [1, 5, 9]), (np.int8(3), [3]),
    ],
)  # fmt: skip
def test_parts(which: object, cells: list[int]) -> None:
    net = hs.Network()
    part = net.add(hs.LIF(), 10, "a")[which]
    assert part.indices.tolist() == cells and len(part) == len(cells)


@pytest.mark.parametrize("which", [slice(3, 3), [], [1, 1], 10, [0.5], "x", np.ones(9, bool), [[1, 2]]])
def test_what_is_no_part(which: object) -> None:
    with pytest.raises(hs.BadValueError, match=r"a\["):
        hs.Network().add(hs.LIF(), 10, "a")[which]


def test_only_the_parts_are_connected() -> None:
    _, found = made(("a", slice(2, 5)), ("b", [6, 1]), hs.AllToAll())
    assert {*zip(*np.nonzero(~np.isnan(found)), strict=True)} == {(i, j) for i in (2, 3, 4) for j in (1, 6)}


def test_the_order_of_a_part_counts_for_pairs_and_what_is_beside_them() -> None:
    """One to one: the first of one part to the first of the other; weights in the order of the parts."""
    _, found = made(("a", [7, 1, 4]), ("b", [0, 5, 2]), hs.OneToOne(), weight=[1.0, 2.0, 3.0])
    assert (found[7, 0], found[1, 5], found[4, 2]) == (1.0, 2.0, 3.0) and np.isnan(found).sum() == 80 - 3
    _, found = made(("a", [7, 1]), ("b", [5, 0]), hs.AllToAll(), weight=[1.0, 2.0, 3.0, 4.0])
    assert (found[7, 5], found[7, 0], found[1, 5], found[1, 0]) == (1.0, 2.0, 3.0, 4.0)


def test_degrees_are_those_of_the_part() -> None:
    _, found = made(("a", slice(0, 6)), ("b", slice(4, 8)), hs.FixedInDegree(3))
    assert (~np.isnan(found)).sum(axis=0).tolist() == [0, 0, 0, 0, 3, 3, 3, 3] and np.isnan(found[6:]).all()


def test_positions_go_with_the_cells() -> None:
    near = hs.DistanceDependent(lambda d: 1.0 * (d <= 1.0))
    _, found = made(("a", slice(None, None, 2)), ("a", slice(1, None, 2)), near)
    assert {*zip(*np.nonzero(~np.isnan(found)), strict=True)} == {
        (i, j) for i in range(0, 10, 2) for j in range(1, 10, 2) if abs(i - j) == 1
    }


def test_autapses_within_a_part_and_overlapping_parts() -> None:
    net = hs.Network()
    a = net.add(hs.LIF(), 6, "a")
    net.connect(a[2:5], a[2:5], hs.AllToAll(), name="within")
    net.connect(a[:3], a[3:], hs.AllToAll(), name="apart")
    net.connect(a[:4], a[2:], hs.AllToAll(autapses=True), name="overlapping")
    synapses = hs.instantiate(net).synapses
    assert [synapses[name].n for name in ("within", "apart", "overlapping")] == [6, 9, 16]
    with pytest.raises(hs.BadValueError, match="share cells, so that some would be connected to themselves"):
        net.connect(a[:4], a[2:], hs.AllToAll())
    with pytest.raises(hs.BadValueError, match="share cells"):
        net.connect(a, a[2:], hs.FixedProbability(0.5))


def test_names_and_files(tmp_path: Path, plain: None) -> None:
    net = hs.Network(dt=1.0, seed=3)
    a, b = net.add(hs.PoissonSource(rate=80.0), 10, "a"), net.add(hs.LIF(), 8, "b")
    weight = hs.Normal(3.0, sd=1.0)
    link = net.connect(a[2:6], b[[1, 3, 6]], hs.FixedProbability(0.7), weight=weight, rules=[hs.PairSTDP()])
    assert link.name == "a[2:6] -> b[3 of 8]"
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    for one in (sim, reference):
        one.run(steps=60)
    assert np.allclose(sim.weights(link), reference.weights(link.name), rtol=1e-9)
    loaded = hs.Simulation.load(sim.save(tmp_path / "x.ckpt"), quiet=True)
    assert [i.tolist() for i in loaded.pairs(link.name)] == [i.tolist() for i in sim.pairs(link)]


def test_a_part_of_another_network_is_refused() -> None:
    other = hs.Network().add(hs.LIF(), 4, "a")
    net = hs.Network()
    net.add(hs.LIF(), 4, "a")
    with pytest.raises(hs.UnknownNameError, match="another network"):
        net.connect(other[:2], "a", hs.AllToAll())
