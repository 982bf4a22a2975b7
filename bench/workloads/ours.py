"""What W1 and W2 share in Hebbstat: cells, receptors, wiring, and the measurement."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import parameters as p
from row import Row, events, options, peak_mb, versions, write

import hebbstat as hs
from hebbstat.engine.inspect.explain import bytes_of

MEMBRANE: dict[str, float] = {
    "tau_m": p.TAU, "g_leak": p.LEAK, "v_rest": p.V_REST, "v_threshold": p.V_THRESHOLD, "v_reset": p.V_RESET,
    "refractory": p.REFRACTORY,
}  # fmt: skip
AMPA, GABA = hs.AMPA(tau=p.TAU_AMPA, reversal=p.E_AMPA), hs.GABAA(tau=p.TAU_GABA, reversal=p.E_GABA)


def cells_of(net: hs.Network, kind: str) -> list[str]:
    """The populations of the cells called `kind`: one, or its parts."""
    return [name for name in net.populations if name.split()[0] == kind]


def connect_all(
    net: hs.Network,
    workload: p.Workload,
    plastic: tuple[str, str],
    rules: Sequence[hs.Plasticity],
    **there: Any,
) -> None:
    """All pairs of populations; the plastic ones have rules and whatever else is said of them."""
    for source, weight, receptor in (("exc", workload.w_exc, AMPA), ("inh", workload.w_inh, GABA)):
        for target in ("exc", "inh"):
            said = {"weight": weight, "delay": workload.delay}
            if (source, target) == plastic:
                said |= {"rules": rules, **there}
            for pre in cells_of(net, source):
                for post in cells_of(net, target):
                    net.connect(pre, post, hs.FixedProbability(workload.p), receptor=receptor, **said)


def main(
    workload: p.Workload,
    doc: str,
    describe: Callable[[p.Workload, argparse.Namespace], hs.Network],
    more: Callable[[argparse.ArgumentParser], None] = lambda parser: None,
) -> None:
    """Measure as the command line says, write the row."""

    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
        more(parser)

    workload, given = options(workload, doc, add)
    write(measure(workload, lambda: describe(workload, given), given), given.out)


def _rates(net: hs.Network, seconds: float) -> list[hs.Recorder]:
    """Recorders of the mean rates, the cheapest there are."""
    names = [name for kind in ("exc", "inh") for name in cells_of(net, kind)]
    return [hs.Rates(name, every=min(1.0, seconds) * 1000.0) for name in names]


def _rate(net: hs.Network, run: hs.Recording, kind: str) -> np.ndarray:
    """The mean rate of all cells of a kind, bin by bin."""
    names = cells_of(net, kind)
    return np.average([run[f"{name}.rate"].values for name in names], 0, [net.populations[name].n for name in names])


def measure(workload: p.Workload, describe: Callable[[], hs.Network], given: argparse.Namespace) -> Row:
    """Describe, build, compile, warm up, and time the loop."""
    began = time.perf_counter()
    sim = hs.Simulation(describe(), threads=given.threads, dtype=given.dtype, quiet=True)
    build = time.perf_counter() - began
    compiling = sim.compile()
    if given.warm:
        sim.run(seconds=given.warm, record=_rates(sim.net, given.warm), progress=False)  # with all that recording loads
    record = _rates(sim.net, given.seconds)
    began = time.perf_counter()
    run = sim.run(seconds=given.seconds, record=record, progress=False)
    wall = (time.perf_counter() - began) / given.seconds
    each = _rate(sim.net, run, "exc")
    rate_exc, rate_inh = float(each.mean()), float(_rate(sim.net, run, "inh").mean())
    count = {name: sim.core.layout.synapses(name) for name in sim.net.projections if "drive" not in name}
    outgoing = {cells: sum(n for name, n in count.items() if name.startswith(cells)) for cells in ("exc", "inh")}
    memory = {name: bytes_of(sim.core, name) for name in count}
    return Row(
        simulator="Hebbstat", workload=workload.name, precision=given.dtype, threads=sim.threads, seed=given.seed,
        seconds=given.seconds, wall=wall, build=build, compile=compiling, rate_exc=rate_exc, rate_inh=rate_inh,
        rates_exc=[round(float(rate), 3) for rate in each], synapses=sum(count.values()),
        events=events(rate_exc, rate_inh, outgoing["exc"], outgoing["inh"]), peak_mb=peak_mb(),
        versions={**versions("numpy", "numba", "llvmlite"), "hebbstat": hs.__version__},
        more={"bytes_per_synapse": sum(memory.values()) / max(1, sum(count.values())),
              "bytes_per_plastic_synapse": _of_plastic(sim, memory, count)},
    )  # fmt: skip


def _of_plastic(sim: hs.Simulation, memory: dict[str, int], count: dict[str, int]) -> float:
    plastic = [name for name, plan in sim.core.plans.items() if plan.plastic]
    return sum(memory[name] for name in plastic) / max(1, sum(count[name] for name in plastic))
