"""R1: short-term plasticity, spike by spike.

A regular train of 20 Hz from rest; numbers are iterated from the published equations,

    at a spike      u += U (1 - u), release u R, R -= u R
    between spikes  du/dt = -u / tau_facil, dR/dt = (1 - R) / tau_rec

to ten digits. The steady state has a closed form, D being the interval: u = U / (1 - (1 - U) exp(-D / tau_facil)) and
R = (1 - exp(-D / tau_rec)) / (1 - (1 - u) exp(-D / tau_rec)). After one release of U, R comes back as
1 - U exp(-t / tau_rec). The hook is driven by hand, so times are real numbers; R2 runs networks of such synapses.
"""

import math

import numpy as np
from helpers.driving import ask, hooks, names_of
from published.expected import Expected, near
from published.row import Row

from hebbstat.synapses import TsodyksMarkram

SETS = {"depressing": (0.5, 800.0, 0.0), "facilitating": (0.03, 130.0, 530.0)}
FIRST_EIGHT = {
    "depressing": "0.5 0.2651467343 0.1548346215 0.1030203016 0.0786827771 0.0672512829 0.0618818354 0.0593597709",
    "facilitating": "0.03 0.0553268297 0.0757361858 0.0917773807 0.1042785647 0.1140602476 0.1218110473 0.1280587222",
}
STEADY = {"depressing": 0.0571258565, "facilitating": 0.1654855376}
PAUSES = (10.0, 300.0, 3000.0)


def measure(dt, seed, kind=TsodyksMarkram, scale=1.0):
    """Releases at 20 Hz, whatever time the first spike comes, and of the larger weight; of 70 Hz; after a pause."""
    found = {}
    for name, (U, tau_rec, tau_facil) in SETS.items():
        release = kind(U, tau_rec * scale, tau_facil * scale)
        early, late = (releases(release, [first] + [50.0] * 400) for first in (0.1, 777.0))
        found |= {f"{name}, spike {k + 1}": early[k] for k in range(8)}
        found[f"{name}, steady"] = early[-1]
        found[f"{name}, change by the time of the first spike"] = np.abs(late - early).max()
        scaled = releases(release, [0.1] + [50.0] * 9, 3.5) / 3.5
        found[f"{name}, change by the weight"] = np.abs(scaled - early[:10]).max()
        if name == "facilitating":
            fast = releases(release, [1000.0 / 70.0] * 400)
            found["largest release at 70 Hz, at spike"] = 1 + np.argmax(fast)
            found["steady at 70 Hz"] = fast[-1]
        else:
            found |= {f"depressing, {t:g} ms after a first": releases(release, [5.0, t])[1] for t in PAUSES}
    return found


def releases(release: TsodyksMarkram, intervals: list[float], w: float = 1.0) -> np.ndarray:
    """What each spike releases, the intervals before them being given."""
    (hook,), known, found = hooks(release, "transmit"), names_of(release, u=0.0, R=1.0, w=w), []
    for elapsed in intervals:
        amount, known["u"], known["R"] = ask(hook, {**known, "elapsed": elapsed})
        found.append(amount)
    return np.array(found)


def steady(U: float, tau_rec: float, tau_facil: float, rate: float) -> float:
    """The closed form."""
    gap = 1000.0 / rate
    u = U / (1 - (1 - U) * (math.exp(-gap / tau_facil) if tau_facil else 0.0))
    kept = math.exp(-gap / tau_rec)
    return u * (1 - kept) / (1 - (1 - u) * kept)


class JumpsTwice(TsodyksMarkram):
    """u decays to U and jumps before the release: a mixture of the two conventions."""

    @staticmethod
    def transmit(w, u, R, elapsed, U, tau_rec, forgetting):
        kept = U + (u - U) * math.exp(-elapsed * forgetting)
        used = kept + U * (1.0 - kept)
        ready = 1.0 - (1.0 - R) * math.exp(-elapsed / tau_rec)
        return w * used * ready, used, ready - used * ready


class UsedBefore(TsodyksMarkram):
    """The resources are taken away before they are released."""

    @staticmethod
    def transmit(w, u, R, elapsed, U, tau_rec, forgetting):
        kept = u * math.exp(-elapsed * forgetting)
        used = kept + U * (1.0 - kept)
        ready = 1.0 - (1.0 - R) * math.exp(-elapsed / tau_rec)
        return w * used * (ready - used * ready), used, ready - used * ready


class Stale(TsodyksMarkram):
    """Resources recover, but a release sees them as the last spike left them."""

    @staticmethod
    def transmit(w, u, R, elapsed, U, tau_rec, forgetting):
        kept = u * math.exp(-elapsed * forgetting)
        used = kept + U * (1.0 - kept)
        return w * used * R, used, 1.0 - (1.0 - (R - used * R)) * math.exp(-elapsed / tau_rec)


EXPECTED: dict[str, Expected] = {
    f"{name}, spike {k + 1}": near(float(value), rel=1e-8)
    for name, values in FIRST_EIGHT.items()
    for k, value in enumerate(values.split())
}
EXPECTED |= {f"{name}, steady": near(value, rel=1e-8) for name, value in STEADY.items()}
EXPECTED |= {f"{name}, change by the time of the first spike": near(0.0, within=1e-15) for name in SETS}
EXPECTED |= {f"{name}, change by the weight": near(0.0, within=1e-15) for name in SETS}
EXPECTED |= {
    "largest release at 70 Hz, at spike": near(7),
    "steady at 70 Hz": near(steady(*SETS["facilitating"], 70.0), rel=1e-9),
}
EXPECTED |= {
    f"depressing, {t:g} ms after a first": near(0.5 * (1 - 0.5 * math.exp(-t / 800.0)), rel=1e-12) for t in PAUSES
}

ROW = Row(
    "R1",
    "Short-term plasticity: releases of a regular train",
    of=["TsodyksMarkram"],
    source="Tsodyks, Pawelzik & Markram 1998, doi:10.1162/089976698300017502",
    measure=measure,
    expected=EXPECTED,
    mutations={
        "u decays to U and jumps before": {"kind": JumpsTwice},
        "resources are used before the release": {"kind": UsedBefore},
        "resources as the last spike left them": {"kind": Stale},
        "time constants in seconds": {"scale": 1e-3},
    },
    dt=None,
    quick=True,
)
