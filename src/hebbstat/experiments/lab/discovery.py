"""Finding experiments: the built-in ones by name, a user's by its file."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import pkgutil
import sys
import traceback
from pathlib import Path

from hebbstat import experiments
from hebbstat.contract.errors import ContractError, DataError, HebbstatError, UnknownNameError, suggestion
from hebbstat.experiments.lab.contract import Experiment, experiment_of


def built_in() -> list[str]:
    """The names of the built-in experiments: the modules of `hebbstat.experiments`, but for the shared `lab`."""
    return sorted(found.name for found in pkgutil.iter_modules(experiments.__path__) if found.name != "lab")


def load(which: str) -> Experiment:
    """The experiment of that name, or the one in that file."""
    if which in built_in():
        return experiment_of(importlib.import_module(f"hebbstat.experiments.{which}"), which, which)
    path = Path(which).expanduser()
    if path.suffix != ".py":
        hint = f"; did you mean '{which}.py'?" if Path(f"{path}.py").is_file() else ""
        raise UnknownNameError(
            f"no experiment '{which}', and not a file ending in .py{hint or '; ' + suggestion(which, built_in())}"
        )
    if not path.is_file():
        raise DataError(f"no file '{which}' (in {Path.cwd()})")
    return _from_file(path.resolve())


def _from_file(path: Path) -> Experiment:
    # A name of its own, so that a user's file called like a module of somebody else does not stand in its way.
    name = f"hebbstat_experiment_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ContractError(f"'{path}' cannot be read as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))  # as for `python FILE.py`: it may import what lies beside it
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        place = f"'{os.path.basename(error.filename or path)}'{f', line {error.lineno}' if error.lineno else ''}"
        raise ContractError(f"{place}: {error.msg}") from error
    except HebbstatError:
        raise
    except (Exception, SystemExit) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        where = f"'{path.name}'{f', line {lines[-1]}' if lines else ''}"
        raise ContractError(f"{where}: {type(error).__name__}: {error}") from error
    return experiment_of(module, path.stem, str(path))
