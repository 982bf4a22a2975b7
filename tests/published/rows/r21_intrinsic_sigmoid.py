"""R21: intrinsic plasticity makes the rates of a sigmoid neuron exponentially distributed.

Triesch 2007: from inputs with a normal distribution the neuron learns a gain and a bias for which its rates come near
to an exponential distribution of the mean that is asked for: their quartiles are within 10 % of -mean ln(1 - q). At
rest both averaged changes vanish, E[(2 + 1 / mean) y - y^2 / mean] = 1 and E[x db] = -eta / a, which gives a and b
(here by quadrature over the normal distribution) and so the quartiles that the rule itself aims at. For a mean of
0.05, which is held against these alone, the median is 11 % below that of the exponential distribution: a sigmoid comes
no nearer.
"""

import math

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from published.expected import near
from published.row import Row
from scipy.optimize import root

from hebbstat.contract.signals import TimedArray
from hebbstat.contract.state import together
from hebbstat.engine.record.states import States
from hebbstat.engine.simulation import Simulation
from hebbstat.network import Network
from hebbstat.neurons import IntrinsicSigmoid

MEANS, EACH, ETA = (0.05, 0.1, 0.15, 0.2), 10, 0.001
QUARTERS = {25: -0.67448975, 50: 0.0, 75: 0.67448975}  # in standard deviations of the input

LEARNING, LASTING = 30_000.0, 10_000.0


def measure(dt, seed, neuron=IntrinsicSigmoid, learning=LEARNING):
    """Quartiles over those of the exponential distribution, for three means, and what is left of the mean changes."""
    mean = np.repeat(MEANS, EACH)
    x = np.random.default_rng(seed).standard_normal((int(learning + LASTING), len(mean)))
    net = Network(dt=dt, seed=seed)
    net.add(neuron(mean=mean, eta=ETA, i_ext=TimedArray(x, every=1.0)), len(mean), "cells")
    sim = Simulation(net, quiet=True, dtype="float64")
    sim.run(ms=learning, progress=False)
    run = sim.run(ms=LASTING, record=[States("cells", name, every=1.0) for name in "ya"], progress=False)
    y, a, shown = run["cells.y"].values, run["cells.a"].values, x[int(learning) :]
    db = 1.0 - (2.0 + 1.0 / mean) * y + y**2 / mean
    found = {}
    for k, each in enumerate(MEANS):
        own, (gain, bias) = slice(k * EACH, (k + 1) * EACH), at_rest(each)
        for q, place in QUARTERS.items():
            quantile = np.percentile(y[:, own], q)
            found[f"{q} % quantile over that at rest, mean {each:g}"] = quantile / sigmoid(gain * place + bias)
            if each > 0.05:
                exponential = -each * np.log(1.0 - q / 100.0)
                found[f"{q} % quantile over that of an exponential, mean {each:g}"] = quantile / exponential
        found[f"mean over the one asked for, mean {each:g}"] = y[:, own].mean() / each
    found["mean change of the bias over eta"] = db.mean()
    found["mean change of the gain over eta / a"] = (1.0 + a * shown * db).mean()
    return found


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def at_rest(mean: float) -> np.ndarray:
    """The gain and bias for which both averaged changes vanish."""
    x, weights = hermegauss(80)
    weights = weights / weights.sum()

    def changes(of: np.ndarray) -> list[float]:
        y = sigmoid(of[0] * x + of[1])
        db = 1.0 - (2.0 + 1.0 / mean) * y + y**2 / mean
        return [weights @ db, 1.0 / of[0] + weights @ (x * db)]

    found = root(changes, [1.0, np.log(mean)])
    assert found.success
    return found.x


class Plain(IntrinsicSigmoid):
    """The bias follows the mean rate alone. A wrong version of Triesch 2007."""

    y, a, b = IntrinsicSigmoid.y, IntrinsicSigmoid.a, IntrinsicSigmoid.b

    @together(y, a, b).step
    def respond(a, b, input, i_ext, mean, eta, dt):
        y = 1.0 / (1.0 + math.exp(-(a * (input + i_ext) + b)))
        shift = eta * dt * (1.0 - y / mean)
        return y, a + eta * dt / a + (input + i_ext) * shift, b + shift


class WithoutTwo(IntrinsicSigmoid):
    """1 / mean for 2 + 1 / mean. A wrong version of Triesch 2007."""

    y, a, b = IntrinsicSigmoid.y, IntrinsicSigmoid.a, IntrinsicSigmoid.b

    @together(y, a, b).step
    def respond(a, b, input, i_ext, mean, eta, dt):
        y = 1.0 / (1.0 + math.exp(-(a * (input + i_ext) + b)))
        shift = eta * dt * (1.0 - y / mean + y * y / mean)
        return y, a + eta * dt / a + (input + i_ext) * shift, b + shift


class WithoutGain(IntrinsicSigmoid):
    """The gain lacks eta / a. A wrong version of Triesch 2007."""

    y, a, b = IntrinsicSigmoid.y, IntrinsicSigmoid.a, IntrinsicSigmoid.b

    @together(y, a, b).step
    def respond(a, b, input, i_ext, mean, eta, dt):
        y = 1.0 / (1.0 + math.exp(-(a * (input + i_ext) + b)))
        shift = eta * dt * (1.0 - (2.0 + 1.0 / mean) * y + y * y / mean)
        return y, a + (input + i_ext) * shift, b + shift


EXPECTED = {}
for _mean in MEANS:
    for _q in QUARTERS:
        EXPECTED[f"{_q} % quantile over that at rest, mean {_mean:g}"] = near(1.0, within=0.03)
        if _mean > 0.05:
            EXPECTED[f"{_q} % quantile over that of an exponential, mean {_mean:g}"] = near(1.0, within=0.1)
    EXPECTED[f"mean over the one asked for, mean {_mean:g}"] = near(1.0, within=0.05)
EXPECTED["mean change of the bias over eta"] = near(0.0, within=0.01)
EXPECTED["mean change of the gain over eta / a"] = near(0.0, within=0.01)

ROW = Row(
    "R21",
    "Intrinsic plasticity: exponentially distributed rates",
    of=["IntrinsicSigmoid"],
    source="Triesch 2007, doi:10.1162/neco.2007.19.4.885",
    measure=measure,
    expected=EXPECTED,
    mutations={
        "the bias follows the mean rate alone": {"neuron": Plain},
        "1 / mean for 2 + 1 / mean": {"neuron": WithoutTwo},
        "the gain lacks eta / a": {"neuron": WithoutGain},
        "measured before it is at rest": {"learning": 300.0},
    },
    dt=1.0,
)
