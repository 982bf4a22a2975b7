"""An experiment that was killed goes on where it was, and gives the same numbers as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from helpers.toys import KEPT, PLAIN, SMALLEST, written

from hebbstat.cli import call
from hebbstat.contract.errors import BadValueError
from hebbstat.experiments.digits import Settings as Digits
from hebbstat.experiments.digits import run as digits
from hebbstat.experiments.lab.place import Place, seconds_of
from hebbstat.experiments.lab.store import Result


def killed(arguments: list[str], out: Path, when: str) -> None:
    """Run in another process and kill it once a file is there; its workers must end by themselves."""
    command = [sys.executable, "-m", "hebbstat", *arguments, "--out", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    until = time.time() + 120
    while time.time() < until and process.poll() is None and not list(out.glob(when)):
        time.sleep(0.02)
    assert process.poll() is None, process.communicate()[1]
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)  # until nobody has the error stream any more


def equal(one: Path, other: Path) -> None:
    """Results that are the same but for times."""
    a, b = Result.open(one), Result.open(other)
    for name in set(a.json) - {"seconds", "provenance", "runs"}:
        assert a.json[name] == b.json[name], name
    numbers = [[(run["arm"], run["seed"], run["numbers"]) for run in result.json["runs"]] for result in (a, b)]
    assert numbers[0] == numbers[1]
    for arm in a.json["arms"]:
        for name in ("first", "second"):
            for seed, values in a.arrays(arm, name).items():
                assert np.array_equal(values, b.arrays(arm, name)[seed]), (arm, name, seed)


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
@pytest.mark.parametrize("threads", ["1", "2"])
def test_kill_9_and_resume_give_the_same_numbers(tmp_path: Path, threads: str) -> None:
    toy, whole, out = str(written(tmp_path, KEPT)), tmp_path / "whole", tmp_path / "out"
    assert call(["run", toy, "--threads", "1", "--out", str(whole)]) == 0
    arguments = ["run", toy, "--threads", threads, "--checkpoint", "every=0.1s"]
    killed(arguments, out, "checkpoints/static/seed0/*.ckpt")
    assert Result.open(out).json["status"] == "running"
    done = len(Result.open(out).json["runs"])
    assert done < 4 and list(out.glob("checkpoints/*/*/*.ckpt"))
    assert call(["run", "--resume", str(out), "--threads", threads]) == 0
    equal(whole, out)
    assert not (out / "checkpoints").exists()
    assert call(["run", "--resume", str(out)]) == 0  # nothing is left to do
    equal(whole, out)


def test_a_run_that_is_resumed_starts_from_its_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hebbstat.engine.core import Core

    settings = Digits(neurons=20, images=80, passes=1, show=100.0, pause=50.0, test_show=100.0, robustness=False)
    whole, steps = digits(settings, 1, "everything"), []
    advance = Core.advance

    def broken(core: Core, number: int) -> int:
        done = advance(core, min(number, 700))
        steps.append(core.step_count)
        if core.step_count > 9000 and core.frozen_since is None and len(steps) < 40:
            raise MemoryError
        return done

    place = Place(tmp_path, 0.0)
    monkeypatch.setattr(Core, "advance", broken)
    with pytest.raises(MemoryError):
        digits(settings, 1, "everything", place)
    kept, steps[:] = sorted(tmp_path.iterdir()), [0] * 40
    assert [path.name for path in kept] == ["training0.ckpt"]
    again = digits(settings, 1, "everything", place)
    assert steps[40] > 1000  # not from the start
    assert again.keys() == whole.keys()
    assert all(np.array_equal(again[name], whole[name], equal_nan=True) for name in whole)


def test_what_cannot_be_resumed_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toy, out = str(written(tmp_path, PLAIN)), tmp_path / "out"
    assert call(["run", toy, "--threads", "1", "--checkpoint", "60s"]) == 1
    assert "its run() takes no `place`" in capsys.readouterr().err
    assert call(["run", toy, "--threads", "1", "--out", str(out)]) == 0
    assert call(["run", "--resume", str(out), "--seeds", "9"]) == 2
    assert "only --threads and --checkpoint may vary" in capsys.readouterr().err
    assert call(["run", "digits", "--resume", str(out)]) == 1
    assert "holds the experiment toy, not digits" in capsys.readouterr().err
    assert call(["run", "--resume", str(tmp_path)]) == 1
    assert "no result.json" in capsys.readouterr().err
    found = json.loads((out / "result.json").read_text())
    (out / "result.json").write_text(json.dumps(found | {"configuration_sha256": "0"}))
    assert call(["run", "--resume", str(out)]) == 1
    assert "has changed since" in capsys.readouterr().err


def test_only_missing_runs_are_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toy, out = str(written(tmp_path, SMALLEST)), tmp_path / "out"
    assert call(["run", toy, "--threads", "1", "--seeds", "3", "--out", str(out)]) == 0
    found = json.loads((out / "result.json").read_text())
    found["runs"] = [run for run in found["runs"] if run["seed"] != 1]
    found["status"] = "running"
    (out / "result.json").write_text(json.dumps(found))
    capsys.readouterr()
    assert call(["run", "--resume", str(out), "--threads", "1"]) == 0
    told = capsys.readouterr().err
    assert "1/1  all, seed 1" in told and "seed 2" not in told
    assert Result.open(out).numbers("all", "x") == [0.0, 1.0, 2.0]


def test_times_between_checkpoints() -> None:
    assert [seconds_of(text) for text in ("every=60s", "60s", "1.5min", "2h")] == [60, 60, 90, 7200]
    with pytest.raises(BadValueError, match="every=60s, 5min or 1h, not 'often'"):
        seconds_of("often")
    assert Place().checkpoint("training") is None
