"""R3: release from few sites filters: what a synapse says of its train depends on the frequency.

Coherence of a Poisson train of rate r with the amounts that it releases; p = 0.5, recovery tau = 0.7 s, r = 20 Hz.
Let a = p r tau, 1/tau' = (1 + a) / tau, R = 1 / (1 + a) the mean of the resources and M = R / (1 + a (1 - p/2)) that of
their square (from d<R>/dt = d<R^2>/dt = 0). The spectra, per site and with the angular frequency w, are

    train and release        C = p r R (i w + 1/tau) / (i w + 1/tau')
    one site with itself     S1 = p r R - 2 (p r R)^2 tau' / (1 + (w tau')^2)
    one site with another    S2 = p^2 r M + 2 (p r)^2 ((1 - p) M - R^2) tau' / (1 + (w tau')^2)

for a site that releases is empty just after it, and another then docked with the probability (1 - p) M / R. The
deterministic synapse is all S2, where C and S2 have one shape: its coherence |C|^2 / (r S2) = R^2 / M = 0.781 is flat.
n sites have |C|^2 / (r ((n - 1) S2 + S1) / n), a high-pass filter (figures 5 and 7 of the paper).

Measured with 2000 trains for 12.3 s and two seeds, in windows of 8.192 s; bands are compared with the means of theory
over the same frequencies. One window at one frequency errs by sqrt(2 c) (1 - c), so the lowest band, of about 36 000
that are independent, by 0.0015; the tolerance there is four times that, elsewhere it is the 0.02 of the source.
"""

import math

import numpy as np
from helpers.relay import Meter
from published.expected import Expected, between, near
from published.row import Row
from scipy.signal import csd, welch

import hebbstat as hs

P, TAU, RATE, SITES = 0.5, 700.0, 20.0, 5
EVERY = 2.0  # ms, of a sample
BANDS = ((0.2, 1.0), (1.0, 5.0), (5.0, 20.0), (50.0, 200.0))
MODELS = {
    "deterministic": hs.TsodyksMarkram(U=P, tau_rec=TAU),
    "5 sites": hs.VesicleRelease(sites=SITES, p=P, tau_rec=TAU),
}


def measure(dt, seed, models=MODELS):
    """Mean coherence in each band, and how much the highest exceeds the lowest."""
    found = {}
    for name, release in zip(MODELS, models.values(), strict=True):
        frequencies, values = coherence(release, dt, seed)
        means = [in_band(frequencies, values, band) for band in BANDS]
        found |= {title(name, band): mean for band, mean in zip(BANDS, means, strict=True)}
        found[f"{name}, highest over lowest band"] = means[-1] / means[0]
    return found


def coherence(release: hs.Release, dt: float, seed: int, n: int = 2000, seconds: float = 12.288):
    """Frequencies in Hz, and the coherence of n trains with what they release."""
    net = hs.Network(dt=dt, seed=seed)
    a, b = net.add(hs.PoissonSource(rate=RATE), n, "a"), net.add(Meter(), 2 * n, "b")
    net.connect(a, b[:n], hs.OneToOne(), weight=1.0, release=release)
    net.connect(a, b[n:], hs.OneToOne(), weight=1.0)
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    sim.run(seconds=5.0, progress=False)
    total = sim.run(seconds=seconds, record=[hs.States("b", "total", every=EVERY)], progress=False)["b.total"].values
    arrived = np.diff(total, axis=0)
    return coherence_of(arrived[:, n:], arrived[:, :n], EVERY, round(8192 / EVERY))


def coherence_of(x: np.ndarray, y: np.ndarray, every: float, window: int) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz, and the coherence of x and y, [sample, pair], a sample every so many ms."""
    settings = {"fs": 1000.0 / every, "nperseg": window, "axis": 0}
    frequencies, cross = csd(x, y, **settings)
    powers = [welch(one, **settings)[1].mean(axis=1) for one in (x, y)]
    return frequencies, np.abs(cross.mean(axis=1)) ** 2 / (powers[0] * powers[1])


def theory(frequencies: np.ndarray, sites: float = math.inf) -> np.ndarray:
    """The coherence of the docstring."""
    w, r, tau = 2.0 * math.pi * frequencies, RATE, TAU / 1000.0
    a = P * r * tau
    R, fast = 1.0 / (1.0 + a), tau / (1.0 + a)
    M = R / (1.0 + a * (1.0 - P / 2.0))
    low = 2.0 * fast / (1.0 + (w * fast) ** 2)
    C = (P * r * R) ** 2 * (w**2 + 1.0 / tau**2) / (w**2 + 1.0 / fast**2)
    alone = P * r * R - (P * r * R) ** 2 * low
    shared = P * P * r * M + (P * r) ** 2 * ((1.0 - P) * M - R * R) * low
    return C / (r * (shared + (alone - shared) / sites))


def in_band(frequencies: np.ndarray, values: np.ndarray, band: tuple[float, float]) -> float:
    return float(values[(frequencies >= band[0]) & (frequencies < band[1])].mean())


def title(model: str, band: tuple[float, float]) -> str:
    return f"{model}, {band[0]:g} to {band[1]:g} Hz"


class NoDepletion(hs.VesicleRelease):
    """All sites are docked at each spike."""

    @staticmethod
    def transmit(w, sites, docked, p, binomial):
        return w * binomial(sites, p), docked


class LockStep(hs.VesicleRelease):
    """All empty sites are refilled together or not at all."""

    @staticmethod
    def transmit(w, docked, sites, p, rate, elapsed, binomial):
        ready = docked + (sites - docked) * binomial(1.0, -math.expm1(-elapsed * rate))
        released = binomial(ready, p)
        return w * released, ready - released


class NoisyMean(hs.TsodyksMarkram):
    """The deterministic synapse, with the noise of a first spike's release upon each amount."""

    @staticmethod
    def transmit(w, u, R, elapsed, U, tau_rec, normal):
        ready = 1.0 - (1.0 - R) * math.exp(-elapsed / tau_rec)
        return w * (U * ready + math.sqrt(U * (1.0 - U) / 5.0) * normal), U, ready - U * ready


GRID = np.fft.rfftfreq(round(8192 / EVERY), EVERY / 1000.0)
EXPECTED: dict[str, Expected] = {}
for model, sites in zip(MODELS, (math.inf, SITES), strict=True):
    exact = [in_band(GRID, theory(GRID, sites), band) for band in BANDS]
    EXPECTED |= {title(model, band): near(value, within=0.02) for band, value in zip(BANDS, exact, strict=True)}
    EXPECTED[title(model, BANDS[0])] = near(exact[0], within=0.02 if sites == math.inf else 0.006)
    EXPECTED[f"{model}, highest over lowest band"] = between(0.95, 1.05) if sites == math.inf else between(3.0, 6.0)

ROW = Row(
    "R3",
    "Release from few sites is a high-pass filter, its mean is not",
    of=["VesicleRelease", "TsodyksMarkram"],
    source="Rosenbaum, Rubin & Doiron 2012, doi:10.1371/journal.pcbi.1002557",
    measure=measure,
    expected=EXPECTED,
    mutations={
        "no depletion": {"models": MODELS | {"5 sites": NoDepletion(SITES, P, TAU)}},
        "sites are refilled in lock step": {"models": MODELS | {"5 sites": LockStep(SITES, P, TAU)}},
        "the mean with noise upon it": {"models": MODELS | {"5 sites": NoisyMean(P, TAU)}},
        "sites in the place of the mean": {"models": MODELS | {"deterministic": MODELS["5 sites"]}},
    },
    dt=1.0,
    seeds=(1, 2),
)
