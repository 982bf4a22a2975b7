"""Writes the replay of postsynaptic events: `settle` brings one row up to date, `flush` all of a projection.

A left fold over events in the order of time whose operands depend on absolute event times only (docs/semantics.md,
section 6), so it changes no bit when it happens.
"""

from __future__ import annotations

from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.context import THEN, ProjectionContext
from hebbstat.engine.codegen.fission import cut, needs_cell
from hebbstat.engine.codegen.fragments import let
from hebbstat.engine.codegen.quote import added, expr, item
from hebbstat.engine.codegen.update import synapse_event
from hebbstat.engine.plan.arrays import scratch

CELL, AGE = ir.Local("i"), ir.Local("j")


def replay(at: ProjectionContext) -> tuple[ir.Function, ...]:
    """The functions `replay` and `settle`, if postsynaptic events change synapses."""
    return (_replay(at), _settle(at)) if at.plan.replays else ()


def _replay(at: ProjectionContext) -> ir.Function:
    """Live synapses are packed, their values gathered, the hooks run over packed memory, the results scattered."""
    rows, q = at.rows, at.links
    event = synapse_event(at, at.then(), "on_post", at.plan.on_post, THEN)
    results = {at.own(name, "k"): ir.Local(name) for name in event.changed}
    results |= {at.stamp: expr("np.int32(at)")} if at.plan.timestamped else {}
    places = {to: item(added(q, f"new_{_name(to)}", scratch(to.of.variable.dtype)), "e") for to in results}  # type: ignore[attr-defined]
    body = (
        *at.code("at = q.seen[begin + U64(e)]"),
        *event.block,
        *(ir.Assign(places[to], value) for to, value in results.items()),
    )
    loops = cut(q, rows.in_replay(body), f"ij{rows.picked}", "packed")
    pick, cell = let(rows.picked, at.expr("q.pick[begin + U64(e)]")), rows.in_replay(at.code("i = q.post[k]"))
    through = any(isinstance(node, ir.Item) and node.index[-1] in (CELL, AGE) for node in ir.walk(*loops.gather))
    event_at = (*cell, *at.code("j = U64(level + youngest) * U64(c.size) + U64(i)")) if through else ()
    doc = f"""Replay postsynaptic events of {q.name!r} that have not been seen, oldest first.

`pick` lists the `count` synapses that have one of age `youngest`."""
    return at.function("replay", doc, at.code(
        f"""
head
levels = find_older(cells, steps, since, youngest, count, q.pick, q.seen, q.level)
shared
for level in range(levels - 1, -1, -1):
    begin = U64(q.level[level])
    count = q.level[level + 1] - q.level[level]
    for e in range(count):
        pick
        event_at
        gather
    for e in range({"lanes(count)" if at.binder.hooks.vectorise(body) else "count"}):
        own
        arithmetic
    for e in range(count):
        pick
        put
""",
        head=rows.replay_head, cells=rows.cells, steps=rows.steps, since=rows.since, shared=loops.shared, pick=pick,
        event_at=event_at, gather=loops.gather, own=(*pick, *cell) if needs_cell(body) else (),
        arithmetic=loops.arithmetic, put=rows.in_replay(tuple(ir.Assign(to, place) for to, place in places.items())),
    ), "called", (*rows.replayed, ir.Local("youngest"), ir.Local("count")))  # fmt: skip


def _name(place: ir.Item) -> str:
    assert isinstance(place.of, ir.Array)
    return place.of.name


def _settle(at: ProjectionContext) -> ir.Function:
    work = (*let("found", at.rows.newest), *replayed(at, 0))
    doc = f"Bring synapses of {at.links.name!r} up to date."
    return at.function("settle", doc, at.rows.settled(work), about=at.rows.about)


def settle(at: ProjectionContext) -> ir.Block:
    """Brings what is visited up to date."""
    return at.call("settle", *at.rows.about)


def replayed(at: ProjectionContext, youngest: int) -> ir.Block:
    """Replays the events of the `found` synapses that were picked."""
    replay = at.call("replay", *at.rows.replayed, ir.Number(youngest), ir.Local("found"))
    return ir.only_if(expr("found > 0"), replay)


def newest_event(at: ProjectionContext) -> ir.Block:
    """Takes one synapse, whose weight is the local `w`, through its newest event, if the row missed that.

    The newest event is the first entry of its cell's history, so its place `j` there is the cell `i`.
    """
    event = synapse_event(at, at.then(), "on_post", at.plan.on_post, THEN, loaded=True)
    block = at.code(
        "at = q.h_newest[i]\nbefore = w\nevent\nw = w if at >= since else before", event=event.block
    )  # fmt: skip
    return ir.all_changed(block, lambda node: CELL if node == AGE else None)


def flush(at: ProjectionContext, missed: tuple[ir.Function, ...]) -> tuple[ir.Function, ...]:
    """The function `flush`, if there is anything that rows may have `missed`."""
    if not missed:
        return ()
    doc = f"Bring all synapses of {at.links.name!r} up to date with the events before step `n`."
    body = at.code(
        "passes\nq.flushed[0] = n\nq.h_fill[:] = 0", passes=at.rows.passes(settle(at), missed)
    )  # fmt: skip
    return (at.function("flush", doc, body, "called"),)


def history_of(at: ProjectionContext, functions: tuple[ir.Function, ...]) -> dict[ir.Array, ir.Expression]:
    """What functions read of the time of past events: arrays of the history, and what each holds."""
    prefix = "h_"
    found = {one: one.holds for one in ir.arrays(*functions) if one.group is at.links and one.name.startswith(prefix)}
    return {one: holds for one, holds in found.items() if holds is not None}
