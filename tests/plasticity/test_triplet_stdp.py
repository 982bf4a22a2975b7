"""Triplet STDP against the visual cortex data and the exact model values (row R9 of the published results).

Data: Sjostrom, Turrigiano & Nelson 2001, doi:10.1016/S0896-6273(01)00542-6: 60 pairs at a frequency, 10 ms apart.
"""

import numpy as np
import pytest
from helpers.driving import weight_after
from scipy.optimize import nnls

from hebbstat.contract.mechanism import Plasticity
from hebbstat.plasticity import NearestTripletSTDP, PairSTDP, TripletSTDP

ROWS = [(rho, lag) for rho in (0.1, 10.0, 20.0, 40.0, 50.0) for lag in (10.0, -10.0)]
DATA = np.array([-0.04, -0.29, 0.14, -0.41, 0.29, -0.34, 0.53, 0.56, 0.56, 0.75])
SEM = np.array([0.05, 0.08, 0.10, 0.11, 0.14, 0.10, 0.11, 0.32, 0.26, 0.19])
EXACT = {
    "full": """
        0.00000002 -0.31216091 0.13205341 -0.33362300 0.24696197 -0.35162210 0.53372267 0.15479496 0.74090552 0.72724717
    """,
    "minimal": """
        0.00000000 -0.31662036 0.11864130 -0.33221317 0.22779517 -0.34173458 0.53211193 0.17371479 0.76273057 0.74917658
    """,
}
E_EXACT = {"full": 0.341620, "minimal": 0.355969}


def pairing(rule: Plasticity, repeats: int = 60) -> np.ndarray:
    """The weight change of 60 pairs at each frequency and lag."""
    found = []
    for rho, lag in ROWS:
        pre = np.arange(repeats) * (1000.0 / rho) + 100.0
        found.append(weight_after(rule, pre, pre + lag))
    return np.array(found)


def misfit(model: np.ndarray) -> float:
    return float(np.mean(((model - DATA) / SEM) ** 2))


@pytest.mark.parametrize("which", ["full", "minimal"])
def test_table_of_the_all_to_all_rule(which: str) -> None:
    """Each value to 1e-7. Catches an own spike included in o2 or r2, and parameters 1.5 times too large."""
    found = pairing(TripletSTDP.visual_cortex(minimal=which == "minimal"))
    assert found == pytest.approx(np.array(EXACT[which].split(), float), abs=1e-7)
    assert misfit(found) == pytest.approx(E_EXACT[which], abs=1e-5)


@pytest.mark.parametrize(
    "rule",
    [
        TripletSTDP.visual_cortex(),
        TripletSTDP.visual_cortex(minimal=True),
        NearestTripletSTDP.visual_cortex(),
        NearestTripletSTDP.visual_cortex(minimal=True),
    ],
    ids=["all", "all, minimal", "nearest", "nearest, minimal"],
)
def test_triplets_explain_the_data(rule: Plasticity) -> None:
    error = misfit(pairing(rule))
    assert error < 0.40


def test_pairs_cannot_explain_the_data() -> None:
    """The best pair rule with the same time constants (least squares in units of the error) has E = 7.58."""
    up = pairing(PairSTDP(tau_plus=16.8, tau_minus=33.7, A_plus=1.0, A_minus=0.0))
    down = pairing(PairSTDP(tau_plus=16.8, tau_minus=33.7, A_plus=0.0, A_minus=1.0))
    gains, _ = nnls(np.stack([up, down], axis=1) / SEM[:, None], DATA / SEM)
    error = misfit(gains[0] * up + gains[1] * down)
    assert error == pytest.approx(7.58, abs=0.01)


@pytest.mark.parametrize(("minimal", "error"), [(False, 0.2322), (True, 0.3482)])
def test_misfit_of_the_nearest_spike_rule(minimal: bool, error: float) -> None:
    """Computed here for the published parameters: the paper's table gives no value at this protocol."""
    assert misfit(pairing(NearestTripletSTDP.visual_cortex(minimal))) == pytest.approx(error, abs=1e-4)


@pytest.mark.parametrize("wrong", [1.5, 0.0])
def test_wrong_triplet_terms_would_show(wrong: float) -> None:
    """A check of this test itself: 1.5 times the amplitudes (E = 5.56), or none, do not fit."""
    rule = TripletSTDP(A2_plus=7.5e-10, A3_plus=wrong * 6.2e-3)
    assert misfit(pairing(rule)) > 5


@pytest.mark.parametrize("kind", [TripletSTDP, NearestTripletSTDP])
def test_post_pre_post_beats_pre_post_pre(kind: type) -> None:
    """Hippocampus, 60 triplets at 1 Hz: 5 ms lags. The asymmetry that pair rules miss."""
    starts = np.arange(60) * 1000.0 + 100.0
    rule = kind.hippocampus()
    pre_post_pre = weight_after(rule, np.concatenate([starts, starts + 10.0]), starts + 5.0)
    post_pre_post = weight_after(rule, starts + 5.0, np.concatenate([starts, starts + 10.0]))
    assert post_pre_post > 2 * abs(pre_post_pre)
    assert weight_after(rule, starts, starts + 10.0) > 0 > weight_after(rule, starts, starts - 10.0)


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
