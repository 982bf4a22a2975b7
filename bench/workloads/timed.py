"""What the further workloads share in Hebbstat: their options, and the measurement of a network of any kind."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

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
    record = [hs.Rates(name, every=given.seconds * 1000.0) for name in cells]
    if given.warm:
        sim.run(seconds=given.warm, progress=False)
    began = time.perf_counter()
    run = sim.run(seconds=given.seconds, record=record, progress=False)
    wall = (time.perf_counter() - began) / given.seconds
    rates = {name: float(run[f"{name}.rate"].values.mean()) for name in cells}
    inside = {name: p.source.name for name, p in sim.net.projections.items() if p.source.name in cells}
    synapses = {name: sim.core.layout.synapses(name) for name in inside}
    mean = {kind: _mean(rates, {name: n for name, n in cells.items() if inhibitory(name) is kind})
            for kind in (False, True)}  # fmt: skip
    return Row(
        simulator="Hebbstat", workload=workload, precision=given.dtype, threads=sim.threads, seed=given.seed,
        seconds=given.seconds, wall=wall, build=build, compile=compiling, rate_exc=mean[False], rate_inh=mean[True],
        rates_exc=[], synapses=sum(synapses.values()),
        events=sum(rates[source] * synapses[name] for name, source in inside.items()), peak_mb=peak_mb(),
        versions={**versions("numpy", "numba", "llvmlite"), "hebbstat": hs.__version__},
        more={"rates": rates,
              "bytes_per_synapse": sum(bytes_of(sim.core, name) for name in inside) / max(1, sum(synapses.values()))},
    )  # fmt: skip


def _mean(rates: dict[str, float], cells: dict[str, int]) -> float:
    """The mean rate of all cells of some populations."""
    return sum(rates[name] * n for name, n in cells.items()) / max(1, sum(cells.values()))
