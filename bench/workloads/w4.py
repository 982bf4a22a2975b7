"""W4 in Hebbstat: the cortical microcircuit of Potjans & Diesmann 2014, with direct current or Poisson drive.

python bench/workloads/w4.py --seconds 5 --threads 2 --out row.json
python bench/workloads/w4.py --drive poisson --cells 7717
"""

from __future__ import annotations

import argparse

import microcircuit as m
import numpy as np
import timed
from row import write

import hebbstat as hs


def network(cells: int = m.ALL, seed: int = 1, drive: str = "current") -> hs.Network:
    """The network, described."""
    net, scale = hs.Network(dt=m.DT, seed=seed), cells / m.ALL
    synapse = hs.ExponentialCurrent(tau=m.TAU_CURRENT)
    for name, n in m.cells(scale).items():
        i_ext = m.current(name) if drive == "current" else 0.0
        cell = hs.CurrentLIF(
            tau_m=m.TAU, g_leak=m.CAPACITANCE / m.TAU, v_rest=m.V_REST, v_threshold=m.V_THRESHOLD, v_reset=m.V_RESET,
            refractory=m.REFRACTORY, i_ext=i_ext,
        )  # fmt: skip
        net.add(cell, n, name)
        if drive == "poisson":
            net.add(hs.PoissonInput(m.EXTERNAL[name], m.EXTERNAL_RATE), n, f"drive of {name}")
            net.connect(
                f"drive of {name}", name, hs.OneToOne(), weight=m.amplitude(), delay=m.DT, receptor=synapse,
            )  # fmt: skip
    for one in m.links(scale):
        sign = {"low": 0.0} if one.weight[0] > 0 else {"high": 0.0}
        net.connect(
            one.source, one.target, hs.FixedTotalNumber(one.synapses, autapses=True),
            weight=hs.Normal(*one.weight, **sign), delay=hs.Normal(*one.delay, low=m.DT), receptor=synapse,
        )  # fmt: skip
    return net


def begin(sim: hs.Simulation) -> None:
    """Potentials spread, as the model defines them."""
    rng = np.random.default_rng(sim.net.seed)
    for name in m.CELLS:
        sim.set(name, "v", rng.normal(*m.V_BEGINS, sim.net.populations[name].n))


def options() -> argparse.Namespace:
    parser = timed.options(__doc__, seconds=5.0, warm=0.5)
    parser.add_argument("--cells", type=int, default=m.ALL, help="the synapses of each cell stay as many")
    parser.add_argument("--drive", choices=("current", "poisson"), default="current")
    return parser.parse_args()


if __name__ == "__main__":
    given = options()
    row = timed.measure(
        "W4", lambda: network(given.cells, given.seed, given.drive), given, lambda name: name.endswith("I"), begin
    )
    row.more["drive"] = given.drive
    write(row, given.out)
