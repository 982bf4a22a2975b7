"""A case's script as a module: a file of its own, imported, so that hooks have their source."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import itertools
import linecache
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hebbstat.engine import core
from hebbstat.engine.codegen.module import Module
from hebbstat.engine.plan.model import Model

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


@contextlib.contextmanager
def written_once(script: ModuleType | None = None) -> Iterator[None]:
    """Within, a network that is simulated again has its kernel written once: that is more than half of a case's time.

    The networks within, of one script, differ in its switches alone, in the values of their mechanisms, and in which of
    their variables are arrays.
    """
    write, known = core.write_module, dict[Any, Module]()

    def written(model: Model, *how: Any) -> Module:
        switches = [getattr(script, name, None) for name in ("DEALT", "FORWARD")]
        key = (*how[1:], *switches, *_kinds(model))
        if key not in known:
            known[key] = write(model, *how)
        found, groups = known[key], {group.ident: group for group in model.groups}
        return dataclasses.replace(found, added={groups[of.ident]: added for of, added in found.added.items()})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core, "write_module", written)
        yield


def _kinds(model: Model) -> Iterator[Any]:
    """What tells the variables of a model from those of another one of the same script."""
    for group in model.groups:
        yield group.ident
        yield from (repr(member.mechanism.values) for member in group.members)
        for name, one in group.variables.items():
            yield name, one.shape, one.dtype, one.role, one.over, one.slow, one.depth
