"""What visits read of a cell lies in one record: they find their cells all over the memory, and fetch each once."""

from __future__ import annotations

from dataclasses import dataclass

from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.quote import added, array, code, item
from hebbstat.engine.plan.arrays import Shape, scratch
from hebbstat.engine.plan.groups import ProjectionGroup

OLDER = "h_older"
"""The field that says when a cell had its last event but one: a synapse that missed it is picked."""


@dataclass(frozen=True)
class Fetch(ir.Statement):
    """Gathers what a loop over synapses needs of their cells; picks those whose cell had an event before its newest.

    `cells` has the cells of synapses, that of the e-th at `place`; `since` is when a row was last visited; `head` is
    the beginning of a plain loop over the synapses. `side_by_side` makes it code.
    """

    gather: ir.Block
    head: ir.Block
    cells: ir.Expression
    place: ir.Expression
    since: ir.Expression


def side_by_side(
    links: ProjectionGroup, functions: tuple[ir.Function, ...]
) -> tuple[tuple[ir.Function, ...], tuple[str, ...]]:
    """A projection's functions in which what they fetch lies in records; and the fields of these.

    The first to fetch decides what they are.
    """
    first = next((node for node in ir.walk(*functions) if isinstance(node, Fetch)), None)
    if first is None:
        return functions, ()
    fields = (*filter(None, (_field(links, statement) for statement in first.gather)), OLDER)
    records = array(links, "records")

    def lowered(node: ir.Node) -> ir.Block | None:
        return _code(links, node, fields) if isinstance(node, Fetch) else None

    def apart(node: ir.Node) -> ir.Node | None:
        match node:
            case ir.Item(ir.Array(group, name), index) if group is links and name in fields:
                return ir.Attribute(ir.Item(records, index), name)
        return None

    return ir.all_changed(ir.all_changed(functions, lowered), apart), fields


def _field(links: ProjectionGroup, statement: ir.Node) -> str | None:
    """What a statement gathers of each cell, if a record can hold it."""
    match statement:
        case ir.Assign(ir.Item(ir.Array(_, to)), ir.Item(ir.Array(group, name) as of, (ir.Local("i"),))):
            whole = group is links and to == f"g_{name}" and of.variable.shape is Shape.CELL
            return name if whole else None
    return None


def _code(links: ProjectionGroup, fetch: Fetch, fields: tuple[str, ...]) -> ir.Block:
    """Whole vectors of records are taken apart at once, the rest one by one; then what records do not hold."""
    rest = tuple(one for one in fetch.gather if _field(links, one) not in fields)
    places = {name: added(links, f"g_{name}", scratch(array(links, name).variable.dtype)) for name in fields}
    each = tuple(ir.Assign(item(to, "e"), item(array(links, name), "i")) for name, to in places.items())
    return code(
        """
for e in range(0, whole_lanes(count), LANES):
    gather_records(q.records, cells, place, fields, U64(e))
for e in range(whole_lanes(count), count):
    i = cells[place]
    each
found = U64(0)
for e in range(0, count, LANES):
    found = compress_indices(q.pick, found, place, older, U64(e), since, count - e)
rest
""",
        q=links,
        cells=fetch.cells,
        place=fetch.place,
        since=fetch.since,
        each=each,
        fields=ir.Several(tuple(places.values())),
        older=places[OLDER],
        rest=code("for e in range(count):\n    head\n    rest", head=fetch.head, rest=rest) if rest else (),
    )
