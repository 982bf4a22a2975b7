"""Connectors: degrees, totals, kernels, small worlds, clusters, matrices, graphs and files of edges."""

from __future__ import annotations

from pathlib import Path

import h5py
import networkx
import numpy as np
import pytest
import scipy.sparse

import hebbstat as hs
from hebbstat.network.wiring import Side, draw_rows


def drawn(wiring: hs.Connector, pre: int, post: int | None = None, seed: int = 0, threads: int = 1, positions=None):
    """Matrix [pre, post] of how many synapses a pair has; without `post` within one population."""
    same = post is None
    post = pre if post is None else post
    sides = Side(pre, positions), Side(post, positions, same)
    rows = draw_rows(wiring, *sides, np.random.default_rng(seed), threads)
    found = np.zeros((pre, post), int)
    np.add.at(found, (rows.pre(), rows.post), 1)
    within = [np.diff(rows.post[a:b]) for a, b in zip(rows.start[:-1], rows.start[1:], strict=True)]
    assert all((gaps >= 0).all() for gaps in within), "rows ascend"
    return found


@pytest.mark.parametrize("k", [0, 1, 7, 29, 30])
def test_out_degrees_are_exact(k: int) -> None:
    found = drawn(hs.FixedOutDegree(k), 40, 30)
    assert (found.sum(axis=1) == k).all() and found.max(initial=0) <= 1


def test_out_degree_within_a_population_has_no_autapses_unless_asked_for() -> None:
    assert not np.diag(drawn(hs.FixedOutDegree(9), 20)).any()
    assert np.diag(drawn(hs.FixedOutDegree(20, autapses=True), 20)).all()


def test_targets_of_fixed_out_degrees_are_uniform_and_threads_change_nothing() -> None:
    found = sum(drawn(hs.FixedOutDegree(5), 50, 20, seed) for seed in range(40))
    counts = found.sum(axis=0)  # of each target: binomial, about 500 of 10,000
    assert abs(counts - 500.0).max() < 4.5 * np.sqrt(500.0 * 0.95)
    assert (drawn(hs.FixedOutDegree(5), 50, 20, threads=1) == drawn(hs.FixedOutDegree(5), 50, 20, threads=3)).all()


@pytest.mark.parametrize("n", [0, 1, 500, 5000])
def test_a_total_number_is_exact_with_multapses(n: int) -> None:
    found = drawn(hs.FixedTotalNumber(n), 30, 40)
    assert found.sum() == n
    if n == 5000:  # poisson counts of mean 4.17: 1.5 % of pairs have none
        assert (found == 0).mean() == pytest.approx(np.exp(-5000 / 1200), abs=0.015)


def test_a_total_number_without_multapses_or_autapses() -> None:
    found = drawn(hs.FixedTotalNumber(300, multapses=False), 20)
    assert found.sum() == 300 and found.max() == 1 and not np.diag(found).any()
    assert drawn(hs.FixedTotalNumber(20 * 19, multapses=False), 20).sum() == 380


@pytest.mark.parametrize(
    ("kernel", "p"),
    [
        (hs.GaussianKernel(0.6, 0.2), lambda d: 0.6 * np.exp(-(d**2) / 0.08)),
        (hs.ExponentialKernel(0.6, 0.2), lambda d: 0.6 * np.exp(-d / 0.2)),
    ],
)
def test_kernels_of_distance(kernel: hs.Connector, p: object) -> None:
    places = np.linspace(0.0, 1.0, 60)[:, None]
    found = sum(drawn(hs.DistanceDependent(kernel), 60, positions=places, seed=seed) for seed in range(60))
    gaps = np.abs(places - places.T)
    for low, high in ((0.01, 0.1), (0.1, 0.3), (0.3, 0.9)):
        at = (gaps > low) & (gaps <= high)
        expected, n = p(gaps[at]).mean(), 60 * at.sum()  # type: ignore[operator]
        assert found[at].mean() / 60 == pytest.approx(expected, abs=4 * np.sqrt(expected / n))


def test_a_small_world_is_a_ring_with_shortcuts() -> None:
    """Clustering of the ring is 3 (k - 2) / (4 (k - 1)) (Watts & Strogatz); a few shortcuts shorten paths, not it."""
    ring = drawn(hs.SmallWorld(6, 0.0), 100)
    assert (ring.sum(axis=0) == 6).all() and (ring == ring.T).all()
    graph = networkx.from_numpy_array(ring)
    assert networkx.average_clustering(graph) == pytest.approx(3 * 4 / (4 * 5))
    small = drawn(hs.SmallWorld(6, 0.05), 100, seed=1)
    assert (small.sum(axis=1) == 6).all() and small.max() == 1 and not np.diag(small).any()
    assert (small != ring).sum() == pytest.approx(2 * 600 * 0.05, rel=0.5)
    directed = networkx.from_numpy_array(small, create_using=networkx.DiGraph)
    length = networkx.average_shortest_path_length(directed)
    assert length < 0.6 * networkx.average_shortest_path_length(graph)
    assert networkx.average_clustering(directed) > 0.45


def test_clusters() -> None:
    found = sum(drawn(hs.Clustered(4, 0.5, 0.1), 40, 60, seed=seed) for seed in range(50)) / 50.0
    inside = np.kron(np.eye(4), np.ones((10, 15))) > 0
    assert found[inside].mean() == pytest.approx(0.5, abs=0.012)
    assert found[~inside].mean() == pytest.approx(0.1, abs=0.005)
    assert not np.diag(drawn(hs.Clustered(2, 1.0, 1.0), 10)).any()


MATRIX = np.array([[0.0, 2.0, 0.0], [0.5, 0.0, -1.0]])


@pytest.mark.parametrize("kind", [np.array, scipy.sparse.csr_array, scipy.sparse.coo_matrix])
def test_a_matrix_brings_its_weights(kind: type) -> None:
    net = hs.Network(dt=1.0)
    net.add(hs.LIF(), 2, "a"), net.add(hs.LIF(), 3, "b")
    link = net.connect("a", "b", hs.from_matrix(kind(MATRIX)))
    made = hs.instantiate(net).synapses[link.name]
    dense = np.zeros_like(MATRIX)
    dense[made.pre(), made.post] = made.weights()
    assert (dense == MATRIX).all()
    other = net.connect("a", "b", hs.from_matrix(kind(MATRIX != 0)), weight=3.0)
    assert (hs.instantiate(net).synapses[other.name].weights() == 3.0).all()


def test_duplicates_of_a_sparse_matrix_are_synapses_of_their_own() -> None:
    twice = scipy.sparse.coo_matrix(([1.0, 2.0], ([0, 0], [1, 1])), shape=(2, 2))
    assert hs.from_matrix(twice).weight.tolist() == [1.0, 2.0]


def test_a_graph_of_networkx() -> None:
    graph = networkx.DiGraph([("a", "b", {"weight": 2.0}), ("c", "a", {})])
    pairs = hs.from_networkx(graph)
    assert (pairs.pre.tolist(), pairs.post.tolist(), pairs.weight.tolist()) == ([0, 2], [1, 0], [2.0, 1.0])
    undirected = hs.from_networkx(networkx.path_graph(3))
    assert {*zip(undirected.pre.tolist(), undirected.post.tolist(), strict=True)} == {(0, 1), (1, 0), (1, 2), (2, 1)}
    assert undirected.weight is None


def test_edges_of_a_sonata_file(tmp_path: Path) -> None:
    path = tmp_path / "edges.h5"
    with h5py.File(path, "w") as file:
        edges = file.create_group("edges/a_to_b")
        edges["source_node_id"], edges["target_node_id"] = np.array([0, 1, 1]), np.array([2, 0, 2])
        edges["0/syn_weight"] = np.array([0.1, 0.2, 0.3])
    pairs = hs.from_sonata(path)
    assert (pairs.pre.tolist(), pairs.post.tolist(), pairs.weight.tolist()) == ([0, 1, 1], [2, 0, 2], [0.1, 0.2, 0.3])
    assert hs.from_sonata(path, weight=None).weight is None
    with pytest.raises(hs.DataError, match="no population of edges 'b'"):
        hs.from_sonata(path, "b")
    path.write_text("nothing")
    with pytest.raises(hs.DataError, match="cannot be read as a SONATA file"):
        hs.from_sonata(path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: hs.FixedOutDegree(-1), "k=-1 of FixedOutDegree must be a whole number"),
        (lambda: drawn(hs.FixedOutDegree(5), 5), "k=5 of FixedOutDegree must be at most 4"),
        (lambda: hs.FixedTotalNumber(2.5), "n=2.5 of FixedTotalNumber must be a whole number"),
        (lambda: drawn(hs.FixedTotalNumber(21, multapses=False), 5), "more than the 20 possible pairs"),
        (lambda: hs.FixedTotalNumber(3, multapses=1), "must be True or False"),
        (lambda: hs.GaussianKernel(1.5, 0.2), "peak=1.5 of GaussianKernel must be a probability"),
        (lambda: hs.ExponentialKernel(0.5, 0.0), "scale=0.0 of ExponentialKernel must be a distance above 0"),
        (lambda: hs.SmallWorld(3, 0.1), "k=3 of SmallWorld must be an even number"),
        (lambda: drawn(hs.SmallWorld(4, 0.1), 5, 5), "a ring of one population"),
        (lambda: drawn(hs.SmallWorld(6, 0.1), 5), "k=6 of SmallWorld must be at most 4"),
        (lambda: hs.Clustered(0, 0.1, 0.1), "clusters=0 of Clustered"),
        (lambda: hs.Clustered(2, 1.1, 0.1), "p_in=1.1 of Clustered must be a probability"),
        (lambda: drawn(hs.Clustered(6, 0.1, 0.1), 5), "clusters=6 of Clustered must be at most 5"),
        (lambda: hs.from_matrix([1.0, 2.0]), "shape .pre, post."),
    ],
)
def test_what_cannot_be(make: object, says: str) -> None:
    with pytest.raises(hs.BadValueError, match=says):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    "wiring",
    [
        hs.FixedOutDegree(3), hs.FixedTotalNumber(20), hs.DistanceDependent(hs.GaussianKernel(0.5, 0.3)),
        hs.SmallWorld(2, 0.5), hs.Clustered(2, 0.5, 0.1), hs.from_matrix(np.eye(8, k=1)),
    ],
    ids=lambda wiring: type(wiring).__name__,
)  # fmt: skip
def test_a_file_holds_them(wiring: hs.Connector, tmp_path: Path, plain: None) -> None:
    net = hs.Network(dt=1.0, seed=2)
    net.add(hs.LIF(i_ext=300.0), 8, "a", positions=np.random.default_rng(0).random((8, 2)))
    net.connect("a", "a", wiring, name="p")
    sim = hs.Simulation(net, quiet=True)
    loaded = hs.Simulation.load(sim.save(tmp_path / "x.ckpt"), quiet=True)
    assert [index.tolist() for index in sim.pairs("p")] == [index.tolist() for index in loaded.pairs("p")]
    assert sim.weights("p").tolist() == loaded.weights("p").tolist()
