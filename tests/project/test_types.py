"""What type checkers see of the package: a user's script, the examples, and the stub of the names loaded when used."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.stub import STUB, text

import hebbstat as hs

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "helpers" / "typed_user.py"


def test_the_stub_has_the_names_of_the_package() -> None:
    assert STUB.read_text(encoding="utf-8") == text(), "run `python tests/helpers/stub.py`"


@pytest.fixture(scope="module")
def seen(request: pytest.FixtureRequest) -> dict[str, list[tuple[int, str]]]:
    """What mypy says of the script and of the examples, by file: (line, text)."""
    pytest.importorskip("mypy")
    cache = request.config.cache.mkdir("mypy")  # type: ignore[union-attr]
    files = [SCRIPT, *sorted((ROOT / "examples").rglob("*.py"))]
    options = ["--strict", "--follow-imports=silent", "--config-file=", f"--cache-dir={cache}", "--no-error-summary"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *map(str, files)],
        capture_output=True, text=True, env={**os.environ, "MYPYPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert not done.stderr, done.stderr
    found: dict[str, list[tuple[int, str]]] = {}
    for line in done.stdout.splitlines():
        path, number, said = re.match(r"(.+?):(\d+): (.*)", line).groups()  # type: ignore[union-attr]
        found.setdefault(Path(path).name, []).append((int(number), said))
    return found


def test_a_users_script_has_types(seen: dict[str, list[tuple[int, str]]]) -> None:
    """Each line of the script that ends in a comment says what is seen there, and nothing is seen anywhere else."""
    wanted = {}
    for number, line in enumerate(SCRIPT.read_text(encoding="utf-8").splitlines(), 1):
        if revealed := re.search(r"^reveal_type\(.*\)  # (\w+)$", line):
            wanted[number] = rf'note: Revealed type is "([\w.]+\.)?{revealed[1]}(\[.*)?"$'
        elif error := re.search(r"  # (error: .*)$", line):
            wanted[number] = re.escape(error[1])
    said = {number: text for number, text in seen[SCRIPT.name] if "note:" not in text or "Revealed" in text}
    assert said.keys() == wanted.keys(), seen[SCRIPT.name]
    for number, pattern in wanted.items():
        assert re.match(pattern, said[number]), f"line {number}: {said[number]}"


def test_the_examples_are_strict(seen: dict[str, list[tuple[int, str]]]) -> None:
    assert {name: said for name, said in seen.items() if name != SCRIPT.name} == {}


def test_every_public_name_is_in_the_stub_and_in_dir() -> None:
    assert set(hs.__all__) <= set(dir(hs))
    assert all(f" as {name}\n" in STUB.read_text(encoding="utf-8") for name in hs.__all__ if name != "__version__")
