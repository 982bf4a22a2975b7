"""Writes what is done row by row: loops over the synapses of one row, where they lie.

`OneByOne` is for rows of hundreds of synapses; its twin `Batched` (write_batches.py) for many short ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hebbstat.engine.codegen.binding import Reader
from hebbstat.engine.codegen.records import cut, gather_records, put_later
from hebbstat.engine.codegen.text import indented, one_each, only_if
from hebbstat.engine.plan.model import ProjectionGroup


class OneByOne:
    """Rows are taken one after the other; `k` is a synapse, `e` its place in the row."""

    about, replayed = "row", "row, since, "  # what the functions that settle and replay are given
    picked = "k"  # the index of a synapse picked for replay

    def __init__(self, reader: Reader, links: ProjectionGroup) -> None:
        self.reader, self.links, q = reader, links, links.ident
        self.cell, self.replay_head = f"{q}.post[k]", [f"last = {q}.last[row]"]
        self.events = f"{q}.post, {q}.h_step, since"
        self.newest = f"find_newest({q}.start[row], {q}.start[row + 1], {self.events}, {q}.pick)"
        self.place, self.cells, self.since = "begin + U64(e)", f"{q}.post", "since"

    def in_replay(self, lines: list[str]) -> list[str]:
        """Lines about the synapse that was picked."""
        return lines

    def settled(self, work: list[str]) -> list[str]:
        """Work on events that the row has missed, if there are any."""
        q = self.links.ident
        head = f"since = max({q}.last[row], {q}.flushed[0])"
        return [head, *only_if(f"{q}.h_latest[0] >= since", work)]

    def visits(self, head: list[str], work: list[str], tail: list[str]) -> list[str]:
        """Each row that is due: `head`, `work` on its synapses, `tail`."""
        q = self.links.ident
        due = f"row, learning = due_row({q}.due[v]), {q}.due[v] >= 0"
        return [f"for v in range({q}.due_count[0]):", *indented([due, *head, *work, *tail])]

    def passes(self, work: list[str]) -> list[str]:
        """Work on the synapses of all rows."""
        return [f"for row in range({self.links.ident}.last.size):", *indented(work)]

    def since_when(self) -> list[str]:
        """When the row was last visited, and from when on it has missed events."""
        q = self.links.ident
        return [f"last = {q}.last[row]", f"since = max(last, {q}.flushed[0])"]

    def bounds(self) -> list[str]:
        """Where a row begins and how long it is; unsigned, so that no index is checked for being negative."""
        q = self.links.ident
        return [f"begin = U64({q}.start[row])", f"count = {q}.start[row + 1] - {q}.start[row]"]

    def loop(self, body: list[str], then: Iterable[str] = (), side_by_side: bool = False) -> list[str]:
        """A loop over the synapses, cut so that it vectorises: gather, arithmetic, put back; `then` comes in between.

        What it needs of a cell may lie `side_by_side`; then synapses whose cell has had older events are picked, too.
        """
        loops = cut(self.links, one_each(body), "i")
        lines, gather = [*loops.shared, *self.bounds()], loops.gather
        if side_by_side:
            records, gather = gather_records(self.links, gather, self.cells, self.place, self.since)
            lines += records
        if gather:
            lines += self.each(f"i = {self.cell}", *gather)
        lines += then
        own = [f"i = {self.cell}"] if needs_cell(body) else []
        if not self.reader.hooks.vectorise(body):
            return [*lines, *self.each(*own, *loops.arithmetic)]
        arithmetic, put = put_later(self.links, loops.arithmetic)
        return [*lines, *self.each(*own, *arithmetic, count="lanes(count)"), *self.each(*put)]

    def each(self, *lines: str, count: str = "count") -> list[str]:
        """A plain loop over the synapses, one by one."""
        return [f"for e in range({count}):", *indented(["k = begin + U64(e)", *lines])]


def needs_cell(body: list[str]) -> bool:
    """Whether lines use the index `i` of the postsynaptic neuron for more than looking something up."""
    return any(re.search(r"\bi\b(?!\])", line) for line in body)
