"""What is told after an experiment: what is done, what failed, what is missing, and how to go on."""

from __future__ import annotations

import shlex
import sys

from hebbstat.cli import wants_traceback
from hebbstat.experiments.lab.store import Result

MOST_LINES = 20  # of failures and of seeds; the rest is in result.json


def tell(result: Result) -> None:
    """Say on the error stream what is done and what is not; nothing if all is done."""
    done, wanted = len(result.json["runs"]), result.json["expected_runs"]
    failures, missing = result.json["failures"], result.missing()
    if done == wanted:
        return
    head = "stopped" if missing else "failed"
    if done:
        lines = [f"{head}: {done} of {wanted} runs are kept and in the report"]
    else:
        lines = [f"{head} before any run had finished" if missing else f"failed: none of {wanted} runs has finished"]
    lines += [f"failed: {_told(failure)}" for failure in failures[:MOST_LINES]]
    if len(failures) > MOST_LINES:
        lines.append(f"failed: {len(failures) - MOST_LINES} more, listed in {result.folder / 'result.json'}")
    if missing:
        lines.append(f"missing: {_missing(result, missing)}")
    again = "to try these again" if failures and not missing else "to go on"
    lines.append(f"{again}: hebbstat run --resume {shlex.quote(str(result.folder))}")
    print("\n".join(lines), file=sys.stderr, flush=True)
    if wants_traceback():
        for failure in failures[:MOST_LINES]:
            if failure["trace"]:
                print((result.folder / failure["trace"]).read_text(encoding="utf-8"), file=sys.stderr, flush=True)
    elif any(failure["trace"] for failure in failures):
        print(f"tracebacks are in {result.folder / 'failures'}", file=sys.stderr, flush=True)


def _told(failure: dict[str, str]) -> str:
    return f"{failure['arm']}, seed {failure['seed']}: {failure['error']}"


def _missing(result: Result, missing: dict[int, list[str]]) -> str:
    """The runs that were not tried, seed by seed."""
    arms = len(result.json["arms"]) + len(result.json["baselines"])
    texts = [f"seed {seed}: {'all' if len(names) == arms else ', '.join(names)}" for seed, names in missing.items()]
    more = f"; and {len(texts) - MOST_LINES} more seeds" if len(texts) > MOST_LINES else ""
    return "; ".join(texts[:MOST_LINES]) + more
