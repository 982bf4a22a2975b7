"""B2: one run at a time writes to a folder; a killed one is in nobody's way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.toys import SLOW, SMALLEST, written

from hebbstat.cli import call
from hebbstat.contract.errors import BadValueError
from hebbstat.experiments.digits import Settings
from hebbstat.experiments.digits.search import search


def first(toy: Path, out: Path) -> subprocess.Popen[str]:
    """A run in another process, which has finished its first seed and is at its second."""
    command = [sys.executable, "-m", "hebbstat", "run", str(toy), "--seeds", "3", "--threads", "1", "--out", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    result, until = out / "result.json", time.time() + 60
    while time.time() < until and not (result.exists() and '"seed": 0' in result.read_text()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    return process


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
def test_b2_a_second_run_is_refused_and_a_killed_one_is_taken_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toy = written(tmp_path, SLOW.replace("time.sleep(60)", "time.sleep(60 * (not Path('go').exists()))"))
    toy.write_text("from pathlib import Path\n" + toy.read_text().replace("'go'", repr(str(tmp_path / "go"))))
    out = tmp_path / "out"
    process = first(toy, out)
    try:
        small = str(written(tmp_path, SMALLEST, "small.py"))
        for command in (["run", small, "--out", str(out)], ["run", "--resume", str(out)], ["run", str(toy)]):
            command += ["--out", f"{out}/../out"] * (command[-1] == str(toy))
            assert call(command) == 1
            told = capsys.readouterr().err
            assert f"is being written to by another run (process {process.pid} " in told and told.count("\n") == 1
        assert json.loads((out / "result.json").read_text())["experiment"] == "toy"  # nothing was lost
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    assert (out / ".lock").exists()  # which means nothing
    (tmp_path / "go").touch()
    assert call(["run", "--resume", str(out)]) == 0
    assert [run["numbers"]["x"] for run in json.loads((out / "result.json").read_text())["runs"]] == [1, 2, 3]
    assert not (out / ".lock").exists()


def test_b2_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    from hebbstat.experiments.lab.lock import Lock

    lock = Lock(tmp_path)
    with pytest.raises(BadValueError, match=rf"process {os.getpid()} "):
        Lock(tmp_path)
    lock.release()
    assert not list(tmp_path.iterdir())
    Lock(tmp_path)  # not kept: gone with its object
    again = Lock(tmp_path)
    again.release()
    again.release()
    (tmp_path / ".lock").write_text("process 1 on elsewhere since 00:00:00")
    Lock(tmp_path).release()


def test_b2_a_refused_run_leaves_the_folder_free(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from hebbstat.experiments.lab.lock import Lock

    toy = str(written(tmp_path, SMALLEST))
    assert call(["run", toy, "--out", str(tmp_path)]) == 1  # holds other files
    assert "holds other files" in capsys.readouterr().err
    Lock(tmp_path).release()


def test_b2_two_searches_do_not_share_a_folder(tmp_path: Path) -> None:
    from hebbstat.experiments.lab.lock import Lock

    lock = Lock(tmp_path)
    with pytest.raises(BadValueError, match="is being written to"):
        search(Settings(), 1, ["untrained"], 0, tmp_path, 1, None)  # type: ignore[arg-type]
    lock.release()
    (tmp_path / "candidates.jsonl").write_text("")
    with pytest.raises(BadValueError, match="another search"):
        search(Settings(), 1, ["untrained"], 0, tmp_path, 1, None)  # type: ignore[arg-type]


def test_b2_runs_of_one_second_get_folders_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hebbstat.cli.running import _folder_of_its_own

    monkeypatch.chdir(tmp_path)
    assert len({_folder_of_its_own("toy") for _ in range(5)}) == 5
