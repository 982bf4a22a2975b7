"""R13: multiplicative STDP with scatter has one peak of weights; mean, width and skewness follow from the rule.

4000 synapses, each between an independent pair of Poisson cells of rate r, so that both kinds of event are equally
frequent. A trace has the mean r tau and the mean square r tau / 2 + (r tau)^2 = q r tau, q = 1/2 + r tau. Where weights
no longer change in distribution, the mean change is 0 and so is that of w^2, for which one event counts
2 w dw + dw^2. With a = A_plus, b = A_minus, s = sigma, in the mean over both kinds of event,

    0 = a - b <w>                                                     so <w> = a / b
    0 = 2 (a <w> - b <w^2>) + q (a^2 + (b^2 + 2 s^2) <w^2>)           so <w^2> = (2 a <w> + q a^2) /
                                                                                 (2 b - q (b^2 + 2 s^2))

which takes weight and traces as independent (one event changes a weight by a part of about s). Of the Fokker-Planck
equation with a drift in proportion to a - b w and a diffusion in proportion to w^2 the stationary solution is the
inverse gamma distribution, whose skewness is 4 sqrt(n) / (n - 1) with n = (mean / sd)^2: 1.2 here.
"""

import math

import numpy as np
from helpers.relay import Deaf
from published.expected import above, near
from published.row import Row

import hebbstat as hs

RATE, TAU, A, B, SIGMA = 20.0, 20.0, 0.001, 0.003, 0.015
Q = 0.5 + RATE * TAU / 1000.0
MEAN = A / B
SQUARE = (2.0 * A * MEAN + Q * A * A) / (2.0 * B - Q * (B * B + 2.0 * SIGMA * SIGMA))
SD = math.sqrt(SQUARE - MEAN * MEAN)


def measure(dt, seed, rule=hs.MultiplicativeSTDP, n=4000, seconds=250.0):
    """Mean, standard deviation and skewness of the weights, six of their relaxation times after the start."""
    net = hs.Network(dt=dt, seed=seed)
    net.add(hs.PoissonSource(rate=RATE), n, "pre")
    net.add(Deaf(rate=RATE), n, "post")
    rules = [rule(TAU, TAU, A, B, SIGMA)]
    net.connect("pre", "post", hs.OneToOne(), weight=0.25, delay=dt, rules=rules, name="p")
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    sim.run(seconds=seconds, progress=False)
    w = np.asarray(sim.weights("p"))
    return {"mean": w.mean(), "sd": w.std(), "skewness": np.mean((w - w.mean()) ** 3) / w.std() ** 3}


class AdditiveWeakening(hs.MultiplicativeSTDP):
    """Weakening does not know the weight. A wrong version of van Rossum, Bi & Turrigiano 2000."""

    @staticmethod
    def on_pre(y, w, normal, A_plus, sigma):
        return -A_plus * y + sigma * normal * w * y


class AdditiveScatter(hs.MultiplicativeSTDP):
    """Scatter does not know the weight. A wrong version of van Rossum, Bi & Turrigiano 2000."""

    @staticmethod
    def on_pre(y, w, normal, A_plus, A_minus, sigma):
        return -A_minus * w * y + sigma * normal * A_plus / A_minus * y

    @staticmethod
    def on_post(x, normal, A_plus, A_minus, sigma):
        return (A_plus + sigma * normal * A_plus / A_minus) * x


class HalfTheScatter(hs.MultiplicativeSTDP):
    """Only weakening scatters. A wrong version of van Rossum, Bi & Turrigiano 2000."""

    @staticmethod
    def on_post(x, A_plus):
        return A_plus * x


ROW = Row(
    "R13",
    "Multiplicative STDP: one skewed peak of weights",
    of=["MultiplicativeSTDP"],
    source="van Rossum, Bi & Turrigiano 2000, doi:10.1523/JNEUROSCI.20-23-08812.2000",
    measure=measure,
    expected={"mean": near(MEAN, rel=0.04), "sd": near(SD, rel=0.04), "skewness": above(0.5)},
    mutations={
        "weakening does not know the weight": {"rule": AdditiveWeakening},
        "scatter does not know the weight": {"rule": AdditiveScatter},
        "only weakening scatters": {"rule": HalfTheScatter},
    },
    dt=1.0,
)
