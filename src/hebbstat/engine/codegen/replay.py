"""Writes the replay of postsynaptic events: `settle` brings one row up to date, `flush` all of a projection.

A left fold over events in the order of time whose operands depend on absolute event times only (docs/semantics.md,
section 6), so it changes no bit when it happens.
"""

from __future__ import annotations

import re

from hebbstat.engine.codegen.context import Views
from hebbstat.engine.codegen.records import cut
from hebbstat.engine.codegen.row_loop import needs_cell
from hebbstat.engine.codegen.text import indented, one_each, only_if
from hebbstat.engine.codegen.update import synapse_event
from hebbstat.engine.plan.arrays import scratch


def write_replay(at: Views) -> list[str]:
    """All three functions."""
    return [*_replay(at), *_settle(at), *_flush(at)]


def _replay(at: Views) -> list[str]:
    """Live synapses are packed, their values gathered, the hooks run over packed memory, the results scattered."""
    q = at.q
    event, changed = synapse_event(at, at.then(), "on_post", at.plan.on_post, "at")
    results = {name: (name, at.links.variables[name].dtype) for name in changed}
    results |= {"stamp": ("np.int32(at)", "int32")} if at.plan.stamped else {}
    for name, (_, dtype) in results.items():
        at.links.variables[f"new_{name}"] = scratch(dtype)
    stores = [f"{q}.new_{name}[e] = {value}" for name, (value, _) in results.items()]
    body = [f"at = {q}.seen[begin + U64(e)]", *event, *stores]
    loops = cut(at.links, at.rows.in_replay(one_each(body)), f"ij{at.rows.picked}", "packed")
    pick = f"{at.rows.picked} = {q}.pick[begin + U64(e)]"
    cell = at.rows.in_replay([f"i = {q}.post[k]"])
    event_at = [*cell, f"j = U64(level + youngest) * U64({at.c}.size) + U64(i)"]
    return [
        f"@called\ndef replay_{q}({at.rows.replayed}youngest, count, {at.arguments}):",
        f'    """Replay postsynaptic events of {at.links.name!r} that have not been seen, oldest first.',
        "",
        "    `pick` lists the `count` synapses that have one of age `youngest`.",
        '    """',
        *indented(at.rows.replay_head),
        f"    levels = find_older({at.rows.events}, youngest, count, {q}.pick, {q}.seen, {q}.level)",
        *indented(loops.shared),
        "    for level in range(levels - 1, -1, -1):",
        f"        begin = U64({q}.level[level])",
        f"        count = {q}.level[level + 1] - {q}.level[level]",
        "        for e in range(count):",
        *indented([pick, *(event_at if re.search(r"\[[ij]\]", "".join(loops.gather)) else []), *loops.gather], 3),
        f"        for e in range({'lanes(count)' if at.reader.hooks.vectorise(body) else 'count'}):",
        *indented([pick, *cell] if needs_cell(body) else [], 3),
        *indented(loops.arithmetic, 3),
        "        for e in range(count):",
        *indented([pick, *at.rows.in_replay([f"{q}.{name}[k] = {q}.new_{name}[e]" for name in results])], 3),
        "",
    ]


def _settle(at: Views) -> list[str]:
    q = at.q
    return [
        f"@inline\ndef settle_{q}({at.rows.about}, {at.arguments}):",
        f'    """Bring synapses of {at.links.name!r} up to date."""',
        *indented(at.rows.settled([f"found = {at.rows.newest}", *replayed(at, 0)])),
        "",
    ]


def replayed(at: Views, youngest: int) -> list[str]:
    """Lines that replay the events of the `found` synapses that were picked."""
    given = f"{at.rows.replayed}{youngest}, found, {at.arguments}"
    return only_if("found > 0", [f"replay_{at.q}({given})"])


def newest_event(at: Views) -> list[str]:
    """Lines that take one synapse, whose weight is the local `w`, through its newest event, if the row missed that.

    The newest event is the first entry of its cell's history, so its place `j` there is the cell `i`.
    """
    event, _ = synapse_event(at, at.then(), "on_post", at.plan.on_post, "at", loaded=True)
    lines = [f"at = {at.q}.h_newest[i]", "before = w", *event, "w = w if at >= since else before"]
    return [re.sub(r"\[j\]", "[i]", line) for line in one_each(lines)]


def _flush(at: Views) -> list[str]:
    return [
        f"@called\ndef flush_{at.q}({at.arguments}):",
        f'    """Bring all synapses of {at.links.name!r} up to date with the events before step `n`."""',
        *indented(at.rows.passes([f"settle_{at.q}({at.rows.about}, {at.arguments})"])),
        f"    {at.q}.flushed[0] = n",
        f"    {at.q}.h_fill[:] = 0",
        "",
    ]
