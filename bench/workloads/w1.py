"""W1 in Hebbstat: a balanced network with inhibitory plasticity.

python bench/workloads/w1.py --seconds 10 --threads 4 --seed 1 --out row.json
"""

from __future__ import annotations

import ours
from parameters import DT, INHIBITORY, W1, Workload

import hebbstat as hs


def network(workload: Workload = W1, seed: int = 1) -> hs.Network:
    """The network, described."""
    net = hs.Network(dt=DT, seed=seed)
    for name, n in (("exc", workload.exc), ("inh", workload.inh)):
        net.add(hs.LIF(**ours.MEMBRANE, i_ext=workload.bias), n, name)
    rules = [
        hs.InhibitorySTDP(target=INHIBITORY.target, tau=INHIBITORY.tau, eta=INHIBITORY.gain),
        hs.HardBounds(0.0, INHIBITORY.w_max),
    ]
    ours.connect_all(net, workload, plastic=("inh", "exc"), rules=rules)
    return net


if __name__ == "__main__":
    ours.main(W1, __doc__, lambda workload, given: network(workload, given.seed))
