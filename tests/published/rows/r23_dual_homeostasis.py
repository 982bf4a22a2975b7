"""R23: homeostasis of threshold and gain together hold mean and variance of a rate, whatever the input.

Cannon & Miller 2017: two slow variables, driven by <r> - r1 and by the mean of a convex function of the rate, here
<r^2> - r2^2, rest where both vanish: at the mean r1 and the variance r2^2 - r1^2. Measured for inputs of which means
and standard deviations differ by a factor of 9, drawn anew every 50 ms and seen every 21. At rest both averages are
exact up to what the controls drift in the time T of measurement, tau / T times the change of threshold or log gain.
Such an error of the mean is in the variance 2 r1^2 / (r2^2 - r1^2) = 12.5 times: 1 % and 2 % are allowed. With the
threshold alone the variance follows that of the input, 9^2 = 81 between strongest and weakest, less what is cut off at
0 (3 % of the strongest input's time).
"""

import numpy as np
from published.expected import above, near
from published.row import Row

from hebbstat.contract.signals import TimedArray
from hebbstat.engine.record.states import States
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import GainHomeostasis, ThresholdHomeostasis
from hebbstat.network import Network
from hebbstat.neurons import RateNeuron

MEAN, ROOT = 5.0, np.sqrt(29.0)  # so the variance is 4
INPUTS = [(mean, sd) for mean in (1.0, 9.0) for sd in (0.3, 0.9, 2.7)]
SETTLING, LASTING = 150_000.0, 798_000.0


def measure(dt, seed, gain=GainHomeostasis, threshold=ThresholdHomeostasis, root=ROOT):
    """Mean and variance of the rate over the ones asked for: the worst of six inputs."""
    draws = np.random.default_rng(seed).standard_normal((19_000, len(INPUTS)))
    means, spreads = np.array(INPUTS).T
    given = TimedArray(means + spreads * draws, every=50.0)
    first = threshold(target=MEAN, tau_rate=100.0, tau=1000.0)
    net = Network(dt=dt, seed=seed)
    net.add(RateNeuron(tau=5.0, i_ext=given), len(INPUTS), "both", rules=[first, gain(target=root, tau=100_000.0)])
    net.add(RateNeuron(tau=5.0, i_ext=given), len(INPUTS), "one", rules=[first])
    sim = Simulation(net, quiet=True, dtype="float64")
    sim.run(ms=SETTLING, progress=False)
    run = sim.run(ms=LASTING, record=[States(name, "r", every=21.0) for name in ("both", "one")], progress=False)
    both, one = (run[f"{name}.r"].values for name in ("both", "one"))
    mean, variance = both.mean(axis=0) / MEAN, both.var(axis=0) / (ROOT**2 - MEAN**2)
    return {
        "mean over theory, the worst input": mean[np.abs(mean - 1.0).argmax()],
        "variance over theory, the worst input": variance[np.abs(variance - 1.0).argmax()],
        "variances with the threshold alone: largest over smallest": np.ptp(one.var(axis=0)) / one.var(axis=0).min(),
    }


class ByRate(GainHomeostasis):
    """Both controls see the mean rate. A wrong version of Cannon & Miller 2017."""

    @staticmethod
    def step(value, neuron_rate, target, tau, dt):
        return value * (target - neuron_rate) * dt / tau


class NoGain(GainHomeostasis):
    """The gain stays. A wrong version of Cannon & Miller 2017."""

    @staticmethod
    def step(value, neuron_rate, target, tau, dt):
        return 0.0 * value


ROW = Row(
    "R23",
    "Dual homeostasis holds mean and variance",
    of=["GainHomeostasis", "ThresholdHomeostasis", "RateNeuron"],
    source="Cannon & Miller 2017, doi:10.1186/s13408-017-0043-7",
    measure=measure,
    expected={
        "mean over theory, the worst input": near(1.0, within=0.01),
        "variance over theory, the worst input": near(1.0, within=0.02),
        "variances with the threshold alone: largest over smallest": above(60.0),
    },
    mutations={
        "both controls see the mean rate": {"gain": ByRate},
        "the gain stays": {"gain": NoGain},
        "the root of the variance taken for the set point": {"root": 2.0},
    },
    dt=1.0,
)
