"""Counts the instructions per synaptic event of small versions of W1 to W6: work that no noise of a machine moves.

    python bench/instructions.py             # count, and compare with what is recorded
    python bench/instructions.py --record    # count, and record it; --record W5: of this one alone
    python bench/instructions.py --check     # exit code 1 if a count has grown by more than 10 %

Kernels are compiled for one old processor (NUMBA_CPU_NAME), whatever the machine, and callgrind (valgrind) counts
them, which knows no newer instructions and needs no hardware counters. The loop alone counts: of one process, a run of
1 s minus a run of 15 ms. Without valgrind, or on another architecture, it says so and passes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "instructions.json"
TARGET = "haswell"  # AVX2, which callgrind understands; AVX-512 it doesn't
WORKLOADS = ("W1", "W2", "W3", "W4", "W5", "W6")
ALLOWED = 0.10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--record", action="store_true", help="write the counts to instructions.json")
    what.add_argument("--check", action="store_true", help="fail if a count has grown")
    parser.add_argument("workloads", nargs="*", help=f"of {', '.join(WORKLOADS)}; all, if none is named")
    given = parser.parse_args()
    if unknown := set(given.workloads) - set(WORKLOADS):
        parser.error(f"no workload {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    names = [name for name in WORKLOADS if name in given.workloads or not given.workloads]
    if reason := cannot():
        print(f"instructions are not counted: {reason}")
        return 0
    found = counts(names)
    known = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    if given.record:
        RECORDED.write_text(json.dumps(known | found, indent=1) + "\n", encoding="utf-8")
    grown = [name for name in names if show(name, found[name], known.get(name))]
    if grown and given.check:
        print(
            f"more instructions than recorded: {', '.join(grown)}. If that is worth it: bench/instructions.py --record"
        )
    return int(given.check and bool(grown))


def cannot() -> str:
    """Why nothing can be counted here, if so."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return f"the recorded counts are of x86-64, this is {platform.machine()}"
    if not (shutil.which("valgrind") and shutil.which("callgrind_control")):
        return "there is no valgrind (Debian, Ubuntu: apt install valgrind)"
    return ""


def counts(names: Sequence[str]) -> dict[str, Any]:
    """What was counted, by workload, and with what."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(names, pool.map(lambda name: count(name, Path(folder) / name), names), strict=True))
    import numba

    return {**found, "target": TARGET, "numba": numba.__version__, "valgrind": _said("valgrind", "--version").strip()}


def count(name: str, folder: Path) -> dict[str, float]:
    """Compile and count the events in a process of its own, then the instructions in one under callgrind."""
    settings = {
        "NUMBA_CPU_NAME": TARGET, "NUMBA_CPU_FEATURES": "", "HEBBSTAT_CACHE": str(folder), "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    script = [sys.executable, str(HERE / "workloads" / "counted.py"), name]
    facts = json.loads(_said(*script, **settings).splitlines()[-1])
    under = [
        "valgrind",
        "--tool=callgrind",
        "--instr-atstart=no",
        "--vgdb-poll=500",
        f"--callgrind-out-file={folder / 'counted'}",
    ]
    _said(*under, *script, "--counted", **settings)
    totals = dict(_dump(path) for path in folder.glob("counted*"))
    instructions = totals["long"] - totals["short"]
    return {
        "instructions_per_event": round(instructions / facts["events"], 2),
        "instructions_per_cell_step": round(instructions / facts["cell_steps"], 3),
        **facts,
    }


def _said(*command: str, **settings: str) -> str:
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:2])} ... failed:\n{done.stderr[-2000:]}")
    return done.stdout


def _dump(path: Path) -> tuple[str, int]:
    """Why callgrind wrote a file, and how many instructions it had counted."""
    text = path.read_text(encoding="utf-8", errors="replace")
    trigger, total = re.search(r"^desc: Trigger: (?:dump )?(.*)$", text, re.M), re.search(r"^totals: (\d+)", text, re.M)
    return (trigger[1].strip() if trigger else path.name), int(total[1]) if total else 0


def show(name: str, found: dict[str, float], known: dict[str, float] | None) -> bool:
    """Print a line; whether the count has grown by more than is allowed."""
    now, before = found["instructions_per_event"], (known or {}).get("instructions_per_event")
    if before is None:
        print(f"{name}: {now:.1f} instructions per synaptic event, nothing recorded")
        return False
    change = now / before - 1.0
    print(f"{name}: {now:.1f} instructions per synaptic event, recorded {before:.1f} ({change:+.1%})")
    return change > ALLOWED


if __name__ == "__main__":
    sys.exit(main())
