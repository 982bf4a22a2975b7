"""From nothing to the first step of W2 in Hebbstat, stage by stage, in seconds; with kernels cached and not.

python bench/workloads/startup.py --threads 4 --out row.json
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parameters import W2
from row import options

STAGES = {
    "import": "import all that is needed",
    "describe": "describe the network",
    "wire": "draw 10 million synapses, weights and delays",
    "arrays": "write the kernel, lay out the arrays",
    "compile": "compile, or load what was compiled",
    "first step": "first step",
    "save": "save the simulation",
}


def main() -> None:
    """In processes of their own: cold, then warm."""
    workload, given = options(W2, __doc__)
    if os.environ.get("STARTUP_STAGES"):
        print(json.dumps(stages(workload.cells, given.threads)))
        return
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "HEBBSTAT_CACHE": folder, "STARTUP_STAGES": "1"}
        command = [sys.executable, __file__, "--cells", str(workload.cells), "--threads", str(given.threads)]
        found = {}
        for kind in ("cold", "warm"):
            began = time.perf_counter()
            done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
            found[kind] = {**json.loads(done.stdout), "whole process": time.perf_counter() - began}
    text = json.dumps({"simulator": "Hebbstat", "workload": workload.name, "stages": found})
    if given.out is None:
        print(text)
    else:
        Path(given.out).write_text(text + "\n", encoding="utf-8")


def stages(cells: int, threads: int) -> dict[str, float | None]:
    """The seconds of each stage; None for what this version can't do."""
    found: dict[str, float | None] = {}

    def timed(stage: str, function: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = function()
        found[stage] = time.perf_counter() - began
        return result

    needed = ("hebbstat.network.instantiate", "hebbstat.engine.simulation", "w2")
    instantiate, simulation, w2 = timed("import", lambda: [importlib.import_module(name) for name in needed])
    net = timed("describe", lambda: w2.network(W2.of_size(cells)))
    made = timed("wire", lambda: instantiate.instantiate(net))
    sim = timed("arrays", lambda: simulation.Simulation(made, threads=threads, quiet=True))
    timed("compile", sim.compile)
    timed("first step", lambda: sim.run(steps=1, progress=False))
    found["save"] = _saved(sim)
    return found


def _saved(sim: Any) -> float | None:
    if not hasattr(sim, "save"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        sim.save(Path(folder) / "saved.zarr")
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
