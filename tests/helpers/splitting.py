"""Split runs: helpers of the tests of checkpoints, and the program that another process runs.

From tests/:

python -m helpers.splitting continue SEED STEPS FILE:THREADS ...   load each file, run on to STEPS, print fingerprints
python -m helpers.splitting keep FILE THREADS STEPS                a run that is kept; run again, it goes on
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from helpers.compositions import compose

import hebbstat as hs
from hebbstat.engine.plan.arrays import Shape
from hebbstat.engine.state.access import called
from hebbstat.engine.state.global_state import gathered

TESTS = Path(__file__).parents[1]


def fingerprint(sim: hs.Simulation, recording: hs.Recording | None = None, after: float = 0.0) -> str:
    """A hash of all weights, of states of synapses and cells, and of the spikes later than `after` (ms)."""
    digest = hashlib.sha256()
    for name, links in sim.core.model.links.items():
        digest.update(sim.weights(name).tobytes())
        for member in links.members:
            for state in member.mechanism.states.values():
                if state.is_plain and state.scope.name == "PerSynapse":
                    name_of_state = called(sim.core.model, links, f"{member.prefix}{state.name}")
                    digest.update(sim.state(name, name_of_state).tobytes())
    for cells in sim.core.model.cells.values():
        for key, variable in cells.variables.items():
            if variable.shape is Shape.CELL:
                digest.update(gathered(sim.core, cells, key).tobytes())
    for data in (recording or {}).values():
        late = data.time.values > after + 1e-9
        digest.update(data.time.values[late].tobytes() + data.neuron.values[late].astype(np.int32).tobytes())
    return digest.hexdigest()


def spikes(net: hs.Network) -> list[hs.Spikes]:
    """Recorders of all spikes."""
    return [hs.Spikes(p) for p in net.populations.values() if p.spiking]


def opened(path: Path, seed: int, threads: int) -> hs.Simulation:
    """The composition's simulation in a file; from the file alone, unless it needs functions."""
    try:
        return hs.Simulation.load(path, threads=threads, quiet=True)
    except hs.CheckpointError as error:
        if "Simulation.load(path, net=net)" not in str(error):
            raise
        return hs.Simulation.load(path, compose(seed), threads=threads, quiet=True)


def continued(seed: int, steps: int, files: list[tuple[Path, int]]) -> list[str]:
    """What `fingerprint` gives after each file's simulation has run on."""
    found = []
    for path, threads in files:
        sim = opened(path, seed, threads)
        cut = sim.time
        recording = sim.run(steps=steps - sim.step_count, record=spikes(sim.net), progress=False)
        found.append(fingerprint(sim, recording, cut))
    return found


def elsewhere(*arguments: object) -> subprocess.Popen[str]:
    """This file as a program, in a process of its own."""
    path = os.pathsep.join([str(TESTS), str(Path(hs.__file__).parents[1])])
    command = [sys.executable, "-m", "helpers.splitting", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path})


def small_network() -> hs.Network:
    """A plastic network that compiles in seconds and runs 100 000 steps in about one."""
    net = hs.Network(dt=0.1, seed=1)
    inputs = net.add(hs.PoissonSource(rate=50.0), 8, "inputs")
    exc = net.add(hs.LIF(), 6, "exc")
    rules = [hs.PairSTDP(A_plus=0.1, A_minus=0.1), hs.HardBounds(0.0, 10.0)]
    net.connect(inputs, exc, hs.AllToAll(), weight=5.0, receptor=hs.AMPA(), rules=rules)
    return net


def recorders() -> list[hs.Recorder]:
    """One of each kind, for `small_network`."""
    return [
        hs.Spikes("exc"), hs.Spikes("inputs"), hs.Rates("exc", every=7.0), hs.Rates("inputs", every=50.0, each=True),
        hs.States("exc", "v", every=20.1, of=[0, 2]), hs.Weights("inputs -> exc", every=20.0, sample=5),
        hs.WeightSummary(every=33.0),
    ]  # fmt: skip


def recorded(recording: hs.Recording) -> str:
    """A hash of all that was recorded."""
    digest = hashlib.sha256()
    for name in sorted(recording):
        data = recording[name]
        data = data.to_dataset(name="value") if not hasattr(data, "data_vars") else data
        for key, variable in sorted(data.variables.items()):
            digest.update(f"{name}/{key}{variable.shape}{variable.dtype}".encode() + variable.values.tobytes())
    return digest.hexdigest()


def keep(path: Path | None, threads: int, steps: int) -> str:
    """Run the small network and keep it at short intervals."""
    sim = hs.Simulation(small_network(), threads=threads, quiet=True)
    sim.compile()
    print("running", flush=True)
    kept = hs.Checkpoint(path, every_s=0.02) if path else None
    recording = sim.run(steps=steps, record=recorders(), checkpoint=kept, progress=False)
    return fingerprint(sim) + recorded(recording)


if __name__ == "__main__":
    task, *rest = sys.argv[1:]
    if task == "continue":
        pairs = [(Path(one.rpartition(":")[0]), int(one.rpartition(":")[2])) for one in rest[2:]]
        print(json.dumps(continued(int(rest[0]), int(rest[1]), pairs)))
    else:
        print(keep(Path(rest[0]), int(rest[1]), int(rest[2])), flush=True)
