"""The command line, as a new user would try it: what it prints, what it refuses, with which exit code."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.toys import FAILING, PLAIN, SLOW, SMALLEST, written
from typer.testing import CliRunner

import hebbstat
from hebbstat.cli import call
from hebbstat.cli.app import app
from hebbstat.cli.progress import clock


def test_version_and_help() -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["--version"]).output.strip() == f"hebbstat {hebbstat.__version__}"
    for command in ("list", "run", "report", "doctor"):
        assert command in runner.invoke(app, ["--help"]).output
        found = runner.invoke(app, [command, "--help"])
        assert found.exit_code == 0
    assert "hebbstat run digits" in runner.invoke(app, ["run", "--help"]).output


def test_list_shows_experiments_mechanisms_and_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["list"]) == 0
    found = capsys.readouterr().out
    assert "digits" in found and "hs.PairSTDP" in found
    assert call(["list", "digits"]) == 0
    assert "neurons" in capsys.readouterr().out
    assert call(["list", "PairSTDP"]) == 0
    found = capsys.readouterr().out
    assert "pre before post strengthens" in found and re.search(r"tau_plus +20 +above 0 ms +decay of the", found)
    assert re.search(r"A_plus +0.01 +any number in the weight's +strengthening by a pair", found)


def test_brackets_of_an_experiment_are_shown_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = '"""Is it [x/y] [/x]?\n\nText [/b]."""\narms = {"a [1]": "[/c]"}\ndef run(a, b, c):\n    return {"x": 1}\n'
    path = str(written(tmp_path, text))
    assert call(["list", path]) == 0
    shown = capsys.readouterr().out
    assert all(part in shown for part in ("Is it [x/y] [/x]?", "Text [/b].", "a [1]", "[/c]"))
    assert call(["run", path, "--threads", "1", "--seeds", "1", "--out", str(tmp_path / "out")]) == 0
    assert "a [1]" in capsys.readouterr().out


def test_it_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "hebbstat", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("hebbstat ")


def test_run_prints_the_table_and_where_the_report_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "out"
    assert (
        call(
            [
                "run",
                str(written(tmp_path, PLAIN)),
                "--threads",
                "1",
                "--set",
                "noise=0",
                "--seed",
                "7",
                "--out",
                str(out),
            ]
        )
        == 0
    )
    found = capsys.readouterr()
    assert "treated" in found.out and str(out / "report.html") in found.out.replace("\n", "")
    assert "6/6" in found.err
    assert call(["report", str(out)]) == 0
    assert call(["run", str(tmp_path / "toy.py"), "--quick", "--threads", "1", "--arm", "coin", "--out", str(out)]) == 0


def test_results_go_to_a_folder_of_their_own_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(["run", str(written(tmp_path, SMALLEST)), "--threads", "1"]) == 0
    assert [path.name.startswith("toy-") for path in (tmp_path / "results").iterdir()] == [True]


WRONG = {
    "an unknown experiment": (["run", "digit"], 1, "did you mean 'digits'"),
    "a file that is not there": (["run", "nowhere.py"], 1, "no file 'nowhere.py'"),
    "an unknown setting": (["run", "digits", "--set", "neuron=3"], 1, "did you mean 'neurons'"),
    "a value out of range": (
        ["run", "digits", "--neurons", "1"],
        1,
        "neurons=1 of digits must be a whole number, at least 2",
    ),
    "a value that is no number": (
        ["run", "digits", "--set", "passes=many"],
        1,
        "passes='many' of digits must be a whole number",
    ),
    "a setting without a value": (["run", "digits", "--set", "passes"], 1, "key=value"),
    "a missing data file": (["run", "digits", "--data", "mnist.npz"], 1, "no file 'mnist.npz'"),
    "more cells than memory holds": (["run", "digits", "--neurons", "1000000"], 1, "GiB are free; use fewer"),
    "a folder that cannot be made": (
        ["run", "digits", "--quick", "--out", f"{os.devnull}/results"],
        1,
        "cannot be written to",
    ),
    "an unknown arm": (["run", "digits", "--arm", "untrianed"], 1, "did you mean 'untrained'"),
    "a folder without results": (["report", "."], 1, "no result.json"),
    "an unknown thing to list": (["list", "digist"], 1, "did you mean 'digits'"),
    "no experiment": (["run"], 2, "Missing argument"),
    "an unknown command": (["ruin"], 2, "ruin"),
    "an unknown option": (["run", "digits", "--sed", "3"], 2, "--sed"),
    "no seeds": (["run", "digits", "--seeds", "0"], 2, "seeds"),
}


@pytest.mark.parametrize("case", WRONG)
def test_mistakes_get_one_line_and_no_traceback(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, code, words = WRONG[case]
    assert call(arguments) == code
    told = capsys.readouterr().err
    assert told.startswith("error: ") and words in told
    assert "Traceback" not in told
    assert not list(tmp_path.iterdir())  # nothing was begun


def test_a_failing_experiment_is_told_where_and_a_traceback_comes_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HEBBSTAT_DEBUG", raising=False)
    command = ["run", str(written(tmp_path, FAILING)), "--threads", "1", "--out", str(tmp_path / "out")]
    assert call(command) == 1
    told = capsys.readouterr().err
    assert "ZeroDivisionError: one too many (toy.py, line 5)" in told and "Traceback" not in told
    assert (tmp_path / "out" / "report.html").exists()
    monkeypatch.setenv("HEBBSTAT_DEBUG", "1")
    assert call(command) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
@pytest.mark.parametrize("threads", ["1", "2"])
def test_ctrl_c_keeps_what_is_done(tmp_path: Path, threads: str) -> None:
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "hebbstat",
        "run",
        str(written(tmp_path, SLOW)),
        "--threads",
        threads,
        "--seeds",
        "3",
        "--out",
        str(out),
    ]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )  # fmt: skip
    kept, until = out / "result.json", time.time() + 30
    while time.time() < until and not (kept.exists() and '"seed": 0' in kept.read_text()):
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes of the group
    told = process.communicate(timeout=120)
    assert process.returncode == 130, told
    assert "1 of 3 runs are kept" in told[1]
    assert "missing: seed 1: all; seed 2: all" in told[1] and "to go on: " in told[1]
    assert "Traceback" not in told[1]
    assert (out / "report.html").exists()


def test_durations_are_readable() -> None:
    assert [clock(s) for s in (3.4, 125)] == ["3 s", "2 min 05 s"]
