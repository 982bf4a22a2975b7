"""B3: a checkpoint is hostile input. Rewritten with right checksums it is refused, or is what it says."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import rewriting
from helpers.splitting import small_network

import hebbstat as hs
from hebbstat.engine.checkpoint import archive
from hebbstat.engine.state import global_state

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("originals")
    rewriting.originals(found)
    return found


@pytest.fixture(scope="module")
def plain(folder: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    return archive.read(folder / "plain.ckpt")


def try_all(folder: Path, first: int, last: int) -> list[str]:
    """Rewrite and load in a process of its own, so that a crash is seen; the outcomes."""
    path = os.pathsep.join([str(TESTS), str(Path(hs.__file__).parents[1])])
    command = [sys.executable, "-m", "helpers.rewriting", str(folder), str(first), str(last)]
    env = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, env=env)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr[-3000:]
    outcomes = [line.split()[0] for line in done.stdout.splitlines() if not line.startswith("trying")]
    assert len(outcomes) == last - first
    return outcomes


def test_b3_rewritten_checkpoints_are_refused_or_are_what_they_say(folder: Path) -> None:
    outcomes = try_all(folder, 0, 60)
    assert outcomes.count("refused") > 20 and outcomes.count("taken") > 5


@pytest.mark.verify
@pytest.mark.parametrize("first", range(60, 2060, 250))
def test_b3_two_thousand_rewritten_checkpoints(
    folder: Path, first: int, record_property: Callable[[str, object], None]
) -> None:
    outcomes = try_all(folder, first, first + 250)
    taken = outcomes.count("taken")
    record_property("said", f"250 rewritten from {first}: {taken} taken as they were, {len(outcomes) - taken} refused")
    assert 25 < taken < 150


def write(path: Path, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> Path:
    archive.write(path, header, arrays)
    return path


def refused(path: Path, words: str, net: hs.Network | None = None) -> None:
    with pytest.raises(hs.CheckpointError, match=words) as caught:
        hs.Simulation.load(path, net, quiet=True)
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)


def put(array: np.ndarray, place: Any, value: Any) -> np.ndarray:
    array = array.copy()
    array[place] = value
    return array


OF_ARRAYS = {
    "a cell far away": ("state/inputs/ids", lambda a: put(a, 0, 2_000_000_000), "there are 6 cells"),
    "a cell just outside": ("state/inputs/ids", lambda a: put(a, -1, 6), "inputs/ids holds 6; there are 6 cells"),
    "a cell before the first": ("state/inputs/ids", lambda a: put(a, 0, -1), "inputs/ids holds -1"),
    "more spikes than counted": ("state/inputs/ids", lambda a: np.append(a, np.int32(5)), "inputs/ids has"),
    "negative counts": ("state/inputs/counts", lambda a: put(put(a, 0, -3), 1, a[:2].sum() + 3), "from 0 to 6"),
    "counts that wrap around": ("state/inputs/counts", lambda a: put(a, 0, 2**62), "from 0 to 6"),
    "a longer past": ("state/inputs/counts", lambda a: np.append(a, 0), r"is int64\[15\], not int64\[14\]"),
    "fewer frozen steps": ("state/network./was_frozen", lambda a: a[:1], r"is bool\[1\], not bool\[14\]"),
    "rates of more cells": ("state/x/rates", lambda a: np.hstack([a, a]), "x/rates is"),
    "a visit in the future": ("state/inputs -> exc/last", lambda a: put(a, 3, 900), "holds the step 900; .* to 899"),
    "a visit before time": ("state/inputs -> exc/last", lambda a: put(a, 3, -2), "holds the step -2; .* from -1"),
    "a stamp too early": ("state/inputs -> exc/stamp", lambda a: put(a, 0, -(2**31)), "must be from -1"),
    "a spike to come": ("state/exc/spiked_at", lambda a: put(a, 0, 2**31 - 1), "must be from -16777216 to 899"),
    "another precision": ("state/inputs -> exc/w", lambda a: a.astype(float), "is float64"),
    "too few weights": ("state/inputs -> exc/w", lambda a: a[:-1], "w is float32"),
    "one weight for all": ("state/inputs -> exc/w", lambda a: a[:1], "w is float32"),
    "a time constant below 0": ("state/exc/neuron_tau_m", lambda a: put(a, 0, -1.0), "tau_m is not what .* above 0 ms"),
    "a parameter that is no number": ("state/exc/neuron_i_ext", lambda a: put(a, (), np.nan), "not a number"),
    "a decay of its own": ("state/exc/decay_of_neuron_theta", lambda a: a * 2, "not what follows from"),
}


@pytest.mark.parametrize("case", OF_ARRAYS)
def test_b3_arrays_that_no_run_leaves_are_refused(case: str, plain: Any, tmp_path: Path) -> None:
    name, change, words = OF_ARRAYS[case]
    header, arrays = plain
    path = write(tmp_path / "wrong.ckpt", header, arrays | {name: change(arrays[name])})
    refused(path, words)
    refused(path, words, rewriting.plain())


def test_b3_cells_that_descend_within_a_step_are_refused(plain: Any, tmp_path: Path) -> None:
    header, arrays = plain
    counts, ids = arrays["state/inputs/counts"].copy(), np.array([4, 1], np.int32)
    counts[:], counts[5] = 0, 2
    spikes = {"state/inputs/counts": counts, "state/inputs/ids": ids}
    refused(write(tmp_path / "wrong.ckpt", header, arrays | spikes), "must ascend within each step")
    spikes["state/inputs/ids"] = np.array([1, 1], np.int32)
    refused(write(tmp_path / "wrong.ckpt", header, arrays | spikes), "must ascend within each step")
    spikes["state/inputs/ids"] = np.array([1, 4], np.int32)
    sim = hs.Simulation.load(write(tmp_path / "right.ckpt", header, arrays | spikes), quiet=True)
    assert global_state.gather(sim.core)["inputs/ids"].tolist() == [1, 4]


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


BASE = {"class": "hebbstat.network.wiring:Connector", "values": {}}
OF_HEADERS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no network": (lambda h: h.pop("network"), "does not say 'network'"),
    "no seed": (lambda h: h["network"].pop("seed"), "does not say 'network, seed'"),
    "no populations": (lambda h: h["network"]["populations"].__setitem__(1, {}), "does not describe a network"),
    "no versions": (lambda h: h.update(made_by={}), "does not say 'made_by, hebbstat'"),
    "no hash": (lambda h: h["wiring"].clear(), "is wired otherwise"),
    "one hash more": (lambda h: h["wiring"].update({"a -> b": ""}), "'a -> b' is wired otherwise"),
    "a step as a text": (lambda h: h.update(step="900"), "'step' in its header is '900'; it must be a whole number"),
    "a step below 0": (lambda h: h.update(step=-1), "step=-1; it must be from 0"),
    "a step too far": (lambda h: h.update(step=2**31), "it must be from 0 to 2147483646"),
    "no step known": (lambda h: h.update(step=10**400), "it must be from 0"),
    "another step": (lambda h: h.update(step=901), "step=901 of dt=0.5 ms, and time_ms=450"),
    "a later step": (lambda h: h.update(step=5, time_ms=2.5), r"is int64\[14\], not int64\[5\]"),
    "another precision": (lambda h: h.update(dtype="float16"), "must be 'float32' or 'float64'"),
    "a list of networks": (lambda h: h.update(network=[]), "it must be names and values"),
    "a run of nothing": (lambda h: h.update(run={}), "does not say 'run, first'"),
    "a run that is over": (
        lambda h: h.update(run={"first": 0, "steps": 5, "began_from": "", "recorders": []}), "of a run of 5 steps",
    ),
    "another format": (lambda h: h.update(format=7), "says format=7"),
    "deep brackets": (lambda h: h.update(more=nested(500)), "more than 100 deep"),
    "absurd brackets": (lambda h: h.update(more="@"), "damaged or incomplete"),
    "a class of another kind": (
        lambda h: h["network"]["populations"][0]["neuron"].update({"class": "hebbstat.plasticity.pair_stdp:PairSTDP"}),
        "cannot be built",
    ),
    "a base class": (
        lambda h: h["network"]["projections"][0].update(wiring=BASE),
        "NotImplementedError|cannot be built|does not describe",
    ),
    "a probability above 1": (
        lambda h: h["network"]["projections"][0]["wiring"]["values"].update(p=7.0), "p=7.0 of FixedProbability",
    ),
    "no cells": (lambda h: h["network"]["populations"][0].update(n=-5), "n=-5"),
    "a thousand million cells": (lambda h: h["network"]["populations"][0].update(n=10**12), "cannot be|can be made"),
    "a name that ends a text": (
        lambda h: h["network"]["populations"][0].update(name='x"""'), "three quotation marks",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_HEADERS)
def test_b3_headers_that_are_wrong_are_refused_in_a_sentence(
    case: str, plain: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, words = OF_HEADERS[case]
    header = json.loads(json.dumps(plain[0]))
    change(header)
    path = tmp_path / "wrong.ckpt"
    if header.get("more") == "@":
        dumps, deep = json.dumps, "[" * 10**5 + "]" * 10**5
        monkeypatch.setattr(archive.json, "dumps", lambda h, **k: dumps(h, **k).replace('"@"', deep))
    write(path, header, plain[1])
    monkeypatch.undo()
    refused(path, words)


@pytest.mark.parametrize("change", ["left out", "added", "of another content"])
@pytest.mark.parametrize("part", ["state/", "network/"])
def test_b3_arrays_must_be_those_that_are_needed(change: str, part: str, plain: Any, tmp_path: Path) -> None:
    header, arrays = plain[0], dict(plain[1])
    name = next(name for name in arrays if name.startswith(part))
    if change == "left out":
        del arrays[name]
    elif change == "added":
        arrays[f"{part}{'0' * 64}"] = np.zeros(3)
    else:
        arrays[name] = np.zeros(7)
    refused(write(tmp_path / "wrong.ckpt", header, arrays), "missing|not known|names|were left out|not int32")
    arrays = {**plain[1], "other": np.zeros(1)}
    refused(write(tmp_path / "wrong.ckpt", header, arrays), "'other', which belongs to nothing")


def test_b3_a_bomb_is_not_unpacked(folder: Path, plain: Any, tmp_path: Path) -> None:
    """A quarter of a gigabyte of zeros, in a small file, named as an array that the network needs."""
    path, name = tmp_path / "bomb.ckpt", "arrays/state/inputs/ids.npy"
    with zipfile.ZipFile(folder / "plain.ckpt") as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            content = bytes(2**28) if info.filename == name else old.read(info)
            packed = zipfile.ZIP_DEFLATED if info.filename == name else zipfile.ZIP_STORED
            new.writestr(zipfile.ZipInfo(info.filename), content, packed)
    assert path.stat().st_size < 2**20
    tracemalloc.start()
    began = time.perf_counter()
    try:
        refused(path, "compressed or encrypted, which no checkpoint is")
        assert tracemalloc.get_traced_memory()[1] < 2**24 and time.perf_counter() - began < 5.0
    finally:
        tracemalloc.stop()


def test_b3_an_index_that_promises_more_than_there_is_is_refused(plain: Any, tmp_path: Path) -> None:
    header, arrays = plain

    def crafted(name: str, told: dict[str, Any]) -> Path:
        path = tmp_path / "wrong.ckpt"
        archive.write(path, header, arrays)
        with zipfile.ZipFile(path) as old:
            content = {info.filename: old.read(info) for info in old.infolist()}
        text = json.loads(content[archive.HEADER])
        text["arrays"][name] = text["arrays"].get(name, {}) | told
        content[archive.HEADER] = json.dumps(text).encode()
        content[archive.CHECKSUM] = archive.hashlib.sha256(content[archive.HEADER]).hexdigest().encode()
        with zipfile.ZipFile(path, "w") as new:
            for member, data in content.items():
                new.writestr(zipfile.ZipInfo(member), data)
        return path

    name = "state/inputs/ids"
    for told, words in (
        ({"shape": [10**12]}, "not as long"), ({"shape": [-1]}, "cannot have the shape"),
        ({"shape": "10"}, "does not say"), ({"shape": [1] * 40}, "cannot have the shape"),
        ({"dtype": "|O"}, "of type object"), ({"dtype": "|V0"}, "of type"),
        ({"dtype": "no"}, "damaged"), ({"dtype": 7}, "does not say what"), ({"sha256": None}, "does not say what"),
    ):  # fmt: skip
        refused(crafted(name, told), words)
    refused(crafted("state/new", {"dtype": "<f8", "shape": [1], "sha256": ""}), "'state/new' is not as long")


def test_b3_a_member_that_stands_twice_is_refused(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "twice.ckpt"
    path.write_bytes((folder / "plain.ckpt").read_bytes())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as more:
        more.writestr("arrays/state/inputs/ids.npy", b"")
    refused(path, "twice")
    path.write_bytes((folder / "plain.ckpt").read_bytes())
    with zipfile.ZipFile(path, "a") as more:
        more.writestr("arrays/state/more.npy", io.BytesIO().getvalue())
    refused(path, "of which its header says nothing")


# --- runs that are kept ---------------------------------------------------------------------------------------------

OF_RUNS: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray], str]] = {
    "a spike of no cell": ("0/ids", lambda a: put(a, 0, 6), "of cells from 0 to 5"),
    "a spike to come": ("0/steps", lambda a: put(a, -1, 10**9), "must be from step 0"),
    "spikes in disorder": ("1/steps", lambda a: a[::-1].copy(), "in order of time"),
    "fewer cells than spikes": ("1/ids", lambda a: a[:-1], "steps and"),
    "negative counts": ("2/counts", lambda a: put(a, 0, -1), "from 0 to"),
    "counts of bins to come": ("2/counts", lambda a: put(a, -1, 1), "0 in others"),
    "more bins": ("3/counts", lambda a: np.zeros((100_000, 8), np.int32), "has 100000 bins"),
    "bins of fewer cells": ("3/counts", lambda a: a[:, :3].copy(), "counts of inputs.rate are"),
    "another beginning": ("2/span", lambda a: put(a, 0, 7), "not of the steps from 0"),
    "half a span": ("2/span", lambda a: a[:1], "not of the steps from 0"),
    "fewer samples": ("4/values", lambda a: a[:-1], "samples, where"),
    "another time": ("4/times", lambda a: put(a, 0, 3.0), "not those at which"),
    "more samples": ("5/times", lambda a: np.arange(10_000.0), "samples, where"),
    "no watch": ("watched", lambda a: np.frombuffer(b"{}", np.uint8), "not told as"),
    "a watch of brackets": ("watched", lambda a: np.frombuffer(b"[" * 10**5, np.uint8), "was altered"),
    "a watch of another step": (
        "watched", lambda a: np.frombuffer(a.tobytes().replace(b'"due": 10000', b'"due": 1'), np.uint8), "at step 1,",
    ),
    "a watch without cells": (
        "watched", lambda a: np.frombuffer(a.tobytes().replace(b'"now"', b'"new"'), np.uint8), "not told as",
    ),
    "a watch in rows": ("watched", lambda a: a[None], "which is no text"),
    "a watch of wide letters": ("watched", lambda a: a.astype(np.uint16), "which is no text"),
    "a recording of nobody": ("9/steps", lambda a: a, "which is nobody's"),
    "lengths on disk": ("streamed/exc.spikes", lambda a: a, "how much of exc.spikes is on disk"),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_RUNS)
def test_b3_recordings_of_a_kept_run_that_cannot_be_are_refused(case: str, folder: Path, tmp_path: Path) -> None:
    name, change, words = OF_RUNS[case]
    header, arrays = archive.read(folder / "kept.ckpt")
    name = f"recorded/{name}"
    path = write(tmp_path / "kept.ckpt", header, arrays | {name: change(arrays.get(name, np.array([3])))})
    sim = hs.Simulation(small_network(), threads=1, quiet=True)
    before = global_state.digest(global_state.gather(sim.core))
    with pytest.raises(hs.CheckpointError, match=words) as caught:
        kept = hs.Checkpoint(path, every_s=60.0)
        sim.run(steps=12_000, record=rewriting.recorders(), checkpoint=kept, progress=False)
    assert "Delete it to begin this run anew" in str(caught.value)
    assert sim.step_count == 0 and global_state.digest(global_state.gather(sim.core)) == before


def test_b3_what_a_user_may_set_may_be_in_a_file(tmp_path: Path) -> None:
    """Parameters that were set between runs, weights that are no numbers: honest files, and they go on as before."""
    sim = hs.Simulation(rewriting.plain(), threads=1, quiet=True)
    sim.run(steps=50, progress=False)
    sim.set("exc", "tau_m", np.linspace(10.0, 20.0, 5))
    sim.set("exc", "refractory", 1.0)
    sim.set("x", "i_ext", -3.0)
    sim.set("given -> exc", "w", [1.0, 1e30, 0.0])
    again = hs.Simulation.load(sim.save(tmp_path / "cut.ckpt"), quiet=True)
    assert global_state.digest(global_state.gather(again.core)) == global_state.digest(global_state.gather(sim.core))
    for one in (sim, again):
        one.run(steps=100, progress=False, watch=None)
    assert global_state.digest(global_state.gather(again.core)) == global_state.digest(global_state.gather(sim.core))
