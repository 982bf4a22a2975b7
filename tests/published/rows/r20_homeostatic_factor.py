"""R20: a product of a Hebbian and a homeostatic factor keeps its set point however slow the homeostasis is.

Toyoizumi et al. 2014: w_i = rho_i h with a bounded Hebbian rho and dh/dt = h (1 - y / y0) / tau. Once every rho rests
at its bound, y = h sum of rho x, so h comes to rest at y = y0, at the rate 1 / tau, for every tau. Where the same two
terms are added up instead, dw_i/dt = eta x_i y + w_i (1 - y / y0) / tau, a linear neuron rests where the input's
direction grows no more, y = y0 (1 + eta tau |x|^2): the set point is left by a part that grows with tau. Both follow
from the equations; the input is constant, and tau is 0.2, 2 and 20 times the time constant 1 / (eta |x|^2) of Hebb's
rule.
"""

import numpy as np
from published.expected import near
from published.row import Row

from hebbstat.contract.mechanism import Plasticity
from hebbstat.contract.units import Ms, Number
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import HomeostaticFactor
from hebbstat.network import AllToAll, Network
from hebbstat.neurons import LinearRate
from hebbstat.plasticity import RateHebb

INPUT, TARGET, ETA = np.array([1.0, 0.5, 0.25]), 2.0, 0.1
HEBB = 1.0 / (ETA * float(INPUT @ INPUT))
SLOWNESS = (0.2, 2.0, 20.0)


class RateScaling(Plasticity):
    """Scaling in proportion to the weight, at once: the other term of the sum."""

    target: Number = 1.0
    tau: Ms = 100.0

    @staticmethod
    def step(w, post_rate, target, tau, dt):
        return w * (1.0 - post_rate / target) * dt / tau


def product(tau: np.ndarray) -> list[Plasticity]:
    return [HomeostaticFactor(RateHebb(eta=ETA), target=TARGET, tau=tau)]


def total(tau: np.ndarray) -> list[Plasticity]:
    return [RateHebb(eta=ETA), RateScaling(target=TARGET, tau=np.tile(tau, 3))]


def measure(dt, seed, factors=product, terms=total):
    """The rates at the end over the target, of one neuron for each time constant, of the product and of the sum."""
    tau = np.array(SLOWNESS) * HEBB
    net = Network(dt=dt, seed=seed)
    net.add(LinearRate(i_ext=INPUT), 3, "inputs")
    for name, rules in (("product", factors(tau)), ("sum", terms(tau))):
        net.add(LinearRate(), 3, name)
        start = np.repeat([0.2, 0.4, 0.1], 3)
        net.connect("inputs", name, AllToAll(), weight=start, delay=dt, rules=rules, name=f"to {name}")
    sim = Simulation(net, quiet=True, dtype="float64")
    sim.run(ms=float(np.ceil(12.0 * tau.max())), progress=False)
    kept, left = (INPUT @ sim.weights(f"to {name}").reshape(3, 3) / TARGET for name in ("product", "sum"))
    left = left / (1.0 + ETA * tau * float(INPUT @ INPUT))
    return dict(zip(names("rate over target, product"), kept, strict=True)) | dict(
        zip(names("rate over theory, sum"), left, strict=True)
    )


def names(what: str) -> list[str]:
    return [f"{what}, tau {slowness:g}" for slowness in SLOWNESS]


ROW = Row(
    "R20",
    "A homeostatic factor keeps its set point at any speed",
    of=["HomeostaticFactor", "RateHebb"],
    source="Toyoizumi, Kaneko, Stryker & Miller 2014, doi:10.1016/j.neuron.2014.09.036",
    measure=measure,
    expected={
        name: near(1.0, within=0.001) for name in names("rate over target, product") + names("rate over theory, sum")
    },
    mutations={"the two terms are added up": {"factors": total}},
    dt=0.5,
)
