"""B3: folders of recordings that are damaged: opening or reading one is a `DataError` that says where."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.splitting import recorded, recorders, small_network

import hebbstat as hs


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "run.zarr"
    sim = hs.Simulation(small_network(), threads=1, quiet=True)
    sim.run(steps=2000, record=recorders(), out=path, progress=False, watch=None)
    return path


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "run.zarr"))


def everything(path: Path) -> str:
    return recorded(hs.Recording.open(path))


def edited(change: Callable[[dict[str, Any]], object], file: str = "zarr.json") -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / file
        told = json.loads(path.read_text())
        change(told)
        path.write_text(json.dumps(told))

    return edit


def chunk(folder: Path) -> Path:
    return max((path for path in folder.rglob("c/*") if path.is_file()), key=lambda path: path.stat().st_size)


def flipped(folder: Path) -> None:
    content = bytearray(chunk(folder).read_bytes())
    content[-9] ^= 4
    chunk(folder).write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no root": lambda f: (f / "zarr.json").unlink(),
    "an empty root": lambda f: (f / "zarr.json").write_text(""),
    "half a root": lambda f: (f / "zarr.json").write_text((f / "zarr.json").read_text()[:200]),
    "a root of brackets": lambda f: (f / "zarr.json").write_text("[" * 10**5),
    "no group": lambda f: shutil.rmtree(f / "exc.spikes"),
    "a group without its file": lambda f: (f / "exc.spikes" / "zarr.json").unlink(),
    "an array without its file": lambda f: (f / "exc.spikes" / "time" / "zarr.json").unlink(),
    "an array that is nothing": lambda f: (f / "exc.spikes" / "time" / "zarr.json").write_text("{}"),
    "no array": lambda f: shutil.rmtree(f / "exc.v" / "value"),
    "no chunk": lambda f: chunk(f).unlink(),
    "an empty chunk": lambda f: chunk(f).write_bytes(b""),
    "half a chunk": lambda f: chunk(f).write_bytes(chunk(f).read_bytes()[:-20]),
    "another chunk": lambda f: chunk(f).write_bytes(b"not what was compressed"),
    "a bit": flipped,
    "lengths as a list": edited(lambda j: j["attributes"].update(lengths=[1])),
    "a length below 0": edited(lambda j: j["attributes"]["lengths"].update({"exc.v": -1})),
    "a length of a text": edited(lambda j: j["attributes"]["lengths"].update({"exc.v": "7"})),
    "too long": edited(lambda j: j["attributes"]["lengths"].update({"exc.v": 10**9})),
    "a name more": edited(lambda j: j["attributes"]["lengths"].update({"exc.u": 1})),
    "groups elsewhere": edited(lambda j: j["attributes"]["groups"].update({"exc.v": "../elsewhere"})),
    "groups of numbers": edited(lambda j: j["attributes"]["groups"].update({"exc.v": 7})),
    "nothing along": edited(lambda j: j["attributes"].pop("along"), "exc.v/zarr.json"),
    "coordinates of numbers": edited(lambda j: j["attributes"].update(coordinates=3), "exc.v/zarr.json"),
    "other coordinates": edited(lambda j: j["attributes"].update(coordinates="place"), "exc.v/zarr.json"),
    "another shape": edited(lambda j: j.update(shape=[1, 1]), "exc.v/value/zarr.json"),
    "no dimensions": edited(lambda j: j.pop("dimension_names"), "exc.v/value/zarr.json"),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_b3_damaged_recordings_are_told(case: str, folder: Path) -> None:
    DAMAGES[case](folder)
    with pytest.raises(hs.DataError) as caught:
        everything(folder)
    assert str(folder) in str(caught.value) and len(str(caught.value)) > 40


def test_b3_flipped_bits_of_a_recording_are_told_or_change_nothing(whole: Path, tmp_path: Path) -> None:
    wanted, told = everything(whole), 0
    rng = np.random.default_rng(1)
    folder = Path(shutil.copytree(whole, tmp_path / "run.zarr"))
    chunks = sorted(path for path in folder.rglob("c/*") if path.is_file())
    for _ in range(60):
        file = chunks[rng.integers(len(chunks))]
        before = file.read_bytes()
        content = bytearray(before)
        content[rng.integers(len(content))] ^= int(rng.integers(1, 256))
        file.write_bytes(content)
        try:
            assert everything(folder) == wanted
        except hs.DataError:
            told += 1
        file.write_bytes(before)
    assert told > 30


def test_b3_a_recording_is_indexed_as_ever(whole: Path) -> None:
    opened = hs.Recording.open(whole)
    v, loaded = opened["exc.v"], opened["exc.v"].values
    mask = np.arange(len(loaded)) % 2 == 0
    for key in (0, -1, slice(2, 7), slice(None, None, 3), slice(8, 2, -2), [3, 1, 4], slice(5, 5), mask):
        fresh = hs.Recording.open(whole)["exc.v"]
        assert np.array_equal(fresh[key].values, loaded[key])
    assert np.array_equal(hs.Recording.open(whole)["exc.v"][::-1, 1].values, loaded[::-1, 1])
    assert v.time.attrs == {"units": "ms"} and float(v.sel(time=v.time[2]).mean()) == float(loaded[2].mean())


def test_b3_a_folder_that_lost_what_a_run_had_written_is_told(tmp_path: Path) -> None:
    """A kept run that streams is not taken up on a folder that has less than its file says."""
    kept, out = hs.Checkpoint(tmp_path / "run.ckpt"), tmp_path / "run.zarr"
    again: dict[str, Any] = {"steps": 2000, "checkpoint": kept, "out": out, "progress": False, "watch": None}
    hs.Simulation(small_network(), threads=1, quiet=True).run(record=recorders(), **again)
    shutil.rmtree(out / "exc.v")
    with pytest.raises(hs.DataError, match=r"holds less of exc\.v than this run had recorded|there is no folder"):
        hs.Simulation(small_network(), threads=1, quiet=True).run(record=recorders(), **again)
