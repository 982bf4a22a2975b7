"""`hebbstat doctor`: is everything in place, and what to do if it is not."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hebbstat.cli import FAILED, OK
from hebbstat.contract.errors import HebbstatError
from hebbstat.experiments.lab.provenance import PACKAGES, memory, processor, version
from hebbstat.network.parallel import cores


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and, if that is not well, what to do."""

    what: str
    found: str
    advice: str = ""


def examine() -> int:
    """Look at everything, print it; returns the exit code."""
    worst = OK
    for check in (python, packages, machine, cache, vectors, self_test):
        finding = _looked_at(check)
        print(f"{'  ok ' if not finding.advice else 'WRONG'}  {finding.what}: {finding.found}", flush=True)
        if finding.advice:
            print(f"       -> {finding.advice}")
            worst = FAILED
    print("all is well" if worst == OK else "see the advice above; more: CONTRIBUTING.md, 'Start'")
    return worst


def _looked_at(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:
        return Finding(
            check.__name__.replace("_", " "),
            f"{type(error).__name__}: {error}",
            "please report this with the lines above",
        )


def python() -> Finding:
    """Whether this Python is new enough."""
    found = f"{platform.python_version()} ({sys.executable})"
    return Finding("python", found, "" if sys.version_info >= (3, 11) else "Hebbstat needs Python 3.11 or newer")


def packages() -> Finding:
    """Whether all packages are there."""
    found = {name: version(name) for name in PACKAGES}
    missing = [name for name, number in found.items() if number == "not installed"]
    text = ", ".join(f"{name} {number}" for name, number in found.items())
    return Finding("packages", text, f"install what is missing: pip install {' '.join(missing)}" if missing else "")


def machine() -> Finding:
    """Cores and memory."""
    size = memory()
    there = os.cpu_count() or 1
    share = f"{cores()} of {there} cores" if cores() < there else f"{there} cores"
    return Finding("machine", f"{processor()}, {share}{f', {size} GiB' if size else ''}, {platform.system()}")


def cache() -> Finding:
    """Whether compiled kernels can be kept, and how much room they take."""
    from hebbstat.network.compiled import cache_folder, unsafe

    folder = cache_folder()
    advice = f"make it writable, or name another folder: HEBBSTAT_CACHE=FOLDER (now {folder})"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding("cache of kernels", f"{folder}: {error.strerror or error}", advice)
    if why := unsafe(folder.stat()):
        return Finding("cache of kernels", f"{folder} {why}, so no kernels are loaded from it", advice)
    files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    kernels = sum(1 for _ in Path(folder).glob("kernel_*.py"))
    return Finding(
        "cache of kernels", f"{folder}, {kernels} kernels, {sum(files) / 2**20:.0f} MiB (may be deleted at any time)"
    )


def vectors() -> Finding:
    """How many numbers the processor handles at once."""
    import llvmlite.binding as llvm
    import numba

    features = llvm.get_host_cpu_features()
    bits = 512 if features.get("avx512f") else 256 if features.get("avx2") else 128
    return Finding("numba", f"{numba.__version__}, {llvm.get_host_cpu_name()}, vectors of {bits} bits")


def self_test() -> Finding:
    """A tiny plastic network compiles, runs, and gives the same bits on one and two threads."""
    import numpy as np

    import hebbstat as hs

    began = time.perf_counter()
    net = hs.Network(dt=0.5, seed=1)
    inputs = net.add(hs.PoissonSource(rate=40.0), n=40, name="inputs")
    exc = net.add(hs.AdaptiveLIF(), n=20, name="exc")
    rules = [hs.PairSTDP(), hs.SynapticScaling(), hs.HardBounds(0.0, 2.0)]
    link = net.connect(
        inputs, exc, hs.FixedProbability(0.5), weight=hs.Uniform(0.5, 1.5), receptor=hs.AMPA(), rules=rules
    )
    found = []
    try:
        for threads in (1, 2):
            sim = hs.Simulation(net, threads=threads, quiet=True)
            sim.compile()
            sim.run(seconds=1.0, progress=False)
            found.append(sim.weights(link))
    except HebbstatError as error:
        return Finding("self test", str(error), "please report this")
    took = time.perf_counter() - began
    if not np.array_equal(found[0], found[1]):
        return Finding("self test", "1 and 2 threads give different weights", "please report this with the lines above")
    return Finding(
        "self test", f"compiled and ran a plastic network, the same bits with 1 and 2 threads, in {took:.1f} s"
    )
