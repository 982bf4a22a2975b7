"""Puts the table of a digits result into the README: `python docs/readme_table.py results/digits`.

The numbers come from the folder's result.json, which is also copied to docs/digits.json, so that they can be checked.
"""

import shutil
import sys
from pathlib import Path

from homeostat.experiments.lab.store import Result
from homeostat.report.tables import heading, measures, rows

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- digits: begin -->", "<!-- digits: end -->"
SHOWN = ("voting", "profile_voting", "linear", "information", "rate")


def table(result: Result) -> str:
    """The table in Markdown, with where it comes from."""
    chosen = {name: measure for name, measure in measures(result).items() if name in SHOWN}
    head = ["", *(heading(measure) for measure in chosen.values())]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * len(chosen)]
    lines += ["| " + " | ".join([f"{row.name}: {row.text}", *row.cells]) + " |" for row in rows(result, chosen)]
    found = result.json
    machine, seeds = found["provenance"]["machine"], len(found["seeds"])
    took = f"{found['seconds'] / 60:.1f} minutes on {machine['cores']} cores ({machine['processor']})"
    source = f"`{found['provenance']['command']}`, {found['provenance']['date'][:10]}, {took}"
    note = f"Mean ± half the 95 % interval over {seeds} seeds; all numbers: [docs/digits.json](docs/digits.json)."
    return "\n".join([*lines, "", f"{note} From {source}."])


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
