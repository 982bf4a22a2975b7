"""docs/verification.md has a row for each group of tests that `make verify` ran whole."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = """
[tool.pytest.ini_options]
testpaths = ["tests"]
markers = ["verify: long"]
"""
TESTS = """
import pytest

@pytest.mark.verify
def test_one(record_property):
    record_property("said", "seed 7, 3 cases")

@pytest.mark.verify
def test_two():
    pass
"""
MANY = """
import pytest

@pytest.mark.verify
@pytest.mark.parametrize("number", [1, 2, 3])
def test_many(number, record_property):
    record_property("said", f"number {number} | fine")
    assert number < STOP
"""


def run(tmp_path: Path, options: str, stop: int = 9) -> str:
    """What the file says after a run of a small project."""
    (tmp_path / "docs").mkdir(exist_ok=True)
    (tmp_path / "tests").mkdir(exist_ok=True)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "tests" / "test_it.py").write_text(TESTS)
    (tmp_path / "tests" / "test_more.py").write_text(MANY.replace("STOP", str(stop)))
    shutil.copy(Path(__file__).parents[1] / "conftest.py", tmp_path / "tests")
    subprocess.run([sys.executable, "-m", "pytest", *options.split()], cwd=tmp_path, check=False, capture_output=True)
    written = tmp_path / "docs" / "verification.md"
    return written.read_text(encoding="utf-8") if written.exists() else ""


def test_a_run_writes_a_row_for_each_group(tmp_path: Path) -> None:
    text = run(tmp_path, "-m verify -n 1")
    assert re.search(r"^\| tests/test_it.py::test_one \| 1 \| 0 \| 0 \| .*cores \| seed 7, 3 cases \|$", text, re.M)
    assert "| tests/test_it.py::test_two | 1 | 0 |" in text and "| tests/test_more.py::test_many | 3 | 0 |" in text


def test_a_run_of_a_part_leaves_the_other_rows(tmp_path: Path) -> None:
    before = run(tmp_path, "-m verify tests/test_it.py")
    assert "test_one" in before and "test_many" not in before
    after = run(tmp_path, "-m verify tests/test_more.py", stop=3)
    assert set(before.splitlines()) < set(after.splitlines())
    assert "| tests/test_more.py::test_many | 2 | 1 |" in after


def test_rows_of_tests_that_are_gone_go(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "verification.md").write_text("| tests/test_it.py::test_old | 1 | 0 | 1 | a |  |\n")
    text = run(tmp_path, "-m verify")
    assert "test_old" not in text and "test_two" in text


@pytest.mark.parametrize("options", ["-m verify tests/test_it.py::test_one"])
def test_a_run_of_chosen_tests_writes_nothing(tmp_path: Path, options: str) -> None:
    assert run(tmp_path, options) == ""


def test_a_group_that_is_cut_short_is_not_written(tmp_path: Path) -> None:
    text = run(tmp_path, "-m verify -x", stop=2)
    assert "test_one" in text and "test_many" not in text
