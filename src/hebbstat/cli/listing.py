"""`hebbstat list`: what there is, with the first line of what it says of itself."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hebbstat.contract.errors import UnknownNameError, suggestion
from hebbstat.contract.fields import short
from hebbstat.contract.mechanism import Mechanism
from hebbstat.experiments.lab.contract import Experiment
from hebbstat.experiments.lab.discovery import built_in, load
from hebbstat.experiments.lab.settings import range_of, type_of

FOLDERS = ("neurons", "synapses", "plasticity", "homeostasis", "modulation")


def show(what: str | None) -> None:
    """Print experiments, mechanisms, one experiment or one mechanism."""
    console = Console()
    if what in (None, "experiments"):
        console.print(_experiments())
    if what in (None, "mechanisms"):
        console.print(_mechanisms())
    if what is None:
        console.print("[dim]Arms and settings of an experiment, parameters of a mechanism: hebbstat list NAME[/dim]")
    if what in (None, "experiments", "mechanisms"):
        return
    classes = {name: importlib.import_module(f"hebbstat.{folder}") for folder, name, _ in mechanisms()}
    if what in classes:
        _parameters(console, getattr(classes[what], what))
        return
    known = [*built_in(), "experiments", "mechanisms", *classes]
    if what not in known and not what.endswith(".py"):
        raise UnknownNameError(f"nothing called '{what}' to list; {suggestion(what, known)}")
    _one(console, load(what))


def mechanisms() -> Iterator[tuple[str, str, str]]:
    """Folder, name and first line of every mechanism that comes with Hebbstat."""
    for folder in FOLDERS:
        module = importlib.import_module(f"hebbstat.{folder}")
        for name in sorted(module.__all__):
            yield folder, name, (inspect.getdoc(getattr(module, name)) or "").partition("\n")[0]


def _experiments() -> Table:
    table = _table("Experiments (hebbstat run NAME)", "name", "question")
    for name in built_in():
        table.add_row(name, escape(load(name).title))
    return table


def _mechanisms() -> Table:
    table = _table("Mechanisms (import hebbstat as hs)", "folder", "name", "what it is")
    before = ""
    for folder, name, line in mechanisms():
        table.add_row(folder if folder != before else "", f"hs.{name}", escape(line))
        before = folder
    return table


def _parameters(console: Console, mechanism: type[Mechanism]) -> None:
    text = (inspect.getdoc(mechanism) or "").partition("\n\nParameters:\n")[0]
    console.print(f"[bold]hs.{mechanism.__name__}[/bold]\n")
    console.print(escape(text), highlight=False)
    table = _table("\nParameters", "name", "default", "may be", "meaning")
    for name, spec in mechanism.fields.items():
        default = "must be given" if spec.default is None else short(spec.default)
        table.add_row(name, escape(default), escape(spec.needed), escape(spec.text))
    console.print(table if mechanism.fields else "\nIt has no parameters.")


def _one(console: Console, experiment: Experiment) -> None:
    console.print(f"[bold]{escape(experiment.name)}[/bold]: {escape(experiment.title)}\n")
    # paragraphs as wide as the terminal, not as the file
    console.print(escape(re.sub(r"(?<!\n)\n(?!\n)", " ", experiment.text)), highlight=False)
    arms = _table("Arms (--arm NAME)", "name", "what is different")
    for name, text in {**experiment.arms, **experiment.baselines}.items():
        kind = " [dim](baseline)[/dim]" if name in experiment.baselines else ""
        arms.add_row(escape(name), escape(str(text)) + kind)
    console.print(arms)
    settings = _table("Settings (--set KEY=VALUE)", "key", "default", "may be", "meaning")
    for name, info in experiment.settings.model_fields.items():
        settings.add_row(
            name,
            escape(str(info.default)),
            ", ".join(filter(None, (type_of(info), range_of(info)))),
            escape(info.description or ""),
        )
    console.print(settings)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False, box=None)
    for column in columns:
        table.add_column(
            column,
            style="cyan" if column in ("name", "key") else "",
            header_style="dim",
            no_wrap=column in ("name", "key", "folder"),
        )
    return table
