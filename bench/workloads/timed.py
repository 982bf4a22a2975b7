"""The measurement of a network of any kind in Hebbstat; and the options that the further workloads share."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from row import Row, peak_mb, versions

import hebbstat as hs
from hebbstat.engine.inspect.explain import bytes_of


def options(doc: str | None, seconds: float, warm: float, threads: int = 2) -> argparse.ArgumentParser:
    """The options that all of them have, with defaults of their own."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=seconds, help=f"simulated, after the warm-up ({seconds:g})")
    parser.add_argument("--warm", type=float, default=warm, help=f"simulated before the clock starts ({warm:g} s)")
    parser.add_argument("--threads", type=int, default=threads)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    parser.add_argument("--out", type=Path, help="file for the row (JSON); printed if not given")
    return parser


def measure(
    workload: str,
    describe: Callable[[], hs.Network],
    given: argparse.Namespace,
    inhibitory: Callable[[str], bool] = lambda name: name.startswith("inh"),
    begin: Callable[[hs.Simulation], None] = lambda sim: None,
) -> Row:
    """Describe, build, compile, warm up, and time the loop. What is called a drive is not counted."""
    began = time.perf_counter()
    sim = hs.Simulation(describe(), threads=given.threads, dtype=given.dtype, quiet=True)
    build = time.perf_counter() - began
    compiling = sim.compile()
    begin(sim)
    cells = {name: p.n for name, p in sim.net.populations.items() if p.spiking and "drive" not in name}
    if given.warm:
        sim.run(seconds=given.warm, record=_rates(cells, given.warm), progress=False)  # with all that recording loads
    record = _rates(cells, given.seconds)
    began = time.perf_counter()
    run = sim.run(seconds=given.seconds, record=record, progress=False)
    wall = (time.perf_counter() - began) / given.seconds
    each = {name: run[f"{name}.rate"].values for name in cells}
    rates = {name: float(found.mean()) for name, found in each.items()}
    exc = _mean(each, {name: n for name, n in cells.items() if not inhibitory(name)})
    inh = _mean(each, {name: n for name, n in cells.items() if inhibitory(name)})
    inside = {name: p.source.name for name, p in sim.net.projections.items() if p.source.name in cells}
    synapses = {name: sim.core.layout.synapses(name) for name in inside}
    memory = {name: bytes_of(sim.core, name) for name in inside}
    plastic = [name for name in inside if sim.core.plans[name].plastic]
    return Row(
        simulator="Hebbstat", workload=workload, precision=given.dtype, threads=sim.threads, seed=given.seed,
        seconds=given.seconds, wall=wall, build=build, compile=compiling, rate_exc=float(exc.mean()),
        rate_inh=float(inh.mean()), rates_exc=[round(float(rate), 3) for rate in exc], synapses=sum(synapses.values()),
        events=sum(rates[source] * synapses[name] for name, source in inside.items()), peak_mb=peak_mb(),
        versions={**versions("numpy", "numba", "llvmlite"), "hebbstat": hs.__version__},
        more={"rates": rates, "bytes_per_synapse": _each(memory, synapses, inside),
              "bytes_per_plastic_synapse": _each(memory, synapses, plastic)},
    )  # fmt: skip


def _rates(cells: Iterable[str], seconds: float) -> list[hs.Recorder]:
    """Recorders of the mean rates, the cheapest there are."""
    return [hs.Rates(name, every=min(1.0, seconds) * 1000.0) for name in cells]


def _mean(rates: dict[str, np.ndarray], cells: dict[str, int]) -> np.ndarray:
    """The mean rate of all cells of some populations, bin by bin; 0 if there are none."""
    return np.average([rates[name] for name in cells], 0, [*cells.values()]) if cells else np.zeros(1)


def _each(memory: dict[str, int], synapses: dict[str, int], of: Iterable[str]) -> float:
    """The bytes that a synapse of some projections takes."""
    names = [*of]
    return sum(memory[name] for name in names) / max(1, sum(synapses[name] for name in names))
