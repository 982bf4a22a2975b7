"""The package as a whole: its examples are true, its names exist, its import is light, its data cannot be changed."""

import ast
import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import hebbstat.information as information

MODULES = [f"hebbstat.information.{module.name}" for module in pkgutil.iter_modules(information.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_public_name_exists_once_and_is_documented() -> None:
    assert len(set(information.__all__)) == len(information.__all__)
    for name in information.__all__:
        member = getattr(information, name)
        if callable(member):
            assert member.__doc__ and not member.__doc__.startswith(f"{name}("), name
            assert dataclasses.is_dataclass(member) or ">>>" in member.__doc__, f"{name} has no example"


def test_results_are_frozen() -> None:
    estimate = information.plug_in_entropy([0, 1])
    with pytest.raises(dataclasses.FrozenInstanceError):
        estimate.bits = 2.0  # type: ignore[misc]


@pytest.mark.parametrize("name", MODULES)
def test_slow_libraries_are_imported_only_inside_functions(name: str) -> None:
    body = ast.parse(inspect.getsource(importlib.import_module(name))).body
    imports = [ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not [line for line in imports if "sklearn" in line or "scipy" in line]


def test_importing_the_package_does_not_import_scikit_learn() -> None:
    program = "import sys, hebbstat.information; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "hebbstat.information.decoding" in done.stdout.split()
    assert "sklearn" not in done.stdout.split()
