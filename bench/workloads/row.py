"""What every simulator's script shares: its options, and the row it writes. Needs nothing but Python and NumPy."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import resource
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from parameters import Workload


@dataclass
class Row:
    """One run of one simulator. `wall` is wall seconds per simulated second, of the loop alone, after the warm-up."""

    simulator: str
    workload: str
    precision: str
    threads: int
    seed: int
    seconds: float  # simulated, after the warm-up
    wall: float
    build: float  # s: describing, wiring, making arrays
    compile: float  # s: 0 where nothing is compiled
    rate_exc: float  # Hz
    rate_inh: float
    rates_exc: list[float]  # Hz, second by second
    synapses: int  # recurrent ones, without the drive
    events: float  # synaptic events per simulated second, of recurrent synapses
    peak_mb: float
    versions: dict[str, str]
    note: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ns_per_event(self) -> float:
        return 1e9 * self.wall / self.events if self.events else float("nan")


def options(workload: Workload, doc: str | None, add: Any = None) -> tuple[Workload, argparse.Namespace]:
    """The workload, of the size asked for, and the options of a script."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="simulated, after the warm-up (default 10)")
    parser.add_argument("--warm", type=float, help=f"simulated before the clock starts (default {workload.warm:g} s)")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cells", type=int, default=workload.cells, help="the synapses of each cell stay as many")
    parser.add_argument("--out", type=Path, help="file for the row (JSON); printed if not given")
    if add is not None:
        add(parser)
    given = parser.parse_args()
    given.warm = workload.warm if given.warm is None else given.warm
    return workload.of_size(given.cells), given


def rates(times: Any, n: int, warm: float, seconds: float) -> tuple[float, list[float]]:
    """Mean rate (Hz) of n cells after the warm-up, and in each second, from the times (ms) of all their spikes."""
    times = np.asarray(times, float)
    times = times[times > 1000.0 * warm] - 1000.0 * warm
    whole = int(seconds)
    counts = np.bincount(np.minimum(times // 1000.0, max(whole, 1) - 1).astype(int), minlength=max(whole, 1))
    each = [round(float(c) / n, 3) for c in counts] if whole == seconds else []
    return len(times) / n / seconds, each


def events(rate_exc: float, rate_inh: float, from_exc: int, from_inh: int) -> float:
    """Synaptic events per second: each spike counts once for each synapse of its cell, taken as the mean number."""
    return rate_exc * from_exc + rate_inh * from_inh


def peak_mb(children: bool = False) -> float:
    """The largest resident memory of this process so far, or of its largest child, in MB."""
    kib = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF).ru_maxrss
    return kib / (1e6 if sys.platform == "darwin" else 1e3) * (1.0 if sys.platform == "darwin" else 1.024)


def versions(*packages: str) -> dict[str, str]:
    """Python's version and those of packages."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in packages}}


def write(row: Row, out: Path | None) -> None:
    """The row, to a file or to standard output."""
    text = json.dumps(asdict(row))
    if out is None:
        print(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")


def read(path: Path) -> Row:
    return Row(**json.loads(path.read_text(encoding="utf-8")))
