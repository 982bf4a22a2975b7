"""`homeostat run` and `homeostat report`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from homeostat.cli import FAILED, INTERRUPTED, OK
from homeostat.cli.progress import Watch, clock
from homeostat.errors import BadValue, HomeostatError
from homeostat.experiments.lab.contract import Experiment
from homeostat.experiments.lab.discovery import load
from homeostat.experiments.lab.provenance import cores, provenance
from homeostat.experiments.lab.runner import jobs_of, run_all
from homeostat.experiments.lab.settings import Settings, parse
from homeostat.experiments.lab.store import Result, Store


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    which: str
    seeds: int | None
    first_seed: int
    arms: list[str] | None
    settings: list[str]
    data: str | None
    threads: int | None
    quick: bool
    out: Path | None


def run_experiment(request: Request) -> int:
    """Run, print the table, write the report; returns the exit code."""
    experiment = load(request.which)
    settings = settings_for(request, experiment)
    arms = experiment.chosen(request.arms)
    number = request.seeds or (1 if request.quick else experiment.seeds)
    seeds = list(range(request.first_seed, request.first_seed + number))
    if experiment.prepare:
        experiment.prepare(settings)
    folder = request.out or Path("results") / f"{experiment.name}-{datetime.now():%Y%m%d-%H%M%S}"
    store = Store(folder, experiment, settings, arms=arms, seeds=seeds, provenance=provenance())
    try:
        with Watch(experiment.name) as watch:
            result = run_all(
                experiment,
                settings,
                store,
                jobs_of(experiment, settings, arms, seeds),
                workers=request.threads or cores(),
                watcher=watch,
            )
    except HomeostatError:
        _keep(Result(folder, store.result))
        raise
    return conclude(result)


def settings_for(request: Request, experiment: Experiment) -> Settings:
    """The settings that were asked for: --quick first, over it --data, --neurons and --set."""
    given: dict[str, Any] = dict(experiment.quick) if request.quick else {}
    if request.data is not None:
        given["data"] = request.data
    return parse(experiment.settings, request.settings, given, f" of {experiment.name}")


def conclude(result: Result) -> int:
    """Print the table and where the report is."""
    if not result.json["runs"]:
        print("stopped before any run had finished; nothing is kept; the same command starts again", file=sys.stderr)
        return INTERRUPTED
    show(result)
    if result.json["status"] == "complete":
        return OK
    done, wanted = len(result.json["runs"]), result.json["expected_runs"]
    print(
        f"stopped: {done} of {wanted} runs are kept and in the report\n"
        f"missing: {_missing(result)}\n"
        "to go on: run these with --arm, --seed and --seeds into another folder (--out); "
        "the same command again replaces what is kept",
        file=sys.stderr,
    )
    return INTERRUPTED


def _missing(result: Result) -> str:
    """The runs that are not there, seed by seed."""
    done = {(run["arm"], run["seed"]) for run in result.json["runs"]}
    arms = [*result.json["arms"], *result.json["baselines"]]
    lacking = {seed: [arm for arm in arms if (arm, seed) not in done] for seed in result.json["seeds"]}
    texts = {seed: "all" if names == arms else ", ".join(names) for seed, names in lacking.items() if names}
    return "; ".join(f"seed {seed}: {text}" for seed, text in texts.items())


def rebuild(folder: Path) -> None:
    """Write the report of a folder anew."""
    result = Result.open(folder)
    if not result.json["runs"]:
        raise BadValue(f"'{folder}' holds no finished run, so there is nothing to report; run it again")
    show(result)


def show(result: Result) -> None:
    """Write the page, print the table and the path."""
    from homeostat.report import printed, write_page

    page = write_page(result)
    console = Console()
    console.print()
    console.print(printed(result))
    console.print(f"took {clock(result.json['seconds'])}; the report is at", end=" ")
    print(page)


def _keep(result: Result) -> None:
    """After an error: report the runs that did finish."""
    if result.json["runs"]:
        from homeostat.report import write_page

        print(f"{len(result.json['runs'])} finished runs are kept: {write_page(result)}", file=sys.stderr)


def search_settings(request: Request, candidates: int) -> int:
    """Choose the settings of every arm anew."""
    if request.which != "digits":
        raise BadValue(
            "--search chooses the settings of the experiment 'digits'; your own experiment can do its own search"
        )
    from homeostat.experiments.digits import Settings as Digits
    from homeostat.experiments.digits.search import search

    experiment = load(request.which)
    settings = settings_for(request, experiment)
    assert isinstance(settings, Digits)
    with Watch("search") as watch:
        done = search(
            settings,
            candidates,
            request.arms,
            request.first_seed,
            request.out or Path("results/digits-search"),
            request.threads or cores(),
            watch,
        )
    print(done)
    return OK if done else FAILED
