"""Static projections from one population lie in common rows: which, in which order, and what comes of it."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.comparing import compare

import hebbstat as hs

pytestmark = pytest.mark.usefixtures("plain")

AMPA, GABA, SLOW = hs.AMPA(), hs.GABAA(), hs.NMDA(tau_decay=80.0)


def populations(net: hs.Network) -> None:
    net.add(hs.PoissonSource(rate=60.0), 24, "in")
    for name, n in (("a", 20), ("b", 33)):
        net.add(hs.LIF(i_ext=hs.Uniform(150.0, 260.0)), n, name)


def link(net: hs.Network, source: str, target: str, **more: object) -> str:
    said = {"weight": hs.Uniform(0.1, 1.5), "delay": hs.Uniform(0.5, 4.0), "receptor": AMPA, **more}
    return net.connect(source, target, hs.FixedProbability(0.4), **said).name  # type: ignore[arg-type]


def of(net: hs.Network) -> tuple[list[list[str]], list[list[str]]]:
    """The strands of each bundle in the order of their places; and all, in the order in which they deliver."""
    model = hs.Simulation(net, quiet=True).core.model
    bundles = [[one.name for one in bundle.strands] for bundle in model.bundles]
    return bundles, [[s.name for s in one.strands] if one in model.bundles else [one.name] for one in model.arrivals]


def test_all_static_projections_from_a_population_share_rows() -> None:
    net = hs.Network(dt=0.5, seed=2)
    populations(net)
    for target in ("a", "b"):
        for source in ("in", "a", "b"):
            link(net, source, target)
    bundles, arrivals = of(net)
    assert bundles == [[f"{source} -> a", f"{source} -> b"] for source in ("in", "a", "b")]
    assert arrivals == bundles
    compare(hs.instantiate(net), steps=120)


def test_sums_keep_their_order() -> None:
    """A projection does not join a bundle past another that adds to the same cells, nor one that does so itself."""
    net = hs.Network(dt=0.5, seed=2)
    populations(net)
    first = link(net, "a", "b", name="first")
    between = link(net, "in", "b", name="between")
    late = link(net, "a", "b", name="late")  # to the same sums as both
    other = link(net, "a", "b", name="other", receptor=GABA)  # to others
    bundles, arrivals = of(net)
    assert arrivals == [[first], [between], [late, other]] and bundles == arrivals
    twice = link(net, "a", "b", name="twice")
    assert of(net)[1] == [[first], [between], [late, other], [twice]]
    compare(hs.instantiate(net), steps=120)


def test_what_learns_or_releases_or_is_read_has_rows_of_its_own() -> None:
    net = hs.Network(dt=0.5, seed=2)
    populations(net)
    static = link(net, "in", "a", name="static")
    plastic = link(net, "in", "b", name="plastic", rules=[hs.PairSTDP(), hs.HardBounds(0.0, 3.0)])
    released = link(net, "in", "b", name="released", release=hs.TsodyksMarkram(U=0.5), receptor=GABA)
    more = link(net, "in", "a", name="more", receptor=GABA)
    assert of(net) == ([[static, more]], [[static, more], [plastic], [released]])
    compare(hs.instantiate(net), steps=120)


class Norm(hs.Plasticity):
    """Scales by the sum over all projections."""

    period: hs.units.Ms = 10.0
    total = hs.PerPost.reduce("w", "sum", over="neuron")

    @staticmethod
    def on_tick(w, total):
        return w * (20.0 / max(total, 1.0) - 1.0)


def test_what_rules_reduce_over_is_not_bundled() -> None:
    net = hs.Network(dt=0.5, seed=2)
    populations(net)
    link(net, "a", "b", name="read")
    link(net, "in", "b", name="rule", rules=[Norm()])
    kept = link(net, "in", "a", name="kept")
    assert of(net)[0] == [[kept]]
    compare(hs.instantiate(net), steps=120)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_weights_of_one_number_and_one_for_each_synapse(threads: int) -> None:
    """Projections of equal weights have columns; a receptor that takes amounts in two states; sets of weights."""
    net = hs.Network(dt=0.5, seed=4)
    populations(net)
    names = []
    kinds = [(AMPA, 0.4), (GABA, hs.Uniform(0.1, 0.5)), (hs.NMDA(), 0.2), (SLOW, hs.Uniform(0.0, 0.4))]
    for k, (source, target) in enumerate([("in", "a"), ("in", "b"), ("a", "b"), ("b", "a"), ("b", "b"), ("a", "a")]):
        for receptor, weight in kinds:
            delay = hs.Uniform(0.5, 3.0) if k % 2 else 1.5
            names.append(link(net, source, target, weight=weight, delay=delay, receptor=receptor))
    made = hs.instantiate(net)
    fast = hs.Simulation(made, threads=threads, dtype="float64", quiet=True)
    plain = hs.ReferenceSimulation(made)
    rng = np.random.default_rng(threads)
    for _ in range(3):
        for sim in (fast, plain):
            sim.run(steps=60)
        for name in ("a", "b"):
            assert np.allclose(fast.state(name, "v"), plain.state(name, "v"), rtol=1e-9, atol=1e-9)
        for name in names:
            n = made.synapses[name].n
            weights = 0.3 if np.ndim(made.synapses[name].weight) == 0 else rng.random(n)
            for sim in (fast, plain):
                sim.set(name, "w", weights)
            assert np.array_equal(fast.weights(name), np.broadcast_to(weights, n))
            assert np.array_equal(fast.pairs(name)[1], made.synapses[name].post)


@pytest.mark.parametrize("threads", [1, 3])
def test_copies_of_a_pair_with_other_delays(threads: int) -> None:
    net = hs.Network(dt=0.5, seed=3)
    populations(net)
    pre, post = np.random.default_rng(0).integers(0, (24, 20), (900, 2)).T
    given = {"weight": np.linspace(0.1, 2.0, 900), "delay": np.random.default_rng(1).uniform(0.5, 6.0, 900)}
    net.connect("in", "a", hs.FromPairs(pre, post), receptor=AMPA, name="x", **given)  # type: ignore[arg-type]
    net.connect("in", "b", hs.FixedTotalNumber(500), weight=0.3, delay=2.0, receptor=AMPA, name="y")
    made = hs.instantiate(net)
    sim = hs.Simulation(made, threads=threads, dtype="float64", quiet=True)
    assert np.array_equal(sim.weights("x"), made.synapses["x"].weights())
    compare(made, steps=120)


def test_more_cells_than_small_indices_count_and_a_frozen_probe() -> None:
    net = hs.Network(dt=1.0, seed=3)
    net.add(hs.PoissonSource(rate=400.0), 3, "in")
    net.add(hs.LIF(), 70_000, "many")
    net.connect("in", "many", hs.FixedOutDegree(40_000), weight=hs.Uniform(0.0, 5.0), receptor=AMPA, name="x")
    made = hs.instantiate(net)
    sim = hs.Simulation(made, threads=1, dtype="float64", quiet=True)
    rows = sim.core.layout.shards[sim.core.model.bundles[0].name][0]
    assert rows["post"].dtype == np.uint32 and rows["segment"].dtype == np.uint16
    before = sim.weights("x").copy()
    with sim.frozen():
        sim.set("x", "w", 0.0)
        assert not sim.weights("x").any()
    assert np.array_equal(sim.weights("x"), before)


def test_it_is_told_with_how_many_a_projection_shares_rows() -> None:
    net = hs.Network(dt=0.5, seed=2)
    populations(net)
    link(net, "in", "a"), link(net, "in", "b"), link(net, "a", "b")
    told = hs.Simulation(net, quiet=True).explain()
    assert "static: its weights never change, in rows with 1 other projection from 'in';" in told
    assert told.count("in rows with") == 2
