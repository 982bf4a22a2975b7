"""R6b: where a synapse changed is seen in its variability and in paired pulses.

Binomial release from n sites with probability P and a fixed quantal size q has the mean n P q and

    CV^2 = (1 - P) / (n P)

and the second of two spikes at a distance t finds 1 - P exp(-t / tau_rec) of the sites docked, the paired-pulse
ratio. A change of q leaves both as they are, as after blockade of activity, when strength more than doubled (Wierenga,
Ibata & Turrigiano 2005); a change of P moves both. 6000 synapses: the error of CV^2 is 2.6 %, the tolerance 8 % (three
of them); of mean and ratio below 1 %, tolerance 3 %.
"""

import math

import numpy as np
from helpers.relay import Meter, trains
from published.expected import Expected, near
from published.row import Row

import hebbstat as hs

N, SITES, GAP, TAU_REC = 6000, 5, 20.0, 500.0
CASES = {"P 0.5, q 1": (0.5, 1.0), "P 0.5, q 2.2": (0.5, 2.2), "P 0.2, q 1": (0.2, 1.0)}


def measure(dt, seed, kind=hs.VesicleRelease, scale=1.0):
    """Mean, CV^2 and paired-pulse ratio in each case."""
    found = {}
    for name, (p, q) in CASES.items():
        first, second = two_releases(kind(sites=SITES, p=p, tau_rec=TAU_REC * scale), q, dt, seed)
        found[f"{name}: mean"] = first.mean()
        found[f"{name}: CV^2"] = first.var() / first.mean() ** 2
        found[f"{name}: paired-pulse ratio"] = second.mean() / first.mean()
    return found


def two_releases(release: hs.Release, weight: float, dt: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What each synapse releases at two spikes."""
    net = hs.Network(dt=dt, seed=seed)
    a, b = net.add(hs.SpikeSource(), 1, "a", spikes=trains([5.0, 5.0 + GAP])), net.add(Meter(), N, "b")
    net.connect(a, b, hs.AllToAll(), weight=weight, release=release)
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    sim.run(ms=10.0, progress=False)
    first = sim.state("b", "total").copy()
    sim.run(ms=GAP, progress=False)
    return first, sim.state("b", "total") - first


class AllAtOnce(hs.VesicleRelease):
    """All docked vesicles are released together or none is."""

    @staticmethod
    def transmit(w, docked, sites, p, rate, elapsed, binomial):
        ready = docked + binomial(sites - docked, -math.expm1(-elapsed * rate))
        released = ready * binomial(1.0, p)
        return w * released, ready - released


class NeverEmpty(hs.VesicleRelease):
    """Released vesicles stay docked."""

    @staticmethod
    def transmit(w, docked, p, binomial):
        return w * binomial(docked, p), docked


EXPECTED: dict[str, Expected] = {}
for name, (p, q) in CASES.items():
    EXPECTED[f"{name}: mean"] = near(q * SITES * p, rel=0.03)
    EXPECTED[f"{name}: CV^2"] = near((1 - p) / (SITES * p), rel=0.08)
    EXPECTED[f"{name}: paired-pulse ratio"] = near(1 - p * math.exp(-GAP / TAU_REC), rel=0.03)

ROW = Row(
    "R6b",
    "The locus of a change, from CV and paired-pulse ratio",
    of=["VesicleRelease"],
    source="Wierenga, Ibata & Turrigiano 2005, doi:10.1523/JNEUROSCI.5217-04.2005",
    measure=measure,
    expected=EXPECTED,
    mutations={
        "vesicles are released together": {"kind": AllAtOnce},
        "released vesicles stay": {"kind": NeverEmpty},
        "recovery in seconds": {"scale": 1e-3},
    },
    dt=1.0,
)
