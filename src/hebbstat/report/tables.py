"""The table of results: printed in the terminal, and as HTML."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from hebbstat.experiments.lab.contract import Measure
from hebbstat.experiments.lab.store import Result

if TYPE_CHECKING:
    from rich.console import Group

SEEDS = "n"  # the heading of the numbers of seeds


@dataclass(frozen=True)
class Row:
    """One arm or baseline: its name, what it is, its cells as text, one for each main measure, and how many seeds."""

    name: str
    text: str
    cells: tuple[str, ...]
    number: str  # of seeds that finished: '3', or '2 of 3'
    baseline: bool


def measures(result: Result, *, main: bool = True) -> dict[str, Measure]:
    """The measures of a result, only those for the table if `main`; all if none was declared to be."""
    found = {name: Measure(**entry) for name, entry in result.json["measures"].items()}
    chosen = {name: measure for name, measure in found.items() if measure.main}
    return chosen if main and chosen else found


def interval_text(measure: Measure, found: dict[str, Any] | None, *, signed: bool = False) -> str:
    """'95.3 ± 0.8' (mean and half its 95 % interval); the mean alone for one seed; a dash for nothing."""
    if found is None or found["mean"] is None:
        return "–"
    mean = measure.show(found["mean"])
    if signed and found["mean"] > 0:
        mean = f"+{mean}"
    if found["low"] is None or found["high"] is None:
        return mean
    return f"{mean} ± {measure.show((found['high'] - found['low']) / 2)}"


def cell(measure: Measure, found: dict[str, Any] | None, finished: int, *, signed: bool = False) -> str:
    """The interval, with the number of seeds in it where that is not the number of the row's runs that finished."""
    text = interval_text(measure, found, signed=signed)
    if found is None or found["number"] == finished:
        return text
    return f"{text} (n = {found['number']})" if found["number"] else "undefined (n = 0)"


def rows(result: Result, chosen: dict[str, Measure]) -> Iterator[Row]:
    """All arms, then all baselines, also those of which no run has finished."""
    asked = len(result.json["seeds"])
    for kind in ("arms", "baselines"):
        for name, text in result.json[kind].items():
            found, finished = result.json["summary"].get(name, {}), result.finished(name)
            cells = tuple(cell(measure, found.get(key), finished) for key, measure in chosen.items())
            number = str(asked) if finished == asked else f"{finished} of {asked}"
            yield Row(name, text, cells, number, kind == "baselines")


def heading(measure: Measure) -> str:
    """What a column shows, with its unit."""
    return f"{measure.text}, {measure.unit}" if measure.unit else measure.text


def printed(result: Result) -> Group:
    """The table for a terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    chosen = measures(result)
    table = Table(box=SIMPLE_HEAD, padding=0)
    table.add_column("", style="bold", no_wrap=True)
    for measure in chosen.values():
        table.add_column(_narrow(heading(measure)), justify="right")
    table.add_column(SEEDS, justify="right")
    before = None
    for row in rows(result, chosen):
        if before is not None and before.baseline != row.baseline:
            table.add_section()
        table.add_row(Text(row.name), *row.cells, row.number)
        before = row
    return Group(Text(result.json["title"], style="bold"), table, Text(note(result, chosen), style="dim"))


def _narrow(text: str) -> str:
    """In lines of a number and its interval, or of the longest word, so that no word is cut in a small terminal."""
    longest = max(map(len, text.split()), default=0)
    return "\n".join(textwrap.wrap(text, max(longest, len("95.3 ± 0.8")), break_on_hyphens=False))


def note(result: Result, shown: Mapping[str, Measure]) -> str:
    """How to read the numbers."""
    asked, done, wanted = len(result.json["seeds"]), len(result.json["runs"]), result.json["expected_runs"]
    text = "one seed: no intervals"
    if asked > 1:
        all_there = done == wanted and not any(
            found[name]["missing"] for found in result.json["summary"].values() for name in shown if name in found
        )
        text = "mean ± half the 95 % interval over " + (
            f"{asked} seeds" if all_there else f"the n seeds that gave the number, of {asked} asked for"
        )
    if done == wanted:
        return text
    failed = len(result.json["failures"])
    left = f"{failed} failed" if failed else "stopped early"
    return f"{text}; {left}, {done} of {wanted} runs are here"


def html_table(result: Result) -> str:
    """The table for a page, with the difference from the first arm in the first main measure."""
    chosen = measures(result)
    if not chosen:
        return ""
    key, first = next(iter(chosen.items()))
    reference = next(iter(result.json["arms"]), "")
    head = "".join(f"<th>{escape(name)}</th>" for name in (*map(heading, chosen.values()), SEEDS))
    head += (
        f"<th>difference from “{escape(reference)}”, {escape(first.unit or first.text)}</th>"
        if len(result.json["arms"]) > 1
        else ""
    )
    lines, before = [], False
    for row in rows(result, chosen):
        effect = result.json["effects"].get(row.name, {}).get(key)
        cells = "".join(f"<td>{escape(text)}</td>" for text in (*row.cells, row.number))
        cells += (
            f"<td>{cell(first, effect, result.finished(row.name), signed=True) if effect else ''}</td>"
            if len(result.json["arms"]) > 1
            else ""
        )
        rule = ' class="rule"' if row.baseline and not before else ""
        before = row.baseline
        lines.append(f"<tr{rule}><th>{escape(row.name)}<small>{escape(row.text)}</small></th>{cells}</tr>")
    body = f"<thead><tr><th></th>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f'<div class="scroll"><table class="results">{body}</table></div>'
