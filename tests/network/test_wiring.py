"""Wiring: canonical order, degrees, probabilities, and what is refused."""

import numpy as np
import pytest
from helpers.tiny import Cell
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hebbstat.contract import random
from hebbstat.contract.errors import BadValueError
from hebbstat.network import (
    AllToAll,
    Connector,
    DistanceDependent,
    FixedInDegree,
    FixedProbability,
    FromPairs,
    Network,
    OneToOne,
    instantiate,
    wiring_kernels,
)
from hebbstat.network import wiring as wiring_module
from hebbstat.network.wiring import Side, draw_rows

SIZE = st.integers(1, 30)


def draw(wiring, n_pre, n_post, same=False, seed=0, positions=None, threads=1):
    rng = np.random.default_rng(seed)
    rows = draw_rows(wiring, Side(n_pre, positions), Side(n_post, positions, same), rng, threads)
    return rows.pre(), rows.post


def kind(wiring):
    return type(wiring).__name__


def in_order(pre, post):
    return bool((np.diff(pre.astype(np.int64) * 10**6 + post) >= 0).all())


@given(SIZE, SIZE, st.floats(0, 1), st.integers(0, 1000), st.booleans())
def test_random_wiring_is_canonical_and_without_repeats(n_pre, n_post, p, seed, autapses):
    same = n_pre == n_post
    pre, post = draw(FixedProbability(p, autapses=autapses), n_pre, n_post, same, seed)
    assert pre.dtype == post.dtype == np.int32
    assert in_order(pre, post) and len(set(zip(pre, post, strict=True))) == len(pre)
    assert ((pre >= 0) & (pre < n_pre) & (post >= 0) & (post < n_post)).all()
    if same and not autapses:
        assert (pre != post).all()


@pytest.mark.parametrize("p", [5e-324, 1e-300, 1e-18])
def test_tiny_probabilities_end(p):
    """The gap drawn for them is beyond any integer."""
    assert len(draw(FixedProbability(p), 1000, 1000)[0]) == 0


@given(SIZE, SIZE, st.integers(0, 1000), st.data())
def test_fixed_in_degree_gives_each_neuron_k_different_sources(n_pre, n_post, seed, data):
    same = n_pre == n_post
    k = data.draw(st.integers(0, n_pre - same))
    pre, post = draw(FixedInDegree(k), n_pre, n_post, same, seed)
    assert (np.bincount(post, minlength=n_post) == k).all()
    assert in_order(pre, post) and len(set(zip(pre, post, strict=True))) == len(pre)
    assert not same or (pre != post).all()


@given(SIZE, SIZE, st.booleans())
def test_all_to_all_is_all(n_pre, n_post, autapses):
    same = n_pre == n_post
    pre, post = draw(AllToAll(autapses=autapses), n_pre, n_post, same)
    assert len(pre) == n_pre * n_post - (n_pre if same and not autapses else 0)
    assert in_order(pre, post)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=30))
def test_explicit_pairs_are_sorted_and_repeats_kept(pairs):
    pre, post = draw(
        FromPairs([a for a, _ in pairs] or np.empty(0, int), [b for _, b in pairs] or np.empty(0, int)), 5, 7
    )
    assert list(zip(pre.tolist(), post.tolist(), strict=True)) == sorted(pairs)


def test_random_wiring_has_its_probability_everywhere():
    counts = np.zeros((20, 30))
    for seed in range(400):
        pre, post = draw(FixedProbability(0.15), 20, 30, seed=seed)
        counts[pre, post] += 1
    dispersion = ((counts - 60.0) ** 2 / (400 * 0.15 * 0.85)).sum()  # chi-square with one degree of freedom a pair
    assert 1e-3 < stats.chi2.sf(dispersion, counts.size) < 1 - 1e-3
    assert counts.sum() / 240_000 == pytest.approx(0.15, abs=4 * (0.15 * 0.85 / 240_000) ** 0.5)


@pytest.mark.parametrize("p", [1e-4, 0.3, 0.999])
def test_skipping_gives_the_same_distribution_as_one_throw_each(p):
    n = 2000
    sizes = np.bincount(draw(FixedProbability(p), 300, n, seed=1)[0], minlength=300)
    assert np.mean(sizes) == pytest.approx(n * p, abs=4 * (n * p * (1 - p) / 300) ** 0.5)
    dispersion = ((sizes - n * p) ** 2 / (n * p * (1 - p))).sum()  # of a binomial number: chi-square, 300 degrees
    assert 1e-3 < stats.chi2.sf(dispersion, 300) < 1 - 1e-3
    assert len(draw(FixedProbability(0.0), 3, n)[0]) == 0
    assert draw(FixedProbability(1.0), 1, 5)[1].tolist() == [0, 1, 2, 3, 4]


def test_degrees_have_their_distributions():
    n, p = 1500, 0.1
    pre, post = draw(FixedProbability(p), n, n, True, seed=3)
    for degree in (np.bincount(pre, minlength=n), np.bincount(post, minlength=n)):
        expected = stats.binom(n - 1, p)
        assert stats.kstest(degree + np.random.default_rng(0).random(n), jittered(expected)).pvalue > 1e-3
    pre, post = draw(FixedInDegree(150), n, n, True, seed=3)
    assert (np.bincount(post, minlength=n) == 150).all()
    degree = np.bincount(pre, minlength=n) + np.random.default_rng(0).random(n)
    assert stats.kstest(degree, jittered(stats.binom(n, 150 / (n - 1)))).pvalue > 1e-3


def jittered(counts):
    """The distribution function of a count plus a number from 0 to 1, which is continuous."""
    return lambda x: counts.cdf(np.floor(x) - 1) + (x - np.floor(x)) * counts.pmf(np.floor(x))


def test_rows_do_not_depend_on_each_other():
    pre, post = draw(FixedProbability(0.5), 300, 300, seed=4)
    there = np.zeros((300, 300))
    there[pre, post] = 1
    for matrix in (there, there.T):
        correlation = np.corrcoef(matrix)[np.triu_indices(300, 1)]
        assert np.std(correlation) == pytest.approx(300**-0.5, rel=0.03)  # 4 sd of a spread over 44,850 pairs
        assert abs(correlation).max() < 6 * 300**-0.5


MANY = [
    FixedProbability(0.1),
    AllToAll(),
    FixedInDegree(20),
    FixedInDegree(150),
    DistanceDependent(lambda d: np.exp(-d / 0.2)),
]


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("wiring", MANY, ids=kind)
def test_wiring_does_not_depend_on_threads_and_blocks(wiring, same, monkeypatch):
    places = np.random.default_rng(0).random((203, 2))

    def pairs(threads=1):
        return np.stack(draw(wiring, 203, 203, same, positions=places, threads=threads))

    whole = pairs()
    assert whole.shape[1] > 203
    for threads in (2, 3, 8):
        assert np.array_equal(pairs(threads), whole)
    for at_once in (1, 203 * 10, 203 * 300):
        monkeypatch.setattr(wiring_module, "PAIRS_AT_ONCE", at_once)
        assert np.array_equal(pairs(), whole)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**31), st.integers(0, 2**31))
def test_wiring_draws_with_the_keyed_generator(key, row, count):
    mine = wiring_kernels.row_key(np.uint64(key), row)
    assert wiring_kernels.uniform(np.uint64(mine), count) == random.uniform(random.draw(key, row, count))


@pytest.mark.parametrize("wiring", [*MANY, FromPairs([1, 1], [2, 2]), OneToOne()], ids=kind)
def test_the_number_of_synapses_is_known_about_before_drawing(wiring):
    places = np.random.default_rng(0).random((800, 2))
    n = len(draw(wiring, 800, 800, positions=places)[0])
    assert wiring.expected(Side(800, places), Side(800, places)) == pytest.approx(n, rel=0.05)


@pytest.mark.parametrize("order", [1, -1])
def test_a_wiring_of_ones_own_returns_pairs_in_any_order(order):
    class Chain(Connector):
        def pairs(self, pre, post, rng):
            return np.arange(pre.n - 1)[::order], np.arange(1, post.n)[::order]

        def expected(self, pre, post):
            return pre.n - 1

    net = Network(dt=1.0)
    cells = net.add(Cell(), 5, "a")
    net.connect(cells, cells, Chain(), name="x")
    synapses = instantiate(net).synapses["x"]
    assert (synapses.pre().tolist(), synapses.post.tolist()) == ([0, 1, 2, 3], [1, 2, 3, 4])
    assert synapses.start.tolist() == [0, 1, 2, 3, 4, 4]
    assert synapses.weights().tolist() == [1.0] * 4


@pytest.mark.parametrize("k", [2, 9])  # both ways of drawing
def test_fixed_in_degree_draws_sources_uniformly(k):
    counts = np.zeros(20)
    for seed in range(300):
        counts += np.bincount(draw(FixedInDegree(k), 20, 20, True, seed)[0], minlength=20)
    assert stats.chisquare(counts).pvalue > 1e-3


def test_distance_dependent_wiring_follows_its_probability():
    places = np.random.default_rng(0).random((700, 2))  # more than one chunk of rows
    pre, post = draw(DistanceDependent(lambda d: np.exp(-d / 0.2)), 700, 700, True, positions=places)
    distance = np.sqrt(((places[:, None] - places[None]) ** 2).sum(-1))
    connected = np.zeros((700, 700), bool)
    connected[pre, post] = True
    assert in_order(pre, post) and not connected.diagonal().any()
    off = ~np.eye(700, dtype=bool)
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.5)):
        there = off & (low <= distance) & (distance < high)
        p = np.exp(-distance[there] / 0.2)
        assert connected[there].mean() == pytest.approx(p.mean(), abs=4 * (p.mean() / there.sum()) ** 0.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FixedProbability(1.5), "must be a probability from 0 to 1"),
        (lambda: FixedInDegree(2.5), "must be a whole number"),
        (lambda: draw(FixedInDegree(5), 5, 5, True), "must be at most 4, the number of possible sources"),
        (lambda: draw(OneToOne(), 3, 4), "populations of one size, not 3 and 4"),
        (lambda: draw(FromPairs([0, 1], [0]), 5, 5), "equally long"),
        (lambda: draw(FromPairs([5], [0]), 5, 5), "pre of FromPairs must be whole numbers from 0 to 4"),
        (lambda: draw(FromPairs([0], [0.5]), 5, 5), "post of FromPairs must be whole numbers"),
        (lambda: draw(DistanceDependent(lambda d: d), 5, 5), "needs positions"),
        (lambda: draw(DistanceDependent(lambda d: 2 + d), 3, 3, positions=np.zeros((3, 2))), "one number from 0 to 1"),
    ],
)
def test_what_cannot_be_wired_is_refused(make, message):
    with pytest.raises(BadValueError, match=message):
        make()


def test_wiring_depends_on_the_seed_and_the_name_alone():
    def pairs(seed, name, other):
        net = Network(dt=1.0, seed=seed)
        a = net.add(Cell(), 40, "a")
        if other:
            net.connect(a, a, FixedProbability(0.5), name="other")
        net.connect(a, a, FixedProbability(0.2), name=name)
        return instantiate(net).synapses[name].pre().tolist()

    assert pairs(1, "x", False) == pairs(1, "x", True)
    assert pairs(1, "x", False) != pairs(2, "x", False)
    assert pairs(1, "x", False) != pairs(1, "y", False)
