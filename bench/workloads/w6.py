"""W6 in Hebbstat: the distal reward problem of Izhikevich 2007 (doi:10.1093/cercor/bhl152), at steps of 1 ms.

python bench/workloads/w6.py --seconds 3600 --threads 1 --out row.json

1000 Izhikevich cells, 100 synapses from each; those of excitatory cells learn by STDP into eligibility traces, which
dopamine turns into weight. Rewards come every 30 s, planned: what a reward follows does not matter for the speed.
"""

from __future__ import annotations

import numpy as np
from row import write
from timed import measure, options

import hebbstat as hs
from hebbstat.contract.units import Number

EXC, INH = 800, 200
OUT = {("exc", "exc"): 80, ("exc", "inh"): 20, ("inh", "exc"): 100}  # synapses from each cell
NOISE = 13.0  # input is uniform between -NOISE / 2 and NOISE / 2
WEIGHT, LARGEST = 1.0, 4.0
A_PLUS, A_MINUS, TAU = 0.1, 0.15, 20.0
TAU_TRACE, PERIOD = 1000.0, 10.0
BASELINE, TAU_DOPAMINE, REWARD, BETWEEN = 0.002, 200.0, 0.5, 30.0


class Noisy(hs.Izhikevich):
    """An Izhikevich cell with uniform noise at each step."""

    noise: Number = NOISE

    @hs.together(hs.Izhikevich.v, hs.Izhikevich.u).step
    def integrate(v, u, input, uniform, noise, a, b, v_peak, dt):
        drive = input + noise * (uniform - 0.5)
        half = v + 0.5 * dt * ((0.04 * v + 5.0) * v + 140.0 - u + drive)
        whole = half + 0.5 * dt * ((0.04 * half + 5.0) * half + 140.0 - u + drive)
        ends = v_peak if whole > v_peak else whole
        return ends, u + dt * a * (b * ends - u)


def network(seed: int = 1) -> hs.Network:
    """The network, described."""
    net = hs.Network(dt=1.0, seed=seed)
    net.add(Noisy(d=8.0), EXC, "exc")
    net.add(Noisy(a=0.1, d=2.0), INH, "inh")
    pulses = np.zeros(round(1000.0 * BETWEEN))
    pulses[0] = 1000.0 * REWARD  # per second, for one step of 1 ms
    net.add_rule(hs.Neuromodulator(tau=TAU_DOPAMINE, release=hs.TimedArray(pulses, every=1.0, repeat=True)), "DA")
    stdp = hs.PairSTDP(TAU, TAU, A_PLUS, A_MINUS)
    traces = hs.Eligibility(stdp, tau=TAU_TRACE, period=PERIOD, eta=1000.0 / PERIOD)
    for (source, target), n in OUT.items():
        learns = [hs.gated(traces, by=_dopamine), hs.HardBounds(0.0, LARGEST)]
        net.connect(
            source, target, hs.FixedOutDegree(n), weight=WEIGHT if source == "exc" else -WEIGHT, delay=1.0,
            rules=learns if source == "exc" else [],
        )  # fmt: skip
    return net


def _dopamine(DA):
    return BASELINE + DA


if __name__ == "__main__":
    given = options(__doc__, seconds=60.0, warm=10.0, threads=1).parse_args()
    write(measure("W6", lambda: network(given.seed), given), given.out)
