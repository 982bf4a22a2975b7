"""Structural plasticity: the growth curve exactly; how elements become synapses. Row R35 has what cells grow to."""

from __future__ import annotations

import numpy as np
import pytest

from hebbstat.homeostasis.structural import growth, lacking, left


@pytest.mark.parametrize(("least", "target"), [(0.0, 5.0), (1.0, 8.0), (0.1, 0.7)])
def test_the_growth_curve(least: float, target: float) -> None:
    """It is 0 at both ends, and highest in the middle (Butz & van Ooyen 2013; a width times sqrt(ln 2) fails here)."""
    middle = 0.5 * (least + target)
    assert abs(growth(least, least, target)) < 1e-12 and abs(growth(target, least, target)) < 1e-12
    assert growth(middle, least, target) == 1.0
    seen = [growth(x, least, target) for x in np.linspace(least - 5, target + 5, 401)]
    assert max(seen) == pytest.approx(1.0, abs=1e-3) and min(seen) >= -1.0
    assert growth(target * 1.1, least, target) < 0.0 < growth(0.9 * target + 0.1 * middle, least, target)


def test_free_elements_decay_and_missing_ones_cost_synapses() -> None:
    assert left(2.0, 0.9) == 1.8 and left(-2.0, 0.9) == -2.0
    assert lacking(-1.5, 8.0) == 0.25 and lacking(-9.0, 4.0) == 1.0
    assert lacking(0.5, 8.0) == lacking(-1.0, 0.0) == 0.0
