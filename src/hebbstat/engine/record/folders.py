"""Folders of recordings: made whole beside their place and moved there; nothing but a recording is ever replaced.

Whatever happens, a full disk or `kill -9`, at the place is nothing, or all of the former recording, or all of the new
one. In the moment between moving the former aside and the new one in, the former is still found under its second name.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hebbstat.contract.errors import DataError

FILES = re.compile(r"zarr\.json|[^/]+/zarr\.json|[^/]+/[^/]+/(zarr\.json|c(/\d+)*)")
"""The files of a recording: of the root, of its groups, of their arrays with their chunks."""
PARTIAL = re.compile(r"(.*/)?[^/]+\.[0-9a-f]{32}\.partial")
"""What zarr leaves of a file if it is killed while writing it."""


@contextmanager
def made(path: Path, replace: bool = False) -> Iterator[Path]:
    """A place for a new folder, which comes to `path` when the block ends without an error, and else is gone.

    Where something is there already, `DataError`, unless it is a recording and to be replaced.
    """
    path = Path(os.path.realpath(path))
    former = _former(path)
    if former.exists() and not path.exists():
        os.replace(former, path)
    if path.exists():
        _refuse(path, replace)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield draft
        if replace and path.exists():
            _exchange(path, draft, former)
        else:
            _move(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _refuse(path: Path, replace: bool) -> None:
    if not replace:
        raise DataError(
            f"'{path}' is there already; choose another name, or delete it; Recording.save(..., replace=True) replaces "
            "a recording, and nothing else"
        )
    if other := foreign(path):
        raise DataError(f"'{path}' is not replaced, because {other}; choose another name")


def _exchange(path: Path, draft: Path, former: Path) -> None:
    """Put a new recording in the place of another, and delete that."""
    if former.exists():
        _refuse(former, True)
        shutil.rmtree(former)
    os.rename(path, former)
    try:
        os.rename(draft, path)
    except BaseException:
        os.rename(former, path)
        raise
    shutil.rmtree(former, ignore_errors=True)


def _move(draft: Path, path: Path) -> None:
    """A folder comes to a place where nothing is, or another one of another process meanwhile."""
    try:
        os.rename(draft, path)
    except OSError as error:
        if path.exists():
            _refuse(path, False)
        raise error


def found(path: Path) -> Path:
    """Where a recording lies: at `path`, or beside it if whoever replaced it was killed in between."""
    former = _former(Path(os.path.realpath(path)))
    return former if former.exists() and not path.exists() else path


def _former(path: Path) -> Path:
    return path.with_name(f".{path.name}.former") if path.name else path


def remove_unused(path: Path) -> None:
    """Remove the folder of a recording in which nothing was recorded yet, if that is at `path`; nothing else."""
    if path.is_dir() and not any(path.iterdir()):
        path.rmdir()
    elif path.is_dir() and not foreign(path) and not any(_attributes(path / "zarr.json")["lengths"].values()):
        shutil.rmtree(path)


def foreign(path: Path) -> str:
    """What in a folder does not belong to a recording, in words; empty if all does."""
    if not path.is_dir():
        return "it is a file, not the folder of a recording"
    if "lengths" not in _attributes(path / "zarr.json"):
        return "it is not the folder of a recording"
    for place, folders, files in os.walk(path):
        for one in (Path(place) / name for name in (*folders, *files)):
            if not _belongs(one, one.relative_to(path).as_posix()):
                return f"'{one.relative_to(path)}' in it is not of a recording"
    return ""


def _belongs(one: Path, inside: str) -> bool:
    """Whether a file or folder inside a recording is of it: written by it, or left by a killed writer."""
    if one.is_symlink():
        return False
    if not one.is_dir():
        return bool(FILES.fullmatch(inside) or PARTIAL.fullmatch(inside))
    level, told = inside.count("/"), _attributes((one if "/" not in inside else one.parent) / "zarr.json")
    if level == 0:
        return "recorded" in told or all(PARTIAL.fullmatch(name) for name in os.listdir(one))
    return level > 1 or one.name in told.get("arrays", [one.name])


def _attributes(file: Path) -> Mapping[str, Any]:
    """The attributes that a file of zarr tells; none if it is none."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))["attributes"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return told if isinstance(told, dict) else {}
