"""What every test runs under: a quiet plot backend, one BLAS thread per worker, repeatable random examples."""

import gc
import os
from collections import Counter
from collections.abc import Iterable, Iterator
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

# Networks are many small objects that live until the test ends: looking for rubbish less often saves much time.
gc.set_threshold(50_000, 20, 100)


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


@pytest.fixture(params=["plain", pytest.param("compiled", marks=pytest.mark.verify)])
def kernels(request: pytest.FixtureRequest) -> None:
    """Both ways: as plain Python in `make test`, since compiling takes seconds; compiled in `make verify`."""
    if request.param == "plain":
        request.getfixturevalue("plain")


@pytest.fixture(autouse=True)
def compiled_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are compiled in the process that tests run in: to start others takes time.

    In `make verify`, where hundreds of kernels would fill the memory, it is done as users have it.
    """
    if not (request.node.get_closest_marker("verify") or request.node.get_closest_marker("apart")):
        monkeypatch.setattr("hebbstat.engine.core.compile_apart", lambda *given: False)


VERIFIED = Path(__file__).parents[1] / "docs" / "verification.md"
HEAD = """# What `make verify` found

Written by `make verify`; do not edit. Each row is a group of tests: how many passed and failed, for how many seconds
they ran, when, where and of which commit, and what they say. A group is written when the last of its tests is done, so
a run may be of a part (`make verify ARGS=tests/strangers`), or be cut short; a group of which only some tests ran is
not.

| tests | passed | failed | s | of | said |
|---|---:|---:|---:|---|---|
"""


class Verification:
    """Notes what tests of `make verify` found; they say what they measured with record_property("said", ...)."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.expected = config, Counter[str]()
        self.groups: dict[str, dict[str, Any]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._expect(item.nodeid for item in session.items)

    def _expect(self, nodes: Iterable[str]) -> None:
        self.expected = Counter(node.partition("[")[0] for node in nodes)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        if not self.expected and (spread := self.config.pluginmanager.get_plugin("dsession")):
            self._expect(spread.sched.collection)  # the workers of pytest-xdist have collected
        name = report.nodeid.partition("[")[0]
        group = self.groups.setdefault(name, {"passed": 0, "failed": 0, "seconds": 0.0, "said": []})
        group["passed" if report.passed else "failed"] += 1
        group["seconds"] += report.duration
        group["said"] += [str(text) for key, text in report.user_properties if key == "said"]
        if group["passed"] + group["failed"] == self.expected[name]:
            self._write(name, group)

    def _write(self, name: str, group: dict[str, Any]) -> None:
        """The group's row in the file, which has those of tests that there still are."""
        from hebbstat.experiments.lab.provenance import provenance

        facts = provenance()
        machine, date = facts["machine"], facts["date"][:10]
        of = f"{str(facts['commit'])[:7]}, {date}, {machine['processor']}, {machine['cores']} cores"
        said = "; ".join(group["said"]).replace("|", "/")
        row = f"| {name} | {group['passed']} | {group['failed']} | {group['seconds']:.0f} | {of} | {said} |"
        old = VERIFIED.read_text(encoding="utf-8").splitlines() if VERIFIED.exists() else []
        rows = {line.split("|")[1].strip(): line for line in old if line.startswith("| tests/")} | {name: row}
        there = [one for at, one in sorted(rows.items()) if _exists(at)]
        VERIFIED.write_text(HEAD + "\n".join(there) + "\n", encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for text in (text for group in self.groups.values() for text in group["said"]):
            terminalreporter.write_line(text)


def _exists(test: str) -> bool:
    """Whether there is a test of this name."""
    path, _, name = test.partition("::")
    file = VERIFIED.parents[1] / path
    return file.exists() and f"def {name}(" in file.read_text(encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """A run of `make verify` is noted, if it is not of chosen tests of a file."""
    chosen = config.getoption("keyword") or config.getoption("deselect") or config.getoption("lf", False)
    chosen = chosen or any("::" in argument for argument in config.args)
    if config.getoption("markexpr") == "verify" and not chosen and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Verification(config))
