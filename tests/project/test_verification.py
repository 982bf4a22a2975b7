"""docs/verification.md is written by a run of all of `make verify`, and by nothing less."""

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
WHOLE = "-m verify"
PARTS = ("-m verify tests", "-m verify -k one", "-m verify --deselect tests/test_it.py::test_two", "")


@pytest.mark.parametrize("options", (WHOLE, *PARTS))
def test_only_a_run_of_everything_writes_the_file(tmp_path: Path, options: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "tests" / "test_it.py").write_text(TESTS)
    shutil.copy(Path(__file__).parents[1] / "conftest.py", tmp_path / "tests")
    subprocess.run([sys.executable, "-m", "pytest", *options.split()], cwd=tmp_path, check=True, capture_output=True)
    written = tmp_path / "docs" / "verification.md"
    assert written.exists() == (options == WHOLE)
    if written.exists():
        assert "| tests/test_it.py::test_one | 1 | 0 | seed 7, 3 cases |" in written.read_text()
        assert "- tests: 2 passed, 0 failed" in written.read_text()
