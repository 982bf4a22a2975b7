"""A small W1 or W2 on one thread, for instructions.py: how many synaptic events it has, or a run to be counted.

python bench/workloads/counted.py W2           # compiles, prints the events and cell steps of the counted time
valgrind ... python bench/workloads/counted.py W2 --counted
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time

import numpy as np
import w1
import w2
from parameters import DT, W1, W2

import hebbstat as hs

CELLS, WARM, SHORT, LONG = 2000, 500.0, 15.0, 1000.0  # cells and ms; LONG has one tick of the slow clock in it


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("workload", choices=("W1", "W2"))
    parser.add_argument("--counted", action="store_true")
    given = parser.parse_args()
    module, workload = {"W1": (w1, W1), "W2": (w2, W2)}[given.workload]
    sim = hs.Simulation(module.network(workload.of_size(CELLS)), threads=1, quiet=True)
    if given.counted:
        count(sim)
    else:
        print(json.dumps({"events": events(sim), "cell_steps": CELLS * round(LONG / DT)}))


def events(sim: hs.Simulation) -> int:
    """Synaptic events of the drive and of recurrent synapses in the LONG ms that are counted."""
    sim.run(ms=WARM + SHORT, progress=False)
    spiking = [name for name, population in sim.net.populations.items() if population.spiking]
    run = sim.run(ms=LONG, record=[hs.Spikes(name) for name in spiking], progress=False)
    total = 0
    for name, projection in sim.net.projections.items():
        pre, _ = sim.pairs(name)
        source = projection.source
        outgoing = np.bincount(pre, minlength=source.n)
        total += int(outgoing[run[f"{source.name}.spikes"].neuron.values].sum())
    return total


def count(sim: hs.Simulation) -> None:
    """Under callgrind: let it count a short and a long stretch, which differ by the loop alone."""
    sim.core.advance(round(WARM / DT))
    control("--instr=on")
    for name, ms in (("short", SHORT), ("long", LONG)):
        control("--zero")
        sim.core.advance(round(ms / DT))
        control(f"--dump={name}")
    control("--instr=off")


def control(command: str) -> None:
    """Tell callgrind something. It listens between a process's instructions, so we wake up often; but each costs."""
    process = subprocess.Popen(["callgrind_control", command, str(os.getpid())], stdout=subprocess.DEVNULL)
    while (code := process.poll()) is None:
        time.sleep(0.01)
    if code:
        raise SystemExit(f"callgrind_control {command}: exit code {code}")


if __name__ == "__main__":
    main()
