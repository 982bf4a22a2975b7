"""What every test runs under: a quiet plot backend, one BLAS thread per worker, repeatable random examples."""

import gc
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Set before numpy or matplotlib load. Tests run on all cores already; threads of BLAS below them only get in the way.
os.environ.setdefault("MPLBACKEND", "Agg")
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

# `fast` draws the same examples each time, so a red test is red for everyone; `make verify` draws many new ones.
QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
settings.register_profile(
    "fast", max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=QUIET
)
settings.register_profile("verify", max_examples=500, deadline=None, print_blob=True, suppress_health_check=QUIET)
settings.load_profile("fast")


@pytest.fixture(autouse=True, scope="session")
def as_many_threads_as_asked_for() -> Iterator[None]:
    """Tests use more threads than a small machine has cores; a user gets a warning, and one for each core."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hebbstat.engine.core.most_threads", lambda: 64)
        yield


@pytest.fixture
def plain() -> Iterator[None]:
    """Kernels run as the plain Python that they are written in: this tests what the engine wrote, uncompiled."""
    from strangers.interpreted import plain_kernels

    with plain_kernels():
        yield


@pytest.fixture(autouse=True)
def kernels_let_go(request: pytest.FixtureRequest) -> Iterator[None]:
    """A kernel that was compiled holds a hundred megabytes; hundreds of them, as in `make verify`, fill the memory."""
    yield
    if request.node.get_closest_marker("verify"):
        for name in [name for name in sys.modules if name.startswith("kernel_")]:
            vars(sys.modules.pop(name)).clear()
        gc.collect()


BEGAN = time.perf_counter()
VERIFIED = Path(__file__).parents[1] / "docs" / "verification.md"
HEAD = """# What `make verify` found

Written by `make verify`; do not edit. Each row is a group of tests: how many passed, failed, and what they say.

- date: {date}
- commit: {commit}, Hebbstat {hebbstat}, Python {python}
- machine: {processor}, {cores} cores, {memory_GiB} GiB
- tests: {passed} passed, {failed} failed, {seconds:.0f} s

| tests | passed | failed | said |
|---|---:|---:|---|
"""


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """What tests of `make verify` measured: they hand it over with record_property("said", ...)."""
    groups: dict[str, dict[str, Any]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            if report.when != "call" and outcome == "passed":
                continue
            group = groups.setdefault(report.nodeid.partition("[")[0], {"passed": 0, "failed": 0, "said": []})
            group[outcome] += 1
            said = [str(text) for name, text in report.user_properties if name == "said"]
            group["said"] += said
            for text in said:
                terminalreporter.write_line(text)
    partly = config.getoption("keyword") or config.getoption("deselect") or config.getoption("lf", False)
    everything = config.args_source is config.ArgsSource.TESTPATHS and not partly
    if config.getoption("markexpr") == "verify" and groups and everything:
        _write(groups, time.perf_counter() - BEGAN)


def _write(groups: dict[str, dict[str, Any]], seconds: float) -> None:
    """The file of what was verified, with when, where and of which version."""
    from hebbstat.experiments.lab.provenance import provenance

    facts = provenance()
    counts = {kind: sum(group[kind] for group in groups.values()) for kind in ("passed", "failed")}
    head = HEAD.format(**{**facts, **facts["machine"], **counts, "seconds": seconds})
    rows = [
        f"| {name} | {group['passed']} | {group['failed']} | {'; '.join(group['said'])} |"
        for name, group in sorted(groups.items())
    ]
    VERIFIED.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
