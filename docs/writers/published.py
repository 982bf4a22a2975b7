"""The page of published results, from the records that `make verify` wrote into docs/published."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from writers.floors import ROOT
from writers.markdown import escaped, markdown, table

RECORDS = ROOT / "docs" / "published"
MARK = {"met": "met", "within natural variability": "within natural variability", "not met": "**not met**"}


@cache
def records() -> list[dict[str, Any]]:
    """What was recorded, R before N and in the order of the numbers."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in RECORDS.glob("*.json")]
    return sorted(found, key=lambda record: order(record["row"]))


def order(name: str) -> tuple[bool, int, str]:
    """R before N, by number, then letter: (False, 6, 'b') of R6b."""
    digits = "".join(c for c in name if c.isdigit())
    return name[0] != "R", int(digits), name.partition(digits)[2]


def pages(out: Path) -> dict[str, str]:
    return {"index.md": "\n\n".join([HEAD, overview(), *map(section, records())]) + "\n"}


HEAD = """# Published results

Each row is a result of a paper, or of theory, that a mechanism is held against: measured at the step that is named and
at half of it, over the seeds that are named. A row is *met*, *within natural variability* (a sample is as far from
the reference as our seeds are from each other) or *not met*, with the reason. For each row wrong versions of the
mechanism were tried, too, and the row must catch every one.
`make verify ARGS=tests/published` measures what has no record of the same code, and writes the records."""


def overview() -> str:
    rows = [
        [f"[{one['row']}](#{anchor(one)})", escaped(one["title"]), MARK[one["verdict"]], str(len(one["numbers"])),
         str(len(one["seeds"])), f"{one['seconds']:g}"]
        for one in records()
    ]  # fmt: skip
    return table(["row", "result", "verdict", "numbers", "seeds", "s"], rows)


def anchor(record: dict[str, Any]) -> str:
    return "row-" + record["row"].lower()


def section(record: dict[str, Any]) -> str:
    """One row: every number beside the published one."""
    steps = ["ours" if dt is None else f"ours, dt {dt:g} ms" for dt in record["steps"]]
    rows = [
        [escaped(name), escaped(one["published"]), *map(told, one["ours"]), MARK[one["verdict"]]]
        for name, one in record["numbers"].items()
    ]
    of = ", ".join(f"{{py:class}}`~hebbstat.{name}`" for name in record["of"])
    machine = record["machine"]
    where = f"{machine['processor']}, {machine['cores']} cores"
    made = f"{record['date'][:10]}, {where}, commit {str(record['commit'])[:7]}"
    seeds = ", ".join(map(str, record["seeds"]))
    parts = [
        f"({anchor(record)})=\n## {record['row']}: {escaped(record['title'])}",
        f"{of}. {markdown(record['source'])}",
        table(["number", "published", *steps, "verdict"], rows),
        f"Why not met: {escaped(record['because'])}" if record["because"] else "",
        f"Must be caught: {escaped('; '.join(record['mutations']))}." if record["mutations"] else "",
        f"Seeds {seeds}; {record['seconds']:g} s; {made}.",
    ]
    return "\n\n".join(filter(None, parts))


def told(summary: dict[str, Any]) -> str:
    """A number over its seeds."""
    if "quartiles" in summary:
        return "quartiles " + ", ".join(f"{one:.4g}" for one in summary["quartiles"])
    return f"{summary['mean']:.7g}" + (f" (sd {summary['sd']:.2g})" if "sd" in summary else "")


def held_against(name: str) -> str:
    """For the page of a mechanism: the rows that it is held against."""
    links = [f"[{one['row']}](../published/index.md#{anchor(one)}) {MARK[one['verdict']]}" for one in records()
             if name in one["of"]]  # fmt: skip
    return f"Held against published results: {', '.join(links)}." if links else ""
