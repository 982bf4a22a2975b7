"""Treves-Rolls sparseness against its closed forms."""

import numpy as np
import pytest

from hebbstat.contract.errors import BadValueError
from hebbstat.information import lifetime_sparseness, population_sparseness


@pytest.mark.parametrize("active", [1, 3, 10, 20])
def test_binary_responses_have_their_fraction_as_sparseness(active: int) -> None:
    responses = np.zeros((1, 20))
    responses[0, :active] = 7.0
    assert population_sparseness(responses)[0] == pytest.approx(active / 20, rel=1e-14)


def test_exponential_rates_have_sparseness_one_half() -> None:
    # <r>^2 / <r^2> = m^2 / (2 m^2)
    rates = np.random.default_rng(0).exponential(5.0, (1, 200_000))
    assert population_sparseness(rates)[0] == pytest.approx(0.5, abs=0.01)


def test_lifetime_is_the_population_form_of_the_transposed_matrix() -> None:
    rates = np.random.default_rng(1).gamma(2.0, size=(6, 9))
    assert lifetime_sparseness(rates) == pytest.approx(population_sparseness(rates.T), rel=1e-14)
    assert lifetime_sparseness([[4.0, 1.0, 0.0], [0.0, 3.0, 0.0]]) == pytest.approx([0.5, 0.8, np.nan], nan_ok=True)


@pytest.mark.parametrize("scale", [1e-200, 1e-3, 1e200])
def test_the_unit_cancels_at_any_scale(scale: float) -> None:
    assert population_sparseness(np.array([[1.0, 2.0, 3.0]]) * scale)[0] == pytest.approx(6 / 7, rel=1e-12)


def test_bad_responses_are_refused() -> None:
    for bad, says in [([[1.0, -1.0]], "below 0"), ([[np.nan, 1.0]], "NaN"), ([1.0, 2.0], "dimension"), ([[]], "empty")]:
        with pytest.raises(BadValueError, match=says):
            population_sparseness(bad)
        with pytest.raises(BadValueError, match=says):
            lifetime_sparseness(bad)
