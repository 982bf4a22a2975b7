"""Kernels are compiled in a process of their own, which takes the memory that compiling takes with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import hebbstat as hs

STRUCTURES, MEGABYTES = 200, 1000


def simulation(name: str) -> hs.Simulation:
    net = hs.Network(dt=0.5, seed=1)
    net.add(hs.PoissonSource(rate=100.0), 3, name)
    return hs.Simulation(net, threads=1, quiet=True)


def spikes(sim: hs.Simulation, name: str) -> list[float]:
    return list(sim.run(ms=50.0, record=[hs.Spikes(name)])[f"{name}.spikes"].time.values)


@pytest.mark.apart
def test_a_kernel_is_compiled_apart_and_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEBBSTAT_CACHE", str(tmp_path))
    sim = simulation("apart")
    assert not sim.core.was_compiled
    found = spikes(sim, "apart")
    counted = sim.core.module.run.stats
    assert sum(counted.cache_hits.values()) == 1 and not counted.cache_misses
    assert found == spikes(simulation("apart"), "apart")


@pytest.mark.apart
def test_where_no_process_can_be_started_it_is_compiled_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEBBSTAT_CACHE", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    sim = simulation("alone")
    assert spikes(sim, "alone")
    assert sum(sim.core.module.run.stats.cache_misses.values()) == 1


SWEEP = """
import sys
import hebbstat as hs

for k in range(int(sys.argv[1])):
    net = hs.Network(dt=0.5, seed=1)
    cells = net.add(hs.LIF(), 20, f"cells{k}")
    inputs = net.add(hs.PoissonSource(rate=100.0), 10, "inputs")
    rules = [hs.PairSTDP(), hs.HardBounds(0.0, 1.0)]
    net.connect(inputs, cells, hs.AllToAll(), weight=0.5, receptor=hs.Exponential(tau=5.0), rules=rules)
    hs.Simulation(net, threads=1, quiet=True).run(ms=5.0, progress=False)
with open("/proc/self/status") as file:
    print(next(line.split()[1] for line in file if line.startswith("VmHWM")))
"""


@pytest.mark.verify
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_many_structures_in_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    monkeypatch.setenv("HEBBSTAT_CACHE", str(tmp_path))
    command = [sys.executable, "-W", "ignore", "-c", SWEEP, str(STRUCTURES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    peak = int(done.stdout) / 1024
    record_property("said", f"{STRUCTURES} structures, each compiled, in one process: {peak:.0f} MB at the peak")
    assert peak < MEGABYTES
