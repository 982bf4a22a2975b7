"""Wiring: canonical order, degrees, probabilities, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tiny import Cell

from homeostat.errors import BadValue
from homeostat.network import AllToAll, DistanceDependent, Explicit, FixedInDegree, Network, OneToOne, Random, realise
from homeostat.network.wiring import Side, bernoulli_indices

SIZE = st.integers(1, 30)


def draw(wiring, n_pre, n_post, same=False, seed=0, positions=None):
    rng = np.random.default_rng(seed)
    return wiring.pairs(Side(n_pre, positions), Side(n_post, positions, same), rng)


def in_order(pre, post):
    return bool((np.diff(pre.astype(np.int64) * 10**6 + post) >= 0).all())


@given(SIZE, SIZE, st.floats(0, 1), st.integers(0, 1000), st.booleans())
def test_random_wiring_is_canonical_and_without_repeats(n_pre, n_post, p, seed, autapses):
    same = n_pre == n_post
    pre, post = draw(Random(p, autapses=autapses), n_pre, n_post, same, seed)
    assert pre.dtype == post.dtype == np.int32
    assert in_order(pre, post) and len(set(zip(pre, post, strict=True))) == len(pre)
    assert ((pre >= 0) & (pre < n_pre) & (post >= 0) & (post < n_post)).all()
    if same and not autapses:
        assert (pre != post).all()


@pytest.mark.parametrize("p", [5e-324, 1e-300, 1e-18])
def test_tiny_probabilities_end(p):
    """A gap drawn for them is 2^63 - 1, and the sum of two overflows."""
    assert len(bernoulli_indices(10**6, p, np.random.default_rng(0))) == 0


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
        Explicit([a for a, _ in pairs] or np.empty(0, int), [b for _, b in pairs] or np.empty(0, int)), 5, 7
    )
    assert list(zip(pre.tolist(), post.tolist(), strict=True)) == sorted(pairs)


def test_random_wiring_has_its_probability_everywhere():
    counts = np.zeros((20, 30))
    for seed in range(400):
        pre, post = draw(Random(0.15), 20, 30, seed=seed)
        counts[pre, post] += 1
    dispersion = ((counts - 60.0) ** 2 / (400 * 0.15 * 0.85)).sum()  # chi-square with one degree of freedom a pair
    assert 1e-3 < stats.chi2.sf(dispersion, counts.size) < 1 - 1e-3
    assert counts.sum() / 240_000 == pytest.approx(0.15, abs=4 * (0.15 * 0.85 / 240_000) ** 0.5)


@pytest.mark.parametrize("p", [1e-4, 0.3, 0.999])
def test_skipping_gives_the_same_distribution_as_one_throw_each(p):
    rng, n = np.random.default_rng(1), 2000
    sizes = [len(bernoulli_indices(n, p, rng)) for _ in range(300)]
    assert np.mean(sizes) == pytest.approx(n * p, abs=4 * (n * p * (1 - p) / 300) ** 0.5)
    found = bernoulli_indices(n, p, rng)
    assert (np.diff(found) > 0).all() and (found < n).all()
    assert len(bernoulli_indices(n, 0.0, rng)) == len(bernoulli_indices(0, 0.5, rng)) == 0
    assert bernoulli_indices(5, 1.0, rng).tolist() == [0, 1, 2, 3, 4]


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
        (lambda: Random(1.5), "must be a probability from 0 to 1"),
        (lambda: FixedInDegree(2.5), "must be a whole number"),
        (lambda: draw(FixedInDegree(5), 5, 5, True), "must be at most 4, the number of possible sources"),
        (lambda: draw(OneToOne(), 3, 4), "populations of one size, not 3 and 4"),
        (lambda: draw(Explicit([0, 1], [0]), 5, 5), "equally long"),
        (lambda: draw(Explicit([5], [0]), 5, 5), "pre of Explicit must be whole numbers from 0 to 4"),
        (lambda: draw(Explicit([0], [0.5]), 5, 5), "post of Explicit must be whole numbers"),
        (lambda: draw(DistanceDependent(lambda d: d), 5, 5), "needs positions"),
        (lambda: draw(DistanceDependent(lambda d: 2 + d), 3, 3, positions=np.zeros((3, 2))), "one number from 0 to 1"),
    ],
)
def test_what_cannot_be_wired_is_refused(make, message):
    with pytest.raises(BadValue, match=message):
        make()


def test_wiring_depends_on_the_seed_and_the_name_alone():
    def pairs(seed, name, other):
        net = Network(dt=1.0, seed=seed)
        a = net.add(Cell(), 40, "a")
        if other:
            net.connect(a, a, Random(0.5), name="other")
        net.connect(a, a, Random(0.2), name=name)
        return realise(net).synapses[name].pre.tolist()

    assert pairs(1, "x", False) == pairs(1, "x", True)
    assert pairs(1, "x", False) != pairs(2, "x", False)
    assert pairs(1, "x", False) != pairs(1, "y", False)
