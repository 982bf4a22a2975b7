"""Puts the table of a digits result into the README: `python docs/readme_table.py results/digits`.

The numbers come from the folder's result.json, which is also copied to docs/digits.json, so that they can be checked.
"""

import shutil
import sys
from pathlib import Path

from hebbstat.experiments.lab.store import Result
from hebbstat.report.counts import gaps
from hebbstat.report.tables import SEEDS, heading, measures, note, rows

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- digits: begin -->", "<!-- digits: end -->"
SHOWN = ("voting", "profile_voting", "linear", "information", "rate")


def table(result: Result) -> str:
    """The table in Markdown, with where it comes from."""
    chosen = {name: measure for name, measure in measures(result).items() if name in SHOWN}
    head = ["", *(heading(measure) for measure in chosen.values()), SEEDS]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(chosen) + 1)]
    for row in rows(result, chosen):
        lines.append("| " + " | ".join([f"{row.name}: {row.text}", *row.cells, row.number]) + " |")
    found = result.json
    machine = found["provenance"]["machine"]
    took = f"{found['seconds'] / 60:.1f} minutes on {machine['cores']} cores ({machine['processor']})"
    source = f"`{found['provenance']['command']}`, {found['provenance']['date'][:10]}, {took}"
    read = note(result, chosen)
    told = f"{read[0].upper()}{read[1:]}; all numbers: [docs/digits.json](docs/digits.json). From {source}."
    return "\n".join([*lines, "", told, *(f"\n{text}." for text in gaps(result, chosen))])


def main(folder: str) -> None:
    """Fill in the README."""
    result = Result.open(folder)
    if result.json["experiment"] != "digits" or result.json["status"] != "complete":
        sys.exit(f"'{folder}' is not a complete result of the digits experiment")
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{table(result)}\n{END}{after}", encoding="utf-8")
    shutil.copy(result.folder / "result.json", ROOT / "docs" / "digits.json")


if __name__ == "__main__":
    main(*sys.argv[1:2] or sys.exit(__doc__))
