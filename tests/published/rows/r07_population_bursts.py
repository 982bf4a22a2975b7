"""R7: recurrent networks with depressing and facilitating synapses burst.

400 excitatory and 100 inhibitory cells, connected with p = 0.1; U, time constants and weights differ between synapses
(sd half the mean, truncated). Cells rest around their threshold of 15 mV; how far around is the one number that the
paper (0.05 mV in all) and those who rebuilt it (1 mV) do not agree on, so both are measured. A burst is when a fifth of
the excitatory cells spike within 5 ms; in 99 % of all windows it is less than a tenth at 1 mV.

Published: population bursts, a few ms wide, irregular, about one a second. Here as: a width at half height of 3 to 15
ms; a CV of the intervals above 0.3 (a clock has 0); at 1 mV nearly all cells take part; a rate of 1 per second within a
factor of 3. Without depression there is no burst at 1 mV.

Differences: the transmission takes 1 ms, in the paper nothing; resources recover from the moment of release, in the
paper after the 3 ms that a current lasts.
"""

import numpy as np
from published.expected import Expected, above, between
from published.row import Row

import hebbstat as hs

SECONDS, WAIT = 100.0, 2.0
RANGES = {"1 mV": 0.5, "0.05 mV": 0.025}
SIZES = {"E": (400, 3.0), "I": (100, 2.0)}  # cells and refractory period


def measure(dt, seed, recovery=1.0, facilitation=1.0, inhibition=1.0):
    """Of the bursts at either range: how many a second, how wide, how irregular, how many spikes a cell has in one."""
    found = {}
    for name, spread in RANGES.items():
        net = network(dt, seed, spread, recovery, facilitation, inhibition)
        activity = excitatory_activity(net)
        peaks = burst_peaks(activity)
        shapes = [activity[k - 20 : k + 21] for k in peaks if 20 <= k < len(activity) - 20]
        gaps = np.diff(peaks)
        found |= {
            f"{name}, bursts per s": len(peaks) / SECONDS,
            f"{name}, width (ms)": np.mean([(one > one.max() / 2).sum() for one in shapes] or [np.nan]),
            f"{name}, CV of intervals": gaps.std() / gaps.mean() if len(gaps) > 1 else np.nan,
            f"{name}, spikes of a cell in a burst": np.mean([one.sum() for one in shapes] or [np.nan]),
        }
    return found


def network(dt: float, seed: int, spread: float, recovery: float, facilitation: float, inhibition: float) -> hs.Network:
    """Potentials in mV above rest; a leak of 1 nS makes 1 pA of current 1 mV."""

    def varied(mean: float, low: float, high: float = np.inf) -> hs.Normal:
        return hs.Normal(mean, sd=abs(mean) / 2, low=low, high=high)

    depressing = {"U": varied(0.5, 0.1, 0.9), "tau_rec": varied(800.0 * recovery, 5.0 * recovery)}
    facilitating = {
        "U": varied(0.04, 0.001, 0.07), "tau_rec": varied(100.0 * recovery, 5.0 * recovery),
        "tau_facil": varied(1000.0 * facilitation, 5.0 * facilitation),
    }  # fmt: skip
    net = hs.Network(dt=dt, seed=seed)
    for name, (n, refractory) in SIZES.items():
        cell = hs.CurrentLIF(
            tau_m=30.0, g_leak=1.0, v_rest=0.0, v_threshold=15.0, v_reset=13.5, refractory=refractory,
            i_ext=hs.Uniform(15.0 - spread, 15.0 + spread),
        )  # fmt: skip
        net.add(cell, n, name)
    weights = {"EE": 1.8, "EI": 7.2, "IE": -5.4 * inhibition, "II": -7.2 * inhibition}
    for (source, target), mean in weights.items():
        release = hs.TsodyksMarkram(**(depressing if target == "E" else facilitating))
        net.connect(
            source, target, hs.FixedProbability(0.1), weight=varied(mean, *sorted((0.2 * mean, 2.0 * mean))),
            receptor=hs.ExponentialCurrent(tau=3.0), release=release, name=f"{source} to {target}",
        )  # fmt: skip
    return net


def excitatory_activity(net: hs.Network) -> np.ndarray:
    """The part of the excitatory cells that spikes in each ms."""
    sim = hs.Simulation(net, threads=1, quiet=True)
    sim.run(seconds=WAIT, progress=False, watch=None)
    spikes = sim.run(seconds=SECONDS, record=[hs.Spikes("E")], progress=False, watch=None)["E.spikes"]
    edges = 1000.0 * WAIT + np.arange(1000 * SECONDS + 1) + 1e-6
    return np.histogram(spikes.time.values, edges)[0] / SIZES["E"][0]


def burst_peaks(activity: np.ndarray) -> np.ndarray:
    """The ms at which each burst is highest; what comes within 30 ms is one burst."""
    high = np.flatnonzero(np.convolve(activity, np.ones(5), "same") > 0.2)
    bursts = np.split(high, 1 + np.flatnonzero(np.diff(high) > 30)) if high.size else []
    return np.array([one[np.argmax(activity[one])] for one in bursts], int)


EXPECTED: dict[str, Expected] = {
    "1 mV, bursts per s": between(1 / 3, 3.0),
    "1 mV, width (ms)": between(3.0, 15.0),
    "1 mV, CV of intervals": above(0.3),
    "1 mV, spikes of a cell in a burst": above(1.0),
    "0.05 mV, bursts per s": between(1 / 3, 3.0),
    "0.05 mV, width (ms)": between(3.0, 15.0),
    "0.05 mV, CV of intervals": above(0.3),
    "0.05 mV, spikes of a cell in a burst": above(0.3),
}

ROW = Row(
    "R7",
    "Population bursts of networks with short-term plasticity",
    of=["TsodyksMarkram", "CurrentLIF", "ExponentialCurrent"],
    source="Tsodyks, Uziel & Markram 2000, doi:10.1523/JNEUROSCI.20-01-j0003.2000",
    measure=measure,
    expected=EXPECTED,
    mutations={
        "no depression": {"recovery": 0.01},
        "no facilitation of what excites inhibition": {"facilitation": 0.001},
        "no inhibition": {"inhibition": 1e-3},
    },
    dt=1.0,
    seeds=(1, 2, 3),
    because="the rate hangs on how far the cells' rest is spread, on which the sources do not agree: cells that differ "
    "by 1 mV burst more rarely than once a second, by 0.05 mV more often, and the published rate lies between",
)
