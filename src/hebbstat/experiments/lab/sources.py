"""What the numbers of an experiment depend on beside its settings: its code and the files it reads, by sha256.

Kept with every result, so that `--resume` never puts runs of two versions into one mean.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import hebbstat
from hebbstat import experiments

ITSELF = "hebbstat"
NO_NUMBERS = {"cli", "report", "experiments"}  # parts of the package that no number of another experiment depends on
SETTINGS_FILES = {".json", ".toml", ".yaml", ".yml", ".ini", ".cfg"}


def code_of(locator: str) -> dict[str, str]:
    """The sha256 of each file that an experiment consists of, by name, and one of the package that it runs on.

    Of a built-in experiment: all files of its module or package. Of a user's file: itself, the modules beside it that
    it imports, and settings files that it names; and what these import and name.
    """
    if locator.endswith(".py"):
        files = _of_a_file(Path(locator))
    else:
        files = _of_a_package(Path(experiments.__path__[0]), locator)
    found = {name: digest(path.read_bytes()) for name, path in sorted(files.items())}
    root = Path(hebbstat.__file__).parent
    parts = [path for path in sorted(root.rglob("*.py")) if path.relative_to(root).parts[0] not in NO_NUMBERS]
    return found | {ITSELF: digest(b"".join(path.read_bytes() for path in parts))}


def files_in(settings: Mapping[str, Any]) -> dict[str, str]:
    """The sha256 of each file that a setting names, by the setting's name."""
    found = {}
    for name, value in settings.items():
        for text in value.split(",") if isinstance(value, str) else []:
            if _is_file(path := Path(text).expanduser()):
                with path.open("rb") as file:
                    found[f"{name}={text}"] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def digest(content: bytes) -> str:
    """A sha256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is not as it was, in words: 'toy.py', 'helper.py (new)', 'data.npz (gone)'."""
    changed = [name for name in before if name in now and before[name] != now[name]]
    gone = [f"{name} (gone)" for name in before if name not in now]
    return [*changed, *gone, *(f"{name} (new)" for name in now if name not in before)]


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between two results of one experiment, so that their runs would not belong together."""
    found = differences(before["sources"], now["sources"])
    for name, value in now["settings"].items():
        if name in before["settings"] and before["settings"][name] != value:
            found.append(f"setting {name} ({before['settings'][name]!r}, now {value!r})")
    found += [f"setting {name}" for name in before["settings"].keys() ^ now["settings"].keys()]
    words = {"arm_settings": "settings of single arms", "seeds": "seeds", "arms": "arms", "baselines": "baselines"}
    found += [text for name, text in words.items() if before[name] != now[name]]
    if not found and before["configuration_sha256"] != now["configuration_sha256"]:
        found.append("configuration_sha256 in result.json")
    return found


def _of_a_package(folder: Path, name: str) -> dict[str, Path]:
    if (folder / f"{name}.py").is_file():
        return {f"{name}.py": folder / f"{name}.py"}
    return {path.relative_to(folder).as_posix(): path for path in _within(folder / name)}


def _within(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _of_a_file(first: Path) -> dict[str, Path]:
    """The file and all that it brings with it from its own folder."""
    found: dict[str, Path] = {}
    waiting = [first]
    while waiting:
        path = waiting.pop()
        name = path.relative_to(first.parent).as_posix() if path.is_relative_to(first.parent) else str(path)
        if name not in found:
            found[name] = path
            waiting += _brought(path, first.parent) if path.suffix == ".py" else []
    return found


def _brought(path: Path, folder: Path) -> Iterator[Path]:
    """What a file of Python imports from this folder or its own, and the settings files that it names."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from _modules((alias.name for alias in node.names), folder)
        elif isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from _modules(names, path.parents[node.level - 1] if node.level else folder)
        elif isinstance(node, ast.Constant) and Path(str(node.value)).suffix in SETTINGS_FILES:
            name = str(node.value)
            yield from (one for one in {folder / name, Path(name).absolute()} if _is_file(one))


def _modules(names: Iterable[str], folder: Path) -> Iterator[Path]:
    """The files of modules and packages in a folder, whole packages at once."""
    for name in names:
        first = name.partition(".")[0]
        if _is_file(folder / f"{first}.py"):
            yield folder / f"{first}.py"
        if (folder / first).is_dir():
            yield from (folder / first).rglob("*.py")


def _is_file(path: Path) -> bool:
    """Whether that is a file; not an error for texts that are no path."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
