"""Compares Hebbstat with NEST and Brian2 and writes table.md and table.json. Exit code 1 if a row is not met.

    python crosscheck/run.py                      # everything, minutes
    python crosscheck/run.py --only plasticity    # one topic, printed, nothing written
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1), help="processes at once")
    parser.add_argument("--only", metavar="TOPIC", help="part of a topic's name, such as plasticity or network")
    parser.add_argument("--out", type=Path, help="folder of the tables; beside this file if everything is run")
    return parser.parse_args()


def quiet() -> None:
    """In each worker: NEST greets on standard output."""
    os.environ["PYNEST_QUIET"] = "1"
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"


def call(function: Any, given: tuple[Any, ...]) -> Any:
    with contextlib.redirect_stdout(sys.stderr):
        return function(*given)


def failed(job: Any, error: BaseException) -> Any:
    from table import Question, Row

    topic, name, _, _ = job
    said = re.sub(r"[\w.~-]*[/\\][^\s)'\"]+", "<path>", f"{type(error).__name__}: {error}".splitlines()[0])[:200]
    return Row(Question(topic, name, ""), "", "", float("nan"), False, reason=said)


def run_all(chosen: list[Any], workers: int) -> list[Any]:
    """The rows of all jobs in the order of the table. A job that fails is a row, too."""
    from checks import NETWORK, network

    results: dict[int, Any] = {}
    began = time.perf_counter()
    for last in (False, False, True):  # a worker that dies takes the others with it: what is left is begun again
        left = [k for k in range(len(chosen)) if k not in results]
        left.sort(key=lambda k: chosen[k][0] != NETWORK)  # the long ones first
        for k, result in finished(chosen, left, workers, last):
            results[k] = result
            word = "" if isinstance(result, tuple) else _word(result if isinstance(result, list) else [result])
            at = f"[{len(results)}/{len(chosen)}] {time.perf_counter() - began:4.0f} s"
            print(f"{at}  {chosen[k][0]}: {chosen[k][1]}  {word}", flush=True)
    found = [results[k] for k in range(len(chosen))]
    rows = [row for part in found if isinstance(part, list) for row in part]
    rows += network([run for run in found if isinstance(run, tuple)])
    return rows + [row for row in found if not isinstance(row, list | tuple)]


def finished(chosen: list[Any], left: list[int], workers: int, last: bool) -> Iterator[tuple[int, Any]]:
    """Jobs and their results as they come; those lost with a worker are left out, unless this is the last attempt."""
    if not left:
        return
    context = multiprocessing.get_context("spawn")  # neither NEST nor threads survive a fork
    with ProcessPoolExecutor(workers, mp_context=context, initializer=quiet) as pool:
        waiting: dict[Future[Any], int] = {pool.submit(call, *chosen[k][2:]): k for k in left}
        for future in as_completed(waiting):
            error, k = future.exception(), waiting[future]
            if error is None:
                yield k, future.result()
            elif last or not isinstance(error, BrokenProcessPool):
                yield k, failed(chosen[k], error)
    if any(isinstance(future.exception(), BrokenProcessPool) for future in waiting):
        print("a worker process died", "" if last else "; what was lost is run again", sep="", file=sys.stderr)


def _word(rows: list[Any]) -> str:
    missed = [row for row in rows if not row.met]
    return f"{len(missed)} of {len(rows)} not met: {missed[0].reason}" if missed else "met"


def main() -> int:
    given = arguments()
    sys.path.insert(0, str(HERE))
    quiet()
    import checks
    from table import machine, markdown, named, write

    chosen = [job for job in checks.jobs() if given.only is None or given.only.lower() in job[0].lower()]
    if not chosen:
        topics = ", ".join(dict.fromkeys(job[0] for job in checks.jobs()))
        print(f"no topic has '{given.only}' in its name: {topics}", file=sys.stderr)
        return 2
    began = time.perf_counter()
    rows = run_all(chosen, max(1, given.jobs))
    facts = {**machine(), "took": f"{time.perf_counter() - began:.0f} s with {given.jobs} processes"}
    notes = (HERE / "notes.md").read_text(encoding="utf-8")
    out = given.out or (HERE if given.only is None else None)
    if out is None:
        print(markdown(rows, facts, ""))
    else:
        write(rows, facts, notes, out)
    missed = [row for row in rows if not row.met]
    print(f"{len(rows) - len(missed)} of {len(rows)} rows met" + (f"; the table: {out / 'table.md'}" if out else ""))
    for row in missed:
        print(f"NOT MET: {named(row)}", file=sys.stderr)
    return 1 if missed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
