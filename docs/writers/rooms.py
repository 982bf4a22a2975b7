"""The graph of rooms, drawn from the imports of the code: floors of the package, rooms of the engine."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from writers.floors import PACKAGE, Layers, floors_table, layers, rooms_table

Arrow = tuple[str, str]
WIDE, STEP, BOX, MARGIN = 760, 84, 30, 34
AWAY, BESIDE = 7, 5  # pixels between an arrow and a box, and between two arrows
ON_PATH, OFF_PATH = "#4a4a4a", "#b9c6d0"


def pages(out: Path) -> dict[str, str | bytes]:
    """The page and its two pictures."""
    package, engine = layers("hebbstat"), layers("hebbstat.engine")
    counts, made = [], {}
    for name, rooms, folder in (("floors", package, PACKAGE), ("engine", engine, PACKAGE / "engine")):
        found = arrows(folder, {room for row in rooms for room in row})
        hold(rooms, found)
        made[f"{name}.svg"] = drawn(rooms, found).encode()
        counts.append(len(found))
    text = PAGE.format(floors=counts[0], rooms=counts[1], floors_table=floors_table(), rooms_table=rooms_table())
    return {"index.md": text, **made}


PAGE = """# Rooms

Drawn from the imports of the code when this page was made: who imports whom. An import points down, never up and never
to a neighbor; `make floors` fails otherwise, and so does the build of this page. Dark lines lead to the next layer,
light ones further down.

## Floors of the package

![The parts of the package on their floors, and the {floors} ways in which one imports from another](floors.svg)

{floors_table}

## Rooms of the engine

![The rooms of the engine, and the {rooms} ways in which one imports from another](engine.svg)

{rooms_table}
"""


def arrows(folder: Path, rooms: set[str]) -> set[Arrow]:
    """(room, room that it imports from), imports for the type checker and within functions included."""
    package = ".".join(["hebbstat", *folder.relative_to(PACKAGE).parts])
    found = set()
    for path in folder.rglob("*.py"):
        room = path.relative_to(folder).parts[0].removesuffix(".py")
        for name in imported(ast.parse(path.read_text("utf-8"))):
            if name.startswith(f"{package}."):
                found.add((room, name.removeprefix(f"{package}.").split(".")[0]))
    return {(a, b) for a, b in found if a != b and a in rooms and b in rooms}


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of modules and of what is imported from them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def hold(rooms: Layers, found: set[Arrow]) -> None:
    """An arrow that does not point down is an error."""
    level = {room: number for number, row in enumerate(rooms) for room in row}
    if wrong := sorted((a, b) for a, b in found if level[a] >= level[b]):
        raise RuntimeError(f"imports that do not point down: {wrong}")


def drawn(rooms: Layers, found: set[Arrow]) -> str:
    """The picture: a row of boxes for each layer, the highest on top."""
    rows = ordered(rooms, found)
    at = {room: (WIDE * (k + 0.5) / len(row), MARGIN + STEP * number)
          for number, row in enumerate(rows) for k, room in enumerate(row)}  # fmt: skip
    level = {room: number for number, row in enumerate(rows) for room in row}
    tall = 2 * MARGIN + STEP * (len(rows) - 1)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {tall}"',
        ' font-family="sans-serif" font-size="14">',
        f'<rect width="{WIDE}" height="{tall}" rx="6" fill="#ffffff"/>',
        *(f'<defs><marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" '
          f'orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="{color}"/></marker></defs>'
          for name, color in (("near", ON_PATH), ("far", OFF_PATH))),
    ]  # fmt: skip
    gaps = [Gaps([at[room][0] for room in row], [width(room) for room in row], at[row[0]][1]) for row in rows]
    for a, b in sorted(found, key=lambda arrow: (level[arrow[0]] - level[arrow[1]], arrow)):  # far ones first
        lines.append(curve(at[a], at[b], gaps[level[a] + 1 : level[b]]))
    for room, (x, y) in at.items():
        w = width(room)
        place = f'x="{x - w / 2:.0f}" y="{y - BOX / 2:.0f}" width="{w:.0f}" height="{BOX}" rx="5"'
        lines.append(f'<rect {place} fill="#e8f1f8" stroke="#0072B2"/>')
        lines.append(f'<text x="{x:.0f}" y="{y + 5:.0f}" text-anchor="middle" fill="#1b1b1b">{room}</text>')
    return "\n".join([*lines, "</svg>", ""])


def ordered(rooms: Layers, found: set[Arrow]) -> Layers:
    """Neighbors of a layer in an order in which few arrows cross: by where what imports them stands."""
    place: dict[str, float] = {}
    made = []
    for row in rooms:
        middle = {}
        for room in row:
            above = [place[a] for a, b in found if b == room and a in place]
            middle[room] = sum(above) / len(above) if above else 0.5
        made.append(sorted(row, key=lambda room, middle=middle: middle[room]))
        place |= {room: (k + 0.5) / len(row) for k, room in enumerate(made[-1])}
    return made


def width(room: str) -> float:
    """Of a room's box."""
    return 8.4 * len(room) + 20


class Gaps:
    """The places between the boxes of a row at height `y`, through which arrows to rows further down go."""

    def __init__(self, middles: list[float], widths: list[float], y: float) -> None:
        left = [x - w / 2 for x, w in zip(middles, widths, strict=True)]
        right = [x + w / 2 for x, w in zip(middles, widths, strict=True)]
        self.y, self.spans = y, [(b + AWAY, e - AWAY) for b, e in zip([0.0, *right], [*left, WIDE], strict=True)]
        self.taken: list[float] = []

    def place(self, wanted: float) -> float:
        """Where an arrow goes through that would like to at `wanted`: near it, beside those that went before."""
        free = [
            x for begin, end in self.spans for x in range(round(begin), round(end) + 1)
            if all(abs(x - other) >= BESIDE for other in self.taken)
        ]
        found = min(free or [round(self.spans[0][0])], key=lambda x: abs(x - wanted))
        self.taken.append(found)
        return found


def curve(begin: tuple[float, float], end: tuple[float, float], between: list[Gaps]) -> str:
    """An arrow from the lower edge of a box to the upper edge of another, through the gaps of the rows between."""
    (x, y), (u, v) = (begin[0], begin[1] + BOX / 2), (end[0], end[1] - BOX / 2 - 1)
    way = f"M {x:.0f} {y:.0f}"
    at, height = x, y
    for row in between:
        place = row.place(at + (u - at) * (row.y - height) / (v - height))
        above, below = row.y - BOX / 2 - 2, row.y + BOX / 2 + 2
        way += f"{bend(at, height, place, above)} L {place:.0f} {below:.0f}"
        at, height = place, below
    color, mark = (OFF_PATH, "far") if between else (ON_PATH, "near")
    shown = f'd="{way}{bend(at, height, u, v)}" fill="none" stroke="{color}" stroke-width="1.2"'
    return f'<path {shown} marker-end="url(#{mark})"/>'


def bend(x: float, y: float, u: float, v: float) -> str:
    """From one point down to another, upright at both."""
    middle = (v - y) * 0.45
    return f" C {x:.0f} {y + middle:.0f}, {u:.0f} {v - middle:.0f}, {u:.0f} {v:.0f}"
