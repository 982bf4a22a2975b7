"""R19: Hebbian growth and scaling by the square of the weight give every synapse a stable weight of its own.

Tetzlaff et al. 2011: dw/dt = F_pre F_post / t_H + (F_T - F_post) w^2 / t_SS rests, for given rates, at w* = sqrt(t_SS
/ t_H F_pre F_post / (F_post - F_T)), from any positive start. With a linear neuron F_post = w F_pre that is a
quadratic equation, F_pre w^2 - F_T w - k F_pre^2 = 0 with k = t_SS / t_H. The deviation from w* decays at the rate 2
w* (F_post - F_T) / t_SS for given rates; the time until the end is 20 of the slowest of these.
"""

import numpy as np
from published.expected import near
from published.row import Row

from hebbstat.homeostasis import WeightDependentScaling
from hebbstat.network import AllToAll, Network, OneToOne
from hebbstat.neurons import LinearRate
from hebbstat.plasticity import RateHebb
from hebbstat.reference import ReferenceSimulation

PRE, POST = np.array([0.2, 0.5, 1.0]), np.array([0.3, 0.5, 0.9])
TARGET, TAU, ETA = 0.1, 20.0, 0.1


class Fixed(LinearRate):
    """A rate that takes no notice of its input."""

    @staticmethod
    def output(input, i_ext):
        return i_ext + 0.0 * input


def measure(dt, seed, scaling=WeightDependentScaling, target=TARGET):
    """Weights at the end over theory: the worst of 3 x 3 pairs of rates, from below and above, and of linear cells."""
    net = Network(dt=dt, seed=seed)
    net.add(LinearRate(i_ext=PRE), 3, "pre")
    net.add(Fixed(i_ext=POST), 3, "fixed")
    net.add(LinearRate(), 3, "linear")
    rules = [RateHebb(eta=ETA), scaling(target=target, tau=TAU)]
    net.connect("pre", "fixed", AllToAll(), weight=0.1, rules=rules, name="below")
    net.connect("pre", "fixed", AllToAll(), weight=6.0, rules=rules, name="above")
    net.connect("pre", "linear", OneToOne(), weight=0.5, rules=rules, name="own")
    given = np.sqrt(ETA * TAU * PRE[:, None] * POST / (POST - TARGET)).ravel()
    own = (TARGET + np.sqrt(TARGET**2 + 4.0 * ETA * TAU * PRE**3)) / (2.0 * PRE)
    slowest = TAU / (2.0 * given * np.tile(POST - TARGET, 3)).min()
    sim = ReferenceSimulation(net)
    sim.run(ms=float(np.ceil(20.0 * slowest)))
    ends = {"from below": sim.weights("below") / given, "from above": sim.weights("above") / given}
    ends["of linear neurons"] = sim.weights("own") / own
    return {f"w over theory, {name}": ratio[np.abs(ratio - 1.0).argmax()] for name, ratio in ends.items()}


class Plain(WeightDependentScaling):
    """Scaling in proportion to the weight. A wrong version of Tetzlaff et al. 2011."""

    @staticmethod
    def step(w, post_rate, target, tau, dt):
        return (target - post_rate) * w * dt / tau


class Cubic(WeightDependentScaling):
    """Scaling by the third power. A wrong version of Tetzlaff et al. 2011."""

    @staticmethod
    def step(w, post_rate, target, tau, dt):
        return (target - post_rate) * w**3 * dt / tau


ROW = Row(
    "R19",
    "Hebbian growth with weight-dependent scaling",
    of=["WeightDependentScaling", "RateHebb"],
    source="Tetzlaff, Kolodziejski, Timme & Wörgötter 2011, doi:10.3389/fncom.2011.00047",
    measure=measure,
    expected={
        f"w over theory, {name}": near(1.0, within=1e-6) for name in ("from below", "from above", "of linear neurons")
    },
    mutations={
        "scaling in proportion to the weight": {"scaling": Plain},
        "scaling by the third power": {"scaling": Cubic},
        "no target": {"target": 0.0},
    },
    dt=1.0,
    quick=True,
)
