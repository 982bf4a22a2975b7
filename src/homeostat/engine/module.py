"""Keeps generated modules: one file per network structure, named by its content, so that Numba's cache finds it again."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import llvmlite
import numba

RUNTIME = Path(__file__).with_name("runtime.py")


def cache_folder() -> Path:
    """Where kernels are kept: $HOMEOSTAT_CACHE, or the user's cache folder."""
    if chosen := os.environ.get("HOMEOSTAT_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "homeostat" / "kernels"
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "homeostat" / "kernels"


def load(text: str) -> tuple[ModuleType, bool]:
    """The module with this text, and whether it was there already (then it need not be compiled)."""
    stamp = f"{numba.__version__} {llvmlite.__version__} {RUNTIME.read_text()}"
    name = "kernel_" + hashlib.blake2b((text + stamp).encode(), digest_size=8).hexdigest()
    if name in sys.modules:
        return sys.modules[name], True
    path = cache_folder() / f"{name}.py"
    known = path.exists() and path.read_text() == text
    if not known:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        draft.write_text(text)
        os.replace(draft, path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    compiled = any(path.parent.glob(f"__pycache__/{name}.run-*.nbi"))
    return module, known and compiled
