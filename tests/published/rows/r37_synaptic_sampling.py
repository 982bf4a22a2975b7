"""R37: synapses that sample their prior.

Without anything to learn, theta is an Ornstein-Uhlenbeck process with the stationary distribution N(mu, T sigma^2), for
any learning rate b. So a part Phi(-mu / (sigma sqrt(T))) of the synapses is retracted (0.3085 with mu = 0.5, sigma = 1,
T = 1), and the mean weight is exp(mu - theta_0 + s^2 / 2) Phi((mu + s^2) / s) with s^2 = T sigma^2. A rule that adds c
each ms, the gradient of a log-likelihood that is linear, moves the mean by c sigma^2 / b per ms.
"""

import math

import numpy as np
from published.expected import Expected, near
from published.row import Row
from scipy.stats import norm

import hebbstat as hs

N = 100_000
PRIORS = {
    "b 50, sigma 1, T 1": {"b": 50.0, "sigma": 1.0, "T": 1.0},
    "b 20, sigma 0.7, T 0.5": {"b": 20.0, "sigma": 0.7, "T": 0.5},
}
MU, THETA_0, GAIN = 0.5, 3.0, 0.02


class Drift(hs.Plasticity):
    """Each presynaptic spike adds `gain`."""

    gain: hs.units.Number = GAIN

    @staticmethod
    def on_pre(gain):
        return gain


def measure(dt, seed, rule=hs.SynapticSampling):
    """What is found of many synapses after many times sigma^2 / b."""
    found = {}
    for name, prior in PRIORS.items():
        theta, w = sampled(dt, seed, rule(Drift(gain=0.0), mu=MU, theta_0=THETA_0, period=1.0, **prior))
        found |= {f"mean, {name}": theta.mean(), f"variance, {name}": theta.var()}
        found |= {f"retracted, {name}": np.mean(w == 0.0), f"mean weight, {name}": w.mean()}
    name, prior = next(iter(PRIORS.items()))
    theta, _ = sampled(dt, seed, rule(Drift(), mu=MU, theta_0=THETA_0, period=1.0, **prior))
    found["mean with a gradient"] = theta.mean()
    return found


def sampled(dt, seed, rule):
    """Parameters and weights after 400 ms, with a spike in each."""
    net = hs.Network(dt=dt, seed=seed)
    times = np.arange(1.0, 401.0)
    net.add(hs.SpikeSource(), 1, "source", spikes=(times, np.zeros(len(times), int)))
    net.add(hs.SpikeSource(), N, "cells")
    net.connect("source", "cells", hs.AllToAll(), weight=0.0, rules={"sampling": rule}, name="p")
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    sim.run(ms=400.0)
    return sim.state("p", "sampling.theta"), sim.weights("p")


def stationary(name: str) -> dict[str, Expected]:
    """From the normal distribution; tolerances are at least 4 standard errors of 100,000 synapses."""
    sigma, T = PRIORS[name]["sigma"], PRIORS[name]["T"]
    s = sigma * math.sqrt(T)
    mean_weight = math.exp(MU - THETA_0 + s**2 / 2.0) * norm.cdf((MU + s**2) / s)
    return {
        f"mean, {name}": near(MU, within=0.013),
        f"variance, {name}": near(s**2, rel=0.02),
        f"retracted, {name}": near(norm.cdf(-MU / s), within=0.006),
        f"mean weight, {name}": near(mean_weight, rel=0.02),
    }


class HalfTheNoise(hs.SynapticSampling):
    """sqrt(T b) dW for sqrt(2 T b) dW. A wrong version of Kappel et al. 2015."""

    @hs.derived
    def noise(T, sigma, keep):
        return sigma * math.sqrt(0.5 * T * (1.0 - keep**2))


class Cold(hs.SynapticSampling):
    """The noise knows no temperature. A wrong version of Kappel et al. 2015."""

    @hs.derived
    def noise(sigma, keep):
        return sigma * math.sqrt(1.0 - keep**2)


class PullOfOne(hs.SynapticSampling):
    """A pull b (mu - theta), whatever the width of the prior, with the right noise. After Kappel 2015, wrong."""

    @hs.derived
    def keep(b, period):
        return math.exp(-b * period / 1000.0)

    @hs.derived
    def noise(T, b, period):
        return math.sqrt(2.0 * T * b * period / 1000.0)


class NeverRetracted(hs.SynapticSampling):
    """w = exp(theta - theta_0) everywhere. A wrong version of Kappel et al. 2015."""

    @staticmethod
    def weight(theta, theta_0):
        return math.exp(theta - theta_0)


ROW = Row(
    "R37",
    "Synaptic sampling: synapses are a sample of their prior, whatever the learning rate",
    of=["SynapticSampling"],
    source="Kappel, Habenschuss, Legenstein & Maass 2015, doi:10.1371/journal.pcbi.1004485",
    measure=measure,
    expected={
        **{name: one for prior in PRIORS for name, one in stationary(prior).items()},
        "mean with a gradient": near(MU + GAIN / 0.05, rel=0.03),  # a clock of 1 ms makes it b / 2 = 2.5 % of 0.4 less
    },
    mutations={
        "noise without the factor 2": {"rule": HalfTheNoise},
        "noise without temperature": {"rule": Cold},
        "a pull that does not know sigma": {"rule": PullOfOne},
        "nothing is retracted": {"rule": NeverRetracted},
    },
    dt=1.0,
    seeds=(1, 2),
)
