"""A split run with save, a new process and load equals the uninterrupted run, bit for bit, wherever it is cut."""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.compositions import compose
from helpers.splitting import (
    continued,
    elsewhere,
    fingerprint,
    keep,
    opened,
    recorded,
    recorders,
    small_network,
    spikes,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import hebbstat as hs
from hebbstat.engine import core
from hebbstat.engine.checkpoint import archive
from hebbstat.engine.checkpoint.autosave import AutoSaver
from hebbstat.engine.plan.arrays import Role, Shape
from hebbstat.engine.state import global_state
from hebbstat.network.serialise import describe

STEPS = 600


def uninterrupted(seed: int) -> tuple[hs.Simulation, hs.Recording]:
    return _uninterrupted(seed, core.load)


@functools.cache
def _uninterrupted(seed: int, load: object) -> tuple[hs.Simulation, hs.Recording]:
    """A run of kernels that were loaded so: as compiled ones, or as plain Python."""
    net = compose(seed)
    sim = hs.Simulation(net, threads=1, quiet=True)
    return sim, sim.run(steps=STEPS, record=spikes(net), progress=False)


def expected(seed: int, cut: int) -> str:
    sim, recording = uninterrupted(seed)
    return fingerprint(sim, recording, cut * sim.net.dt)


def saved(folder: Path, seed: int, cuts: list[int], threads: int) -> list[Path]:
    """Checkpoints of one run at several steps."""
    sim, paths = hs.Simulation(compose(seed), threads=threads, quiet=True), []
    for cut in cuts:
        if cut > sim.step_count:
            sim.run(steps=cut - sim.step_count, progress=False)
        paths.append(sim.save(folder / f"{seed}_{cut}.ckpt"))
    return paths


def in_a_new_process(folder: Path, seed: int, number: int) -> None:
    """Cut a composition at random places; another process runs each on, with other numbers of threads."""
    rng = np.random.default_rng(seed)
    cuts = [0, 1, *sorted(rng.choice(np.arange(2, STEPS), number - 2, replace=False).tolist())]
    paths = saved(folder, seed, cuts, int(rng.integers(1, 5)))
    files = [f"{path}:{rng.integers(1, 5)}" for path in paths]
    process = elsewhere("continue", seed, STEPS, *files)
    found = json.loads(process.communicate(timeout=600)[0])
    assert found == [expected(seed, cut) for cut in cuts], f"composition {seed}, cuts {cuts}"


def test_another_process_goes_on_bit_for_bit(structure_run_often: int, tmp_path: Path) -> None:
    seed = structure_run_often
    assert expected(seed, 0) != expected(seed, 300)  # the fingerprint sees what spikes are left
    in_a_new_process(tmp_path, seed, 8)


@pytest.mark.verify
@pytest.mark.parametrize("first", range(0, 200, 10))
def test_two_hundred_compositions_go_on_in_another_process(
    first: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    for seed in range(first, first + 10):
        in_a_new_process(tmp_path, seed, 8)
    record_property("said", f"cut 8 times each: 10 equal, from {first} on")


def test_a_run_may_be_cut_anywhere_and_often(structure_run_often: int, tmp_path: Path) -> None:
    path, structure = tmp_path / "cut.ckpt", structure_run_often

    @settings(max_examples=settings.default.max_examples // 2)
    @given(cuts=st.sets(st.integers(0, STEPS), min_size=1, max_size=3), data=st.data())
    def holds(cuts: set[int], data: st.DataObject) -> None:
        sim = hs.Simulation(compose(structure), threads=data.draw(st.integers(1, 4)), quiet=True)
        for cut in sorted(cuts):
            if cut > sim.step_count:
                sim.run(steps=cut - sim.step_count, progress=False)
            sim.save(path)
            sim = opened(path, structure, data.draw(st.integers(1, 4)))
            assert sim.step_count == cut
        if max(cuts) < STEPS:
            assert continued(structure, STEPS, [(sim.save(path), 1)]) == [expected(structure, max(cuts))]
            sim.run(steps=STEPS - max(cuts), progress=False)
        assert fingerprint(sim) == fingerprint(uninterrupted(structure)[0])

    holds()


def test_what_is_gathered_does_not_depend_on_threads(structure: int) -> None:
    found = set()
    for threads in (1, 2, 4):
        sim = hs.Simulation(compose(structure), threads=threads, quiet=True)
        sim.run(steps=333, progress=False)
        found.add(global_state.digest(global_state.gather(sim.core)))
    assert len(found) == 1


FOLLOWS = (Role.STEP, Role.CLOCK, Role.PLAN, Role.KEY, Role.WIRING)


def test_nothing_that_a_run_changes_is_left_out(structure: int, tmp_path: Path) -> None:
    """What is not in a state follows from the description and the step; or is scratch, which is overwritten with
    nonsense after loading, and changes nothing."""
    sim = hs.Simulation(compose(structure), threads=2, quiet=True)
    sim.run(steps=300, progress=False)
    sim.save(tmp_path / "cut.ckpt")
    again = hs.Simulation.load(tmp_path / "cut.ckpt", compose(structure), threads=2, quiet=True)
    assert global_state.digest(global_state.gather(again.core)) == global_state.digest(global_state.gather(sim.core))
    shards, loaded = sim.core.layout.shards, again.core.layout.shards
    for group in global_state.groups(sim.core):
        for key, variable in group.arrays.items():
            if variable.role in FOLLOWS and not key.startswith("h_"):  # events that all rows have seen may stand there
                for one, other in zip(shards[group.name], loaded[group.name], strict=True):
                    np.testing.assert_array_equal(one[key], other[key], err_msg=f"{group.name}/{key}")
    for group in global_state.groups(again.core):
        for share in loaded[group.name]:
            for key, variable in group.arrays.items():
                if variable.role in (Role.SCRATCH, Role.HISTORY) and variable.shape is not Shape.RECORD:
                    used = share[key][: share["size"]] if key == "fired" else share[key]  # its end is filled with zeros
                    used[:] = 1 if used.dtype == np.uint8 else -7 if used.dtype.kind in "if" else 3
    recording = again.run(steps=STEPS - 300, record=spikes(again.net), progress=False)
    assert fingerprint(again, recording, 300 * sim.net.dt) == expected(structure, 300)


def test_saving_changes_nothing(structure: int, tmp_path: Path) -> None:
    sim = hs.Simulation(compose(structure), threads=2, quiet=True)
    parts = []
    for _ in range(6):
        parts.append(sim.run(steps=100, record=spikes(sim.net), progress=False))
        sim.save(tmp_path / "cut.ckpt")
    assert fingerprint(sim) == fingerprint(uninterrupted(structure)[0])


def test_profiling_makes_no_other_engine(tmp_path: Path) -> None:
    sim = hs.Simulation(small_network(), quiet=True, profile=True)
    path = sim.save(tmp_path / "cut.ckpt")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hs.Simulation.load(path, quiet=True)


def test_what_was_set_between_runs_is_kept(tmp_path: Path) -> None:
    found = []
    for cut in (False, True):
        sim = hs.Simulation(small_network(), threads=1, quiet=True)
        sim.run(steps=500)
        sim.set("exc", "tau_m", 12.3)
        sim.set("inputs", "rate", 90.1)
        if cut:
            sim = hs.Simulation.load(sim.save(tmp_path / "cut.ckpt"), quiet=True)
        sim.run(steps=500)
        sim.set("exc", "refractory", 1.0)  # derived values are computed anew from all parameters
        sim.run(steps=500)
        found.append(fingerprint(sim))
    assert found[0] == found[1]


def test_after_frozen_time_without_return(structure: int, tmp_path: Path) -> None:
    found = []
    for cut in (False, True):
        sim = hs.Simulation(compose(structure), threads=2, quiet=True)
        sim.run(steps=200, progress=False)
        with sim.frozen(restore=False):
            sim.run(steps=57, progress=False)
            with pytest.raises(hs.CheckpointError, match="frozen"):
                sim.save(tmp_path / "never.ckpt")
        if cut:
            sim = hs.Simulation.load(sim.save(tmp_path / "cut.ckpt"), compose(structure), threads=1, quiet=True)
        sim.run(steps=300, progress=False)
        found.append(fingerprint(sim))
    assert found[0] == found[1]
    assert not (tmp_path / "never.ckpt").exists()


@pytest.mark.usefixtures("kernels")
def test_double_precision_is_kept(tmp_path: Path) -> None:
    sim = hs.Simulation(small_network(), dtype="float64", quiet=True)
    sim.run(steps=500)
    again = hs.Simulation.load(sim.save(tmp_path / "cut.ckpt"), quiet=True)
    assert again.weights("inputs -> exc").dtype == np.float64
    for one in (sim, again):
        one.run(steps=500)
    assert fingerprint(sim) == fingerprint(again)


# --- which network, which rules -------------------------------------------------------------------------------------


class Tuned(hs.Plasticity):
    """A rule of this file's own."""

    gain: hs.units.Weight = 0.01

    @staticmethod
    def on_pre(gain, w):
        return gain * (1.0 - w)


class Retuned(Tuned):
    """The same rule after an edit."""

    @staticmethod
    def on_pre(gain, w):
        return gain * (2.0 - w)


Retuned.__qualname__ = "Tuned"


def described(seed: int = 3, tau: float = 20.0, rule: hs.Plasticity | None = None, **more: object) -> hs.Network:
    """A network with everything that a description has to hold."""
    net = hs.Network(dt=0.5, seed=seed)
    rates = hs.TimedArray(np.arange(12.0).reshape(3, 4) * 10, every=20.0, repeat=True)
    a = net.add(hs.PoissonSource(rate=rates), 4, "a", positions=np.arange(8.0).reshape(4, 2))
    b = net.add(hs.AdaptiveLIF(tau_m=hs.LogNormal(tau, cv=0.2)), 5, "b")
    c = net.add(hs.SpikeSource(), 2, "c", spikes=([5.0, 7.5, 300.0], [0, 1, 1]))
    release = hs.TsodyksMarkram(
        **hs.jointly(U=hs.Beta(0.5, sd=0.2), tau_rec=hs.LogNormal(80.0, cv=0.5), correlation=-0.6)
    )
    rules = [rule or hs.Eligibility(hs.SoftBounds(hs.PairSTDP(), 0.0, 4.0), period=5.0), hs.HardBounds(0.0, 5.0)]
    options = {"delay": hs.Uniform(0.5, 3.0), "receptor": hs.AMPA(), "release": release, "rules": rules} | more
    net.connect(a, b, hs.FixedProbability(0.7), weight=hs.Normal(3.0, sd=0.3), **options)
    net.connect(c, b, hs.FromPairs([0, 1, 1], [0, 2, 4]), weight=[1.0, 2.0, 3.0], receptor=hs.AMPA())
    return net


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sim = hs.Simulation(described(), threads=1, quiet=True)
    sim.run(steps=150)
    return sim.save(tmp_path_factory.mktemp("described") / "cut.ckpt")


def test_a_description_builds_the_same_network(cut: Path) -> None:
    whole_run = hs.Simulation(described(), threads=1, quiet=True)
    whole_run.run(steps=400)
    for net in (None, described()):
        sim = hs.Simulation.load(cut, net, threads=2, quiet=True)
        sim.run(steps=250)
        assert fingerprint(sim) == fingerprint(whole_run)
    assert describe(described())[0] == describe(hs.Simulation.load(cut, quiet=True).net)[0]


OTHERS = {
    "another seed": (lambda: described(seed=4), "of another network: seed was 3 and is 4"),
    "another parameter": (lambda: described(tau=21.0), r"'b', neuron, tau_m, mean was 20.0 and is 21.0"),
    "another rule": (
        lambda: described(rule=hs.TripletSTDP()),
        r"'a -> b', rules, 0, class was 'Eligibility' and is 'TripletSTDP'",
    ),
    "another delay": (lambda: described(delay=2.0), r"'a -> b', delay was Uniform and is 2.0"),
    "one more projection": (lambda: one_more(), "of another network"),
}


def one_more() -> hs.Network:
    net = described()
    net.connect("b", "b", hs.AllToAll(), weight=0.1)
    return net


@pytest.mark.parametrize("case", OTHERS)
def test_another_network_is_refused_and_the_difference_is_named(case: str, cut: Path) -> None:
    other, words = OTHERS[case]
    with pytest.raises(hs.CheckpointError, match=words):
        hs.Simulation.load(cut, other(), quiet=True)


def test_another_wiring_is_refused(cut: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = hs.FixedProbability.rows
    monkeypatch.setattr(hs.FixedProbability, "rows", lambda self, pre, post, key, n: drawn(self, pre, post, key + 1, n))
    with pytest.raises(hs.CheckpointError, match="'a -> b' is wired otherwise"):
        hs.Simulation.load(cut, quiet=True)


@pytest.mark.usefixtures("kernels")
def test_rules_that_changed_are_told(tmp_path: Path) -> None:
    sim = hs.Simulation(described(rule=Tuned()), threads=1, quiet=True)
    sim.run(steps=50)
    path = sim.save(tmp_path / "cut.ckpt")
    assert hs.Simulation.load(path, quiet=True).step_count == 50  # found: its module is imported
    with pytest.raises(hs.CheckpointError, match="the code of Tuned has changed"):
        hs.Simulation.load(path, described(rule=Retuned()), quiet=True)
    with pytest.warns(UserWarning, match="the code of Tuned has changed"):
        sim = hs.Simulation.load(path, described(rule=Retuned()), quiet=True, rules_changed=True)
    sim.run(steps=1)


def test_a_gate_that_changed_is_told(tmp_path: Path) -> None:
    sim = hs.Simulation(described(rule=hs.gated(hs.PairSTDP(), by=lambda w: 0.5 * w)), threads=1, quiet=True)
    path = sim.save(tmp_path / "cut.ckpt")
    with pytest.raises(hs.CheckpointError, match=r"a file holds no functions.*load\(path, net=net\)"):
        hs.Simulation.load(path, quiet=True)
    other = described(rule=hs.gated(hs.PairSTDP(), by=lambda w: 0.6 * w))
    with pytest.raises(hs.CheckpointError, match="the gates of rule 0 of 'a -> b'"):
        hs.Simulation.load(path, other, quiet=True)


def test_an_engine_that_changed_is_told(cut: Path, tmp_path: Path) -> None:
    header, arrays = archive.read(cut)
    archive.write(tmp_path / "old.ckpt", header | {"kernel": "another"}, arrays)
    with pytest.warns(UserWarning, match="not to the same last bit"):
        hs.Simulation.load(tmp_path / "old.ckpt", quiet=True)


def test_classes_that_are_not_imported_are_never_imported(cut: Path, tmp_path: Path) -> None:
    header, arrays = archive.read(cut)
    for path, words in (("antigravity:Rule", "which is not imported"), ("os:system", "not imported")):
        header["network"]["populations"][0]["neuron"]["class"] = path
        archive.write(tmp_path / "foreign.ckpt", header, arrays)
        with pytest.raises(hs.CheckpointError, match=words):
            hs.Simulation.load(tmp_path / "foreign.ckpt", quiet=True)
    assert "antigravity" not in sys.modules


# --- files ----------------------------------------------------------------------------------------------------------


def same(path: Path, content: bytes, original: tuple[dict, dict[str, np.ndarray]]) -> bool:
    """Whether these bytes are read as the original; if not, they must be refused."""
    path.write_bytes(content)
    try:
        header, arrays = archive.read(path)
    except hs.CheckpointError:
        return False
    assert header == original[0] and arrays.keys() == original[1].keys()
    assert all(
        np.array_equal(a, original[1][name]) and a.dtype == original[1][name].dtype for name, a in arrays.items()
    )
    return True


@settings(max_examples=200)
@given(data=st.data())
def test_a_truncated_file_is_refused(cut: Path, data: st.DataObject) -> None:
    content = cut.read_bytes()
    length = data.draw(st.integers(0, len(content) - 1))
    assert not same(cut.with_name("short.ckpt"), content[:length], archive.read(cut))


@settings(max_examples=300)
@given(data=st.data())
def test_flipped_bits_are_refused_or_change_nothing(cut: Path, data: st.DataObject) -> None:
    content = bytearray(cut.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    same(cut.with_name("flipped.ckpt"), bytes(content), archive.read(cut))


def test_values_that_were_changed_are_refused(cut: Path) -> None:
    """A flip in the middle of an array is no accident of the format: each must be seen."""
    content, original = cut.read_bytes(), archive.read(cut)
    for name, values in original[1].items():
        at = content.find(values.tobytes()) if values.nbytes > 16 else -1
        if at >= 0:
            wrong = bytearray(content)
            wrong[at + values.nbytes // 2] ^= 1
            assert not same(cut.with_name("wrong.ckpt"), bytes(wrong), original), name


def test_other_files_are_told_apart(cut: Path, tmp_path: Path) -> None:
    content = cut.read_bytes()
    newer = content.replace(b"hebbstat-checkpoint1\n", b"hebbstat-checkpoint7\n", 1)
    cases = {
        "text.ckpt": (b"once upon a time " * 100, "is not a checkpoint"),
        "empty.ckpt": (b"", "damaged or incomplete"),
        "half.ckpt": (content[: len(content) // 2], "damaged or incomplete"),
        "newer.ckpt": (newer, "later version"),
    }
    np.savez(tmp_path / "arrays.npz", x=np.arange(5))
    cases["zip.ckpt"] = ((tmp_path / "arrays.npz").read_bytes(), "is not a checkpoint")
    for name, (content, words) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(hs.CheckpointError, match=words):
            hs.Simulation.load(tmp_path / name)
    for path in (tmp_path / "nowhere.ckpt", tmp_path):
        with pytest.raises(hs.CheckpointError, match="no checkpoint"):
            hs.Simulation.load(path)


def test_numpy_opens_a_checkpoint(cut: Path) -> None:
    with np.load(cut) as found:
        assert np.array_equal(found["arrays/state/a -> b/w"], hs.Simulation.load(cut, quiet=True).weights("a -> b"))


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files")
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    import resource

    sim = hs.Simulation(small_network(), quiet=True)
    sim.run(steps=100)
    path = sim.save(tmp_path / "cut.ckpt")
    before = path.read_bytes()
    sim.run(steps=100)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (0, 100, len(before) // 2, len(before) - 100):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            with pytest.raises(hs.CheckpointError, match=r"could not be written: .*there before is unharmed"):
                sim.save(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert path.read_bytes() == before
        assert os.listdir(tmp_path) == ["cut.ckpt"]
    with pytest.raises(hs.CheckpointError, match="could not be written: No such file or directory"):
        sim.save(tmp_path / "nowhere" / "cut.ckpt")


# --- runs that are kept ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("streamed", [False, True])
def test_a_run_that_broke_off_gives_the_same_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, streamed: bool
) -> None:
    """Broken off after its third, fifth ... save; each time another simulation takes it up, with other threads."""
    out = tmp_path / "run.zarr" if streamed else None
    whole_run = hs.Simulation(small_network(), threads=1, quiet=True)
    uncut = whole_run.run(steps=20_000, record=recorders(), progress=False)
    wanted = recorded(uncut)
    save, path, places = AutoSaver.save, tmp_path / "run.ckpt", []

    class PowerCut(Exception):
        pass

    for threads, left in ((1, 3), (3, 5), (2, 4), (1, 10**9)):
        saves = 0

        def breaking(keeper: AutoSaver, left: int = left) -> None:
            nonlocal saves
            saves += 1
            if saves > left and keeper.core.step_count < 20_000:
                keeper.sink.flush()  # more than what is kept belongs to
                places.append(keeper.core.step_count)
                raise PowerCut
            save(keeper)

        monkeypatch.setattr(AutoSaver, "save", breaking)
        sim = hs.Simulation(small_network(), threads=threads, quiet=True)
        kept = hs.Checkpoint(path, every_s=0 if left < 10**9 else 60)  # the last is saved at its end
        try:
            recording = sim.run(steps=20_000, record=recorders(), checkpoint=kept, out=out, progress=False)
        except PowerCut:
            continue
    assert places == sorted(set(places)) and len(places) == 3
    assert recorded(recording) == wanted and fingerprint(sim) == fingerprint(whole_run)
    assert recording.health == uncut.health and len(uncut.health) == 1  # it runs away, told once
    again = hs.Simulation(small_network(), threads=2, quiet=True)  # a finished run is there at once
    recording = again.run(steps=20_000, record=recorders(), checkpoint=kept, out=out, progress=False)
    assert recorded(recording) == wanted
    assert again.step_count == 20_000


def test_only_the_same_run_is_taken_up(tmp_path: Path) -> None:
    kept = hs.Checkpoint(tmp_path / "run.ckpt")
    hs.Simulation(small_network(), quiet=True).run(steps=100, record=[hs.Spikes("exc")], checkpoint=kept)
    sim = hs.Simulation(small_network(), quiet=True)
    with pytest.raises(hs.CheckpointError, match="it has 100 steps, this one 200"):
        sim.run(steps=200, record=[hs.Spikes("exc")], checkpoint=kept)
    with pytest.raises(hs.CheckpointError, match=r"its recorders are \[Spikes\(of='exc'"):
        sim.run(steps=100, checkpoint=kept)
    sim.set("exc", "tau_m", 7.0)
    with pytest.raises(hs.CheckpointError, match="began from another state"):
        sim.run(steps=100, record=[hs.Spikes("exc")], checkpoint=kept)
    sim.run(steps=1)
    with pytest.raises(hs.CheckpointError, match="it began at step 0, this one at step 1"):
        sim.run(steps=100, record=[hs.Spikes("exc")], checkpoint=kept)
    sim.save(tmp_path / "run.ckpt")
    with pytest.raises(hs.CheckpointError, match="written by save"):
        sim.run(steps=100, record=[hs.Spikes("exc")], checkpoint=kept)
    with sim.frozen(), pytest.raises(hs.CheckpointError, match="frozen"):
        sim.run(steps=100, checkpoint=hs.Checkpoint(tmp_path / "other.ckpt"))
    with pytest.raises(hs.BadValueError, match="every_s=-1"):
        hs.Checkpoint("x", every_s=-1)


def test_a_run_outlives_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_write", full)
    sim = hs.Simulation(small_network(), quiet=True)
    with pytest.warns(UserWarning, match="No space left on device; the run goes on"):
        sim.run(steps=100, checkpoint=hs.Checkpoint(tmp_path / "run.ckpt"))
    assert sim.step_count == 100 and not os.listdir(tmp_path)


def kill_and_go_on(path: Path, kills: int, steps: int, draw: np.random.Generator) -> tuple[int, int]:
    """Kill a kept run at random moments, again and again, then let it end; how often it had got on, and the kills."""
    reached, wanted = [0], keep(None, 1, steps)
    for _ in range(kills):
        process = elsewhere("keep", path, int(draw.integers(1, 4)), steps)
        assert process.stdout is not None and process.stdout.readline() == "running\n"
        time.sleep(draw.uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if path.exists():
            reached.append(hs.Simulation.load(path, quiet=True).step_count)
    process = elsewhere("keep", path, 1, steps)
    assert process.communicate(timeout=300)[0].split() == ["running", wanted]
    assert reached == sorted(reached)
    assert not list(path.parent.glob(".*.draft"))
    return len(set(reached)) - 1, kills


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
def test_kill_9_at_random_moments(tmp_path: Path) -> None:
    got_on, _ = kill_and_go_on(tmp_path / "run.ckpt", 5, 200_000, np.random.default_rng(1))
    assert got_on >= 2


@pytest.mark.verify
@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
@pytest.mark.parametrize("seed", range(10))
def test_kill_9_at_a_hundred_random_moments(
    tmp_path: Path, seed: int, record_property: Callable[[str, object], None]
) -> None:
    got_on, kills = kill_and_go_on(tmp_path / "run.ckpt", 10, 400_000, np.random.default_rng(seed))
    record_property("said", f"seed {seed}: killed {kills} times, further on at {got_on} of them, the end the same")
    assert got_on >= 3
