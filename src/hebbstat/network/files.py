"""Files that are replaced in one step: whatever happens while one is written, the former is whole."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file, which comes to the place of `path` when the block ends without an error, and else is gone.

    It is written beside its place and brought to the disk before the move, or a crash of the machine could leave an
    empty file.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.draft")
    try:
        with open(draft, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def remove_drafts(path: Path) -> None:
    """Remove what writers that were killed have left beside `path`."""
    name = re.compile(rf"\.{re.escape(path.name)}\.\d+\.\d+\.draft")
    with suppress(OSError):
        for draft in path.parent.iterdir():
            if name.fullmatch(draft.name):
                draft.unlink()


def _sync_folder(folder: Path) -> None:
    """Bring the new name to the disk, where folders can be synced (POSIX)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
