"""Memory stays flat: while a run streams to disk, over many calls of `run`, and over a long run of a large network."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import hebbstat as hs
from hebbstat.engine.record import stream

MIB = 2**20
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class Watched:
    """The largest resident memory while a block runs, over that at its begin."""

    growth = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        before, done = resident(), threading.Event()

        def look() -> None:
            while not done.wait(0.01):
                self.growth = max(self.growth, resident() - before)

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def network(cells: int, inputs: int) -> hs.Network:
    """Plastic, with homeostasis, so that it can run for long."""
    net = hs.Network(dt=0.5, seed=3)
    source = net.add(hs.PoissonSource(rate=20.0), inputs, "inputs")
    exc = net.add(hs.LIF(refractory=2.0), cells, "exc")
    rules = [
        hs.PairSTDP(), hs.SynapticScaling(tau_rate=2000.0, period=500.0, strength=0.1), hs.HardBounds(0.0, 3.0),
    ]  # fmt: skip
    wiring = hs.FixedInDegree(50)
    net.connect(source, exc, wiring, weight=0.4, receptor=hs.AMPA(), rules=rules, name="learn")
    return net


def test_streaming_holds_a_piece_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hebbstat.engine.run.session.PIECE", MIB)
    monkeypatch.setattr(stream, "WRITE_EVERY", 1.0)
    sim = hs.Simulation(network(2000, 100), threads=1, quiet=True)

    def record() -> list[hs.Recorder]:
        return [hs.States("exc", "v", every=0.5), hs.Spikes("inputs"), hs.Weights("learn", every=50.0)]

    sim.run(seconds=1, record=record(), out=tmp_path / "warm.zarr")
    memory = Watched()
    with memory():
        run = sim.run(seconds=5, record=record(), out=tmp_path / "long.zarr")
    recorded = sum(run[name].nbytes for name in run)
    assert recorded > 80 * MIB
    assert memory.growth < 24 * MIB, f"{memory.growth / MIB:.0f} MiB for {recorded / MIB:.0f} MiB"


def test_many_calls_of_run_leave_nothing_behind() -> None:
    sim = hs.Simulation(network(400, 100), threads=2, quiet=True)

    def call(times: int) -> None:
        for _ in range(times):
            sim.run(steps=4, record=[hs.Spikes("exc"), hs.States("exc", "v", every=1.0)])

    call(300)
    before = resident()
    call(1500)
    assert resident() - before < 2 * MIB, f"{(resident() - before) / MIB:.1f} MiB by 1500 calls"


@pytest.mark.verify
def test_a_large_network_runs_long_in_flat_memory(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """10,000 plastic neurons, 500,000 synapses, an hour, streamed; warm once it has written pieces of full size."""
    sim = hs.Simulation(network(10_000, 1000), threads=2, quiet=True)
    sim.run(seconds=100, record=[hs.Spikes("exc")], out=tmp_path / "warm.zarr")
    memory, began, seconds = Watched(), time.monotonic(), 0
    with memory():
        while seconds < 3600:
            record = [hs.Spikes("exc"), hs.WeightSummary("learn", every=1000.0)]
            sim.run(seconds=600, record=record, out=tmp_path / f"{seconds}.zarr")
            seconds += 600
    grown = f"{memory.growth / MIB:.0f} MiB"
    record_property("said", f"flat memory: {seconds} s of 10,000 neurons in {time.monotonic() - began:.0f} s, {grown}")
    assert memory.growth < 64 * MIB, grown
