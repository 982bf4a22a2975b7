"""Keyed random numbers: frozen values, independence of order, and the distributions that they promise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hebbstat.contract import random

WORD = st.integers(0, 2**64 - 1)
N = 20_000


def bits(n=N, stream="a", seed=1, step=0):
    key = random.stream_key(seed, stream)
    return [random.draw(key, step, element) for element in range(n)]


def test_the_definition_does_not_drift():
    """Whoever changes these numbers changes every result that was ever stored."""
    key = random.stream_key(7, "exc/neuron/step.v/normal")
    assert key == 10714922973496504804
    assert [random.draw(key, step, 5) for step in (0, 1)] == [14566227310876906492, 2172664164321275725]
    assert random.mix(0) == 0
    assert random.mix(1) == 0x5692161D100B05E5  # the finaliser of SplitMix64 at 1


@given(WORD, WORD)
def test_mixing_is_a_bijection(a, b):
    assert (random.mix(a) == random.mix(b)) == (a == b)
    assert 0 <= random.mix(a) < 2**64


@given(WORD, st.integers(0, 2**40), WORD)
def test_draws_are_functions_of_their_keys_alone(key, step, element):
    assert random.draw(key, step, element) == random.draw(key, step, element)
    assert random.draw(key, step, element) != random.draw(key, step + 1, element)
    assert random.draw(key, step, element) != random.draw(key, step, element + 1)


@given(WORD)
def test_uniform_and_normal_are_finite_and_in_range(word):
    assert 0.0 <= random.uniform(word) < 1.0
    assert math.isfinite(random.normal(word))


@pytest.mark.parametrize("edge", [0, 2**64 - 1, 2**11 - 1, 2**63])
def test_edges(edge):
    assert 0.0 <= random.uniform(edge) < 1.0
    assert math.isfinite(random.normal(edge))


def test_uniform_is_uniform_over_elements_steps_and_streams():
    key = random.stream_key(3, "x")
    over_elements = [random.uniform(b) for b in bits()]
    over_steps = [random.uniform(random.draw(key, step, 12)) for step in range(N)]
    over_streams = [random.uniform(random.draw(random.stream_key(3, f"s{k}"), 0, 0)) for k in range(N // 4)]
    for sample in (over_elements, over_steps, over_streams):
        assert stats.kstest(sample, "uniform").pvalue > 1e-3


def test_synapse_elements_give_uniform_draws_too():
    """The elements of synapses share most of their bits."""
    key = random.stream_key(3, "a -> b/rule0.0/on_pre/uniform")
    sample = [random.uniform(random.draw(key, 5, pre * 2**32 + post)) for pre in range(100) for post in range(100)]
    assert stats.kstest(sample, "uniform").pvalue > 1e-3


def test_neighbouring_draws_are_uncorrelated():
    u = np.array([random.uniform(b) for b in bits()])
    later = np.array([random.uniform(b) for b in bits(step=1)])
    other = np.array([random.uniform(b) for b in bits(stream="b")])
    seed = np.array([random.uniform(b) for b in bits(seed=2)])
    for pair in ((u[:-1], u[1:]), (u, later), (u, other), (u, seed)):
        assert abs(np.corrcoef(*pair)[0, 1]) < 4 / math.sqrt(N)


def test_normal_is_normal_and_apart_from_uniform_of_the_same_bits():
    drawn = bits()
    sample = np.array([random.normal(b) for b in drawn])
    assert stats.kstest(sample, "norm").pvalue > 1e-3
    assert abs(stats.kurtosis(sample)) < 4 * math.sqrt(24 / N)
    assert (np.abs(sample) > 3).mean() == pytest.approx(2 * stats.norm.sf(3), abs=4 * math.sqrt(0.0027 / N))


@pytest.mark.parametrize(("n", "p"), [(1, 0.3), (5, 0.5), (20, 0.05)])
def test_binomial_is_binomial(n, p):
    sample = [random.binomial(b, 0, n, p) for b in bits(6000)]
    assert set(sample) <= set(range(n + 1))
    counts = np.bincount(np.array(sample, int), minlength=n + 1)
    expected = stats.binom.pmf(np.arange(n + 1), n, p) * len(sample)
    keep = expected > 5
    observed = np.append(counts[keep], counts[~keep].sum())
    wanted = np.append(expected[keep], expected[~keep].sum())
    if wanted[-1] < 5:
        observed, wanted = np.append(observed[:-2], observed[-2:].sum()), np.append(wanted[:-2], wanted[-2:].sum())
    assert stats.chisquare(observed, wanted).pvalue > 1e-3


def test_binomial_calls_of_one_hook_are_independent():
    drawn = bits(5000)
    first, second = ([random.binomial(b, call, 10, 0.5) for b in drawn] for call in (0, 1))
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / math.sqrt(5000)
    assert random.binomial(drawn[0], 0, 0, 0.5) == 0.0
    assert random.binomial(drawn[0], 0, 7, 0.0) == 0.0
    assert random.binomial(drawn[0], 0, 7, 1.0) == 7.0


def test_generators_depend_on_seed_and_name():
    assert (random.generator(1, "a/wiring").random(4) == random.generator(1, "a/wiring").random(4)).all()
    assert random.generator(1, "a/wiring").random() != random.generator(1, "a/weight").random()
    assert random.generator(1, "a/wiring").random() != random.generator(2, "a/wiring").random()
