"""B7: the folder of kernels. What is damaged in it is compiled anew; from where others may write nothing is loaded."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hebbstat.engine.jit.cache import fingerprint, load
from hebbstat.network import compiled

TEXT = """
import numpy as np
from hebbstat.engine.jit.pipeline import kernel

@kernel
def run(values):
    total = 0.0
    for k in range(values.size):
        total += values[k] * {factor}
    return total
"""
VALUES = np.arange(4.0)
posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes")


def used(factor: float = 3.0) -> tuple[float, int, list[str]]:
    """What a small kernel gives, as in a new process; how often it was found on disk, and what was told."""
    compiled.tell_once.cache_clear()
    text = TEXT.format(factor=factor)
    sys.modules.pop(f"kernel_{fingerprint(text)}", None)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        made, _ = load(text)
        result = made.run(VALUES)
    return result, sum(made.run.stats.cache_hits.values()), [str(one.message) for one in told]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that holds the kernel."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("HEBBSTAT_CACHE", str(folder))
    assert used() == (18.0, 0, []) and used() == (18.0, 1, [])
    yield folder
    for name in [name for name, one in sys.modules.items() if name.startswith("kernel_") and hasattr(one, "run")]:
        if str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]
    gc.collect()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def one(folder: Path, end: str) -> Path:
    (found,) = folder.rglob(f"*{end}")
    return found


def one_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def extended(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\0" * 9)


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def another_pickle(file: Path) -> None:
    file.write_bytes(pickle.dumps(("0.0", {}, {})))


def a_link_to_nowhere(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.with_name("nowhere"))


DAMAGES = [one_byte, emptied, cut, extended, a_folder, another_pickle]


@pytest.mark.parametrize("end", [".nbi", ".nbc", ".py"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_b7_what_is_damaged_is_compiled_anew_and_then_kept(
    damage: Callable[[Path], None], end: str, cache: Path
) -> None:
    damage(one(cache, end))
    result, hits, told = used()
    assert result == 18.0 and (hits == 0) == (end != ".py")
    assert [("is damaged" in text) for text in told] == [True] * (end != ".py")
    assert used() == (18.0, 1, [])


@posix
def test_b7_links_to_nowhere_are_replaced(cache: Path) -> None:
    for end in (".nbi", ".nbc", ".py"):
        a_link_to_nowhere(one(cache, end))
        assert used()[0] == 18.0
        assert used() == (18.0, 1, [])


@pytest.mark.parametrize("end", [".nbi", ".nbc", ".py"])
def test_b7_files_of_another_kernel_are_not_taken(end: str, cache: Path) -> None:
    mine = one(cache, end)
    assert used(5.0)[0] == 30.0
    (other,) = (path for path in cache.rglob(f"*{end}") if path != mine)
    shutil.copy(other, mine)
    assert used()[0] == 18.0
    assert used() == (18.0, 1, []) and used(5.0) == (30.0, 1, [])


def test_b7_python_files_beside_kernels_are_not_run(cache: Path) -> None:
    """A `.pyc` would be taken for the text of a kernel, wherever it came from."""
    name = one(cache, ".py").stem
    evil = compile("raise SystemExit('taken over')", "evil", "exec")
    import importlib.util
    import marshal

    content = importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(evil)
    (cache / "__pycache__" / f"{name}.{sys.implementation.cache_tag}.pyc").write_bytes(content)
    one(cache, ".py").write_text("raise SystemExit('taken over')")
    assert used() == (18.0, 1, [])


@posix
@pytest.mark.parametrize("place", ["", "__pycache__"])
@pytest.mark.parametrize("mode", [0o777, 0o775, 0o757, 0o1777])
def test_b7_a_folder_that_others_may_write_to_is_not_loaded_from(place: str, mode: int, cache: Path) -> None:
    (cache / place).chmod(mode)
    before = [(path, path.read_bytes()) for path in files(cache)]
    result, hits, told = used()
    assert (result, hits) == (18.0, 0)
    assert len(told) == 1 and "may be written to by others" in told[0] and "chmod go-w" in told[0]
    assert [(path, path.read_bytes()) for path in files(cache)] == before
    (cache / place).chmod(0o755)
    assert used() == (18.0, 1, [])


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root gives files away")
def test_b7_what_belongs_to_somebody_else_is_not_loaded(cache: Path) -> None:
    os.chown(cache, 12345, -1)
    result, hits, told = used()
    assert (result, hits) == (18.0, 0) and "belongs to another user (number 12345)" in told[0]
    os.chown(cache, 0, -1)
    os.chown(one(cache, ".nbc"), 12345, -1)
    result, hits, told = used()
    assert (result, hits) == (18.0, 0) and "belongs to another user" in told[0]
    assert used() == (18.0, 1, [])


@posix
def test_b7_a_file_that_others_may_write_to_is_replaced(cache: Path) -> None:
    for end in (".nbi", ".nbc"):
        one(cache, end).chmod(0o666)
        result, hits, told = used()
        assert (result, hits) == (18.0, 0) and "may be written to by others" in told[0]
        assert one(cache, end).stat().st_mode & 0o077 == 0
        assert used() == (18.0, 1, [])


@posix
def test_b7_our_own_folder_is_private_whatever_the_umask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEBBSTAT_CACHE", str(tmp_path / "deep" / "cache"))
    before = os.umask(0)
    try:
        assert used() == (18.0, 0, []) and used() == (18.0, 1, [])
    finally:
        os.umask(before)


@pytest.mark.parametrize("way", ["a file", "a file inside", "a full folder"])
def test_b7_where_kernels_cannot_be_kept_it_is_told_once(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    monkeypatch.setenv("HEBBSTAT_CACHE", str(folder))
    if way == "a file":
        folder.write_text("in the way")
    elif way == "a file inside":
        folder.mkdir(mode=0o700)
        (folder / "__pycache__").write_text("in the way")
    else:
        used()
        file = one(folder, ".nbc")
        file.unlink()
        (file / "thesis").mkdir(parents=True)
    result, hits, told = used()
    assert (result, hits) == (18.0, 0)
    assert sum("cannot be kept" in text and "HEBBSTAT_CACHE=FOLDER" in text for text in told) == 1
    assert way != "a full folder" or (file / "thesis").is_dir()  # nothing is deleted that is not ours


FOLDERS = {
    "none": ({}, "HOME/.cache/hebbstat/kernels"),
    "empty": ({"XDG_CACHE_HOME": "", "HEBBSTAT_CACHE": ""}, "HOME/.cache/hebbstat/kernels"),
    "relative": ({"XDG_CACHE_HOME": "some/where"}, "HOME/.cache/hebbstat/kernels"),
    "of the desktop": ({"XDG_CACHE_HOME": "HOME/x"}, "HOME/x/hebbstat/kernels"),
    "of the desktop with ~": ({"XDG_CACHE_HOME": "~/x"}, "HOME/x/hebbstat/kernels"),
    "with ~": ({"HEBBSTAT_CACHE": "~/mine"}, "HOME/mine"),
    "of ours, relative": ({"HEBBSTAT_CACHE": "mine"}, "HERE/mine"),
    "of ours, with dots": ({"HEBBSTAT_CACHE": "./a/../mine"}, "HERE/mine"),
}


@posix
@pytest.mark.parametrize("case", FOLDERS)
def test_b7_the_folder_is_where_its_variables_say(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, wanted = FOLDERS[case]
    home, here = tmp_path / "home", tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CACHE_HOME", "HEBBSTAT_CACHE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value.replace("HOME", str(home)))
    path = Path(wanted.replace("HOME", str(home)).replace("HERE", str(here)))
    assert compiled.cache_folder() == path
    assert used() == (18.0, 0, [])
    assert list(path.glob("kernel_*.py")) and not [one for one in here.iterdir() if one.name != "mine"]


def test_b7_the_loops_that_draw_wiring_are_kept_there_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own; damaged, they are compiled anew."""
    monkeypatch.setenv("HEBBSTAT_CACHE", str(tmp_path / "cache"))
    program = "from hebbstat.network.wiring_kernels import mix; import numpy as np; print(mix(np.uint64(7)))"

    def run() -> tuple[str, str]:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
        return done.stdout, done.stderr

    first = run()
    kept = list((tmp_path / "cache" / "__pycache__").glob("wiring_kernels_*.nbc"))
    assert len(kept) == 1 and not first[1]
    one_byte(kept[0])
    again = run()
    assert again[0] == first[0] and "is damaged" in again[1]
    assert run() == first


def damaged_at_random(folder: Path, rng: np.random.Generator) -> str:
    """Some damage to one or two files."""
    told = []
    for _ in range(rng.integers(1, 3)):
        file = files(folder)[rng.integers(len(files(folder)))]
        kind, content = rng.integers(7), bytearray(file.read_bytes())
        if kind < 3 and content:
            for _ in range(rng.integers(1, 4)):
                content[rng.integers(len(content))] ^= int(rng.integers(1, 256))
            file.write_bytes(content)
        elif kind == 3:
            file.write_bytes(content[: rng.integers(len(content) + 1)])
        elif kind == 4:
            file.write_bytes(rng.bytes(rng.integers(1, 5000)))
        elif kind == 5:
            file.unlink()
        else:
            other: Any = files(folder)[rng.integers(len(files(folder)))]
            shutil.copy(other, file) if other != file else emptied(file)
        told.append(f"{kind} {file.name}")
        if not files(folder):
            break
    return ", ".join(told)


@pytest.mark.verify
def test_b7_two_hundred_damaged_folders(cache: Path, record_property: Callable[[str, object], None]) -> None:
    assert used(5.0)[0] == 30.0
    whole = cache.with_name("whole")
    shutil.copytree(cache, whole)
    healed = 0
    for seed in range(200):
        shutil.rmtree(cache)
        shutil.copytree(whole, cache)
        cache.chmod(0o700), (cache / "__pycache__").chmod(0o700)
        what = damaged_at_random(cache, np.random.default_rng(seed))
        for factor in (3.0, 5.0):
            result, hits, told = used(factor)
            assert result == 6.0 * factor, (seed, what, told)
            healed += not hits
            assert used(factor) == (6.0 * factor, 1, []), (seed, what)
    record_property("said", f"200 damaged folders of two kernels: {healed} compiled anew, all with the same result")
