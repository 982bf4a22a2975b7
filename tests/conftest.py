"""What every test runs under: a quiet plot backend, one BLAS thread per worker, repeatable random examples."""

import os
from typing import Any

# Set before numpy or matplotlib load. Tests run on all cores already; threads of BLAS below them only get in the way.
os.environ.setdefault("MPLBACKEND", "Agg")
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from hypothesis import HealthCheck, settings  # noqa: E402

# `fast` draws the same examples each time, so a red test is red for everyone; `make verify` draws many new ones.
QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
settings.register_profile(
    "fast", max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=QUIET
)
settings.register_profile("verify", max_examples=500, deadline=None, print_blob=True, suppress_health_check=QUIET)
settings.load_profile("fast")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests of `make verify` measured: they hand it over with record_property("said", ...)."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, text in getattr(report, "user_properties", ()):
            if name == "said" and report.when == "call":
                terminalreporter.write_line(str(text))
