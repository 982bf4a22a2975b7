"""Recording to disk: the same data as in memory, flat memory, readable after a kill or on a full disk."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import hebbstat as hs
from hebbstat.engine.record import budget


def network(cells: int = 20, inputs: int = 30) -> hs.Network:
    net = hs.Network(dt=0.5, seed=3)
    source = net.add(hs.PoissonSource(rate=30.0), inputs, "inputs")
    exc = net.add(hs.LIF(), cells, "exc")
    net.connect(
        source,
        exc,
        hs.FixedProbability(0.3),
        weight=1.0,
        receptor=hs.AMPA(),
        rules=[hs.PairSTDP(), hs.HardBounds(0, 3)],
    )
    return net


def simulation(**size: int) -> hs.Simulation:
    return hs.Simulation(network(**size), threads=1, quiet=True)


def recorders() -> list[hs.Recorder]:
    return [
        hs.Spikes("inputs"), hs.Spikes("exc"), hs.States("exc", "v", every=1.5), hs.States("exc", "v_rest", every=50.0),
        hs.States("inputs -> exc", "PairSTDP.x", every=20.0, of=[3, 1]),
        hs.Weights("inputs -> exc", every=30.0, sample=7),
        hs.WeightSummary(every=40.0), hs.Rates("exc", every=17.0), hs.Rates("inputs", every=100.0, each=True),
    ]  # fmt: skip


def distinct() -> list[hs.Recorder]:
    """Those of `recorders` whose names differ."""
    return [recorder for recorder in recorders() if recorder.name != "exc.v_rest"]


def same(a: hs.Recording, b: hs.Recording) -> None:
    assert set(a) == set(b)
    for name in a:
        xr.testing.assert_identical(a[name].load(), b[name].load())


def test_streamed_saved_and_in_memory_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hebbstat.engine.run.session.PIECE", 6000)  # many pieces
    whole = simulation().run(seconds=1.0105, record=distinct())
    pieces = simulation()
    streamed = pieces.run(seconds=1.0105, record=distinct(), out=tmp_path / "out.zarr")
    same(whole, streamed)
    assert streamed.attrs == whole.attrs
    assert 8 * streamed["inputs.spikes"].sizes["spike"] > 6000  # more than any piece holds
    same(whole, hs.Recording.open(whole.save(tmp_path / "saved.zarr")))


def test_what_was_streamed_is_read_lazily(tmp_path: Path) -> None:
    simulation().run(seconds=1, record=[hs.States("exc", "v", every=0.5)], out=tmp_path / "out.zarr")
    opened = hs.Recording.open(tmp_path / "out.zarr")["exc.v"]
    assert not opened.variable._in_memory
    assert opened[100:110].load().shape == (10, 20)
    direct = xr.open_zarr(tmp_path / "out.zarr", group="exc.v", consolidated=False, decode_times=False, chunks=None)
    np.testing.assert_array_equal(direct["value"], opened)
    np.testing.assert_array_equal(direct["time"], opened.time)


def test_a_run_that_ends_within_a_bin_gives_its_true_rate() -> None:
    run = simulation().run(ms=250, record=[hs.Rates("inputs", every=100.0), hs.Spikes("inputs")])
    rate, times = run["inputs.rate"], run["inputs.spikes"].time.values
    np.testing.assert_array_equal(rate.time, [100.0, 200.0, 250.0])
    assert rate.values[-1] == pytest.approx((times > 200.0).sum() / 30 / 0.05)


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out.zarr").mkdir()
    with pytest.raises(hs.DataError, match="is there already"):
        simulation().run(ms=1, record=[hs.Spikes("exc")], out=tmp_path / "out.zarr")
    with pytest.raises(hs.DataError, match="cannot be read"):
        hs.Recording.open(tmp_path / "nothing.zarr")


KILLED = """
import sys
sys.path.insert(0, {tests!r})
from test_stream import simulation
import hebbstat as hs
from hebbstat.engine.record import stream
stream.WRITE_EVERY = 0.05
record = [hs.Spikes("inputs"), hs.States("exc", "v", every=1.0)]
simulation().run(seconds=3600, record=record, out={out!r}, watch=None)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
@pytest.mark.parametrize("wait", [0.3, 0.61])
def test_a_killed_run_leaves_what_it_wrote(tmp_path: Path, wait: float) -> None:
    simulation().compile()
    out = tmp_path / "out.zarr"
    script = KILLED.format(tests=str(Path(__file__).parent), out=str(out))
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        _until(lambda: (out / "exc.v" / "value" / "c" / "0").exists())
        time.sleep(wait)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    left = hs.Recording.open(out)
    time_reached = left.attrs["time"]
    assert time_reached > 0
    same(left, simulation().run(ms=time_reached, record=[hs.Spikes("inputs"), hs.States("exc", "v", every=1.0)]))


def _until(done: Any, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "nothing was written"
        time.sleep(0.01)


def test_a_piece_half_written_is_not_read(tmp_path: Path) -> None:
    import zarr

    run = simulation().run(seconds=1, record=[hs.Spikes("inputs")], out=tmp_path / "out.zarr")
    before = run["inputs.spikes"].load()
    array = zarr.open_group(tmp_path / "out.zarr", mode="a")["inputs.spikes"]["time"]
    array.resize((array.shape[0] + 5,))  # what a kill between two arrays leaves
    xr.testing.assert_identical(hs.Recording.open(tmp_path / "out.zarr")["inputs.spikes"].load(), before)


def test_a_full_disk_ends_the_run_in_words_and_leaves_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hebbstat.engine.run.session.PIECE", 3000)
    replace, calls = Path.replace, []

    def full(self: Path, target: Any) -> Path:
        calls.append(target)
        if len(calls) > 50:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)  # by which each file of a store gets into place
    sim = simulation()
    with pytest.raises(hs.DataError, match=r"No space left on device.*can go on") as caught:
        sim.run(seconds=20, record=[hs.States("exc", "v", every=0.5)], out=tmp_path / "out.zarr")
    monkeypatch.undo()
    left = hs.Recording.open(tmp_path / "out.zarr")["exc.v"].load()
    assert 100 < left.sizes["time"] < 40_000
    assert f"until {left.time.values[-1] / 1000:g} s" in str(caught.value)
    whole = simulation().run(ms=float(left.time[-1]), record=[hs.States("exc", "v", every=0.5)])
    xr.testing.assert_identical(left, whole["exc.v"])
    assert sim.run(ms=10, record=[hs.States("exc", "v", every=0.5)])["exc.v"].sizes["time"] == 20


@pytest.mark.parametrize(
    ("record", "steps"),
    [
        (lambda: hs.States("exc", "v", every=0.5), 4000),
        (lambda: hs.Weights("inputs -> exc", every=0.5), 400),
        (lambda: hs.Weights("inputs -> exc", every=0.5, sample=2000), 2000),
        (lambda: hs.Rates("inputs", every=0.5, each=True), 4000),
        (lambda: hs.Spikes("inputs", expected=40.0), 100_000),
    ],
)  # fmt: skip
def test_predicted_sizes_hold_and_are_not_far_off(tmp_path: Path, record: Any, steps: int) -> None:
    """At most half too much. Spikes at 30 Hz are expected at 40; how well zarr packs them is not foreseen."""
    sim, recorder = simulation(cells=200, inputs=200), record()
    sim.run(steps=1)
    memory, disk = recorder.expected_bytes(sim, steps), recorder.expected_disk(sim, steps)
    tracemalloc.start()
    recording = sim.run(steps=steps, record=[recorder], watch=None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    unpacked = sum(value.nbytes for value in recording.values())
    written = sum(path.stat().st_size for path in recording.save(tmp_path / "out.zarr").rglob("*") if path.is_file())
    print(f"{recorder.name}: memory {memory / peak:.2f}, disk {disk / written:.2f}, not packed {disk / unpacked:.2f}")
    assert peak <= memory <= 1.5 * peak, (memory, peak)
    assert max(unpacked, written) <= disk <= 1.5 * unpacked, (disk, unpacked, written)


def test_what_does_not_fit_is_refused_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sim = simulation()
    monkeypatch.setattr(budget, "free_memory", lambda: 2**21)
    with pytest.raises(hs.TooLargeError, match=r'exc\.v alone .* limit is 1\.0 MiB.*every=.*pass out="..." to stream'):
        sim.run(seconds=60, record=[hs.States("exc", "v", every=0.5)])
    with pytest.raises(hs.TooLargeError, match=r"at 50 Hz a neuron \(Spikes\(..., expected=\)"):
        sim.run(seconds=600, record=[hs.Spikes("inputs")])
    monkeypatch.setattr(budget, "free_memory", lambda: 2**30)
    monkeypatch.setattr(budget, "free_disk", lambda path: 2**20)
    with pytest.raises(hs.TooLargeError, match=r"of disk, .*larger disk"):
        sim.run(seconds=60, record=[hs.States("exc", "v", every=0.5)], out=tmp_path / "out.zarr")
    assert not (tmp_path / "out.zarr").exists() and sim.step_count == 0


def test_spikes_that_outgrow_memory_end_the_run_with_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    sim = simulation()
    monkeypatch.setattr(budget, "free_memory", lambda: 2.0 * 2**20)
    with pytest.raises(hs.TooLargeError, match=r"until .* s take") as caught:
        sim.run(seconds=3600, record=[hs.Spikes("inputs", expected=0.001)])
    spikes: Any = caught.value.recording["inputs.spikes"]  # type: ignore[attr-defined]
    assert 2**20 < 8 * spikes.sizes["spike"] < 2**24
    rest = sim.run(seconds=1, record=[hs.Spikes("inputs", expected=0.001)])["inputs.spikes"]
    assert rest.time.values[0] > spikes.time.values[-1]


def test_a_run_that_is_stopped_hands_over_what_it_streamed(tmp_path: Path) -> None:
    sim = simulation()
    sim.set("inputs", "rate", 0.0)
    with pytest.raises(hs.UnhealthyError) as caught:
        sim.run(seconds=60, record=[hs.Rates("exc", every=100.0)], out=tmp_path / "a.zarr", watch=hs.Health(stop=True))
    recording: Any = caught.value.recording  # type: ignore[attr-defined]
    assert recording["exc.rate"].sizes["time"] == 100
    assert recording.health[0]["problem"] == "dead"
