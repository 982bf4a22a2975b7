"""Measures the speed of Hebbstat and, beside it, of the peers that are installed; writes tables and figures.

    python bench/run.py                          # W1 and W2, ours and peers, interleaved, 3 rounds
    python bench/run.py --quick                  # does everything work? small networks, a second each
    python bench/run.py --workload W2 --peers brian2,annarchy --rounds 5 --threads 2
    python bench/run.py --axis threads           # or synapses, cells, pieces, rules, populations ...

bench/README.md says what is compared, and how to read it. Nothing else should run on the machine; the table tells if
something did.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from lab import figure, machine, table
from lab.cases import PEERS, Axis, axis
from lab.runner import LONG, run_all

HERE = Path(__file__).resolve().parent
AXES = (
    "peers", "threads", "synapses", "cells", "pieces", "rules", "populations", "microcircuit", "workloads", "startup",
)  # fmt: skip


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--axis", choices=(*AXES, "all"), default="peers", help="what varies (default: simulators)")
    parser.add_argument("--workload", action="append", choices=("W1", "W2"), help="only this one; repeatable")
    parser.add_argument("--peers", metavar="A,B", help=f"only these of {','.join(PEERS)}; '' for none")
    parser.add_argument("--rounds", type=int, help="runs of each case, interleaved (default 3)")
    parser.add_argument("--seconds", type=float, help="simulated in a run after its warm-up (default 10; fast: more)")
    parser.add_argument("--warm", type=float, help="simulated before the clock starts (default: the workload's)")
    parser.add_argument("--threads", type=int, help="of every simulator (default: all cores)")
    parser.add_argument("--quick", action="store_true", help="2000 cells, 1 s, one round, results/quick: a trial")
    parser.add_argument("--huge", action="store_true", help="10^9 synapses too, with --axis synapses (24 GB and more)")
    parser.add_argument("--auryn", type=Path, metavar="FOLDER", help="a checkout of Auryn with build/release in it")
    parser.add_argument("--auryn-flags", default="", metavar="FLAGS", help="for its compiler: '-I... -L...'")
    parser.add_argument("--environments", type=Path, default=HERE.parent, metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--timeout", type=float, default=1800.0, help="s for one run (default 1800)")
    parser.add_argument("--out", type=Path, help="folder of the results (default bench/results)")
    given = parser.parse_args(words)
    given.workload = given.workload or ["W1", "W2"]
    given.rounds = given.rounds or (1 if given.quick else 3)
    given.threads = given.threads or machine.cores()
    given.out = given.out or HERE / "results" / ("quick" if given.quick else "")
    return given


def options(given: argparse.Namespace, chosen: Axis) -> list[str]:
    """What is passed on to every script."""
    seconds = given.seconds or (1.0 if given.quick else 10.0)
    said: dict[str, Any] = {"--seconds": seconds, "--threads": given.threads, "--warm": given.warm}
    if given.quick:
        said |= {"--warm": given.warm or 0.5} | ({} if chosen.name == "workloads" else {"--cells": 2000})
    return [word for name, value in said.items() if value is not None for word in (name, str(value))]


def measure(name: str, given: argparse.Namespace) -> bool:
    """One axis, to its end; whether everything ran and all rates agree."""
    chosen, facts = axis(name, given), machine.facts()
    for label, reason in chosen.skipped.items():
        print(f"not run: {label}: {reason}", file=sys.stderr)
    said = options(given, chosen)
    settings = {"rounds": given.rounds, "options": " ".join(said)}
    runs = run_all(chosen.cases, given.rounds, said, given.timeout, least=0.0 if given.quick else LONG)
    paths = table.write(chosen, runs, facts, settings, given.out)
    figure.draw(chosen, runs, paths["png"])
    print(paths["md"].read_text(encoding="utf-8"))
    print(f"written: {', '.join(str(path) for path in paths.values())}", file=sys.stderr)
    return not [text for text in table.problems(chosen, runs) if not text.startswith("not run")]


def main() -> int:
    given = arguments()
    try:
        good = [measure(name, given) for name in (AXES if given.axis == "all" else (given.axis,))]
    except KeyboardInterrupt:
        print("stopped; nothing written for this axis", file=sys.stderr)
        return 130
    return int(not all(good))


if __name__ == "__main__":
    sys.exit(main())
