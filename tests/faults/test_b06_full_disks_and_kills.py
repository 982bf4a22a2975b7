"""A disk that takes no more costs nothing that was recorded; a run that was killed at its start begins anew."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.running_tiny import fingerprint, simulation

import hebbstat as hs
from hebbstat.engine.record import stream

RECORD = ("inputs.spikes", "exc.v", "inputs -> exc.w", "exc.rate")


def recorders() -> list[hs.Recorder]:
    return [
        hs.Spikes("inputs"), hs.States("exc", "v", every=1.5), hs.Weights("inputs -> exc", every=30.0, sample=7),
        hs.Rates("exc", every=17.0),
    ]  # fmt: skip


def small_pieces(monkeypatch: pytest.MonkeyPatch, size: int = 3000) -> None:
    monkeypatch.setattr("hebbstat.engine.run.session.PIECE", size)


def fills_after(monkeypatch: pytest.MonkeyPatch, files: int) -> None:
    """A disk on which so many files come into place."""
    replace, calls = Path.replace, []

    def full(self: Path, target: Any) -> Path:
        calls.append(target)
        if len(calls) > files:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)


def holds_all(recording: Any, ms: float) -> None:
    """A recording, put together of disk and memory, is that of an undisturbed run."""
    whole = simulation().run(ms=ms, record=recorders(), watch=None)
    assert set(recording) == set(whole) == set(RECORD)
    for name in whole:
        assert recording[name].load().identical(whole[name]), name


@pytest.mark.parametrize("files", [55, 60, 75, 100, 140])
def test_b6_what_was_recorded_until_the_disk_was_full_is_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int
) -> None:
    sim = simulation()
    with monkeypatch.context() as patch:
        small_pieces(patch)
        fills_after(patch, files)
        with pytest.raises(hs.DataError, match=r"No space left.*the error's `recording`.*save\(") as caught:
            sim.run(seconds=20, record=recorders(), out=tmp_path / "out.zarr", watch=None)
    assert 0 < sim.time < 20_000
    recording: Any = caught.value.recording  # type: ignore[attr-defined]
    holds_all(recording, sim.time)
    holds_all(hs.Recording.open(recording.save(tmp_path / "elsewhere.zarr")), sim.time)
    assert hs.Recording.open(tmp_path / "out.zarr").attrs["time"] < sim.time == recording.attrs["time"]
    sim.run(ms=5, record=[hs.Spikes("exc")], out=tmp_path / "other.zarr")


def test_b6_a_disk_that_is_full_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sim = simulation()
    with monkeypatch.context() as patch:
        write = stream.Stream.write
        fill = lambda self, **how: (how.get("last") and fills_after(patch, 3), write(self, **how))  # noqa: E731
        patch.setattr(stream.Stream, "write", fill)
        with pytest.raises(hs.DataError) as caught:
            sim.run(ms=1001.5, record=recorders(), out=tmp_path / "out.zarr", watch=None)
    holds_all(caught.value.recording, 1001.5)  # type: ignore[attr-defined]


def test_b6_a_full_disk_at_the_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for files in (0, 1):
        with monkeypatch.context() as patch:
            fills_after(patch, files)
            with pytest.raises(hs.DataError, match="No space left"):
                simulation().run(ms=10, record=recorders(), out=tmp_path / f"{files}.zarr")
    assert [path.name for path in tmp_path.iterdir()] == ["1.zarr"]
    assert hs.Recording.open(tmp_path / "1.zarr").attrs["time"] == 0.0


LIMITED = """
import resource, sys
sys.path.insert(0, {tests!r})
from helpers.running_tiny import simulation
import hebbstat as hs
sim = simulation()
sim.compile()
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
try:
    sim.run(seconds=30, record=[hs.States("exc", "v", every=0.5)], out={out!r}, watch=None)
except hs.DataError as error:
    v = error.recording["exc.v"]
    print(sim.time, v.sizes["time"], "File too large" in str(error))
"""


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files")
def test_b6_a_limit_of_the_system(tmp_path: Path) -> None:
    script = LIMITED.format(tests=str(Path(__file__).parents[1]), out=str(tmp_path / "out.zarr"))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    ms, samples, told = done.stdout.split()
    assert float(ms) == 0.5 * int(samples) > 0 and told == "True", done.stderr


KILLED = """
import os, sys
sys.path.insert(0, {tests!r})
from helpers.running_tiny import simulation
import hebbstat as hs
from hebbstat.engine.checkpoint import autosave
from hebbstat.engine.record import zarr_store
from hebbstat.engine.record import folders
at = {at!r}
die = lambda *given, **named: os.kill(os.getpid(), 9)
if at == "before the checkpoint":
    autosave.checkpoints.save = die
elif at == "before its groups":
    zarr_store.ZarrStore.append = die
elif at == "within its groups":
    zarr_store._extend, create = die, zarr_store.ZarrStore._create
    zarr_store.ZarrStore._create = lambda self, name, value: die() if self.places else create(self, name, value)
elif at == "before the folder":
    folders._move = die
simulation().run(ms=100, record=[hs.Spikes("inputs"), hs.States("exc", "v", every=1.5)], out={out!r},
                 checkpoint=hs.Checkpoint({checkpoint!r}), watch=None)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
@pytest.mark.parametrize(
    "at", ["before the folder", "before its groups", "within its groups", "before the checkpoint", "empty"]
)
def test_b6_a_run_killed_before_its_first_checkpoint_is_simply_run_again(tmp_path: Path, at: str) -> None:
    out, checkpoint = tmp_path / "out.zarr", tmp_path / "run.ckpt"
    if at == "empty":
        out.mkdir()
    else:
        names = {"tests": str(Path(__file__).parents[1]), "at": at, "out": str(out), "checkpoint": str(checkpoint)}
        done = subprocess.run([sys.executable, "-c", KILLED.format(**names)], timeout=120)
        assert done.returncode == -signal.SIGKILL and not checkpoint.exists()
    sim = simulation()
    record: list[hs.Recorder] = [hs.Spikes("inputs"), hs.States("exc", "v", every=1.5)]
    found = sim.run(ms=100, record=record, out=out, checkpoint=hs.Checkpoint(checkpoint), watch=None)
    other = simulation()
    expected = other.run(ms=100, record=record, watch=None)
    assert all(found[name].load().identical(expected[name]) for name in expected)
    assert fingerprint(sim) == fingerprint(other)


def test_b6_what_was_recorded_without_its_checkpoint_is_not_begun_anew(tmp_path: Path) -> None:
    out, checkpoint = tmp_path / "out.zarr", tmp_path / "run.ckpt"
    simulation().run(ms=100, record=[hs.Spikes("inputs")], out=out, checkpoint=hs.Checkpoint(checkpoint), watch=None)
    checkpoint.unlink()
    with pytest.raises(hs.DataError, match="is there already"):
        simulation().run(ms=100, record=[hs.Spikes("inputs")], out=out, checkpoint=hs.Checkpoint(checkpoint))
    assert hs.Recording.open(out)["inputs.spikes"].sizes["spike"] > 10
    shutil.rmtree(out)
    out.mkdir()
    (out / "thesis.tex").write_text("chapter 1")
    checkpoint.unlink(missing_ok=True)
    with pytest.raises(hs.DataError, match="is there already"):
        simulation().run(ms=100, record=[hs.Spikes("inputs")], out=out, checkpoint=hs.Checkpoint(checkpoint))
    assert (out / "thesis.tex").exists()
