"""R18: homeostasis must be slower the more a network excites itself.

Harnack et al. 2015: a linear unit that excites itself (t1 dr/dt = -r + w r + input - threshold), whose rate is
averaged (t2 dm/dt = r - m) and whose threshold integrates the deviation (t3 dthreshold/dt = m - target), has the
characteristic polynomial t1 t2 t3 s^3 + t3 (t1 + (1 - w) t2) s^2 + (1 - w) t3 s + 1. By Routh's condition it is stable
for t3 > t1 t2 / ((1 - w) (t1 + (1 - w) t2)), which grows with w. Measured: where the growth rate of the oscillation
passes 0, between units with t3 from 0.85 to 1.15 of this; and the growth rates against the leading roots of the
polynomial, which are 0.4 to 1.3 per second in size. What excites a unit arrives a step late, 1 % of t1: 2 % are
allowed.
"""

import numpy as np
from published.expected import below, near
from published.row import Row

from hebbstat.contract.state import PerNeuron
from hebbstat.engine.record.states import States
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import ThresholdHomeostasis
from hebbstat.network import Network, OneToOne
from hebbstat.neurons import RateNeuron

T1, T2, TARGET = 10.0, 50.0, 100.0
RECURRENCE = (0.0, 0.4, 0.7)
RATIOS = np.array([0.85, 0.95, 1.05, 1.15])


def measure(dt, seed, rule=ThresholdHomeostasis, recurrence=RECURRENCE):
    """Critical time constants of homeostasis over theory, one for each strength of recurrence."""
    w = np.repeat(recurrence, len(RATIOS))
    tau = np.concatenate([RATIOS * critical(each) for each in RECURRENCE])
    net = Network(dt=dt, seed=seed)
    control = rule(target=TARGET, tau_rate=T2, tau=tau)
    net.add(RateNeuron(tau=T1, i_ext=(1.0 - w) * TARGET + 0.1), len(w), "units", rules=[control])
    net.connect("units", "units", OneToOne(), weight=w, delay=dt, name="self")
    sim = Simulation(net, quiet=True, dtype="float64")
    sim.set("units", "r", np.full(len(w), TARGET))
    run = sim.run(ms=1000.0, record=[States("units", "r", every=0.5)], progress=False)
    grown = [growth(r - TARGET) for r in run["units.r"].values.T]
    found = {}
    for k, each in enumerate(RECURRENCE):
        own = np.array(grown[k * len(RATIOS) : (k + 1) * len(RATIOS)])
        found[f"critical tau over theory, w {each:g}"] = float(np.interp(0.0, own[::-1], RATIOS[::-1]))
        roots = np.array([leading(each, ratio * critical(each)) for ratio in RATIOS])
        found[f"growth rate (1/s): largest error, w {each:g}"] = 1000.0 * np.abs(own - roots).max()
    first, last = (critical(each) * found[f"critical tau over theory, w {each:g}"] for each in RECURRENCE[::2])
    return found | {"critical tau, w 0.7 over w 0": last / first}


def growth(r: np.ndarray) -> float:
    """The rate per ms at which an oscillation grows: a fit to the logarithm of its extremes."""
    turns = np.flatnonzero(np.diff(np.sign(np.diff(r)))) + 1
    turns = turns[turns > 200]
    sizes = np.abs(np.diff(r[turns]))
    kept = (sizes > 1e-9) & (sizes < TARGET)
    return float(np.polyfit(0.5 * turns[1:][kept], np.log(sizes[kept]), 1)[0])


def critical(w: float) -> float:
    return T1 * T2 / ((1.0 - w) * (T1 + (1.0 - w) * T2))


def leading(w: float, tau: float) -> float:
    """The real part of the complex roots."""
    roots = np.roots([T1 * T2 * tau, tau * (T1 + (1.0 - w) * T2), (1.0 - w) * tau, 1.0])
    return float(roots[np.abs(roots.imag) > 0].real.max())


class NotAveraged(ThresholdHomeostasis):
    """The threshold follows the rate itself. A wrong version of Harnack et al. 2015."""

    @staticmethod
    def step(neuron_rate, target, tau, dt):
        return (neuron_rate - target) * dt / tau


class Leaky(ThresholdHomeostasis):
    """The threshold decays in the time in which the rate is averaged. A wrong version of Harnack et al. 2015."""

    @staticmethod
    def step(value, mean, target, tau, tau_rate, dt):
        return (mean - target) * dt / tau - value * dt / tau_rate


class AveragedTwice(ThresholdHomeostasis):
    """A cascade of two averages, which makes it less stable. A wrong version of Harnack et al. 2015."""

    again = PerNeuron.state("target", slow=True)

    @again.step
    def average_again(again, mean, tau_rate, dt):
        return again + (mean - again) * dt / tau_rate

    @staticmethod
    def step(again, target, tau, dt):
        return (again - target) * dt / tau


EXPECTED = {}
for _w in RECURRENCE:
    EXPECTED[f"critical tau over theory, w {_w:g}"] = near(1.0, within=0.02)
    EXPECTED[f"growth rate (1/s): largest error, w {_w:g}"] = below(0.1)

ROW = Row(
    "R18",
    "Homeostasis must be slower the stronger the recurrence",
    of=["ThresholdHomeostasis", "RateNeuron"],
    source="Harnack, Pelko, Chaillet, Chitour & van Rossum 2015, doi:10.1371/journal.pcbi.1004357",
    measure=measure,
    expected=EXPECTED | {"critical tau, w 0.7 over w 0": near(8.0, rel=0.02)},
    mutations={
        "the rate is not averaged": {"rule": NotAveraged},
        "the threshold decays": {"rule": Leaky},
        "the rate is averaged twice": {"rule": AveragedTwice},
        "no recurrence": {"recurrence": (0.0, 0.0, 0.0)},
    },
    dt=0.1,
)
