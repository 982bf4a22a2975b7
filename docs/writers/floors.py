"""The floors of the package and the rooms of the engine: one source, the import contracts in pyproject.toml.

python docs/writers/floors.py      # writes their tables into the documents; a test holds them equal
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "hebbstat"
DOCUMENTS = ("docs/architecture.md", "CONTRIBUTING.md")
"""Where the tables stand, between `<!-- floors: begin -->` and `<!-- floors: end -->` (and `rooms`)."""

Layers = list[list[str]]


def contracts() -> list[dict[str, Any]]:
    """The import contracts."""
    found = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return list(found)


def layers(container: str) -> Layers:
    """The layers of a package, highest first, each with its siblings."""
    contract = next(one for one in contracts() if one["type"] == "layers" and one["containers"] == [container])
    return [[part.strip(" ()") for part in re.split(r"[|:]", layer)] for layer in contract["layers"]]


def floors() -> Layers:
    """The floors of the package, the lowest first."""
    return layers("hebbstat")[::-1]


def mechanism_folders() -> list[str]:
    """The folders of the floor of mechanisms."""
    return floors()[1]


def what(folder: Path) -> str:
    """What a part says of itself at the head of its docstring, without its own name in front."""
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    text = " ".join(text.split("\n\n")[0].split()).removesuffix(".")
    text = re.sub(rf"^(The )?{folder.name}s?: ", "", text, flags=re.I)
    return text[0].upper() + text[1:]


def floors_table() -> str:
    """Floor by floor, the highest first."""
    lines = ["| floor | part | what it is |", "|---|---|---|"]
    for number, parts in reversed(list(enumerate(floors()))):
        lines += [f"| {number} | `{part}` | {what(PACKAGE / part)} |" for part in parts]
    return "\n".join(lines)


def rooms_table() -> str:
    """The rooms of the engine, the highest first."""
    lines = ["| | room | what it is |", "|---|---|---|"]
    rooms = layers("hebbstat.engine")
    for number, parts in enumerate(rooms):
        lines += [f"| {len(rooms) - number} | `{part}` | {what(PACKAGE / 'engine' / part)} |" for part in parts]
    return "\n".join(lines)


def with_tables(text: str) -> str:
    """A document with its tables as they should be."""
    for name, table in (("floors", floors_table()), ("rooms", rooms_table())):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        text = re.sub(rf"{begin}.*?{end}", lambda _: f"{begin}\n{table}\n{end}", text, flags=re.S)  # noqa: B023
    return text


if __name__ == "__main__":
    for name in DOCUMENTS:
        path = ROOT / name
        text = path.read_text("utf-8")
        if (new := with_tables(text)) != text:
            path.write_text(new, "utf-8")
            print(f"{name}: tables written", file=sys.stderr)
