"""Keeps generated modules: one file per network structure, named by its content, so that Numba's cache finds it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import llvmlite
import numba

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


def load(text: str) -> tuple[ModuleType, bool]:
    """The module with this text, and whether it was there already (then it need not be compiled)."""
    parts = [text, numba.__version__, llvmlite.__version__, *(path.read_text("utf-8") for path in LINKED_IN)]
    name = "kernel_" + hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()
    if name in sys.modules:
        return sys.modules[name], True
    path = cache_folder() / f"{name}.py"
    known = path.exists() and path.read_text("utf-8") == text
    if not known:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        draft.write_text(text, "utf-8")
        os.replace(draft, path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    compiled = any(path.parent.glob(f"__pycache__/{name}.run-*.nbi"))
    return module, known and compiled
