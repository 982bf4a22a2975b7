"""The rules of the house that no linter knows: sizes, references, light imports, the facade, where tests stand.

Each rule is a function from a file's text to what is wrong with it, so that each is first shown to catch a breach.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from writers.floors import floors, mechanism_folders

TESTS = Path(__file__).parent
HOUSE = TESTS.parent / "src" / "hebbstat"
MECHANISM_FOLDERS = mechanism_folders()
FLOOR_0 = set(floors()[0])
FACADE_USERS = {part for parts in floors()[4:] for part in parts} | {"__main__"}

TOPICS = ("docs", "faults", "helpers", "invariants", "models", "project", "published", "strangers", "verify")
"""Folders of tests that stand for no part of the package: see CONTRIBUTING.md."""

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
MECHANISM_LINES_BELOW = 60  # blank lines not counted

Check = Callable[[str], Iterator[str]]


def files() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


def mechanism_files() -> list[Path]:
    """The files that each hold one mechanism; shared code of a folder stands in files named `_like_this.py`."""
    found = [path for folder in MECHANISM_FOLDERS for path in (HOUSE / folder).rglob("*.py")]
    return sorted(path for path in found if not path.name.startswith("_"))


def file_too_long(text: str) -> Iterator[str]:
    if (lines := len(text.splitlines())) > MOST_LINES_OF_A_FILE:
        yield f"{lines} lines, at most {MOST_LINES_OF_A_FILE}: which concept in it wants a file of its own?"


def mechanism_too_long(text: str) -> Iterator[str]:
    lines = sum(bool(line.strip()) for line in text.splitlines())
    if lines >= MECHANISM_LINES_BELOW:
        yield f"{lines} lines that are not blank; a mechanism has fewer than {MECHANISM_LINES_BELOW}"


def function_too_long(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MOST_LINES_OF_A_FUNCTION:
                yield f"{node.name}: {lines} lines, at most {MOST_LINES_OF_A_FUNCTION}"


def class_without_reference(text: str) -> Iterator[str]:
    """A reference is a doi, or authors with the year, as in `Song, Miller & Abbott 2000`."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            documentation = ast.get_docstring(node) or ""
            if not re.search(r"doi:10\.\d{4,}/\S+|[A-Z]\w+[^.\n]* \(?(1[89]|20)\d\d\b", documentation):
                yield f"{node.name}: its docstring names no reference (a doi, or authors and year)"


def imported(text: str) -> Iterator[str]:
    """The full names of what a file imports from the package; `from a import b` counts as `a.b`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "hebbstat")
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide the floor: write `from hebbstat.x import y`"
            if node.module and node.module.split(".")[0] == "hebbstat":
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def mechanism_imports_too_much(text: str) -> Iterator[str]:
    """Mechanisms never import each other: only floor 0, and private helpers of a folder."""
    for name in imported(text):
        parts = name.split(".")[1:]
        helper = len(parts) > 1 and parts[0] in MECHANISM_FOLDERS and parts[1].startswith("_")
        if not helper and (not parts or parts[0] not in FLOOR_0):
            yield f"imports {name}; a mechanism imports floor 0 only ({', '.join(sorted(FLOOR_0))})"


def uses_the_facade(text: str) -> Iterator[str]:
    """`import hebbstat as hs` reaches every floor, which import-linter can't see through."""
    parts = {path.stem for path in HOUSE.iterdir()} | FLOOR_0
    for name in imported(text):
        if name == "hebbstat" or (name.count(".") == 1 and name.split(".")[1] not in parts):
            yield f"imports {name} through the package itself; below floor 4 name the module: hebbstat.<module>"


def asks_text_of_a_kernel(text: str) -> Iterator[str]:
    """What is known of a kernel is asked of its tree: nobody but the writer of modules has its text."""
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        if "re" in names:
            yield "imports re: text of kernels is not searched; walk the tree (codegen/ir.py)"
        if any(name.endswith("codegen.printing") for name in names):
            yield "imports codegen.printing: text comes last, in codegen/module.py"


def astray(tests: Path, house: Path) -> Iterator[str]:
    """What stands in the wrong place: tests mirror the package, and what they share is in `helpers`."""
    for path in sorted(tests.rglob("*.*")):
        folder, name = path.relative_to(tests).parent, path.name
        if path.is_dir() or {"__pycache__", *TOPICS} & set(folder.parts):
            continue
        if folder == Path():
            if name not in ("conftest.py", "test_house.py"):
                yield f"{name}: put tests into the folder of what they test, helpers into helpers/"
        elif not (house / folder).is_dir():
            yield f"{folder.as_posix()}/{name}: no folder of the package is called so, nor one of {', '.join(TOPICS)}"
        elif not name.startswith("test_"):
            yield f"{folder.as_posix()}/{name}: is no test; what tests share stands in helpers/"


def hold(check: Check, paths: list[Path]) -> None:
    """Fail with every breach in these files, a line each."""
    texts = {path.relative_to(HOUSE).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    found = [f"{name}: {wrong}" for name, text in texts.items() for wrong in check(text)]
    assert not found, "\n".join(["breaches of a house rule:", *found])


def lower_floors() -> list[Path]:
    return [path for path in files() if path.relative_to(HOUSE).parts[0].removesuffix(".py") not in FACADE_USERS]


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * MOST_LINES_OF_A_FUNCTION
BREACHES: list[tuple[Check, str, str]] = [
    (file_too_long, "\n" * (MOST_LINES_OF_A_FILE + 1), "\n" * MOST_LINES_OF_A_FILE),
    (mechanism_too_long, "x = 1\n" * MECHANISM_LINES_BELOW, "x = 1\n\n" * (MECHANISM_LINES_BELOW - 1)),
    (function_too_long, LONG_FUNCTION, LONG_FUNCTION.replace("    x = 1\n", "", 1)),
    (class_without_reference, "class A:\n    '''A rule.'''", "class A:\n    '''Song & Abbott 2000.'''"),
    (class_without_reference, "class A:\n    x = 2000", "class A:\n    '''From doi:10.1038/78829.'''"),
    (mechanism_imports_too_much, "import hebbstat as hs", "from hebbstat.contract.mechanism import Plasticity"),
    (mechanism_imports_too_much, "from hebbstat.neurons.lif import LIF", "from hebbstat.neurons._lif import f"),
    (uses_the_facade, "from hebbstat import LIF", "from hebbstat import contract"),
    (uses_the_facade, "import hebbstat as hs", "import hebbstat.contract.errors"),
    (asks_text_of_a_kernel, "import re", "import ast"),
    (asks_text_of_a_kernel, "from re import sub", "from dataclasses import replace"),
    (asks_text_of_a_kernel, "from hebbstat.engine.codegen.printing import Printer", "from hebbstat.engine import ir"),
]


@pytest.mark.parametrize(("check", "bad", "good"), BREACHES)
def test_each_rule_catches_its_breach_and_nothing_else(check: Check, bad: str, good: str) -> None:
    assert list(check(bad))
    assert not list(check(good))


def test_files_stay_small() -> None:
    assert files()
    hold(file_too_long, files())


def test_functions_stay_small() -> None:
    hold(function_too_long, files())


def test_a_mechanism_is_one_small_file() -> None:
    hold(mechanism_too_long, mechanism_files())


def test_mechanisms_name_their_reference() -> None:
    hold(class_without_reference, mechanism_files())


def test_mechanisms_import_floor_0_only() -> None:
    hold(mechanism_imports_too_much, mechanism_files())


def test_lower_floors_do_not_use_the_facade() -> None:
    hold(uses_the_facade, [path for path in lower_floors() if path != HOUSE / "__init__.py"])


def test_text_of_kernels_is_not_searched() -> None:
    rooms = [HOUSE / "engine" / room for room in ("codegen", "inspect", "plan")]
    may = {"codegen/module.py": "prints", "plan/model.py": "makes identifiers of names"}
    paths = [path for room in rooms for path in room.glob("*.py")]
    hold(asks_text_of_a_kernel, [path for path in paths if f"{path.parent.name}/{path.name}" not in may])


def test_importing_the_package_is_light() -> None:
    program = "import sys, hebbstat; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"torch", "matplotlib", "sklearn"} & set(done.stdout.split())


def test_tests_mirror_the_package(tmp_path: Path) -> None:
    assert not list(astray(TESTS, HOUSE))
    for name in ("conftest.py", "engine/run/test_a.py", "helpers/a.py", "engine/b.py", "lost/test_b.py", "test_a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    wrong = [text.partition(":")[0] for text in astray(tmp_path, HOUSE)]
    assert wrong == ["engine/b.py", "lost/test_b.py", "test_a.py"]
