"""Where a result comes from: versions, machine, date, commit, the command; kept with every result."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hebbstat
from hebbstat.network.parallel import cores

PACKAGES = ("numpy", "numba", "llvmlite", "scipy", "scikit-learn", "xarray", "zarr", "pydantic", "matplotlib")


def provenance() -> dict[str, Any]:
    """Everything about this process and machine that a result may depend on."""
    return {
        "hebbstat": hebbstat.__version__,
        "commit": commit(Path(hebbstat.__file__).parent),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "machine": {
            "system": f"{platform.system()} {platform.release()}", "processor": processor(),
            "architecture": platform.machine(), "cores": cores(), "memory_GiB": memory(),
        },
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command(),
    }  # fmt: skip


def version(package: str) -> str:
    """The installed version of a package, or 'not installed'."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def processor() -> str:
    """The processor's name, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"


def memory() -> float | None:
    """All memory of the machine in GiB, where the system tells."""
    try:
        return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None


def commit(folder: Path) -> str | None:
    """The git commit of the code, with '+changes' if files differ from it; None outside a repository."""
    try:
        head = _git(folder, "rev-parse", "HEAD")
        return head + ("+changes" if _git(folder, "status", "--porcelain", "--", ".") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def command() -> str:
    """The command line, as one would type it again."""
    first = Path(sys.argv[0]).name
    name = "hebbstat" if first in ("hebbstat", "hebbstat.exe", "__main__.py") else f"python {first}"
    return shlex.join([*name.split(), *sys.argv[1:]])


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.strip()
