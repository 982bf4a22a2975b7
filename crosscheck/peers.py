"""NEST and Brian2, imported and set up for quiet, exact, repeatable runs."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
import warnings
from typing import Any

PATCHED = "brian2.units.fundamentalunits"


class _Source(importlib.machinery.SourceFileLoader):
    """Loads a module with one expression replaced, and leaves no bytecode of it behind."""

    def get_code(self, fullname: str) -> Any:
        return self.source_to_code(self.get_data(self.path).replace(b"np.ndarray.ptp", b"np.ptp"), self.path)


class _Finder(importlib.abc.MetaPathFinder):
    """Brian2 2.9.0 asks for ndarray.ptp when it is imported; NumPy 2.4 has the function only (brian2 #1705)."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != PATCHED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        spec.loader = _Source(fullname, spec.origin)
        return spec


def brian() -> Any:
    """Brian2 with NumPy as its code generation: no compiler needed, no wait for one."""
    warnings.filterwarnings("ignore", module="brian2")
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    import brian2

    brian2.prefs.codegen.target = "numpy"
    brian2.BrianLogger.log_level_error()
    return brian2


def nest(dt: float = 0.1, seed: int = 1) -> Any:
    """NEST with an empty kernel of this resolution (ms), one thread."""
    os.environ["PYNEST_QUIET"] = "1"
    import nest

    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(resolution=dt, local_num_threads=1, rng_seed=seed)
    return nest
