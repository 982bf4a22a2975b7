"""What W1 and W2 share in NEST."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

from shared import parameters as p
from shared import row

os.environ["PYNEST_QUIET"] = "1"

import nest

MEMBRANE = {
    "C_m": p.CAPACITANCE, "E_L": p.V_REST, "V_m": p.V_REST, "V_th": p.V_THRESHOLD, "V_reset": p.V_RESET,
    "t_ref": p.REFRACTORY, "tau_syn_ex": p.TAU_AMPA, "tau_syn_in": p.TAU_GABA,
}  # fmt: skip
CONDUCTANCE = {"g_L": p.LEAK, "E_ex": p.E_AMPA, "E_in": p.E_GABA}


class Network:
    """Excitatory and inhibitory cells of a model, and how many synapses go out from each."""

    def __init__(self, workload: p.Workload, model: str, parameters: dict[str, float]) -> None:
        self.workload = workload
        said = {**MEMBRANE, **parameters, "I_e": workload.bias}
        self.exc, self.inh = nest.Create(model, workload.exc, said), nest.Create(model, workload.inh, said)
        self.outgoing = {"exc": 0, "inh": 0}

    def connect(self, source: str, target: str, **synapse: Any) -> None:
        """Each pair with the workload's probability."""
        before = nest.num_connections
        rule = {"rule": "pairwise_bernoulli", "p": self.workload.p, "allow_autapses": False}
        said = {"delay": self.workload.delay, **synapse}
        nest.Connect(getattr(self, source), getattr(self, target), rule, said)
        self.outgoing[source] += nest.num_connections - before

    def drive(self, rate: float, weight: float) -> None:
        """A Poisson source of its own for each cell."""
        generator = nest.Create("poisson_generator", params={"rate": rate})
        for cells in (self.exc, self.inh):
            nest.Connect(generator, cells, syn_spec={"weight": weight, "delay": self.workload.delay})


def measure(
    workload: p.Workload,
    given: argparse.Namespace,
    describe: Callable[[p.Workload], Network],
    simulator: str,
    note: str,
) -> None:
    """Build, warm up, time the loop, write the row. The rates come from the spikes NEST records in memory."""
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(resolution=p.DT, local_num_threads=given.threads, rng_seed=given.seed)
    began = time.perf_counter()
    net = describe(workload)
    recorders = [nest.Create("spike_recorder") for _ in range(2)]
    for made, recorder in zip((net.exc, net.inh), recorders, strict=True):
        nest.Connect(made, recorder)
    build = time.perf_counter() - began
    if given.warm:
        nest.Simulate(1000.0 * given.warm)
    began = time.perf_counter()
    nest.Simulate(1000.0 * given.seconds)
    wall = (time.perf_counter() - began) / given.seconds
    peak = row.peak_mb()
    times = [recorder.get("events", "times") for recorder in recorders]
    rate_exc, each = row.rates(times[0], workload.exc, given.warm, given.seconds)
    rate_inh, _ = row.rates(times[1], workload.inh, given.warm, given.seconds)
    found = row.Row(
        simulator=simulator, workload=workload.name, precision="float64", threads=given.threads, seed=given.seed,
        seconds=given.seconds, wall=wall, build=build, compile=0.0, rate_exc=rate_exc, rate_inh=rate_inh,
        rates_exc=each, synapses=sum(net.outgoing.values()),
        events=row.events(rate_exc, rate_inh, net.outgoing["exc"], net.outgoing["inh"]), peak_mb=peak,
        versions=row.versions("nest-simulator", "numpy"), note=note,
    )  # fmt: skip
    row.write(found, given.out)
