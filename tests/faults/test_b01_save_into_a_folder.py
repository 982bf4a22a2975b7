"""Saving replaces a recording, when asked to, and nothing else; at any moment the old one or the new one is there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xarray as xr
from helpers.running_tiny import simulation

import hebbstat as hs
from hebbstat.engine.record import folders


@pytest.fixture(scope="module")
def recordings() -> tuple[hs.Recording, hs.Recording]:
    """Two that differ, also in what was recorded."""
    sim = simulation()
    first = sim.run(ms=100, record=[hs.Spikes("inputs"), hs.Weights("inputs -> exc", every=10.0)])
    return first, sim.run(ms=100, record=[hs.Spikes("inputs"), hs.States("exc", "v", every=10.0)])


def same(path: Path, recording: hs.Recording) -> bool:
    found = hs.Recording.open(path)
    return set(found) == set(recording) and all(found[name].load().identical(recording[name]) for name in found)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def strange(tmp_path: Path, recording: hs.Recording) -> list[Path]:
    """Folders and files that are not wholly ours."""
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "thesis.tex").write_text("chapter 1")
    (tmp_path / "empty").mkdir()
    file = tmp_path / "notes.txt"
    file.write_text("of years")
    other = tmp_path / "other.zarr"
    xr.Dataset({"x": ("t", [1.0, 2.0])}).to_zarr(other, consolidated=False)
    places = [thesis, tmp_path / "empty", file, other]
    for k, inside in enumerate(("thesis.tex", "inputs.spikes/own.csv", "own/a.tex", "inputs.spikes/time/c/a.txt")):
        mine = recording.save(tmp_path / f"mine{k}.zarr")
        (mine / inside).parent.mkdir(exist_ok=True)
        (mine / inside).write_text("chapter 1")
        places.append(mine)
    added = recording.save(tmp_path / "added.zarr")  # an analysis that somebody put beside our arrays
    xr.Dataset({"count": ("t", [1.0, 2.0])}).to_zarr(added, group="inputs.spikes", mode="a", consolidated=False)
    group = recording.save(tmp_path / "group.zarr")
    xr.Dataset({"count": ("t", [1.0, 2.0])}).to_zarr(group, group="analysis", consolidated=False)
    return [*places, added, group]


def test_b1_nothing_but_a_recording_is_replaced(tmp_path: Path, recordings: Any) -> None:
    for path in strange(tmp_path, recordings[0]):
        before = everything(tmp_path)
        for replace in (False, True):
            with pytest.raises(hs.DataError, match="is there already" if not replace else "is not replaced, because"):
                recordings[1].save(path, replace=replace)
            with pytest.raises(hs.DataError, match="is there already"):
                simulation().run(ms=1, record=[hs.Spikes("exc")], out=path)
        assert everything(tmp_path) == before


def test_b1_a_recording_is_replaced_when_asked(tmp_path: Path, recordings: Any) -> None:
    path = recordings[0].save(tmp_path / "a.zarr")
    with pytest.raises(hs.DataError, match=r"is there already.*replace=True"):
        recordings[1].save(path)
    assert same(path, recordings[0])
    assert recordings[1].save(str(path), replace=True) == path and same(path, recordings[1])
    hs.Recording.open(path).save(path, replace=True)  # read from where it is written
    assert same(path, recordings[1])
    (tmp_path / "link").symlink_to(path)
    recordings[0].save(tmp_path / "link", replace=True)
    assert same(path, recordings[0]) and (tmp_path / "link").is_symlink()
    streamed = tmp_path / "streamed.zarr"
    simulation().run(ms=10, record=[hs.Spikes("exc")], out=streamed)
    (streamed / "exc.spikes" / f"zarr.{'0' * 32}.partial").write_text("")  # as zarr leaves, if it is killed
    recordings[0].save(streamed, replace=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zarr", "link", "streamed.zarr"]
    assert recordings[0].save(tmp_path / "new" / "b.zarr", replace=True).exists()


@pytest.mark.parametrize("at", ["append", "first rename", "second rename"])
def test_b1_a_failure_leaves_the_old_recording(tmp_path: Path, monkeypatch: Any, recordings: Any, at: str) -> None:
    path = recordings[0].save(tmp_path / "a.zarr")
    rename, calls = os.rename, []

    def fails(source: Any, target: Any) -> None:
        if str(tmp_path) == str(Path(target).parent) and ".draft" not in str(target):
            calls.append(target)
            if len(calls) == {"first rename": 1, "second rename": 2}[at]:
                raise OSError(28, "No space left on device")
        rename(source, target)

    with monkeypatch.context() as patch:
        if at == "append":
            patch.setattr(hs.Recording, "__getitem__", lambda self, name: 1 / 0)
            patch.setattr("hebbstat.engine.record.zarr_store.ZarrStore.append", lambda *given: 1 / 0)
        else:
            patch.setattr(folders.os, "rename", fails)
        with pytest.raises((OSError, ZeroDivisionError)):
            recordings[1].save(path, replace=True)
    assert same(path, recordings[0])
    assert [path.name for path in tmp_path.iterdir()] == ["a.zarr"]


KILLED = """
import os, sys
from pathlib import Path
import hebbstat as hs
from hebbstat.engine.record import folders
rename, at = os.rename, int(sys.argv[3])
def killed(source, target):
    global at
    at -= Path(target).parent == Path(sys.argv[2]).parent
    if at < 0:
        os.kill(os.getpid(), 9)
    rename(source, target)
folders.os.rename = killed
hs.Recording.open(sys.argv[1]).save(sys.argv[2], replace=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_b1_a_kill_leaves_the_old_recording_or_the_new_one(tmp_path: Path, recordings: Any, at: int) -> None:
    new, path = recordings[1].save(tmp_path / "new" / "b.zarr"), recordings[0].save(tmp_path / "a" / "a.zarr")
    done = subprocess.run([sys.executable, "-c", KILLED, str(new), str(path), str(at)], timeout=120)
    assert done.returncode == (0 if at == 3 else -signal.SIGKILL)
    assert same(path, recordings[1 if at == 3 else 0])
    recordings[1].save(path, replace=True)
    assert same(path, recordings[1]) and not (path.parent / ".a.zarr.former").exists()


def test_b1_saving_a_simulation_replaces_checkpoints_only(tmp_path: Path) -> None:
    sim, path = simulation(), tmp_path / "thesis.tex"
    path.write_text("chapter 1, of many words, and long enough to be something else than a checkpoint")
    for save in (lambda: sim.save(path), lambda: sim.run(steps=1, checkpoint=hs.Checkpoint(path))):
        with pytest.raises(hs.CheckpointError):
            save()
    assert path.read_text().startswith("chapter 1")
    (tmp_path / "empty.ckpt").touch()
    assert sim.save(sim.save(sim.save(tmp_path / "empty.ckpt"))).stat().st_size > 1000
    mine = tmp_path / ".run[1].ckpt.own.draft"
    mine.write_text("mine")
    sim.run(steps=1, checkpoint=hs.Checkpoint(tmp_path / "run[1].ckpt"))
    assert mine.read_text() == "mine"
    shutil.rmtree(tmp_path)
