"""Compiles a kernel in a process of its own.

What Numba and LLVM take to compile a kernel, some hundred MB, they keep until the process ends. So another process
does it, and puts the machine code into the cache, from which it is loaded in milliseconds, for less than a MB.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from hebbstat.engine.jit.cache import load
from hebbstat.network.compiled import usable_folder


def compile_apart(text: str, module: ModuleType, arguments: Iterable[Any]) -> bool:
    """Compile the kernel of a module for the types of some arguments; returns whether the cache has it now.

    If not, whoever needs the kernel compiles it, and sees what there is to see.
    """
    types_of = getattr(module.run, "typeof_pyval", None)
    if types_of is None or usable_folder() is None:  # Numba was told not to compile, or what it makes cannot be kept
        return False
    given = pickle.dumps(text) + pickle.dumps(tuple(map(types_of, arguments)))
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(command, input=given, env=here, capture_output=True, check=False)
    except OSError:  # where processes cannot be started
        return False
    return done.returncode == 0


def main() -> None:
    """Compile what is asked for on standard input: a text, and the types of its arguments."""
    module, _ = load(pickle.load(sys.stdin.buffer))
    module.run.compile(pickle.load(sys.stdin.buffer))  # its types are of classes of the module


if __name__ == "__main__":
    main()
