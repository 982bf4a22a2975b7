"""Turns a loop over synapses into one that vectorises.

A compiler cannot prove that `x[post[k]]` does not overlap what the loop writes, so it would take the synapses one by
one. The loop is therefore cut: what is found through an index is gathered into scratch rows, what the whole row
shares is read once, and the arithmetic in between runs over contiguous memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hebbstat.engine.plan.arrays import Shape, scratch
from hebbstat.engine.plan.model import ProjectionGroup

INDEXED = re.compile(r"\b(\w+)\.(\w+)\[(i|j|k|s|row|0)\]")


@dataclass
class Loops:
    """A loop that was cut: reads for the whole row, the body of the gathering loop, that of the arithmetic."""

    shared: list[str]
    gather: list[str]
    arithmetic: list[str]


def cut(links: ProjectionGroup, body: list[str], gathered: str, scratch_prefix: str = "g") -> Loops:
    """Cut the lines of a loop body over `e`; `gathered` names the indices to gather, such as "ij"."""
    loops = Loops([], [], [])
    seen: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        text, group, name, index = match.group(0), *match.groups()
        if text in seen:
            return seen[text]
        own = group == links.ident
        if index in ("row", "0"):
            local = f"here_{'' if own else group + '_'}{name}"
            loops.shared.append(f"{local} = {text}")
        elif index in gathered:
            place = f"{scratch_prefix}_{'' if own else 'post_'}{name}"
            links.variables[place] = scratch(type_of(links, own, name))
            loops.gather.append(f"{links.ident}.{place}[e] = {text}")
            local = f"{links.ident}.{place}[e]"
        else:
            local = text
        seen[text] = local
        return local

    for line in body:
        target, equals, value = line.partition(" = ") if line.startswith(f"{links.ident}.") else ("", "", line)
        loops.arithmetic.append(target + equals + INDEXED.sub(replace, value))
    return loops


def gather_records(
    links: ProjectionGroup, gather: list[str], cells: str, place: str, since: str
) -> tuple[list[str], list[str]]:
    """Lines that gather what lies in records of cells, and pick the synapses whose cell has an event before its newest.

    `cells` has the cells of synapses, that of the e-th at `place`; `since` is when a row was last visited. Returns the
    lines, and those of `gather` that are still to be done. The first to gather decides what lies in the records.
    """
    q, found, rest = links.ident, ["h_older"], []
    own = re.compile(rf"{q}\.g_(\w+)\[e\] = {q}\.\1\[i\]")
    for line in gather:
        match = own.fullmatch(line)
        if match and (match[1] in links.records if links.records else links.shape(match[1]) in (Shape.CELL, None)):
            found.insert(-1, match[1])
        else:
            rest.append(line)
    links.records = links.records or found
    links.variables["g_h_older"] = scratch("int32")
    fields = {name: f"g_{name}" for name in links.records}
    taken = ", ".join(f"{q}.{local}" for local in fields.values())
    lines = [
        "for e in range(0, whole_lanes(count), LANES):",
        f"    take_lanes({q}.near, {cells}, {place}, ({taken}), U64(e))",
        "for e in range(whole_lanes(count), count):",
        f"    i = {cells}[{place}]",
        *(f"    {q}.{local}[e] = {q}.{name}[i]" for name, local in fields.items()),
        "found = U64(0)",
        "for e in range(0, count, LANES):",
        f"    found = pick_lanes({q}.pick, found, {place}, {q}.g_h_older, U64(e), {since}, count - e)",
    ]
    return lines, rest


def put_later(links: ProjectionGroup, arithmetic: list[str]) -> tuple[list[str], list[str]]:
    """Stores to synapses go to scratch first, so that the arithmetic may run on past the end of a row.

    Returns the arithmetic and the lines that put the results in their places.
    """
    own, put = re.compile(rf"{links.ident}\.(\w+)\[k\] = (.*)"), []
    for n, line in enumerate(arithmetic):
        if found := own.fullmatch(line):
            place = f"new_{found[1]}"
            links.variables[place] = scratch(type_of(links, True, found[1]))
            arithmetic[n] = f"{links.ident}.{place}[e] = {found[2]}"
            put.append(f"{links.ident}.{found[1]}[k] = {links.ident}.{place}[e]")
    return arithmetic, put


def side_by_side(links: ProjectionGroup, text: list[str]) -> list[str]:
    """A projection's code in which `links.records`, all that a visit reads of a cell, lies in one record of `near`.

    A visit finds its cells all over the memory: what lies side by side is fetched once.
    """
    if not links.records:
        return text
    apart = re.compile(rf"\b{links.ident}\.({'|'.join(links.records)})\[(\w+)\]")
    return [apart.sub(rf"{links.ident}.near[\2].\1", line) for line in text]


def type_of(links: ProjectionGroup, own: bool, name: str) -> str:
    """The type of a variable of a projection, or of its target."""
    arrays = (links if own else links.target).arrays
    return arrays[name].dtype if name in arrays else "F"
