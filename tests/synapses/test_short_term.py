"""Short-term plasticity against the exact sequences (rows R1, R2 of the published results)."""

import math

import numpy as np
import pytest
from helpers.driving import names_of
from scipy.optimize import minimize_scalar

from hebbstat.synapses import TsodyksMarkram

DEPRESSING = TsodyksMarkram(U=0.5, tau_rec=800.0, tau_facil=0.0)
FACILITATING = TsodyksMarkram(U=0.03, tau_rec=130.0, tau_facil=530.0)
FIRST_EIGHT = {
    DEPRESSING: [0.5, 0.2651467343, 0.1548346215, 0.1030203016, 0.0786827771, 0.0672512829, 0.0618818354, 0.0593597709],
    FACILITATING: [
        0.03,
        0.0553268297,
        0.0757361858,
        0.0917773807,
        0.1042785647,
        0.1140602476,
        0.1218110473,
        0.1280587222,
    ],
}
STEADY = {DEPRESSING: 0.0571258565, FACILITATING: 0.1654855376}


def releases(release: TsodyksMarkram, intervals: list[float], w: float = 1.0) -> list[float]:
    known, (u, r), found = names_of(release), (0.0, 1.0), []
    for elapsed in intervals:
        amount, u, r = TsodyksMarkram.transmit(w, u, r, elapsed, known["U"], known["tau_rec"], known["forgetting"])
        found.append(amount)
    return found


def steady(release: TsodyksMarkram, rate: float) -> float:
    gap, u0 = 1000.0 / rate, release.U
    left = math.exp(-gap / release.tau_facil) if release.tau_facil else 0.0
    u = u0 / (1 - (1 - u0) * left)
    recovered = math.exp(-gap / release.tau_rec)
    return u * (1 - recovered) / (1 - (1 - u) * recovered)


@pytest.mark.parametrize("release", [DEPRESSING, FACILITATING], ids=["depressing", "facilitating"])
@pytest.mark.parametrize("first", [0.1, 777.0])
def test_first_releases_and_steady_state(release: TsodyksMarkram, first: float) -> None:
    """20 Hz from rest, whenever the first spike comes. Catches u jumping before release and toward U (first release
    2U - U^2), R updated before release, seconds for ms, stale R between spikes."""
    found = releases(release, [first] + [50.0] * 400)
    assert found[:8] == pytest.approx(FIRST_EIGHT[release], rel=1e-6)
    assert found[-1] == pytest.approx(STEADY[release], rel=1e-8)
    assert releases(release, [first, 50.0], w=3.5) == pytest.approx([3.5 * x for x in found[:2]], rel=1e-12)


@pytest.mark.parametrize(
    ("release", "published"),
    [
        (DEPRESSING, [0.4164, 0.3173, 0.1811, 0.1052, 0.0571, 0.0241, 0.0123]),
        (FACILITATING, [0.0352, 0.0482, 0.0874, 0.1347, 0.1655, 0.1218, 0.0709]),
    ],
    ids=["depressing", "facilitating"],
)
def test_steady_state_over_rates(release: TsodyksMarkram, published: list[float]) -> None:
    for rate, value in zip([1, 2, 5, 10, 20, 50, 100], published, strict=True):
        found = releases(release, [1000.0 / rate] * 800)[-1]
        assert found == pytest.approx(value, abs=6e-5)
        assert found == pytest.approx(steady(release, rate), rel=1e-9)


def test_gain_control() -> None:
    """Drive saturates at 1/tau_rec = 1.25 per s: at 100 Hz within 3 %."""
    assert 100.0 * releases(DEPRESSING, [10.0] * 800)[-1] == pytest.approx(1.25, rel=0.03)


@pytest.mark.parametrize(("parameters", "peak"), [((0.03, 130.0, 530.0), 20.82), ((0.04, 100.0, 1000.0), 15.26)])
def test_facilitation_prefers_a_rate(parameters: tuple[float, float, float], peak: float) -> None:
    release = TsodyksMarkram(*parameters)
    best = minimize_scalar(lambda f: -releases(release, [1000.0 / f] * 300)[-1], bounds=(5, 60), method="bounded")
    assert best.x == pytest.approx(peak, abs=0.02)


def test_fast_facilitation_overshoots() -> None:
    """At 70 Hz the facilitating release peaks at the 7th spike, then falls to its steady state."""
    found = releases(FACILITATING, [1000.0 / 70.0] * 200)
    assert np.argmax(found) == 6
    assert found[-1] < found[6]


def test_recovery_after_a_pause() -> None:
    """After one release of U, R comes back as 1 - U exp(-t/tau_rec)."""
    for pause in (10.0, 300.0, 3000.0):
        assert releases(DEPRESSING, [5.0, pause])[1] == pytest.approx(
            0.5 * (1 - 0.5 * math.exp(-pause / 800.0)), rel=1e-12
        )
