"""A12: windows of measures are (a, b], with edges that rounding does not move; tails and intervals are right."""

import warnings

import numpy as np
import pytest
from scipy import stats

import hebbstat as hs
from hebbstat.contract import random
from hebbstat.contract.distributions import Beta, Gamma, LogNormal, Normal, Uniform, jointly
from hebbstat.contract.errors import BadValueError
from hebbstat.information import binned_counts, firing_rates, mean_interval, paired_difference_interval

N = 20_000


def streams(name):
    return random.generator(5, name)


ONSETS = {
    "multiples": lambda width, number: np.arange(number) * width,
    "arange": lambda width, number: np.arange(0.0, (number - 0.5) * width, width),
    "sums": lambda width, number: np.concatenate([[0.0], np.cumsum(np.full(number - 1, width))]),
}


@pytest.mark.parametrize("onsets", ONSETS.values(), ids=ONSETS)
@pytest.mark.parametrize(("dt", "width"), [(0.1, 0.3), (0.1, 0.7), (0.05, 0.15), (0.1, 10.0), (1.0, 3.0)])
@pytest.mark.parametrize("of_times", [lambda n, dt: (np.arange(n) + 1) * dt, lambda n, dt: np.cumsum(np.full(n, dt))])
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a12_each_spike_is_in_the_one_window_in_which_its_step_ends(onsets, dt, width, of_times, kind):
    each = round(width / dt)
    times, windows = of_times(3000, dt).astype(kind), 3000 // each
    counts = binned_counts(times, np.zeros(3000, int), 1, onsets=onsets(width, windows), duration=width)
    assert counts[:, 0].tolist() == [each] * windows


def test_a12_windows_bin_as_recorders_do():
    net = hs.Network(dt=0.1, seed=3)
    net.add(hs.PoissonSource(rate=800.0), 5, "a")
    run = hs.Simulation(net, quiet=True).run(ms=90.0, record=[hs.Spikes("a"), hs.Rates("a", every=0.3, each=True)])
    times, cells, rates = run["a.spikes"].time.values, run["a.spikes"].neuron.values, run["a.rate"]
    onsets = rates.time.values - 0.3
    counts = binned_counts(times, cells, 5, onsets=onsets, duration=0.3)
    assert counts.sum() == len(times) > 200
    np.testing.assert_allclose(counts, rates.values * 0.3 / 1000.0, atol=1e-9)
    np.testing.assert_allclose(firing_rates(times, cells, 5, start=30.0, stop=60.0), rates.values[100:200].mean(0))


def test_a12_adjoining_windows_share_no_time_whatever_it_is():
    times = np.sort(np.random.default_rng(1).uniform(0.0, 300.0, 5000))
    edges = np.concatenate([times[:50], times[:50] + 1e-6, np.nextafter(times[:50], 400.0)])
    every = np.sort(np.concatenate([times, edges]))
    counts = binned_counts(every, np.zeros(len(every), int), 1, onsets=np.arange(1000) * 0.3, duration=0.3)
    assert counts.sum() == len(every)


TAILS = [(9.0, np.inf), (9.0, 9.2), (40.0, np.inf), (0.1, 0.2), (1e-3, 5.0), (0.0, np.inf)]


@pytest.mark.parametrize(("a", "b"), TAILS)
@pytest.mark.parametrize("side", [1, -1])
def test_a12_truncated_tails_are_drawn_right(a, b, side):
    low, high = (2.0 + 3.0 * side * end for end in (a, b)[::side])
    found = side * (Normal(2.0, sd=3.0, low=low, high=high).sample(streams, "x", N) - 2.0) / 3.0
    least = stats.norm.logsf(a)
    whole = -np.expm1(stats.norm.logsf(b) - least)
    assert stats.kstest(found, lambda x: -np.expm1(stats.norm.logsf(x) - least) / whole).pvalue > 1e-3
    assert found.min() >= a * (1 - 1e-12) and found.max() <= b * (1 + 1e-12)


@pytest.mark.parametrize("far", [1e3, 1e5, 1e8])
def test_a12_far_tails_are_exponential(far):
    excess = Normal(-far, sd=1.0, low=0.0).sample(streams, "x", N) * far
    assert stats.kstest(excess, stats.expon.cdf).pvalue > 1e-3


EXTREME = [
    Gamma(1.0, cv=5.0), Gamma(1.0, cv=100.0), Gamma(1.0, cv=1e180), Gamma(1e300, sd=1e305), Gamma(1.0, cv=1e-9),
    Beta(0.5, sd=0.4999), Beta(0.01, sd=0.09), Beta(1e-300, sd=1e-160), Beta(0.5, sd=1e-160), Beta(0.5, sd=0.5 - 1e-16),
    LogNormal(1.0, cv=1e4), LogNormal(1.0, cv=1e200), LogNormal(1e-300, sd=1e300), LogNormal(3.0, cv=0.0),
    Normal(0.0, sd=1e-320, low=1.0), Normal(0.0, sd=1.0, low=1e160), Normal(0.0, sd=1.0, low=5.0, high=5.0 + 1e-12),
    Uniform(2.0, 2.0), Uniform(0.1, 0.3),
    *jointly(a=Beta(0.5, sd=0.4999), b=Gamma(1.0, cv=100.0), correlation=0.99).values(),
]  # fmt: skip


@pytest.mark.parametrize("distribution", EXTREME, ids=repr)
def test_a12_values_are_within_the_support_and_finite(distribution):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = distribution.sample(streams, "x", N)
    low, high = distribution.support
    assert np.isfinite(found).all() and low <= found.min() and found.max() <= high
    margin = getattr(distribution, "margin", distribution)
    if isinstance(margin, Gamma | LogNormal | Beta):
        assert found.min() > 0
    if isinstance(margin, Beta):
        assert found.max() < 1


def test_a12_extreme_distributions_follow_their_law():
    gamma = Gamma(1.0, cv=5.0).sample(streams, "x", N)
    assert stats.kstest(gamma, stats.gamma(0.04, scale=25.0).cdf).pvalue > 1e-3
    wide = LogNormal(1.0, cv=1e200)
    assert stats.kstest(np.log(wide.sample(streams, "x", N)), stats.norm(*wide._log_moments()).cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Normal(0.0, sd=0.0, low=9.0), "has no value"),
        (lambda: Normal(0.0, cv=0.5), "cv is a part of the mean, which is 0"),
        (lambda: Uniform(0.0, np.inf), "must be finite"),
        (lambda: Normal("1", sd=1.0), "mean of Normal must be one number, but '1' is a text; did you mean 1"),
        (lambda: jointly(a=3.0, correlation=0.5), r"jointly\(a=3.0\) must be a distribution"),
    ],
)
def test_a12_impossible_distributions_are_refused(make, says):
    with pytest.raises(BadValueError, match=says):
        make()


@pytest.mark.parametrize("number", [2, 4, 40])
@pytest.mark.parametrize("value", [0.1, 0.3, -7.0, 0.0, 1e-320, 1e308])
def test_a12_an_interval_of_equal_values_is_that_value(number, value):
    found = mean_interval([value] * number)
    assert (found.mean, found.low, found.high, found.method) == (value, value, value, "constant")


@pytest.mark.parametrize("number", [2, 20])
def test_a12_values_equal_but_for_rounding_are_equal(number):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = mean_interval([0.3] * number + [0.1 + 0.2] * number)
        paired = paired_difference_interval(np.arange(2 * number) + 1000.1, np.arange(2 * number) + 1000.0)
    assert found.method == paired.method == "constant"
    assert found.low == found.mean == found.high == pytest.approx(0.3, rel=1e-15)
    assert paired.low == paired.mean == paired.high == pytest.approx(0.1, abs=1e-12)


@pytest.mark.parametrize("number", [4, 40])
@pytest.mark.parametrize("size", [1e307, 1e-310, 1.0])
def test_a12_intervals_of_huge_and_tiny_values_are_those_of_plain_ones(number, size):
    plain = np.random.default_rng(number).uniform(1.0, 1.7, number)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found, wanted = mean_interval(plain * size), mean_interval(plain)
    assert (found.mean / size, found.low / size, found.high / size) == pytest.approx(
        (wanted.mean, wanted.low, wanted.high), rel=1e-9
    )


@pytest.mark.parametrize(("values", "says"), [([1.0], "number of values"), ([1.0, np.nan], "NaN"), ([], "empty")])
def test_a12_intervals_without_an_answer_are_refused(values, says):
    with pytest.raises(BadValueError, match=says):
        mean_interval(values)
