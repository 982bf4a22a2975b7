"""What W1 and W2 share in Brian2: C++ standalone with OpenMP."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brian2 as b
import numpy as np
from shared import parameters as p
from shared import row

EQUATIONS = """
dv/dt = (leak * (v_rest - v) + g_ampa * (e_ampa - v) + g_gaba * (e_gaba - v) + bias) / (leak * tau * ms)
        : 1 (unless refractory)
dg_ampa/dt = -g_ampa / (tau_ampa * ms) : 1
dg_gaba/dt = -g_gaba / (tau_gaba * ms) : 1
"""
SAID = {
    "leak": p.LEAK, "tau": p.TAU, "v_rest": p.V_REST, "e_ampa": p.E_AMPA, "e_gaba": p.E_GABA, "tau_ampa": p.TAU_AMPA,
    "tau_gaba": p.TAU_GABA, "v_threshold": p.V_THRESHOLD, "v_reset": p.V_RESET,
}  # fmt: skip


class Network:
    """Excitatory and inhibitory cells as parts of one group, and all that goes with them."""

    def __init__(self, workload: p.Workload, more: str = "", on_reset: str = "") -> None:
        self.workload = workload
        self.cells = b.NeuronGroup(
            workload.cells, EQUATIONS + more, threshold="v >= v_threshold", reset="v = v_reset" + on_reset,
            refractory=p.REFRACTORY * b.ms, method="exponential_euler", namespace={**SAID, "bias": workload.bias},
        )  # fmt: skip
        self.cells.v = p.V_REST
        self.of = {"exc": self.cells[: workload.exc], "inh": self.cells[workload.exc :]}
        self.parts: list[Any] = [self.cells]
        self.wires: dict[str, list[Any]] = {"exc": [], "inh": []}

    def connect(self, source: str, target: str, weight: float, receptor: str, **plastic: Any) -> Any:
        """Each pair with the workload's probability; plastic synapses bring a model of their own."""
        said = plastic or {"on_pre": f"{receptor}_post += {weight}"}
        wire = b.Synapses(self.of[source], self.of[target], delay=self.workload.delay * b.ms, **said)
        wire.connect(p=self.workload.p, condition="i != j" if source == target else None)
        if plastic:
            wire.w = weight
        self.parts.append(wire)
        self.wires[source].append(wire)
        return wire


def measure(
    workload: p.Workload, given: argparse.Namespace, describe: Callable[[p.Workload], Network], note: str = ""
) -> None:
    """Generate, compile and run in a folder that is thrown away; the program itself times its last run."""
    with tempfile.TemporaryDirectory() as folder:
        b.BrianLogger.log_level_error()
        b.set_device("cpp_standalone", build_on_run=False, directory=folder)
        peak, standalone = Path(folder) / "peak", b.prefs.devices.cpp_standalone
        standalone.openmp_threads = given.threads
        standalone.extra_make_args_unix = [f"-j{given.threads}"]
        standalone.run_cmd_unix = [sys.executable, str(Path(__file__).with_name("peak.py")), str(peak), "./main"]
        b.prefs.core.default_float_dtype = getattr(np, given.dtype)
        b.defaultclock.dt = p.DT * b.ms
        b.seed(given.seed)
        began = time.perf_counter()
        net = describe(workload)
        monitors = [b.SpikeMonitor(cells) for cells in net.of.values()]
        network = b.Network(*net.parts, *monitors)
        if given.warm:
            network.run(given.warm * b.second)
            b.device.insert_code("main", 'std::ofstream("warm") << Network::_last_run_time;')
        network.run(given.seconds * b.second)
        b.device.build(run=False, directory=folder)
        compiling = time.perf_counter() - began
        began = time.perf_counter()
        b.device.run(folder, "results", False, [])
        warm = Path(folder) / "warm"
        other = time.perf_counter() - began - b.device._last_run_time
        other -= float(warm.read_text()) if warm.exists() else 0.0
        wall = b.device._last_run_time / given.seconds
        rate_exc, each = row.rates(monitors[0].t / b.ms, workload.exc, given.warm, given.seconds)
        rate_inh, _ = row.rates(monitors[1].t / b.ms, workload.inh, given.warm, given.seconds)
        outgoing = {name: sum(len(wire) for wire in wires) for name, wires in net.wires.items()}
        peak_mb = float(peak.read_text())
    found = row.Row(
        simulator="Brian2 standalone", workload=workload.name, precision=given.dtype, threads=given.threads,
        seed=given.seed, seconds=given.seconds, wall=wall, build=other, compile=compiling, rate_exc=rate_exc,
        rate_inh=rate_inh, rates_exc=each, synapses=sum(outgoing.values()),
        events=row.events(rate_exc, rate_inh, outgoing["exc"], outgoing["inh"]), peak_mb=peak_mb,
        versions=row.versions("brian2", "numpy"), note=note,
    )  # fmt: skip
    row.write(found, given.out)


def more(parser: argparse.ArgumentParser) -> None:
    """Options besides those that all scripts have."""
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float64")
