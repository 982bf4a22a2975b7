"""The bench tells why a peer failed, not with which line its text ended."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

RULE = "-" * 74
AS_ROOT = f"""{RULE}
mpirun has detected an attempt to run as root.

Running as root is *strongly* discouraged as any mistake (e.g., in
defining TMPDIR) or bug can result in catastrophic damage to the OS
file system, leaving your system in an unusable state.

We reiterate our advice against doing so - please proceed at your own risk.
{RULE}
"""
TRACEBACK = "Traceback (most recent call last):\n  File x, line 3\n    a[b]\n    ~^^^^^^^^^\nOops: 3\n"
ABORTED = f"""terminate called after 'std::bad_alloc'
{RULE}
Primary job  terminated normally, but 1 process returned
a non-zero exit code. Per user-direction, the job has been aborted.
{RULE}
"""


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "bench"))
    return importlib.import_module("lab.table")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (f"Auryn ended with exit code 1:\n\n{AS_ROOT}", "mpirun has detected an attempt to run as root."),
        (AS_ROOT, "mpirun has detected an attempt to run as root."),
        (f"Auryn ended with exit code 134:\n{ABORTED}", "terminate called after 'std::bad_alloc'"),
        (TRACEBACK, "Oops: 3"),
        (f"Oops: 3\n{RULE}\n", "Oops: 3"),
        (f"{RULE}\n", "no reason given"),
        (" \n", "no reason given"),
    ],
)  # fmt: skip
def test_c8_the_reason_of_a_failure_is_told(table: Any, error: str, why: str) -> None:
    run = {"case": "Auryn", "workload": "W1", "round": 1, "took": 1.0, "others": 0.0, "error": error}
    axis = importlib.import_module("lab.cases").Axis("peers", "Wall seconds", "wall", [], {})
    assert table.problems(axis, [run]) == [f"failed: W1 Auryn: {why}"]


def test_c8_nothing_asks_mpi_to_run_as_root() -> None:
    bench = Path(__file__).parents[2] / "bench"
    texts = [path.read_text(encoding="utf-8") for path in bench.rglob("*.py")]
    assert texts and not any("ALLOW_RUN_AS_ROOT" in text.upper().replace("-", "_") for text in texts)
