"""`hebbstat bench`: the speed laboratory, which lies in a checkout of the source beside the package."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import hebbstat
from hebbstat.contract.errors import DataError


def measure(arguments: Sequence[str]) -> int:
    """Run bench/run.py of the checkout that the package, or the present folder, is part of; returns its exit code."""
    for root in (Path(hebbstat.__file__).parents[2], Path.cwd()):
        script = root / "bench" / "run.py"
        if script.exists():
            return subprocess.call([sys.executable, str(script), *arguments])
    raise DataError("bench/run.py is not here: it is no part of the installed package. In a checkout of it: make bench")
