"""W4 in Hebbstat: the cortical microcircuit of Potjans & Diesmann 2014, with direct current or Poisson drive.

python bench/workloads/w4.py --seconds 5 --threads 2 --out row.json
python bench/workloads/w4.py --drive poisson --cells 7717
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import microcircuit as m
import numpy as np
from row import Row, peak_mb, versions, write

import hebbstat as hs
from hebbstat.engine.inspect.explain import bytes_of


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


def measure(given: argparse.Namespace) -> Row:
    """Describe, build, compile, warm up, and time the loop."""
    began = time.perf_counter()
    net = network(given.cells, given.seed, given.drive)
    sim = hs.Simulation(net, threads=given.threads, dtype=given.dtype, quiet=True)
    build = time.perf_counter() - began
    compiling = sim.compile()
    for name, n in m.cells(given.cells / m.ALL).items():
        sim.set(name, "v", np.random.default_rng(given.seed).normal(*m.V_BEGINS, n))
    sim.run(seconds=given.warm, progress=False)
    record = [hs.Rates(name, every=given.seconds * 1000.0) for name in m.CELLS]
    began = time.perf_counter()
    run = sim.run(seconds=given.seconds, record=record, progress=False)
    wall = (time.perf_counter() - began) / given.seconds
    rates = {name: float(run[f"{name}.rate"].values.mean()) for name in m.CELLS}
    n, inside = m.cells(given.cells / m.ALL), [name for name in sim.net.projections if "drive" not in name]
    count = {name: sim.core.layout.synapses(name) for name in inside}
    events = sum(rates[sim.net.projections[name].source.name] * synapses for name, synapses in count.items())
    kinds = {kind: [name for name in n if name.endswith(kind)] for kind in "EI"}
    mean = {kind: sum(rates[one] * n[one] for one in of) / sum(n[one] for one in of) for kind, of in kinds.items()}
    return Row(
        simulator="Hebbstat", workload="W4", precision=given.dtype, threads=sim.threads, seed=given.seed,
        seconds=given.seconds, wall=wall, build=build, compile=compiling, rate_exc=mean["E"],
        rate_inh=mean["I"], rates_exc=[], synapses=sum(count.values()), events=events, peak_mb=peak_mb(),
        versions={**versions("numpy", "numba", "llvmlite"), "hebbstat": hs.__version__},
        more={"rates": rates, "drive": given.drive,
              "bytes_per_synapse": sum(bytes_of(sim.core, name) for name in inside) / sum(count.values())},
    )  # fmt: skip


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="simulated, after the warm-up (default 5)")
    parser.add_argument("--warm", type=float, default=0.5, help="simulated before the clock starts (default 0.5 s)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cells", type=int, default=m.ALL, help="the synapses of each cell stay as many")
    parser.add_argument("--drive", choices=("current", "poisson"), default="current")
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    parser.add_argument("--out", type=Path, help="file for the row (JSON); printed if not given")
    return parser.parse_args()


if __name__ == "__main__":
    given = options()
    write(measure(given), given.out)
