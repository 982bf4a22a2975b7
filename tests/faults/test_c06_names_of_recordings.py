"""Whatever populations are called, each name is recorded apart and read back; recordings of before are still read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from helpers.running_tiny import simulation

import hebbstat as hs
from hebbstat.engine.record import zarr_store

ARROW = "inputs -> exc"
NAMES = [
    "a b", "a_b", "A_b", "a -> b", "a_to_b", "é", "e", "日本", "__x", "%20", "a%20b", "con", "NUL", "x" * 300,
    "x" * 301, "a\\b", "a:b*?", "a_b-2", "-", "c",
]  # fmt: skip
STRANGER = ["a/b", "a_b", ".hidden", "..", ".", " ", "", "zarr.json", "c/0", "../../x", "NUL.", "x."]  # of one's own


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> tuple[hs.Recording, Path]:
    """In memory, and streamed."""
    net = hs.Network(dt=0.5, seed=3)
    for name in NAMES:
        net.add(hs.PoissonSource(rate=100.0), 3, name)
    record: list[hs.Recorder] = [hs.Spikes(name) for name in NAMES] + [hs.Rates(name, every=5.0) for name in NAMES]
    out = tmp_path_factory.mktemp("names") / "out.zarr"
    hs.Simulation(net, threads=1, quiet=True).run(ms=20, record=record, out=out)
    return hs.Simulation(net, threads=1, quiet=True).run(ms=20, record=record), out


def same(found: hs.Recording, recording: hs.Recording) -> None:
    assert list(found) == list(recording)
    for name in recording:
        assert found[name].load().identical(recording[name]), name
    assert found.attrs == recording.attrs


def test_c6_every_name_is_recorded_apart(recordings: Any, tmp_path: Path) -> None:
    whole, out = recordings
    same(hs.Recording.open(out), whole)
    path = whole.save(tmp_path / "saved.zarr")
    same(hs.Recording.open(path), whole)
    places = [place.name for place in path.iterdir() if place.is_dir()]
    assert len(places) == len({place.lower() for place in places}) == 2 * len(NAMES)  # also where A is a
    for place in places:
        assert re.fullmatch(r"(?!__)[A-Za-z0-9_-][A-Za-z0-9._-]*(?<!\.)", place) and len(place) < 120
        assert not re.match(r"(?i)(con|nul)(\.|$)", place)
    whole.save(path, replace=True)


def test_c6_recorders_of_ones_own_may_give_any_name(tmp_path: Path) -> None:
    import xarray as xr

    recording = hs.Recording({
        name: xr.DataArray([float(k)], {"time": [1.0]}, ("time",), name=name) for k, name in enumerate(STRANGER)
    }, {})  # fmt: skip
    path = recording.save(tmp_path / "deep" / "er" / "a.zarr")
    same(hs.Recording.open(path), recording)
    recording.save(path, replace=True)
    assert [one.name for one in tmp_path.iterdir()] == ["deep"]


def test_c6_plain_names_are_their_own_groups(tmp_path: Path) -> None:
    run = simulation().run(ms=5, record=[hs.Spikes("exc"), hs.Weights("inputs -> exc", every=1.0)])
    path = run.save(tmp_path / "a.zarr")
    assert {place.name for place in path.iterdir()} == {"zarr.json", "exc.spikes", "inputs_to_exc.w"}


def test_c6_recordings_of_before_are_read(tmp_path: Path) -> None:
    run = simulation().run(ms=50, record=[hs.Spikes("exc"), hs.Weights("inputs -> exc", every=1.0)])
    path = run.save(tmp_path / "a.zarr")
    root = json.loads((path / "zarr.json").read_text())
    del root["attributes"]["groups"]  # as they were written before there was such a table
    for group in ("exc.spikes", "inputs_to_exc.w"):
        told = json.loads((path / group / "zarr.json").read_text())
        del told["attributes"]["arrays"]
        (path / group / "zarr.json").write_text(json.dumps(told))
    (path / "zarr.json").write_text(json.dumps(root))
    same(hs.Recording.open(path), run)
    zarr_store.ZarrStore(path, {}, lengths={"exc.spikes": 0, "inputs -> exc.w": 0}).append(run._data)
    same(hs.Recording.open(path), run)
    run.save(path, replace=True)
    same(hs.Recording.open(path), run)


@pytest.mark.parametrize(
    ("record", "twice"),
    [
        (lambda: [hs.Spikes("exc"), hs.Spikes("exc", expected=5.0)], "exc.spikes"),
        (lambda: [hs.Rates("exc", every=1.0), hs.Rates("exc", every=2.0)], "exc.rate"),
        (lambda: [hs.States("exc", "v", every=1.0), hs.States("exc", "v", every=1.0, of=[1])], "exc.v"),
        (lambda: [hs.Weights(ARROW, every=1.0), hs.States(ARROW, "w", every=1.0)], f"{ARROW}.w"),
        (lambda: [hs.WeightSummary(every=1.0), hs.WeightSummary(ARROW, every=2.0)], f"{ARROW}.weights"),
        (lambda: 2 * [hs.Spikes("exc")], "exc.spikes"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("streamed", [False, True])
def test_c6_two_recorders_of_one_name_are_refused(record: Any, twice: str, streamed: bool, tmp_path: Path) -> None:
    out = tmp_path / "out.zarr" if streamed else None
    with pytest.raises(hs.BadValueError, match=f"two recorders would both be called '{twice}'"):
        simulation().run(ms=1, record=record(), out=out)
    assert not (tmp_path / "out.zarr").exists()
