"""Auryn: compiles auryn_workload.cpp against a built Auryn and runs it, one MPI rank for each thread."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from shared import parameters as p
from shared import row


def more(parser: argparse.ArgumentParser) -> None:
    """Options besides those that all scripts have."""
    parser.add_argument("--auryn", type=Path, required=True, help="a checkout of Auryn, built in build/release")
    parser.add_argument("--flags", default="", help="more flags for the compiler, such as -I and -L")


def measure(workload: p.Workload, given: argparse.Namespace, rules: dict[str, float]) -> None:
    """Compile, run, write the row."""
    with tempfile.TemporaryDirectory() as folder:
        program, compiling = _compiled(given, Path(folder))
        ranks = [shutil.which("mpirun") or "", "-n", str(given.threads)] if given.threads > 1 else []
        if ranks and not ranks[0]:
            sys.exit("more than one thread of Auryn needs mpirun")
        said = [f"{name}={value!r}" for name, value in {**_numbers(workload, given), **rules}.items()]
        done = subprocess.run([*ranks, str(program), workload.name, *said], cwd=folder, capture_output=True, text=True)
        found = np.array([line.split()[1:] for line in done.stdout.splitlines() if line.startswith("RANK")], float)
        if done.returncode or len(found) != given.threads:
            sys.exit(f"Auryn ended with exit code {done.returncode}:\n{done.stdout[-500:]}\n{done.stderr[-3000:]}")
        times = {name: _spikes(Path(folder), name) for name in ("exc", "inh")}
    rate_exc, each = row.rates(times["exc"], workload.exc, given.warm, given.seconds)
    rate_inh, _ = row.rates(times["inh"], workload.inh, given.warm, given.seconds)
    from_exc, from_inh = int(found[:, 3].sum()), int(found[:, 4].sum())
    made = row.Row(
        simulator="Auryn", workload=workload.name, precision="float32", threads=given.threads, seed=given.seed,
        seconds=given.seconds, wall=found[:, 0].max() / given.seconds, build=found[:, 1].max(), compile=compiling,
        rate_exc=rate_exc, rate_inh=rate_inh, rates_exc=each, synapses=from_exc + from_inh,
        events=row.events(rate_exc, rate_inh, from_exc, from_inh), peak_mb=1.024e-3 * float(found[:, 2].sum()),
        versions={"auryn": _version(given.auryn)}, note="memory of all ranks",
    )  # fmt: skip
    row.write(made, given.out)


def _compiled(given: argparse.Namespace, folder: Path) -> tuple[Path, float]:
    library = next(iter(sorted(given.auryn.glob("build/release/**/libauryn.*"))), None)
    if library is None:
        sys.exit(
            f"there is no libauryn in {given.auryn / 'build' / 'release'}: build Auryn first, or name another folder"
        )
    definitions = (given.auryn / "src" / "auryn" / "auryn_definitions.h").read_text(errors="replace")
    parallel = re.search(r"^#define\s+AURYN_CODE_USE_MPI", definitions, re.M) is not None
    compiler = "mpicxx" if parallel else "g++"
    libraries = [*(["-lboost_mpi"] if parallel else []), "-lboost_serialization", "-lboost_filesystem"]
    began = time.perf_counter()
    done = subprocess.run(
        [
            compiler, "-O3", "-march=native", "-ffast-math", "-w", f"-I{given.auryn / 'src'}", *given.flags.split(),
            str(Path(__file__).with_name("auryn_workload.cpp")), str(library), *libraries, "-o", "workload",
        ],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"auryn_workload.cpp was not compiled (--flags may add -I and -L): {done.stderr[-1500:]}")
    return folder / "workload", time.perf_counter() - began


def _numbers(workload: p.Workload, given: argparse.Namespace) -> dict[str, float]:
    """In seconds, volts, and units of the leak conductance. Auryn's TIFGroup has the membrane of the workloads."""
    return {
        "exc": workload.exc, "inh": workload.inh, "p": workload.p, "w_exc": workload.w_exc / p.LEAK,
        "w_inh": workload.w_inh / p.LEAK, "bias": workload.bias / p.LEAK / 1000.0,
        "delay_steps": round(workload.delay / p.DT), "drive_rate": workload.drive_rate,
        "drive_weight": workload.drive_weight / p.LEAK, "warm": given.warm, "seconds": given.seconds,
        "seed": given.seed,
    }  # fmt: skip


def _spikes(folder: Path, name: str) -> np.ndarray:
    """Times in ms of all ranks."""
    found = [np.loadtxt(path, ndmin=2)[:, :1].ravel() for path in folder.glob(f"{name}.*") if path.stat().st_size]
    return 1000.0 * np.concatenate([np.empty(0), *found])


def _version(folder: Path) -> str:
    text = (folder / "CMakeLists.txt").read_text(encoding="utf-8", errors="replace")
    return ".".join(re.findall(r"VERSION_(?:MAJOR|MINOR)\s+(\d+)", text)) or "unknown"
