"""B8: a run that fails, or whose process is killed, ends no other; Ctrl-C twice still tells what is done."""

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

BAD = '''"""Fails in all ways, until there is a file."""
import os, signal, sys
from pathlib import Path
import numpy as np

arms = {arm: "" for arm in ("ok", "killed", "ends", "exits", "none", "prints", "array", "own", "last")}
seeds = 1

class Own(BaseException):
    def __str__(self):
        raise RuntimeError

def run(settings, seed, arm):
    print("a line of the experiment")
    if arm in ("ok", "last", "prints") or Path(GO).exists():
        return {"x": 1.0}
    if arm == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if arm == "ends":
        os._exit(0)
    if arm == "exits":
        raise SystemExit("enough\\n\\nof it")
    if arm == "own":
        raise Own
    if arm == "array":
        return {"zarr.json": np.zeros(3)}
'''
ERRORS = {
    "killed": "its process was killed by SIGKILL; was there enough memory?",
    "ends": "its process ended without a result, exit code 0",
    "exits": "SystemExit: enough of it (toy.py, line ",
    "none": "run() must return a dictionary of numbers and arrays, not NoneType",
    "array": "what it returned cannot be kept: ",
    "own": "Own (toy.py, line ",
}


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
def test_b8_what_fails_is_listed_and_tried_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toy, out = written(tmp_path, BAD.replace("GO", repr(str(tmp_path / "go")))), tmp_path / "out"
    assert call(["run", str(toy), "--threads", "1", "--out", str(out)]) == 1
    told = capsys.readouterr().err
    found = json.loads((out / "result.json").read_text())
    assert [run["arm"] for run in found["runs"]] == ["ok", "prints", "last"]
    assert {f["arm"] for f in found["failures"]} == set(ERRORS)
    for failure in found["failures"]:
        assert failure["error"].startswith(ERRORS[failure["arm"]]) and "\n" not in failure["error"]
        assert f"failed: {failure['arm']}, seed 0: {failure['error']}\n" in told
        trace = failure["trace"]
        assert (trace is None) == (failure["arm"] in ("killed", "ends"))
        assert trace is None or "Traceback" in (out / trace).read_text()
    assert f"to try these again: hebbstat run --resume {out}" in told and "Traceback" not in told
    (tmp_path / "go").touch()
    assert call(["run", "--resume", str(out), "--threads", "2"]) == 0
    told = capsys.readouterr().err
    assert f"{len(ERRORS)}/{len(ERRORS)}" in told and "ok, seed 0" not in told
    found = json.loads((out / "result.json").read_text())
    assert len(found["runs"]) == 9 and not found["failures"] and found["status"] == "complete"
    assert not (out / "failures").exists()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
@pytest.mark.parametrize(("presses", "gap"), [(2, 0.05), (5, 0.28)])
def test_b8_ctrl_c_again_still_tells(tmp_path: Path, presses: int, gap: float) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "hebbstat", "run", str(written(tmp_path, SLOW)), "--out", str(out)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    result, until = out / "result.json", time.time() + 60
    while time.time() < until and not (result.exists() and '"seed": 0' in result.read_text()):
        time.sleep(0.05)
    for _ in range(presses):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        time.sleep(gap)
    told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "1 of 3 runs are kept" in told[1] and "missing: seed 1: all; seed 2: all" in told[1]
    assert f"to go on: hebbstat run --resume {out}" in told[1] and "Traceback" not in told[1]
    assert json.loads(result.read_text())["status"] == "stopped"


def test_b8_a_full_disk_ends_the_batch_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, run: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hebbstat.experiments.lab.store._write_arrays", full)
    toy, out = str(written(tmp_path, SMALLEST)), tmp_path / "out"
    assert call(["run", toy, "--seeds", "1", "--out", str(out)]) == 1
    told = capsys.readouterr().err
    assert f"error: the results cannot be written to '{out}': No space left on device" in told and "--resume" in told
    monkeypatch.undo()
    assert call(["run", "--resume", str(out)]) == 0


def test_b8_a_folder_that_was_torn_by_a_crash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toy, out = str(written(tmp_path, SMALLEST)), tmp_path / "out"
    assert call(["run", toy, "--seeds", "1", "--out", str(out)]) == 0
    whole = (out / "result.json").read_text()
    (out / ".result.json.1234").write_text(whole[:50])  # a draft, by a kill within a write
    for torn in ("", whole[:-20], whole[: len(whole) // 2], "[]", '{"format": 1}'):
        (out / "result.json").write_text(torn)
        capsys.readouterr()
        for command in (["run", "--resume", str(out)], ["report", str(out)]):
            assert call(command) == 1
            told = capsys.readouterr().err
            assert "is damaged" in told and "run the experiment anew" in told and "report it" not in told
    assert call(["run", toy, "--seeds", "1", "--out", str(out)]) == 0
    assert not list(out.glob(".*"))


def test_b8_resume_takes_the_path_of_the_result_too(tmp_path: Path) -> None:
    toy, out = str(written(tmp_path, SMALLEST)), tmp_path / "out"
    assert call(["run", toy, "--seeds", "1", "--out", str(out)]) == 0
    assert call(["run", "--resume", str(out / "result.json")]) == 0


def test_b8_a_script_that_calls_the_command_line_is_not_run_again(tmp_path: Path) -> None:
    written(tmp_path, SMALLEST)
    script = "import sys\nfrom hebbstat.cli import call\nopen('count', 'a').write('x')\n"
    script += "sys.exit(call(['run', 'toy.py', '--seeds', '1', '--out', 'out']))\n"
    done = subprocess.run([sys.executable, str(written(tmp_path, script, "script.py"))], cwd=tmp_path, check=False)
    assert done.returncode == 0 and (tmp_path / "count").read_text() == "x"
