"""A small version of a workload on one thread, for instructions.py: its number of events, or a run to be counted.

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
import w3
import w4
import w5
import w6
from parameters import W1, W2

import hebbstat as hs

CELLS, WARM, SHORT, LONG = 2000, 500.0, 15.0, 1000.0  # cells and ms; LONG has one tick of the slow clock in it
NETWORKS = {
    "W1": lambda: w1.network(W1.of_size(CELLS)),
    "W2": lambda: w2.network(W2.of_size(CELLS)),
    "W3": lambda: w3.network(scale=0.25),
    "W4": lambda: w4.network(CELLS),
    "W5": lambda: w5.network(cells=CELLS),
    "W6": w6.network,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("workload", choices=[*NETWORKS])
    parser.add_argument("--counted", action="store_true")
    given = parser.parse_args()
    sim = hs.Simulation(NETWORKS[given.workload](), threads=1, quiet=True)
    if given.counted:
        count(sim)
    else:
        cells = sum(one.n for name, one in sim.net.populations.items() if "drive" not in name)
        print(json.dumps({"events": events(sim), "cell_steps": cells * round(LONG / sim.net.dt)}))


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
    sim.core.advance(round(WARM / sim.net.dt))
    control("--instr=on")
    for name, ms in (("short", SHORT), ("long", LONG)):
        control("--zero")
        sim.core.advance(round(ms / sim.net.dt))
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
