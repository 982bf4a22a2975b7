"""A case's script as a module: a file of its own, imported, so that hooks have their source."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import linecache
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

_NUMBERS = itertools.count()


@contextlib.contextmanager
def imported(text: str) -> Iterator[ModuleType]:
    """The module with this text, until the end of the block."""
    name = f"stranger_{next(_NUMBERS)}"
    with tempfile.TemporaryDirectory(prefix="strangers-") as folder:
        path = Path(folder, f"{name}.py")
        path.write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
            yield module
        finally:
            del sys.modules[name]
            linecache.cache.pop(str(path), None)
