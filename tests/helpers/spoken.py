"""Hooks by themselves: many of them in one compiled module, to be held against Python."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from hebbstat.engine.codegen.hooks import Hooks
from hebbstat.engine.codegen.ir import UserFunction
from hebbstat.engine.codegen.module import HEAD
from hebbstat.engine.jit import cache

NUMBER = itertools.count()
ROWS = [
    (0.75, -1.25, 3.0), (-0.6, 0.4, 2.0), (2.0, 2.0, 1.0), (0.0, 1.5, 4.0), (-3.5, -0.25, 5.0), (1.0, 0.0, 0.0),
    (0.3, 0.7, 7.0), (12.5, -2.5, 2.5), (-0.1, 3.0, -1.5),
]  # fmt: skip
"""Values for the three arguments of a hook."""
RAISED = (ArithmeticError, ValueError, TypeError, UnboundLocalError)  # what a kernel answers instead is not promised


def imported(text: str, folder: Path) -> ModuleType:
    """A module with this text, imported from a file."""
    path = folder / f"written_{next(NUMBER)}.py"
    path.write_text(text, "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def by_python(function: Callable[..., Any], rows: Sequence[Sequence[float]] = ROWS) -> list[Any]:
    """What Python computes for each row: a list of numbers; None where it raises or leaves the real numbers."""
    found: list[Any] = []
    for row in rows:
        try:
            result = function(*row)
            found.append([float(one) for one in (result if isinstance(result, tuple) else (result,))])
        except RAISED:
            found.append(None)
    return found


def by_kernel(
    functions: Sequence[Callable[..., Any]], dtype: str = "float64", rows: Sequence[Sequence[float]] = ROWS
) -> tuple[list[np.ndarray], list[str]]:
    """What compiled functions compute for each row, and the types that they return."""
    hooks, lines, columns = Hooks(), [], []
    for function in functions:
        known = [result for result in by_python(function, rows) if result is not None]
        columns.append(len(known[0]) if known else 1)
        parts = ", ".join(f"results[{len(columns) - 1}, row, {k}]" for k in range(columns[-1]))
        lines.append(f"        {parts} = {hooks.name(UserFunction(function, function.__name__))}(a, b, c)")
    text = [HEAD.format(table="", dtype=dtype, bits=dtype.removeprefix("float")), *hooks.texts]
    text += ["@kernel\ndef run(values, results):", "    for row in range(values.shape[0]):"]
    text += ["        a, b, c = F(values[row, 0]), F(values[row, 1]), F(values[row, 2])", *lines]
    made, _ = cache.load("\n".join(text) + "\n")
    results = np.zeros((len(functions), len(rows), max(columns)))
    made.run(np.array(rows, float), results)
    return [part[:, :n] for part, n in zip(results, columns, strict=True)], hooks.texts


def differences(functions: Sequence[Callable[..., Any]], rows: Sequence[Sequence[float]] = ROWS) -> list[str]:
    """Where compiled functions and Python differ by more than 1e-9."""
    found = []
    results, _ = by_kernel(functions, rows=rows)
    for function, result in zip(functions, results, strict=True):
        for row, ours, theirs in zip(rows, result, by_python(function, rows), strict=True):
            if theirs is not None and not np.allclose(ours, theirs, rtol=1e-9, atol=1e-12, equal_nan=True):
                found.append(f"{function.__name__}{tuple(row)}: {ours.tolist()}, right {theirs}")
    return found
