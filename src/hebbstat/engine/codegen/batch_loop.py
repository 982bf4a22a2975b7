"""Writes what is done with many short rows at once.

Where delays differ, a presynaptic neuron has a row for each of them, of a few synapses: to begin a loop would cost more
than to run it. So rows are listed one after the other in a batch: their synapses are copied into `batch_...`, and what
all synapses of a row share is spread over their places there. The loops run over the batch. What they have changed is
put back at its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hebbstat.engine.codegen.binding import Reader
from hebbstat.engine.codegen.records import cut, gather_records, type_of
from hebbstat.engine.codegen.row_loop import needs_cell
from hebbstat.engine.codegen.text import indented, one_each
from hebbstat.engine.plan.arrays import scratch
from hebbstat.engine.plan.model import ProjectionGroup


class Batched:
    """Rows are listed until the batch is full; `e` is a place in it, and so is `s`, of a synapse picked for replay.

    `values` are the local variables that hold, in the loop over rows, what is known of a row.
    """

    about, replayed = "count", ""
    picked = "s"

    def __init__(self, reader: Reader, links: ProjectionGroup, values: list[str]) -> None:
        self.reader, self.links, q = reader, links, links.ident
        self.cell, self.replay_head = f"{q}.post[k]", list[str]()
        self.events = f"{q}.batch_post, {q}.h_step, {q}.batch_since"
        self.newest = f"find_newest(0, count, {self.events}, {q}.pick)"
        self.place, self.cells, self.since = "U64(e)", f"{q}.batch_post", f"{q}.batch_since"
        self.copied: dict[str, str] = {}  # variables of synapses, listed with them
        self.spread: dict[str, str] = {}  # what is spread over a row's places
        self.changed: dict[str, str] = {}  # variables of synapses that are put back
        self._of_synapse = re.compile(rf"\b{q}\.(\w+)\[k\]")
        self._of_row = re.compile(rf"\b{q}\.(\w+)\[row\]")
        self._value = re.compile(rf"(?<![\w.])({'|'.join(values)})\b(?!\()")
        for name, dtype in (("number", "uint32"), ("post", "uint32"), ("since", "int32")):
            links.variables[f"batch_{name}"] = scratch(dtype)
        self._begin_with()

    def _begin_with(self) -> None:
        """From now on everything that works on a batch needs what was asked for until now."""
        self._always = dict(self.copied), dict(self.spread), dict(self.changed)

    def in_replay(self, lines: list[str]) -> list[str]:
        """Lines about the synapse that was picked."""
        found = self._listed(lines, "s")
        self.spread["since"] = "since"
        self._begin_with()
        return found

    def settled(self, work: list[str]) -> list[str]:
        """Work on events that the rows have missed."""
        return work

    def visits(self, head: list[str], work: list[str], tail: list[str]) -> list[str]:
        """Rows that are due are listed; `work` on them when there are enough, or the next one is of another kind."""
        q = self.links.ident
        due = f"row, learning = due_row({q}.due[v]), {q}.due[v] >= 0"
        lines = [due, *head, *self._list(), *tail]
        lines += [f"if filled >= BATCH or v + 1 == {q}.due_count[0] or ({q}.due[v + 1] >= 0) != learning:"]
        lines += indented(self._work(work))
        return ["filled = U64(0)", f"for v in range({q}.due_count[0]):", *indented(lines)]

    def passes(self, work: list[str]) -> list[str]:
        """Work on the synapses of all rows."""
        q = self.links.ident
        head = [f"last = {q}.last[row]", f"since = max(last, {q}.flushed[0])"]
        lines = [*head, *self._list(), f"if filled >= BATCH or row + 1 == {q}.last.size:", *indented(self._work(work))]
        return ["filled = U64(0)", f"for row in range({q}.last.size):", *indented(lines)]

    def loop(self, body: list[str], then: Iterable[str] = (), side_by_side: bool = False) -> list[str]:
        """A loop over the batch, cut so that it vectorises: gather, arithmetic; `then` comes in between.

        What it needs of a cell may lie `side_by_side`; then synapses whose cell has had older events are picked, too.
        """
        loops = cut(self.links, self._listed(one_each(body), "e"), "i")
        lines, gather = loops.shared, loops.gather
        if side_by_side:
            records, gather = gather_records(self.links, gather, self.cells, self.place, self.since)
            lines += records
        lines += [*(self.each(f"i = {self.cell}", *gather) if gather else []), *then]
        own = [f"i = {self.cell}"] if needs_cell(body) else []
        count = "lanes(count)" if self.reader.hooks.vectorise(body) else "count"
        return [*lines, *self.each(*own, *loops.arithmetic, count=count)]

    def each(self, *lines: str, count: str = "count") -> list[str]:
        """A plain loop over the batch, one by one."""
        return [f"for e in range({count}):", *indented(self._listed(list(lines), "e"))]

    def since_when(self) -> list[str]:
        """Known of every synapse of a batch."""
        return []

    def bounds(self) -> list[str]:
        """The length of a batch is known."""
        return []

    def _list(self) -> list[str]:
        """Lines that add a row's synapses to the batch."""
        q = self.links.ident
        listed = [f"number_lanes({q}.batch_number, filled + s, begin + s)"]
        listed += [f"copy_lanes({q}.batch_{name}, filled + s, {q}.{name}, begin + s)" for name in self.copied]
        listed += [f"fill_lanes({q}.batch_{name}, filled + s, {value})" for name, value in self.spread.items()]
        return [
            f"begin, end = U64({q}.start[row]), U64({q}.start[row + 1])",
            "for s in range(U64(0), end - begin, U64(LANES)):",
            *indented(listed),
            "filled += end - begin",
        ]

    def _work(self, work: list[str]) -> list[str]:
        """Lines that work on a batch, put back what has changed and begin the next; ends what is asked of this one."""
        q = self.links.ident
        put = [f"{q}.{name}[k] = {q}.batch_{name}[e]" for name in self.changed]
        back = ["for e in range(count):", *indented([f"k = {q}.batch_number[e]", *put])] if put else []
        self.copied, self.spread, self.changed = (dict(one) for one in self._always)
        return ["count = np.int64(filled)", *work, *back, "filled = U64(0)"]

    def _listed(self, lines: list[str], place: str) -> list[str]:
        """Lines that find in the batch, at `place`, what they ask of a synapse, its row or its visit."""
        q, found = self.links.ident, []

        def synapse(match: re.Match[str]) -> str:
            return self._add(self.copied, match[1], match[1], place, type_of(self.links, True, match[1]))

        def row(match: re.Match[str]) -> str:
            return self._add(self.spread, f"row_{match[1]}", match[0], place, type_of(self.links, True, match[1]))

        def value(match: re.Match[str]) -> str:
            dtype = {"since": "int32"}.get(match[1], type_of(self.links, True, match[1]))
            return self._add(self.spread, match[1], match[1], place, dtype)

        for line in lines:
            if changes := re.match(rf"{q}\.(\w+)\[k\] = ", line):
                self.changed[changes[1]] = changes[1]
            found.append(self._value.sub(value, self._of_row.sub(row, self._of_synapse.sub(synapse, line))))
        return found

    def _add(self, where: dict[str, str], name: str, source: str, place: str, dtype: str) -> str:
        where[name] = source
        self.links.variables.setdefault(f"batch_{name}", scratch(dtype))
        return f"{self.links.ident}.batch_{name}[{place}]"
