"""W3 in Hebbstat: all four projections of a balanced network are plastic, each by a polynomial rule of its own.

python bench/workloads/w3.py --seconds 10 --threads 2 --out row.json

4096 excitatory and 1024 inhibitory cells, 2.6 million plastic synapses, 5000 Poisson inputs. The rules are one stable
quartet of Confavreux et al. 2025 (doi:10.1101/2025.05.28.656584); where a rule rests, its mean field says which rates
there are, whatever the cells are.
"""

from __future__ import annotations

from row import write
from timed import measure, options

import hebbstat as hs
from hebbstat.contract.units import Ms, Number

EXC, INH, INPUTS, P, P_INPUT = 4096, 1024, 5000, 0.1, 0.05
INPUT_RATE, INPUT_WEIGHT = 6.0, 0.075
STEP, LARGEST = 0.01, 20.0
RULES = {  # from and to -> tau_pre and tau_post (ms), alpha, beta, gamma, kappa; and the weight at the start
    ("exc", "exc"): ((46.6, 23.3, 0.497, -0.359, -0.375, -1.278), 0.1),
    ("exc", "inh"): ((70.7, 79.6, 0.636, -1.720, 0.561, 0.066), 0.1),
    ("inh", "exc"): ((36.5, 44.0, -0.316, -0.041, 1.601, 1.110), 1.0),
    ("inh", "inh"): ((98.6, 40.6, -1.949, 1.776, 0.197, 1.977), 1.0),
}


class Polynomial(hs.Plasticity):
    """A pair rule with constant changes at each spike.

    dw = eta (alpha + kappa y) at a presynaptic, eta (beta + gamma x) at a postsynaptic spike, with traces x and y.
    """

    tau_pre: Ms = 20.0
    tau_post: Ms = 20.0
    alpha: Number = 0.0
    beta: Number = 0.0
    gamma: Number = 0.0
    kappa: Number = 0.0
    eta: Number = STEP

    x = hs.PerPre.trace(decay="tau_pre")
    y = hs.PerPost.trace(decay="tau_post")

    @staticmethod
    def on_pre(y, eta, alpha, kappa):
        return eta * (alpha + kappa * y)

    @staticmethod
    def on_post(x, eta, beta, gamma):
        return eta * (beta + gamma * x)


def network(seed: int = 1, scale: float = 1.0) -> hs.Network:
    """The network, described, with as many cells at a `scale`. Conductances are in units of the leak."""
    net = hs.Network(dt=0.1, seed=seed)
    cell = hs.LIF(tau_m=20.0, g_leak=1.0, v_rest=-70.0, v_threshold=-50.0, v_reset=-70.0, refractory=5.0)
    receptors = {"exc": hs.AMPA(tau=5.0), "inh": hs.GABAA(tau=10.0)}
    net.add(hs.PoissonSource(rate=INPUT_RATE), INPUTS, "drive")
    for name, n in (("exc", EXC), ("inh", INH)):
        net.add(cell, round(scale * n), name)
        net.connect(
            "drive", name, hs.FixedProbability(P_INPUT), weight=INPUT_WEIGHT, delay=0.1, receptor=receptors["exc"]
        )
    for (source, target), (numbers, weight) in RULES.items():
        net.connect(
            source, target, hs.FixedProbability(P), weight=weight, delay=0.1, receptor=receptors[source],
            rules=[Polynomial(*numbers), hs.HardBounds(0.0, LARGEST)],
        )  # fmt: skip
    return net


if __name__ == "__main__":
    given = options(__doc__, seconds=10.0, warm=30.0).parse_args()
    write(measure("W3", lambda: network(given.seed), given), given.out)
