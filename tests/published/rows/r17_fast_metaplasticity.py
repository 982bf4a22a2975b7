"""R17: a sliding threshold must be fast, or the rate that it holds is no longer stable.

Zenke et al. 2013: a rule dw/dt = eta u v (v - theta) whose threshold follows the squared rate with time constant tau,
and a rate v = g(w), linearised at rest (v = target), have the Jacobian's trace a - 1 / tau and determinant a / tau
with a = g' eta u target. So stability is lost, by a Hopf bifurcation, at tau_crit = 1 / a: "seconds to minutes".

Measured with BCM and a linear neuron, whose time constants are 0.8, 0.95, 1.05 and 1.2 times tau_crit, for 200
tau_crit (the deviation is to fall by more than 100 times at 0.8 and to grow by more than 10 times at 1.2), and where
the growth rate passes 0, within 5 %; and with the triplet rule between Poisson spikes, where A3_plus tau_plus tau_y is
eta. There the rate's own fluctuations are seen, too: 40 neurons begin at rest; with 0.4 tau_crit all are to stay
within half of their mean weight, with 2.5 tau_crit to leave it. The rate that is kept is the target within 10 %, from
below: what the averaged rate fluctuates adds to its square, a part 1 / (2 tau target) = 1.2 % by single spikes alone.
"""

import numpy as np
from helpers.relay import SmoothPoisson
from published.expected import above, below, near
from published.row import Row

from hebbstat.contract.units import NonNegative
from hebbstat.engine.record.spikes import Spikes
from hebbstat.engine.record.weights import Weights
from hebbstat.engine.simulation import Simulation
from hebbstat.network import AllToAll, Network, OneToOne
from hebbstat.neurons import LinearRate, PoissonSource
from hebbstat.plasticity import BCM, HardBounds, MetaplasticTripletSTDP

RATIOS = np.array([0.8, 0.95, 1.05, 1.2])
ETA = 0.02  # per ms, with an input of 1: tau_crit = 50 ms
CELLS, INPUTS, INPUT_RATE, TARGET = 20, 200, 20.0, 10.0
TAU_CRIT = 10.0  # s, of the spiking rule


class LinearPoisson(SmoothPoisson):
    """Spikes by chance, at a rate that is its smoothed input."""

    gain: NonNegative = 1.0

    @staticmethod
    def fires(s, gain, uniform, dt):
        return uniform < gain * s * dt / 1000.0


def measure(dt, seed, rate_rule=BCM, spike_rule=MetaplasticTripletSTDP):
    return of_rates(dt / 10.0, rate_rule) | of_spikes(dt, seed, spike_rule)


def of_rates(dt: float, rule: type[BCM]) -> dict[str, float]:
    """Deviations of linear neurons from rest, after 200 critical time constants over those at the beginning."""
    net = Network(dt=dt)
    net.add(LinearRate(i_ext=1.0), len(RATIOS), "inputs")
    net.add(LinearRate(), len(RATIOS), "cells")
    rules = [rule(eta=ETA, tau=RATIOS / ETA, theta_start=1.0)]
    net.connect("inputs", "cells", OneToOne(), weight=1.02, delay=dt, rules=rules, name="w")
    sim = Simulation(net, quiet=True, dtype="float64")
    w = sim.run(ms=200.0 / ETA, record=[Weights("w", every=1.0)], progress=False)["w.w"].values - 1.0
    pieces = np.abs(w[: 200 * 50]).reshape(20, 500, len(RATIOS)).max(axis=1)  # largest in each of 20 parts
    early = pieces[1:6]
    rates = np.polyfit(np.arange(5), np.log(np.maximum(early, 1e-30)), 1)[0]
    return {
        "deviation after 200 tau_crit over before, at 0.8": pieces[-1, 0] / 0.02,
        "deviation after 200 tau_crit over before, at 1.2": pieces[-1, 3] / 0.02,
        "tau_crit over theory": float(np.interp(0.0, rates, RATIOS)),
    }


def of_spikes(dt: float, seed: int, rule: type[MetaplasticTripletSTDP]) -> dict[str, float]:
    """The part of cells whose mean weight has been outside 0.5 to 1.5, with a fast average and with a slow one."""
    net = Network(dt=dt, seed=seed)
    net.add(PoissonSource(rate=INPUT_RATE), INPUTS, "inputs")
    net.add(LinearPoisson(gain=TARGET / (INPUTS * INPUT_RATE * 0.1)), 2 * CELLS, "cells")
    slope = TARGET * 0.0168 * 0.114 * INPUT_RATE * TARGET  # a for an A3_plus of 1; dv/dw is the target
    tau = 1000.0 * TAU_CRIT * np.repeat([0.4, 2.5], CELLS)
    triplet = rule(target=TARGET, tau_mean=tau, A3_plus=1.0 / (TAU_CRIT * slope))
    net.connect("inputs", "cells", AllToAll(), weight=1.0, delay=dt, rules=[triplet, HardBounds(0.0, 5.0)], name="w")
    sim = Simulation(net, quiet=True)
    record = [Weights("w", every=2000.0), Spikes("cells")]
    run = sim.run(seconds=200.0, record=record, progress=False)
    w = run["w.w"].values.reshape(-1, INPUTS, 2 * CELLS).mean(axis=1)
    left = (np.abs(w - 1.0) > 0.5).any(axis=0)
    spikes = run["cells.spikes"]
    late = (spikes.time.values > 40_000.0) & (spikes.neuron.values < CELLS)
    return {
        "neurons that leave rest, triplets, 0.4 tau_crit": left[:CELLS].mean(),
        "neurons that leave rest, triplets, 2.5 tau_crit": left[CELLS:].mean(),
        "rate over target, triplets, 0.4 tau_crit": late.sum() / CELLS / 160.0 / TARGET,
    }


class NotSquared(BCM):
    """The threshold follows the rate, not its square. A wrong version of Zenke et al. 2013."""

    @BCM.theta.step
    def _(theta, post_rate, share):
        return theta + (post_rate - theta) * share


class TripletsNotSquared(MetaplasticTripletSTDP):
    """Weakening grows with the averaged rate, not with its square. A wrong version of Zenke et al. 2013."""

    @staticmethod
    def on_pre(o1, mean, target, per_square):
        return -per_square * mean * target * o1


class WithoutTarget(MetaplasticTripletSTDP):
    """Weakening is not divided by the target. A wrong version of Zenke et al. 2013."""

    @staticmethod
    def on_pre(o1, mean, target, per_square):
        return -per_square * target * mean * mean * o1


ROW = Row(
    "R17",
    "A sliding threshold must be fast",
    of=["BCM", "MetaplasticTripletSTDP"],
    source="Zenke, Hennequin & Gerstner 2013, doi:10.1371/journal.pcbi.1003330",
    measure=measure,
    expected={
        "deviation after 200 tau_crit over before, at 0.8": below(0.01),
        "deviation after 200 tau_crit over before, at 1.2": above(10.0),
        "tau_crit over theory": near(1.0, within=0.05),
        "neurons that leave rest, triplets, 0.4 tau_crit": below(0.025),
        "neurons that leave rest, triplets, 2.5 tau_crit": above(0.975),
        "rate over target, triplets, 0.4 tau_crit": near(1.0, within=0.1),
    },
    mutations={
        "the threshold is not squared": {"rate_rule": NotSquared},
        "weakening by the rate, not its square": {"spike_rule": TripletsNotSquared},
        "weakening is not divided by the target": {"spike_rule": WithoutTarget},
    },
    dt=1.0,
)
