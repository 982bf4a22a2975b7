"""`hebbstat run` and `hebbstat report`."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from rich.console import Console

from hebbstat.cli import FAILED, INTERRUPTED, OK
from hebbstat.cli.progress import ProgressBar, clock
from hebbstat.cli.telling import tell
from hebbstat.contract.errors import BadValueError
from hebbstat.experiments.lab.contract import Experiment
from hebbstat.experiments.lab.discovery import load
from hebbstat.experiments.lab.place import EVERY_S, seconds_of
from hebbstat.experiments.lab.provenance import provenance
from hebbstat.experiments.lab.runner import Job, jobs_of, kept, run_all, seeds_of
from hebbstat.experiments.lab.settings import Settings, build, parse
from hebbstat.experiments.lab.sources import code_of, differences
from hebbstat.experiments.lab.stopping import Stops
from hebbstat.experiments.lab.store import CHECKPOINTS, Result, Store, changed_since
from hebbstat.network.parallel import cores


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    which: str | None
    seeds: int | None
    first_seed: int
    arms: list[str] | None
    settings: list[str]
    data: str | None
    threads: int | None
    quick: bool
    out: Path | None
    checkpoint: str | None = None


def run_experiment(request: Request) -> int:
    """Run, print the table, write the report; returns the exit code."""
    assert request.which is not None
    experiment = load(request.which)
    settings = settings_for(request, experiment)
    arms = experiment.chosen(request.arms)
    number = request.seeds or (1 if request.quick else experiment.seeds)
    seeds = seeds_of(request.first_seed, number, arms)
    every_s = _interval(request.checkpoint, experiment)
    data = experiment.prepared(settings)
    folder = request.out or _folder_of_its_own(experiment.name)
    store = Store(folder, experiment, settings, arms=arms, seeds=seeds, provenance=provenance(), data=data)
    return _run(experiment, store, kept(jobs_of(experiment, settings, arms, seeds), store, every_s), request)


def _folder_of_its_own(name: str) -> Path:
    """results/NAME-DATE-TIME, made here so that nobody else's run of the same second can take it."""
    first = f"{name}-{datetime.now():%Y%m%d-%H%M%S}"
    for number in count(1):
        folder = Path("results") / (first if number == 1 else f"{first}-{number}")
        try:
            folder.mkdir(parents=True)
            break
        except FileExistsError:
            if not folder.exists():  # it is `results` that is a file
                break
        except OSError:
            break  # what is wrong with it is told where it is written to
    return folder


def resume_experiment(folder: Path, request: Request) -> int:
    """Go on with what was begun in a folder: with the same code and settings, the runs that are missing or failed."""
    result = Result.open(folder)
    folder, found = result.folder, result.json
    if request.which not in (None, found["experiment"], found["locator"]):
        raise BadValueError(f"'{folder}' holds the experiment {found['experiment']}, not {request.which}")
    experiment = load(found["locator"])
    if changed := differences(found["sources"], {**found["sources"], **code_of(found["locator"])}):
        raise changed_since(folder, found["locator"], changed)  # before its settings, which may have changed with it
    chosen = {name: found["settings"][name] for name in found["settings_chosen"]}
    settings, arms, seeds = build(experiment.settings, chosen), [*found["arms"], *found["baselines"]], found["seeds"]
    every_s = _interval(request.checkpoint, experiment)
    if every_s is None and experiment.keeps and (folder / CHECKPOINTS).exists():
        every_s = EVERY_S
    data = experiment.prepared(settings)
    store = Store(
        folder, experiment, settings, arms=arms, seeds=seeds, provenance=found["provenance"], former=found, data=data
    )
    _tell_changes(found["provenance"])
    return _run(experiment, store, kept(jobs_of(experiment, settings, arms, seeds), store, every_s), request)


def _run(experiment: Experiment, store: Store, jobs: list[Job], request: Request) -> int:
    with Stops() as stops:
        with ProgressBar(experiment.name) as bar:
            result = run_all(store, jobs, workers=_workers(request.threads), listener=bar, stops=stops)
        return conclude(result, stops)


def _workers(threads: int | None) -> int:
    """How many processes: no more than there are cores, for each takes one and its own memory."""
    most = cores()
    if threads is not None and threads > most:
        print(f"note: --threads {threads} is more than this machine's cores; {most} are used", file=sys.stderr)
    return most if threads is None else min(threads, most)


def _interval(text: str | None, experiment: Experiment) -> float | None:
    """Seconds between checkpoints; None if none are wanted."""
    if text is not None and not experiment.keeps:
        raise BadValueError(
            f"runs of {experiment.name} cannot be kept while they go on: its run() takes no `place`. Finished runs are "
            "kept without --checkpoint"
        )
    return None if text is None else seconds_of(text)


def _tell_changes(before: dict[str, Any]) -> None:
    now = provenance()
    told = {**before, **before["packages"]}, {**now, **now["packages"]}
    for what in ("hebbstat", "commit", "python", *now["packages"]):
        if told[0].get(what) != told[1].get(what):
            print(
                f"note: {what} was {told[0].get(what)} when this was begun and is {told[1].get(what)}", file=sys.stderr
            )


def settings_for(request: Request, experiment: Experiment) -> Settings:
    """The settings that were asked for: --quick first, over it --data, --neurons and --set."""
    given: dict[str, Any] = dict(experiment.quick) if request.quick else {}
    if request.data is not None:
        given["data"] = request.data
    return parse(experiment.settings, request.settings, given, f" of {experiment.name}")


def conclude(result: Result, stops: Stops) -> int:
    """Say what is done and what is not, print the table, write the report; returns the exit code."""
    tell(result)
    stops.open()
    try:
        if result.json["runs"]:
            show(result)
    except KeyboardInterrupt:
        print(f"the report is not written; later: hebbstat report {shlex.quote(str(result.folder))}", file=sys.stderr)
        return INTERRUPTED
    return {"complete": OK, "failed": FAILED}.get(result.json["status"], INTERRUPTED)


def rebuild(folder: Path) -> None:
    """Write the report of a folder anew."""
    result = Result.open(folder)
    if not result.json["runs"]:
        raise BadValueError(f"'{folder}' holds no finished run, so there is nothing to report; run it again")
    show(result)


def show(result: Result) -> None:
    """Write the page, print the table and the path."""
    from hebbstat.report import printed, write_page

    page = write_page(result)
    console = Console()
    console.print()
    console.print(printed(result))
    console.print(f"took {clock(result.json['seconds'])}; the report is at", end=" ")
    print(page)


def search_settings(request: Request, candidates: int) -> int:
    """Choose the settings of every arm anew."""
    if request.which != "digits":
        raise BadValueError(
            "--search chooses the settings of the experiment 'digits'; your own experiment can do its own search"
        )
    from hebbstat.experiments.digits import Settings as Digits
    from hebbstat.experiments.digits.search import search

    experiment = load("digits")
    settings = settings_for(request, experiment)
    assert isinstance(settings, Digits)
    with ProgressBar("search") as bar:
        done = search(
            settings,
            candidates,
            request.arms,
            request.first_seed,
            request.out or Path("results/digits-search"),
            request.threads or cores(),
            bar,
        )
    print(done)
    return OK if done else FAILED
