"""Distributions: moments, margins, correlation, and draws that depend on names alone."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hebbstat.contract import random
from hebbstat.contract.distributions import Beta, Gamma, LogNormal, Normal, Rounded, Uniform, jointly
from hebbstat.contract.errors import BadValueError

N = 20_000


def streams(name):
    return random.generator(5, name)


@pytest.mark.parametrize(
    ("distribution", "exact"),
    [
        (Normal(3.0, sd=2.0), stats.norm(3.0, 2.0)),
        (Normal(3.0, sd=2.0, low=2.0, high=4.5), stats.truncnorm(-0.5, 0.75, 3.0, 2.0)),
        (LogNormal(20.0, cv=0.5), stats.lognorm(math.sqrt(math.log(1.25)), scale=20.0 / math.sqrt(1.25))),
        (Gamma(4.0, sd=2.0), stats.gamma(4.0, scale=1.0)),
        (Beta(0.5, sd=0.2), stats.beta(2.625, 2.625)),
        (Uniform(-1.0, 3.0), stats.uniform(-1.0, 4.0)),
    ],
)
def test_draws_follow_the_distribution(distribution, exact):
    sample = distribution.sample(streams, "x", N)
    assert stats.kstest(sample, exact.cdf).pvalue > 1e-3
    u = np.linspace(0.001, 0.999, 41)
    assert distribution.quantile(u) == pytest.approx(exact.ppf(u), rel=1e-9)
    low, high = distribution.support
    assert low <= sample.min() and sample.max() <= high


POSITIVE = st.floats(0.01, 1e3)
SPREAD = st.floats(0.01, 2.0)


@given(POSITIVE, SPREAD, st.sampled_from([LogNormal, Gamma]))
def test_mean_and_cv_are_what_is_asked_for(mean, cv, kind):
    """The moments by integrating the quantile function."""
    u = (np.arange(200_000) + 0.5) / 200_000
    values = kind(mean, cv=cv).quantile(u)
    assert values.mean() == pytest.approx(mean, rel=0.01)
    assert (values > 0).all() or kind is Gamma
    assert np.std(np.minimum(values, np.quantile(values, 0.9999))) <= 1.05 * cv * mean


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_beta_has_its_mean_and_sd(mean, part):
    sd = part * math.sqrt(mean * (1 - mean))
    values = Beta(mean, sd=sd).quantile((np.arange(20_000) + 0.5) / 20_000)
    assert values.mean() == pytest.approx(mean, abs=0.005)
    assert values.std() == pytest.approx(sd, abs=0.01)


@given(st.floats(-10, 10), st.floats(0.01, 5), st.floats(-3, 0), st.floats(0.1, 3))
def test_quantiles_rise(mean, sd, low, width):
    values = Normal(mean, sd=sd, low=mean + low, high=mean + low + width).quantile(np.linspace(0, 1, 101))
    assert (np.diff(values) >= 0).all()
    assert values[0] >= mean + low and values[-1] <= mean + low + width


def test_without_spread_all_values_are_the_mean():
    assert (Normal(3.0, sd=0.0).sample(streams, "x", 5) == 3.0).all()
    assert LogNormal(3.0, cv=0.0).sample(streams, "x", 5) == pytest.approx([3.0] * 5)
    assert Normal(3.0, sd=0.0).support == (3.0, 3.0)
    assert Uniform(2.0, 2.0).support == (2.0, 2.0)


def test_rounded_gives_whole_numbers_alone_and_jointly():
    """Uniform(0.5, 6.5) rounded is a die."""
    die = Rounded(Uniform(0.5, 6.5))
    values, counts = np.unique(die.sample(streams, "x", N), return_counts=True)
    assert values.tolist() == [1, 2, 3, 4, 5, 6] and stats.chisquare(counts).pvalue > 1e-3
    assert die.whole and die.support == (1.0, 7.0) and not die.of.whole and Uniform(2.0, 2.0).whole
    linked = jointly(sites=die, p=Beta(0.5, sd=0.2), correlation=0.9)
    sites, p = (linked[name].sample(streams, name, N) for name in linked)
    assert linked["sites"].whole and set(sites) == set(values) and np.corrcoef(sites, p)[0, 1] > 0.8
    assert not linked["p"].whole


def test_draws_depend_on_the_name_not_on_the_order():
    first = LogNormal(1.0, cv=0.5).sample(streams, "tau", 10)
    Normal(0.0, sd=1.0).sample(streams, "other", 1000)
    assert (LogNormal(1.0, cv=0.5).sample(streams, "tau", 10) == first).all()
    assert (LogNormal(1.0, cv=0.5).sample(streams, "U", 10) != first).all()
    assert (LogNormal(1.0, cv=0.5).sample(streams, "tau", 5) == first[:5]).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normal(1.0), "give one of sd= .* and cv="),
        (lambda: Normal(1.0, sd=1.0, cv=1.0), "give one of"),
        (lambda: Normal(1.0, sd=-1.0), "the spread at least 0"),
        (lambda: Normal(math.nan, sd=1.0), "must be finite"),
        (lambda: Normal(1.0, sd=1.0, low=2.0, high=2.0), "low must be below high"),
        (lambda: LogNormal(0.0, cv=1.0), "the mean must be above 0"),
        (lambda: Gamma(-1.0, sd=1.0), "both must be above 0"),
        (lambda: Beta(0.5, sd=0.5), r"0 < sd\^2 < mean \(1 - mean\)"),
        (lambda: Beta(1.5, sd=0.1), "needs 0 < mean < 1"),
        (lambda: Uniform(2.0, 1.0), "low must not be above high"),
        (lambda: Rounded(5.0), "must be of a distribution"),
        (lambda: Rounded(jointly(a=Uniform(0, 9), correlation=0)["a"]), r"jointly\(sites=Rounded"),
        (lambda: jointly(a=Uniform(0, 1), b=Uniform(0, 1), correlation=[[1, 0.5], [0.4, 1]]), "symmetric 2 x 2 matrix"),
        (lambda: jointly(a=Uniform(0, 1), b=Uniform(0, 1), c=Uniform(0, 1), correlation=-0.9), "not positive definite"),
    ],
)
def test_impossible_distributions_are_refused(make, message):
    with pytest.raises(BadValueError, match=message):
        make()


@pytest.mark.parametrize("correlation", [-0.8, 0.0, 0.6])
def test_joint_distributions_have_their_margins_and_their_correlation(correlation):
    margins = {"U": Beta(0.5, sd=0.2), "tau": LogNormal(800.0, cv=0.5)}
    linked = jointly(correlation=correlation, **margins)
    assert list(linked) == ["U", "tau"]
    u, tau = (linked[name].sample(streams, name, N) for name in margins)
    assert stats.kstest(u, stats.beta(2.625, 2.625).cdf).pvalue > 1e-3
    assert stats.kstest(np.log(tau), stats.norm(*margins["tau"]._log_moments()).cdf).pvalue > 1e-3
    rank = stats.spearmanr(u, tau).statistic  # of a Gaussian copula: 6/pi asin(r/2)
    assert rank == pytest.approx(6 / math.pi * math.asin(correlation / 2), abs=4 / math.sqrt(N))
    assert linked["U"].support == (0.0, 1.0)


def test_three_joint_distributions_take_a_matrix():
    matrix = [[1.0, 0.5, 0.0], [0.5, 1.0, -0.3], [0.0, -0.3, 1.0]]
    linked = jointly(a=Normal(0, sd=1), b=Normal(0, sd=1), c=Normal(0, sd=1), correlation=matrix)
    samples = [linked[name].sample(streams, name, N) for name in "abc"]
    assert np.corrcoef(samples) == pytest.approx(np.array(matrix), abs=4 / math.sqrt(N))
