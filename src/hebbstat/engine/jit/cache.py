"""Keeps generated modules: one file per network structure, named by its content, beside what was compiled of it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

from hebbstat.network import compiled
from hebbstat.network.compiled import cache_folder, cannot_be_kept, usable_folder
from hebbstat.network.files import replacing

__all__ = ["cache_folder", "fingerprint", "load"]

HERE = Path(__file__).parents[1]
LINKED_IN = (HERE / "jit" / "pipeline.py", *sorted((HERE / "runtime").glob("*.py")))
"""What becomes part of a kernel. Numba does not notice when these change, so the name of a kernel says it."""


def fingerprint(text: str) -> str:
    """What tells a kernel from others: its text, what is linked into it, and what compiles it."""
    return compiled.fingerprint(text, *(path.read_text("utf-8") for path in LINKED_IN))


def load(text: str) -> tuple[ModuleType, bool]:
    """The module with this text, and whether its kernels were compiled already.

    Its file is for people, and for tracebacks: what runs is the text, whatever stands in the file.
    """
    name = f"kernel_{fingerprint(text)}"
    if name in sys.modules:
        return sys.modules[name], True
    folder = usable_folder()
    path = None if folder is None else _kept(folder, name, text)
    module = ModuleType(name)
    module.__file__ = str(path or f"<{name}>")
    sys.modules[name] = module
    try:
        exec(compile(text, module.__file__, "exec", dont_inherit=True), vars(module))
    except BaseException:
        del sys.modules[name]
        raise
    known = folder is not None and any((folder / compiled.CODE).glob(f"{name}.run-*.nbi"))
    return module, known


def _kept(folder: Path, name: str, text: str) -> Path | None:
    """The file with this text in the folder; None, with a warning, if it cannot be there."""
    path, content = folder / f"{name}.py", text.encode()
    try:
        if not path.is_file() or path.read_bytes() != content:
            if path.is_dir():
                path.rmdir()  # if it is empty, nobody misses it
            with replacing(path) as file:
                file.write(content)
    except OSError as error:
        cannot_be_kept(error)
        return None
    return path
