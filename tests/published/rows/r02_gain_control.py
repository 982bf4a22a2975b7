"""R2: what short-term plasticity does to rates. Synapses that all differ, in one compiled network.

Regular trains, [C] iterated from the equations of R1 and equal to their closed form: steady releases at 1 to 100 Hz,
the drive rate * release that a depressing synapse saturates at, 1 / tau_rec, and the rate at which a facilitating one
releases most (1 / sqrt(U tau_rec tau_facil) is its rule of thumb: 22.0 and 15.8 Hz; exactly 20.82 and 15.26 Hz).

Poisson trains of rate r, depressing: a spike finds the mean resources of all times, d<R>/dt = (1 - <R>) / tau_rec -
U r <R> = 0, so it releases U / (1 + U r tau_rec) in the mean, exactly. 1000 synapses for 20 s at each rate: an error of
the mean below 0.6 %; a step of 0.5 ms has at most one spike, so 20 Hz are 19.9: within 2 %.
"""

import numpy as np
from helpers.relay import Meter
from published.expected import Expected, near
from published.row import Row
from published.rows.r01_short_term_plasticity import SETS, UsedBefore, steady

import hebbstat as hs

RATES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
STEADY = {
    "depressing": (0.4164, 0.3173, 0.1811, 0.1052, 0.0571, 0.0241, 0.0123),
    "facilitating": (0.0352, 0.0482, 0.0874, 0.1347, 0.1655, 0.1218, 0.0709),
}
PEAKS = {(0.03, 130.0, 530.0): 20.82, (0.04, 100.0, 1000.0): 15.26}
GAPS = np.arange(35.0, 80.0, 1.0)  # ms, around the peaks
POISSON = (1.0, 5.0, 20.0)


def measure(dt, seed, kind=hs.TsodyksMarkram, scale=1.0, alike=False):
    """Steady releases, the drive at 100 Hz, the best rates, and means of Poisson trains."""
    cases = [(*SETS[name], 1000.0 / rate) for name in SETS for rate in RATES]
    cases += [(*parameters, gap) for parameters in PEAKS for gap in GAPS]
    last = released(kind, cases, dt, scale, alike)
    found = {f"{name} at {rate:g} Hz": x for (name, rate), x in zip(named(), last, strict=False)}
    found["drive at 100 Hz, depressing"] = 100.0 * found["depressing at 100 Hz"]
    curves = last[len(found) - 1 :].reshape(len(PEAKS), len(GAPS))
    found |= {title(each): best_rate(curve) for each, curve in zip(PEAKS, curves, strict=True)}
    return found | {f"Poisson, {rate:g} Hz": mean_of_poisson(kind, rate, dt, seed, scale) for rate in POISSON}


def released(kind, cases, dt: float, scale: float, alike: bool) -> np.ndarray:
    """What the last of many spikes of a regular train released: cases of U, tau_rec, tau_facil and the interval."""
    U, tau_rec, tau_facil, gaps = np.array(cases).T
    if alike:
        U, tau_rec, tau_facil = (np.full_like(x, x.mean()) for x in (U, tau_rec, tau_facil))
    trains = [np.arange(gap, 20_000.0, gap) for gap in gaps]
    spikes = np.concatenate(trains), np.repeat(np.arange(len(cases)), [len(train) for train in trains])
    net = hs.Network(dt=dt)
    a = net.add(hs.SpikeSource(), len(cases), "a", spikes=spikes)
    b = net.add(Meter(), len(cases), "b")
    release = kind(U=U, tau_rec=tau_rec * scale, tau_facil=tau_facil * scale)
    net.connect(a, b, hs.OneToOne(), weight=1.0, release=release)
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    sim.run(seconds=20.01, progress=False)
    return sim.state("b", "last")


def best_rate(curve: np.ndarray) -> float:
    """The top of a parabola through the largest value and its neighbors, in Hz."""
    k = int(np.argmax(curve[1:-1])) + 1
    before, top, after = curve[k - 1 : k + 2]
    return 1000.0 / (GAPS[k] + 0.5 * (before - after) / (before - 2.0 * top + after))


def mean_of_poisson(kind, rate: float, dt: float, seed: int, scale: float) -> float:
    """Mean release of a spike of Poisson trains."""
    U, tau_rec, tau_facil = SETS["depressing"]
    net, n = hs.Network(dt=dt, seed=seed), 1000
    a, b, c = net.add(hs.PoissonSource(rate=rate), n, "a"), net.add(Meter(), n, "b"), net.add(Meter(), n, "c")
    net.connect(a, b, hs.OneToOne(), weight=1.0, release=kind(U, tau_rec * scale, tau_facil * scale))
    net.connect(a, c, hs.OneToOne(), weight=1.0)
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    sim.run(seconds=5.0, progress=False)
    before = [sim.state(name, "total").sum() for name in "bc"]
    sim.run(seconds=20.0, progress=False)
    amounts, spikes = (sim.state(name, "total").sum() - start for name, start in zip("bc", before, strict=True))
    return amounts / spikes


def named() -> list[tuple[str, float]]:
    return [(name, rate) for name in SETS for rate in RATES]


def title(parameters: tuple[float, float, float]) -> str:
    return "best rate, U {:g}, tau_rec {:g}, tau_facil {:g}".format(*parameters)


EXPECTED: dict[str, Expected] = {}
for name, rate in named():
    exact = steady(*SETS[name], rate)
    assert abs(exact - STEADY[name][RATES.index(rate)]) < 6e-5  # the table has four digits
    EXPECTED[f"{name} at {rate:g} Hz"] = near(exact, rel=1e-6)
EXPECTED["drive at 100 Hz, depressing"] = near(1.25, rel=0.03)
EXPECTED |= {title(parameters): near(peak, within=0.02) for parameters, peak in PEAKS.items()}
EXPECTED |= {f"Poisson, {rate:g} Hz": near(0.5 / (1 + 0.5 * 0.8 * rate), rel=0.02) for rate in POISSON}

ROW = Row(
    "R2",
    "Short-term plasticity as gain control, with parameters that differ between synapses",
    of=["TsodyksMarkram"],
    source="Abbott, Varela, Sen & Nelson 1997, doi:10.1126/science.275.5297.221; Tsodyks & Markram 1997, "
    "doi:10.1073/pnas.94.2.719",
    measure=measure,
    expected=EXPECTED,
    mutations={
        "resources are used before the release": {"kind": UsedBefore},
        "time constants in seconds": {"scale": 1e-3},
        "all synapses are the mean one": {"alike": True},
    },
    dt=0.5,
)
