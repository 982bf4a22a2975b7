"""What W1 and W2 share in ANNarchy 5. Its compiler needs the environment activated: measure() sees to that."""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared import parameters as p
from shared import row

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

import ANNarchy as ann
import numpy as np

MEMBRANE = {
    "leak": p.LEAK, "C": p.CAPACITANCE, "v_rest": p.V_REST, "v_reset": p.V_RESET, "v_threshold": p.V_THRESHOLD,
    "e_ampa": p.E_AMPA, "e_gaba": p.E_GABA, "tau_ampa": p.TAU_AMPA, "tau_gaba": p.TAU_GABA,
}  # fmt: skip


def neuron(workload: p.Workload) -> Any:
    """The LIF cell; a Poisson drive of its own, if there is one, is drawn in the equations of the cell."""
    opening: list[Any] = [ann.Variable("tau_ampa * dg_ampa/dt = -g_ampa", method="exponential")]
    if workload.drive_rate > 0.0:
        opening = ["luck = Uniform(0.0, 1.0)", "g_ampa = kept * g_ampa + ite(luck < chance, jump, 0.0)"]
    drive = {
        "kept": math.exp(-p.DT / p.TAU_AMPA), "chance": workload.drive_rate * p.DT / 1000.0,
        "jump": workload.drive_weight,
    }  # fmt: skip
    return ann.Neuron(
        parameters={**MEMBRANE, **drive, "bias": workload.bias},
        equations=[
            ann.Variable(
                "C * dv/dt = leak * (v_rest - v) + g_ampa * (e_ampa - v) + g_gaba * (e_gaba - v) + bias",
                init=p.V_REST, method="exponential",
            ),
            *opening,
            ann.Variable("tau_gaba * dg_gaba/dt = -g_gaba", method="exponential"),
        ],
        spike="v >= v_threshold", reset="v = v_reset", refractory=p.REFRACTORY,
    )  # fmt: skip


class Network:
    """Excitatory and inhibitory cells, and the projections from each."""

    def __init__(self, workload: p.Workload, given: argparse.Namespace) -> None:
        self.workload = workload
        self.net = ann.Network(dt=p.DT, seed=given.seed)
        self.net.config(num_threads=given.threads, dtype=getattr(ann, given.dtype))
        self.exc = self.net.create(geometry=workload.exc, neuron=neuron(workload), name="exc")
        self.inh = self.net.create(geometry=workload.inh, neuron=neuron(workload), name="inh")
        self.wires: dict[str, list[Any]] = {"exc": [], "inh": []}

    def connect(self, source: str, target: str, weight: float, synapse: Any = None) -> None:
        """Each pair with the workload's probability."""
        receptor = "ampa" if source == "exc" else "gaba"
        wire = self.net.connect(getattr(self, source), getattr(self, target), receptor, synapse)
        wire.fixed_probability(probability=self.workload.p, weights=weight, delays=self.workload.delay)
        self.wires[source].append(wire)


def measure(
    workload: p.Workload,
    given: argparse.Namespace,
    describe: Callable[[p.Workload, argparse.Namespace], Network],
    note: str = "",
) -> None:
    """Describe, compile in a folder that is thrown away, warm up, time the loop, write the row."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        made = describe(workload, given)
        monitors = [made.net.monitor(cells, "spike") for cells in (made.exc, made.inh)]
        build = time.perf_counter() - began
        began = time.perf_counter()
        made.net.compile(directory=folder, silent=True)
        compiling = time.perf_counter() - began
        if given.warm:
            made.net.simulate(1000.0 * given.warm)
            for monitor in monitors:
                monitor.get("spike")  # forgets them
        began = time.perf_counter()
        made.net.simulate(1000.0 * given.seconds)
        wall = (time.perf_counter() - began) / given.seconds
        peak = row.peak_mb()
        steps = [np.concatenate(list(monitor.get("spike").values())) for monitor in monitors]
    (rate_exc, each), (rate_inh, _) = (
        row.rates(found * p.DT, n, given.warm, given.seconds)
        for found, n in zip(steps, (workload.exc, workload.inh), strict=True)
    )
    outgoing = {name: sum(int(wire.nb_synapses) for wire in wires) for name, wires in made.wires.items()}
    found = row.Row(
        simulator="ANNarchy", workload=workload.name, precision=given.dtype, threads=given.threads, seed=given.seed,
        seconds=given.seconds, wall=wall, build=build, compile=compiling, rate_exc=rate_exc, rate_inh=rate_inh,
        rates_exc=each, synapses=sum(outgoing.values()),
        events=row.events(rate_exc, rate_inh, outgoing["exc"], outgoing["inh"]), peak_mb=peak,
        versions=row.versions("ANNarchy", "numpy"), note=note,
    )  # fmt: skip
    row.write(found, given.out)


def more(parser: argparse.ArgumentParser) -> None:
    """Options besides those that all scripts have."""
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float64")
