"""The commands, as typer reads them; what they do is in the modules they call."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core

import hebbstat
from hebbstat.cli import INTERRUPTED


class Commands(typer.core.TyperGroup):
    """The commands; one that Ctrl-C ends says so, which typer itself does not."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    name="hebbstat", cls=Commands, no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False,
    help="Hebbstat: a laboratory for plastic neural networks that learn and stay stable.",
    epilog="First steps: [bold]hebbstat run digits[/bold], then open the report that it names. "
    "Help on a command: [bold]hebbstat run --help[/bold]",
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip


def _version(asked: bool) -> None:
    if asked:
        print(f"hebbstat {hebbstat.__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show tracebacks of errors; so does HEBBSTAT_DEBUG=1.")
    ] = False,
) -> None:
    if verbose:
        os.environ["HEBBSTAT_DEBUG"] = "1"


def _whole(low: int, high: int | None, advice: str) -> Callable[[str], int]:
    """A reader of whole numbers that says what it takes."""
    limits = f"at least {low}" if high is None else f"from {low} to {high}"

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:  # also of numbers with thousands of digits
            value = low - 1
        if value < low or (high is not None and value > high):
            shown = text if len(str(text)) <= 40 else f"{text[:40]}..."
            raise typer.BadParameter(f"{shown} must be a whole number, {limits}, {advice}")
        return value

    return read


def _names(incomplete: str) -> list[str]:
    """Completion of the names of experiments."""
    from hebbstat.experiments.lab.discovery import built_in

    return [name for name in built_in() if name.startswith(incomplete)]


Number = Annotated[
    int | None,
    typer.Option(
        "--seeds", metavar="N", parser=_whole(1, None, "such as 5"),
        help="How many seeds; the default is the experiment's.",
    ),
]  # fmt: skip
First = Annotated[
    int, typer.Option("--seed", metavar="N", parser=_whole(0, 2**32 - 1, "such as 0"), help="The first seed.")
]
Cells = Annotated[
    int | None,
    typer.Option("--neurons", metavar="N", parser=_whole(1, None, "such as 400"), help="The same as --set neurons=N."),
]
Cores = Annotated[
    int | None,
    typer.Option(
        "--threads", metavar="N", parser=_whole(1, None, "such as 2"),
        help="How many cores to use; all by default. Results do not depend on it.",
    ),
]  # fmt: skip
Candidates = Annotated[
    int | None,
    typer.Option(
        "--search", metavar="N", parser=_whole(1, 10_000, "such as 24"),
        help="Instead of running: choose the settings of every arm anew from N candidates (digits).",
    ),
]  # fmt: skip
KeepOften = Annotated[
    str | None,
    typer.Option(metavar="every=60s", help="Keep long runs while they go on, so often in s, min or h of real time."),
]
Folder = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Go on with what was begun in this folder, whatever ended it.")
]


@app.command("list")
def list_(
    what: Annotated[
        str | None,
        typer.Argument(
            help="An experiment, for its arms and settings; a mechanism, for its parameters; or 'experiments' or "
            "'mechanisms'.",
            autocompletion=_names,
        ),
    ] = None,
) -> None:
    """List experiments and mechanisms, the arms and settings of one experiment, or the parameters of a mechanism."""
    from hebbstat.cli.listing import show

    show(what)


@app.command(
    epilog="Examples:\n\n"
    "  hebbstat run digits\n\n"
    "  hebbstat run digits --quick --out results/try\n\n"
    "  hebbstat run digits --seeds 5 --set passes=3 --set weight_cv=0.5\n\n"
    "  hebbstat run digits --data train-images-idx3-ubyte.gz --set images=5000\n\n"
    "  hebbstat run digits --seeds 5 --checkpoint every=60s --out results/five\n\n"
    "  hebbstat run --resume results/five\n\n"
    "  hebbstat run my_experiment.py --arm plastic --arm static"
)
def run(
    which: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|FILE.py",
            help="A built-in experiment (hebbstat list) or a file of your own.",
            autocompletion=_names,
        ),
    ] = None,
    seeds: Number = None,
    seed: First = 0,
    arm: Annotated[list[str] | None, typer.Option(help="Run this arm or baseline only; may be repeated.")] = None,
    neurons: Cells = None,
    data: Annotated[
        str | None, typer.Option(metavar="FILE", help="The same as --set data=FILE: .npz, MNIST IDX, or IMAGES,LABELS.")
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Change a setting; may be repeated. hebbstat list NAME shows them."
        ),
    ] = None,
    threads: Cores = None,
    quick: Annotated[bool, typer.Option("--quick", help="A small version, one seed: does everything work?")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder for the results; a former result in it is replaced. Default: results/NAME-DATE-TIME.",
        ),
    ] = None,
    checkpoint: KeepOften = None,
    resume: Folder = None,
    search: Candidates = None,
) -> None:
    """Run an experiment: every arm with every seed, then a table and a report.

    Results of every run are kept as it finishes. A run that fails ends no other; the exit code is then 1. Ctrl-C stops,
    reports what is done and exits with code 130. --resume runs what is missing or failed, with the same result as if
    nothing had happened, and refuses if the experiment's code or data are not what they were.
    """
    from hebbstat.cli.running import Request, resume_experiment, run_experiment, search_settings

    texts = [f"neurons={neurons}"] * (neurons is not None) + list(setting or [])
    request = Request(which, seeds, seed, arm, texts, data, threads, quick, out, checkpoint)
    if resume is None and which is None:
        raise typer.BadParameter("Missing argument 'NAME|FILE.py': an experiment, or a file of your own")
    if resume is None:
        raise typer.Exit(search_settings(request, search) if search else run_experiment(request))
    if seeds or seed or arm or texts or data or quick or out or search:
        raise typer.BadParameter("--resume goes on as DIR was begun; only --threads and --checkpoint may vary")
    raise typer.Exit(resume_experiment(resume, request))


@app.command()
def report(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that hebbstat run wrote.")]) -> None:
    """Write report.html anew from the results in a folder, and print the table."""
    from hebbstat.cli.running import rebuild

    rebuild(folder)


@app.command()
def doctor() -> None:
    """Check installation, threads and cache, run a self test, and say what to do if something is wrong."""
    from hebbstat.cli.doctor import examine

    raise typer.Exit(examine())


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Options are those of bench/run.py: hebbstat bench --help",
)
def bench(context: typer.Context) -> None:
    """Measure the speed, beside other simulators where they are installed; needs a checkout of the source."""
    from hebbstat.cli.speed import measure

    raise typer.Exit(measure(context.args))
