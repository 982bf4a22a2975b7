"""The table of results: printed in the terminal, and as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from homeostat.experiments.lab.contract import Measure
from homeostat.experiments.lab.store import Result

if TYPE_CHECKING:
    from rich.console import Group


@dataclass(frozen=True)
class Row:
    """One arm or baseline: its name, what it is, and its cells as text, one for each main measure."""

    name: str
    text: str
    cells: tuple[str, ...]
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
    if found["low"] is None:
        return mean
    return f"{mean} ± {measure.show((found['high'] - found['low']) / 2)}"


def rows(result: Result, chosen: dict[str, Measure]) -> Iterator[Row]:
    """All arms, then all baselines, that have run at least once."""
    for kind in ("arms", "baselines"):
        for name, text in result.json[kind].items():
            found = result.json["summary"].get(name)
            if found:
                yield Row(
                    name,
                    text,
                    tuple(interval_text(m, found.get(key)) for key, m in chosen.items()),
                    kind == "baselines",
                )


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
        table.add_column(heading(measure), justify="right")
    before = None
    for row in rows(result, chosen):
        if before is not None and before.baseline != row.baseline:
            table.add_section()
        table.add_row(Text(row.name), *row.cells)
        before = row
    return Group(Text(result.json["title"], style="bold"), table, Text(note(result), style="dim"))


def note(result: Result) -> str:
    """How to read the numbers."""
    seeds, done, wanted = len(result.json["seeds"]), len(result.json["runs"]), result.json["expected_runs"]
    text = f"mean ± half the 95 % interval over {seeds} seeds" if seeds > 1 else "one seed: no intervals"
    return text if done == wanted else f"{text}; stopped early, {done} of {wanted} runs"


def html_table(result: Result) -> str:
    """The table for a page, with the difference from the first arm in the first main measure."""
    chosen = measures(result)
    if not chosen:
        return ""
    key, first = next(iter(chosen.items()))
    reference = next(iter(result.json["arms"]), "")
    head = "".join(f"<th>{escape(heading(m))}</th>" for m in chosen.values())
    head += (
        f"<th>difference from “{escape(reference)}”, {escape(first.unit or first.text)}</th>"
        if len(result.json["arms"]) > 1
        else ""
    )
    lines, before = [], False
    for row in rows(result, chosen):
        effect = result.json["effects"].get(row.name, {}).get(key)
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row.cells)
        cells += (
            f"<td>{interval_text(first, effect, signed=True) if effect else ''}</td>"
            if len(result.json["arms"]) > 1
            else ""
        )
        rule = ' class="rule"' if row.baseline and not before else ""
        before = row.baseline
        lines.append(f"<tr{rule}><th>{escape(row.name)}<small>{escape(row.text)}</small></th>{cells}</tr>")
    body = f"<thead><tr><th></th>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f'<div class="scroll"><table class="results">{body}</table></div>'
