"""Entropies: exact for tables, and their bias against its exact expectation over all samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hebbstat.contract.errors import BadValueError
from hebbstat.information import miller_madow_entropy, plug_in_entropy


def test_plug_in_entropy_of_known_tables() -> None:
    assert plug_in_entropy(np.arange(8)).bits == 3.0
    assert plug_in_entropy(["a", "a", "b", "c"]).bits == 1.5
    assert plug_in_entropy([True, True]).bits == 0.0
    assert plug_in_entropy([0.5, 0.5, 1e9, -3.0]).bits == 1.5
    estimate = plug_in_entropy([4, 4])
    assert (estimate.estimator, estimate.bias, estimate.samples) == ("plug-in", 0.0, 2)
    assert not np.signbit(estimate.bits)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=60))
def test_entropy_lies_between_zero_and_the_log_of_the_symbols_and_knows_no_names(symbols: list[int]) -> None:
    bits = plug_in_entropy(symbols).bits
    assert -1e-12 <= bits <= np.log2(len(set(symbols))) + 1e-12
    assert plug_in_entropy([f"symbol {-s}" for s in symbols]).bits == pytest.approx(bits, abs=1e-12)


@pytest.mark.parametrize("p", [0.5, 0.3])
def test_miller_madow_removes_the_first_order_bias(p: float) -> None:
    """The expectation over all samples of a binary variable is a finite sum, so nothing here is random."""
    samples = 40
    ones = np.arange(samples + 1)
    chance = binom.pmf(ones, samples, p)
    cases = [np.repeat([0, 1], [samples - k, k]) for k in ones]
    truth = -p * np.log2(p) - (1 - p) * np.log2(1 - p)
    plug_in = chance @ [plug_in_entropy(case).bits for case in cases]
    corrected = chance @ [miller_madow_entropy(case).bits for case in cases]
    first_order = -1 / (2 * samples * np.log(2))
    # The second-order term is (1 - sum 1/p) / (12 N^2 ln 2), Harris 1975.
    second_order = (1 - 1 / p - 1 / (1 - p)) / (12 * samples**2 * np.log(2))
    assert plug_in - truth == pytest.approx(first_order + second_order, abs=5e-5)
    assert corrected - truth == pytest.approx(second_order, abs=5e-5)


def test_miller_madow_states_what_it_took_away() -> None:
    estimate = miller_madow_entropy([0, 0, 1, 2, 2])
    assert estimate.bias == pytest.approx(-2 / (2 * 5 * np.log(2)), rel=1e-14)
    assert estimate.bits == pytest.approx(plug_in_entropy([0, 0, 1, 2, 2]).bits - estimate.bias, rel=1e-14)
    assert (estimate.estimator, estimate.samples) == ("Miller-Madow", 5)


@pytest.mark.parametrize("symbols", [[3], [1, 2, 3, 4]])
def test_symbols_each_seen_once_give_nan_and_a_warning(symbols: list[int]) -> None:
    with pytest.warns(RuntimeWarning, match="too few samples") as caught:
        assert np.isnan(miller_madow_entropy(symbols).bits)
    assert caught[0].filename == __file__


def test_bad_symbols_are_refused() -> None:
    for bad, says in [([], "shape"), ([[0, 1]], "np.unique"), ([0.0, np.nan], "NaN"), ([None, 1], "dtype")]:
        for entropy in (plug_in_entropy, miller_madow_entropy):
            with pytest.raises(BadValueError, match=says):
                entropy(bad)
