"""The two triplet rules beside each other; row R9 of `published/` holds them against data and exact values."""

import numpy as np
import pytest
from helpers.driving import weight_after

from hebbstat.plasticity import NearestTripletSTDP, TripletSTDP


def test_nearest_and_all_to_all_agree_on_rare_single_spikes() -> None:
    """With the same numbers, they differ only once traces overlap."""
    numbers = dict(zip(TripletSTDP.fields, TripletSTDP().values.values(), strict=True))
    starts = np.arange(5) * 1e5
    for lag in (7.0, -7.0):
        one = weight_after(TripletSTDP(**numbers), starts, starts + lag)
        other = weight_after(NearestTripletSTDP(**numbers), starts, starts + lag)
        assert one == pytest.approx(other, rel=1e-12)
    near = np.arange(5) * 10.0
    assert weight_after(TripletSTDP(**numbers), near, near + 5.0) != pytest.approx(
        weight_after(NearestTripletSTDP(**numbers), near, near + 5.0), rel=0.1
    )
