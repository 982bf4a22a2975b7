"""C6: bad values on the command line get one clear line, at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.toys import PLAIN, written

from hebbstat.cli import call
from hebbstat.contract.errors import BadValueError
from hebbstat.experiments.lab.place import seconds_of

NINES = "9" * 5000
WRONG = {
    "no time between checkpoints": (["digits", "--checkpoint", "every=0s"], "every=0s must be a time above 0"),
    "a negative time": (["digits", "--checkpoint=-5s"], "-5s must be a time above 0"),
    "a time that is none": (["digits", "--checkpoint", "every=nans"], "a time such as every=60s, 5min or 1h"),
    "an infinite time": (["digits", "--checkpoint", "every=infh"], "a time such as every=60s, 5min or 1h"),
    "a unit that is none": (["digits", "--checkpoint", "5parsecs"], "its units are s, min, h"),
    "no unit": (["digits", "--checkpoint", "every=60"], "its units are s, min, h"),
    "more than a year": (["digits", "--checkpoint", f"{NINES}h"], "at most 8760h"),
    "a million million seeds": (["digits", "--seeds", "1000000000000"], "holds at most 10000, so use from 1 to 833"),
    "seeds in powers of ten": (["digits", "--seeds", "1e12"], "1e12 must be a whole number, at least 1, such as 5"),
    "no seeds": (["digits", "--seeds", "0"], "0 must be a whole number, at least 1"),
    "minus one seed": (["digits", "--seeds", "-1"], "-1 must be a whole number, at least 1"),
    "seeds in words": (["digits", "--seeds", "abc"], "abc must be a whole number, at least 1"),
    "thousands of nines": (["digits", "--seeds", NINES], "must be a whole number"),
    "a negative first seed": (["digits", "--seed", "-1"], "-1 must be a whole number, from 0 to 4294967295"),
    "a huge first seed": (["digits", "--seed", "4294967295"], "goes beyond the largest, 4294967295"),
    "no threads": (["digits", "--threads", "0"], "0 must be a whole number, at least 1"),
    "a huge search": (["digits", "--search", "1000000000"], "must be a whole number, from 1 to 10000"),
    "a huge setting": (["digits", "--set", "passes=1e12"], "passes=1000000000000.0 of digits must be a whole number"),
    "a tiny step": (["digits", "--set", "dt=1e-300"], "dt=1e-300 of digits must be a number, at least 0.01"),
    "a setting of NaN": (["digits", "--set", "drive=NaN"], "drive=nan of digits must be a number, above 0"),
    "a setting of nines": (["digits", "--set", f"passes={NINES}"], "... of digits must be a whole number"),
    "a deep setting": (["digits", "--set", "passes=" + "[" * 100_000], "... of digits must be a whole number"),
    "huge neurons": (["digits", "--neurons", "9" * 20], "GiB are free; use fewer neurons"),
    "a result that is a file": (["digits", "--out", "here.txt"], "--out here.txt is a file; name a folder"),
    "a file on the way": (["digits", "--quick", "--out", "here.txt/x"], "cannot be written to 'here.txt/x'"),
    "a name that is too long": (["digits", "--out", "a" * 300], "File name too long"),
    "a result that is none": (["--resume", "here.txt"], "'here.txt' is damaged"),
}


@pytest.mark.parametrize("case", WRONG)
def test_c6_bad_values_are_told_at_once(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.txt").write_text("mine")
    arguments, words = WRONG[case]
    assert call(["run", *arguments]) in (1, 2)
    told = capsys.readouterr().err
    assert words in told and len(told) < 1000, told
    assert "Traceback" not in told and "please report" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["here.txt"]
    assert (tmp_path / "here.txt").read_text() == "mine"


def test_c6_times_are_above_0_and_finite() -> None:
    assert [seconds_of(text) for text in ("every=0.1s", "2 min", "+1h")] == [0.1, 120.0, 3600.0]
    for text in ("0s", "0.0h", "-1s", "nan", "1e400s", "every=", "s", "", "1s2", "١s"):
        with pytest.raises(BadValueError, match="--checkpoint"):
            seconds_of(text)


def test_c6_more_processes_than_cores_are_capped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["run", str(written(tmp_path, PLAIN)), "--threads", "1000000", "--out", str(tmp_path / "out")]
    assert call(command) == 0
    assert "note: --threads 1000000 is more than this machine's cores" in capsys.readouterr().err


def test_c6_a_validator_of_a_users_own_is_heard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = PLAIN.replace(
        "    number: int",
        "    @pydantic.model_validator(mode='after')\n    def ok(self):\n"
        "        if self.number > 7:\n            raise ValueError('too many for this')\n        return self\n"
        "    number: int",
    )
    toy = str(written(tmp_path, text.replace("import numpy", "import pydantic\nimport numpy", 1)))
    assert call(["run", toy, "--set", "number=9", "--out", str(tmp_path / "out")]) == 1
    assert "too many for this" in capsys.readouterr().err
