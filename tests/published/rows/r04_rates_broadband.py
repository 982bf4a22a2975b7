"""R4: depression passes on a rate code at all frequencies alike.

Synapses of Poisson trains whose common rate r (1 + s(t)) is modulated weakly. With the notation of R3 (a = U r tau) the
response of what a synapse releases to s is r U R (i w + 1/tau) / (i w + 1/tau'), its own spectrum S2; their ratio, the
signal to noise, is r R^2 / M at every frequency, against r without depression. So depression costs the part

    1 - R^2 / M,  where  R^2 / M = (1 + a (1 - U / 2)) / (1 + a)

of the signal to noise and prefers no band: the published claim of a broadband code, here with its number. Sites that
release at random would add noise that hides slow signals (R3).

60 cells of 100 trains at 10 Hz hear one signal, noise of 0.5 to 40 Hz with an sd of 0.2. C / (1 - C) of the coherence C
of signal and sum is the signal to noise; its ratio with and without depression is taken from the same trains, so that
much of the error cancels: about 2 % in the widest bands and 4 % in the lowest.
"""

import numpy as np
from helpers.relay import Meter
from published.expected import Expected, below, near
from published.row import Row
from published.rows.r03_vesicles_filter import coherence_of, in_band

import hebbstat as hs

U, TAU, RATE, TRAINS, CELLS, SECONDS, SD = 0.5, 800.0, 10.0, 100, 60, 40.0, 0.2
EVERY = 2.0  # ms
BANDS = ((0.5, 2.0), (2.0, 8.0), (8.0, 20.0), (20.0, 40.0))
A = U * RATE * TAU / 1000.0


def measure(dt, seed, release=None):
    """Signal to noise with depression over that without, in each band."""
    signal = band_noise(seed)
    net = hs.Network(dt=dt, seed=seed)
    rate = hs.TimedArray(RATE * (1.0 + signal), every=1.0)
    a = net.add(hs.PoissonSource(rate=rate), TRAINS * CELLS, "a")
    b = net.add(Meter(), 2 * CELLS, "b")
    trains = np.arange(TRAINS * CELLS)
    release = hs.TsodyksMarkram(U=U, tau_rec=TAU) if release is None else release
    net.connect(a, b, hs.FromPairs(trains, trains // TRAINS), weight=1.0, release=release)
    net.connect(a, b, hs.FromPairs(trains, CELLS + trains // TRAINS), weight=1.0)
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    run = sim.run(seconds=SECONDS, record=[hs.States("b", "total", every=EVERY)], progress=False)
    total = run["b.total"].values
    kept = [signal_to_noise(signal, total[:, cells]) for cells in (slice(CELLS), slice(CELLS, None))]
    found = {title(band): np.divide(*(in_band(*one, band) for one in kept)) for band in BANDS}
    return found | {"largest over smallest band": max(found.values()) / min(found.values())}


def band_noise(seed: int) -> np.ndarray:
    """Gaussian noise of 0.5 to 40 Hz, a value each ms, kept above -1."""
    n = round(SECONDS * 1000)
    frequencies, rng = np.fft.rfftfreq(n, 1e-3), np.random.default_rng(seed)
    spectrum = rng.normal(size=len(frequencies)) + 1j * rng.normal(size=len(frequencies))
    noise = np.fft.irfft(np.where((frequencies >= 0.4) & (frequencies <= 41.0), spectrum, 0.0), n)
    return np.clip(SD * noise / noise.std(), -0.99, None)


def signal_to_noise(signal: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies, and C / (1 - C) of the signal and the sums of a few ms, the first 3 s left out."""
    sums = np.diff(total, axis=0)[1500:]
    means = signal.reshape(-1, round(EVERY)).mean(axis=1)[-len(sums) :]
    frequencies, c = coherence_of(np.broadcast_to(means[:, None], sums.shape), sums, EVERY, 2048)
    return frequencies, c / (1.0 - c)


def title(band: tuple[float, float]) -> str:
    return f"signal to noise kept, {band[0]:g} to {band[1]:g} Hz"


EXACT = (1.0 + A * (1.0 - U / 2.0)) / (1.0 + A)
EXPECTED: dict[str, Expected] = {title(band): near(EXACT, rel=0.05) for band in BANDS}
EXPECTED["largest over smallest band"] = below(1.08)

ROW = Row(
    "R4",
    "Depression passes on rates at all frequencies alike",
    of=["TsodyksMarkram"],
    source="Lindner, Gangloff, Longtin & Lewis 2009, doi:10.1523/JNEUROSCI.3702-08.2009",
    measure=measure,
    expected=EXPECTED,
    mutations={
        "no depression": {"release": hs.TsodyksMarkram(U=U, tau_rec=1e-3)},
        "facilitation": {"release": hs.TsodyksMarkram(U=0.05, tau_rec=100.0, tau_facil=1000.0)},
        "release at random from one site": {"release": hs.VesicleRelease(sites=1, p=U, tau_rec=TAU)},
    },
    dt=1.0,
    seeds=(1, 2),
)
