"""Mutual information: exact tables, the predicted bias, and corrections that remove it."""

import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebbstat.contract.errors import BadValueError
from hebbstat.information import (
    Information,
    miller_madow_information,
    panzeri_treves_information,
    plug_in_entropy,
    plug_in_information,
    shuffle_corrected_information,
)
from hebbstat.information.mutual_information import possible_responses

Estimator = Callable[[np.ndarray, np.ndarray], Information]


def shuffled(stimuli: np.ndarray, responses: np.ndarray) -> Information:
    # One seed for all samples would shuffle them all alike, and the error of the mean would not average out.
    seed = zlib.crc32(np.asarray(responses).tobytes())
    return shuffle_corrected_information(stimuli, responses, seed=seed, shuffles=20)


CORRECTED: list[Estimator] = [miller_madow_information, panzeri_treves_information, shuffled]


def mean_and_error(estimator: Estimator, draw: Callable, repeats: int) -> tuple[float, float]:
    rng = np.random.default_rng(11)
    bits = np.array([estimator(*draw(rng)).bits for _ in range(repeats)])
    return bits.mean(), bits.std(ddof=1) / np.sqrt(repeats)


def independent(stimuli: int, responses: int, samples: int) -> Callable:
    return lambda rng: (np.arange(samples) % stimuli, rng.integers(0, responses, samples))


def test_binary_symmetric_channel_has_its_capacity() -> None:
    # 1 - h(0.2), from a table in the exact proportions.
    stimuli = np.repeat([0, 0, 1, 1], [80, 20, 20, 80])
    responses = np.repeat([0, 1, 0, 1], [80, 20, 20, 80])
    assert plug_in_information(stimuli, responses).bits == pytest.approx(1 + 0.2 * np.log2(0.2) + 0.8 * np.log2(0.8))


def test_identity_and_independence_are_exact() -> None:
    symbols = np.arange(60) % 5
    assert plug_in_information(symbols, symbols).bits == pytest.approx(np.log2(5), rel=1e-14)
    assert plug_in_information(symbols, np.repeat([0, 1, 2], 20)).bits == pytest.approx(0.0, abs=1e-14)
    assert plug_in_information(symbols, np.zeros(60)).bits == 0.0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=80))
def test_information_is_symmetric_bounded_and_knows_no_names(pairs: list[tuple[int, int]]) -> None:
    s, r = np.array(pairs).T
    bits = plug_in_information(s, r).bits
    assert plug_in_information(r, s).bits == pytest.approx(bits, abs=1e-12)
    assert plug_in_information(10 - s, r.astype(str)).bits == pytest.approx(bits, abs=1e-12)
    assert -1e-12 <= bits <= min(plug_in_entropy(s).bits, plug_in_entropy(r).bits) + 1e-12


def test_plug_in_bias_of_independent_variables_is_the_predicted_one() -> None:
    stimuli, responses, samples = 4, 8, 1000
    mean, error = mean_and_error(plug_in_information, independent(stimuli, responses, samples), 600)
    assert abs(mean - (responses - 1) * (stimuli - 1) / (2 * samples * np.log(2))) < 4 * error < 0.001


@pytest.mark.parametrize("estimator", CORRECTED)
def test_corrected_information_of_independent_variables_is_zero(estimator: Estimator) -> None:
    mean, error = mean_and_error(estimator, independent(4, 8, 1000), 600)
    assert abs(mean) < 4 * error < 0.001  # the bias taken away is 0.015


@pytest.mark.parametrize("estimator", [miller_madow_information, panzeri_treves_information])
def test_a_sampled_perfect_code_comes_out_right(estimator: Estimator) -> None:
    """R_s = 1 for every stimulus, so that the bias is that of the entropy of the responses, below 0."""

    def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        stimuli = rng.integers(0, 6, 100)
        return stimuli, stimuli + 3

    assert estimator(*draw(np.random.default_rng(0))).bias == pytest.approx(-5 / (200 * np.log(2)), rel=1e-12)
    mean, error = mean_and_error(estimator, draw, 400)
    # What remains is of second order: (1 - 6 * 6) / (12 N^2 ln 2), Harris 1975.
    assert abs(mean - np.log2(6) + 35 / (12 * 100**2 * np.log(2))) < 4 * error + 1e-4


@pytest.mark.parametrize(("per_cell", "left", "left_by_miller_madow"), [(1, 0.25, 0.5), (2, 0.2, 0.27), (4, 0.1, 0.09)])
def test_panzeri_treves_corrects_for_responses_not_seen(
    per_cell: int, left: float, left_by_miller_madow: float
) -> None:
    """The less is seen, the more of the bias Miller & Madow leave; Panzeri & Treves leave the second order only."""
    draw = independent(4, 16, 64 * per_cell)
    plug_in, _ = mean_and_error(plug_in_information, draw, 300)
    miller_madow, _ = mean_and_error(miller_madow_information, draw, 300)
    panzeri_treves, _ = mean_and_error(panzeri_treves_information, draw, 300)
    assert left / 2 < panzeri_treves / plug_in < left
    assert miller_madow / plug_in > left_by_miller_madow


def test_possible_responses_of_a_uniform_source_are_found() -> None:
    rng = np.random.default_rng(2)
    rows = rng.multinomial(32, np.full(16, 1 / 16), size=300)
    seen = np.count_nonzero(rows, axis=1).mean()
    found = np.mean([possible_responses(row, 16) for row in rows])
    # 16 (1 - (15 / 16)^32) are expected to be seen.
    assert seen == pytest.approx(16 * (1 - (15 / 16) ** 32), abs=0.2)
    assert 15.5 < found <= 16


def test_possible_responses_stay_between_those_seen_and_the_limit() -> None:
    assert possible_responses(np.array([5, 0, 0]), 3) == 1
    assert possible_responses(np.array([1, 0, 0]), 3) == 1
    assert possible_responses(np.array([9, 9, 9]), 3) == 3


@pytest.mark.parametrize("seen", [[3, 2, 1, 1, 1], [8, 4, 2, 1, 1], [1] * 6, [5, 5, 5, 1]])
def test_possible_responses_do_not_grow_with_a_limit_that_is_far_away(seen: list[int]) -> None:
    """Beyond some number the unseen would have more than all of the probability, and the equations no meaning."""
    found = {possible_responses(np.array(seen), limit) for limit in (20, 100, 1000, 10_000)}
    assert len(found) == 1 and len(seen) < found.pop() <= 12


@pytest.mark.parametrize(("snr", "bits"), [(1.0, 0.5), (3.0, 1.0)])
def test_gaussian_channel_in_fine_bins(snr: float, bits: float) -> None:
    """1/2 log2(1 + SNR) bounds what bins can hold, and 40 quantile bins each come within 3 %."""
    rng = np.random.default_rng(6)
    signal = rng.standard_normal(200_000) * np.sqrt(snr)
    received = signal + rng.standard_normal(200_000)
    edges = np.arange(1, 40) / 40
    binned = [np.searchsorted(np.quantile(x, edges), x) for x in (signal, received)]
    assert 0.97 * bits < panzeri_treves_information(*binned).bits < bits


def test_estimates_say_what_they_took_away_and_how() -> None:
    rng = np.random.default_rng(7)
    stimuli, responses = rng.integers(0, 3, 90), rng.integers(0, 4, 90)
    plain = plug_in_information(stimuli, responses)
    for estimator, name in zip(CORRECTED, ["Miller-Madow", "Panzeri-Treves", "shuffle"], strict=True):
        estimate = estimator(stimuli, responses)
        assert (estimate.estimator, estimate.samples) == (name, 90)
        assert estimate.bits == pytest.approx(plain.bits - estimate.bias, abs=1e-15)
        assert estimate.bias == pytest.approx(2 * 3 / (2 * 90 * np.log(2)), rel=0.35)


def test_shuffling_is_repeatable_by_seed() -> None:
    rng = np.random.default_rng(8)
    pair = rng.integers(0, 3, 90), rng.integers(0, 4, 90)
    first, again, other = (shuffle_corrected_information(*pair, seed=seed, shuffles=9) for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("estimator", CORRECTED)
def test_too_few_samples_give_nan_and_a_warning_at_the_call(estimator: Estimator) -> None:
    stimuli, responses = np.arange(20) % 4, np.arange(20) % 10
    with pytest.warns(RuntimeWarning, match="20 samples for 4 stimuli x 10 responses") as caught:
        estimate = estimator(stimuli, responses)
    assert caught[0].filename == __file__
    assert np.isnan(estimate.bits) and np.isfinite(estimate.bias)
    assert np.isfinite(plug_in_information(stimuli, responses).bits)


@pytest.mark.parametrize("estimator", [plug_in_information, *CORRECTED])
def test_bad_samples_are_refused(estimator: Estimator) -> None:
    for stimuli, responses, says in [
        ([0, 1], [0], "length"),
        ([], [], "shape"),
        ([0, 1], [0.0, np.nan], "responses holds NaN"),
        ([[0, 1]], [0, 1], "stimuli has shape"),
    ]:
        with pytest.raises(BadValueError, match=says):
            estimator(stimuli, responses)


def test_no_shuffles_are_refused() -> None:
    with pytest.raises(BadValueError, match="shuffles=0"):
        shuffle_corrected_information([0, 1], [0, 1], seed=0, shuffles=0)
