"""Images as rates: totals, ON and OFF, the signal in time."""

import numpy as np
import pytest

from hebbstat.contract.errors import BadValueError
from hebbstat.stimuli import Images, PoissonCode

IMAGES = Images(
    np.array([[0.0, 0.5, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]), np.array([0, 1, 1]), 2, 2, "test"
)


def test_every_image_has_the_same_total_but_an_empty_one_none() -> None:
    rates = PoissonCode(total=900.0).rates(IMAGES)
    assert np.allclose(rates, [[0, 300, 600, 0], [450, 450, 0, 0], [0, 0, 0, 0]])


def test_without_a_total_rates_are_as_bright_as_the_image() -> None:
    rates = PoissonCode(total=None, full_rate=80.0, exponent=2.0).rates(IMAGES)
    assert np.allclose(rates[0], [0, 20, 80, 0])


def test_an_adapted_code_reports_what_differs_from_the_mean() -> None:
    code = PoissonCode(total=None, full_rate=30.0).adapted(IMAGES)
    rates = code.rates(IMAGES)
    assert code.channels(IMAGES) == 8
    assert np.allclose(rates[0], [0, 0, 20, 0, 10, 0, 0, 0])  # mean image: 1/3 1/2 1/3 0
    assert not (rates[:, :4] * rates[:, 4:]).any()


def test_the_signal_shows_each_image_then_nothing() -> None:
    code = PoissonCode(total=600.0, show=300.0, pause=100.0)
    signal = code.signal(IMAGES)
    assert signal.every == code.tick == 100.0
    assert signal.values.shape == (12, 4)
    assert np.array_equal(signal.values[0], signal.values[2])
    assert not signal.values[3].any()
    assert np.array_equal(code.onsets(3), [0.0, 400.0, 800.0])


def test_without_a_pause_an_image_is_one_entry() -> None:
    assert PoissonCode(show=350.0, pause=0.0).signal(IMAGES).values.shape == (3, 4)


def test_noise_keeps_the_total_and_levels_the_rates() -> None:
    rates = PoissonCode(total=600.0, pause=0.0).signal(IMAGES, noise=0.5).values
    assert np.allclose(rates[0], [75, 175, 275, 75])
    assert np.allclose(PoissonCode(total=600.0, pause=0.0).signal(IMAGES, noise=1.0).values[0], 150)


@pytest.mark.parametrize(
    "wrong", [{"total": -1.0}, {"exponent": 0.0}, {"show": 0.0}, {"pause": -1.0}, {"full_rate": float("nan")}]
)
def test_values_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadValueError, match=next(iter(wrong))):
        PoissonCode(**wrong)


def test_other_images_than_those_adapted_to_are_refused() -> None:
    with pytest.raises(BadValueError, match="adapted to images of 9 pixels"):
        PoissonCode(mean=np.zeros(9)).rates(IMAGES)
    with pytest.raises(BadValueError, match="share from 0 to 1"):
        PoissonCode().signal(IMAGES, noise=1.5)
