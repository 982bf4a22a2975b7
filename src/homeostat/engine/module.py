"""Keeps generated modules: one file per network structure, named by its content, so that Numba's cache finds it."""

from __future__ import annotations

import atexit
import functools
import hashlib
import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import llvmlite
import numba

from homeostat.errors import tell

HERE = Path(__file__).parent
LINKED_IN = (HERE / "light.py", *sorted((HERE / "runtime").glob("*.py")))
"""What becomes part of a kernel. Numba does not notice when these change, so the name of a kernel says it."""


def cache_folder() -> Path:
    """Where kernels are kept: $HOMEOSTAT_CACHE, or the user's cache folder."""
    if chosen := os.environ.get("HOMEOSTAT_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "homeostat" / "kernels"
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "homeostat" / "kernels"


def fingerprint(text: str) -> str:
    """What tells a kernel from others: its text, what is linked into it, and what compiles it."""
    parts = [text, numba.__version__, llvmlite.__version__, *(path.read_text("utf-8") for path in LINKED_IN)]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def load(text: str) -> tuple[ModuleType, bool]:
    """The module with this text, and whether it was there already (then it need not be compiled)."""
    name = f"kernel_{fingerprint(text)}"
    if name in sys.modules:
        return sys.modules[name], True
    try:
        path, known = _kept(cache_folder(), name, text)
    except OSError as error:
        warn_of_cache(error)
        path, known = _kept(_folder_of_this_process(), name, text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    compiled = any(path.parent.glob(f"__pycache__/{name}.run-*.nbi"))
    return module, known and compiled


def warn_of_cache(error: OSError) -> None:
    """Say that kernels cannot be kept. That costs time only."""
    tell(
        f"compiled kernels cannot be kept in '{cache_folder()}' ({error.strerror or error}), so every process compiles "
        "its own; make room there or make it writable, or name another folder: HOMEOSTAT_CACHE=FOLDER"
    )


def forget(module: ModuleType, error: Exception) -> None:
    """Remove what Numba kept of this module, because it cannot be read."""
    path = Path(str(module.__file__))
    tell(f"the kernel kept as '{path}' is damaged ({error}) and is compiled anew")
    for file in path.parent.glob(f"__pycache__/{path.stem}.*.nb[ci]"):
        file.unlink(missing_ok=True)


def _kept(folder: Path, name: str, text: str) -> tuple[Path, bool]:
    """The file with this text in the folder, and whether it was there already."""
    path = folder / f"{name}.py"
    if path.exists() and path.read_text("utf-8") == text:
        return path, True
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(text, "utf-8")
    os.replace(draft, path)
    return path, False


@functools.cache
def _folder_of_this_process() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="homeostat-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Path(folder.name)
