"""What is done row by row: loops over the synapses of one row, where they lie.

`RowLoop` is for rows of hundreds of synapses; its twin `BatchLoop` (batch_loop.py) for many short ones.
"""

from __future__ import annotations

from hebbstat.engine.codegen import branches, ir
from hebbstat.engine.codegen.fission import cut, needs_cell, put_later
from hebbstat.engine.codegen.hooks import Hooks
from hebbstat.engine.codegen.quote import code, expr
from hebbstat.engine.codegen.records import Fetch
from hebbstat.engine.plan.groups import ProjectionGroup


class RowLoop:
    """Rows are taken one after the other; `k` is a synapse, `e` its place in the row."""

    about: tuple[ir.Local, ...] = (ir.Local("row"),)  # what functions that settle are given
    replayed: tuple[ir.Local, ...] = (ir.Local("row"), ir.Local("since"))  # and those that replay
    picked = "k"  # the index of a synapse picked for replay

    def __init__(self, hooks: Hooks, links: ProjectionGroup) -> None:
        self.hooks, self.links = hooks, links
        self.replay_head = self.code("last = q.last[row]")
        self.cells, self.steps, self.since = self.expr("q.post"), self.expr("q.h_step"), self.expr("since")
        self.place = self.expr("begin + U64(e)")
        self.newest = self.expr("find_newest(q.start[row], q.start[row + 1], q.post, q.h_step, since, q.pick)")

    def code(self, text: str, **given: ir.Expression | ir.Block) -> ir.Block:
        """A piece of code about the projection `q`."""
        return code(text, q=self.links, **given)

    def expr(self, text: str) -> ir.Expression:
        """An expression about it."""
        return expr(text, q=self.links)  # type: ignore[no-any-return]

    def in_replay(self, block: ir.Block) -> ir.Block:
        """Code about the synapse that was picked."""
        return block

    def settled(self, work: ir.Block) -> ir.Block:
        """Work on events that the row has missed, if there are any."""
        return self.code("since = max(q.last[row], q.flushed[0])\nif q.h_latest[0] >= since:\n    work", work=work)

    def visits(self, head: ir.Block, work: ir.Block, tail: ir.Block, missed: tuple[ir.Function, ...]) -> ir.Block:
        """Each row that is due: `head`, `work` on its synapses, `tail`. `missed` are functions that work may call."""
        return self.code(
            """
for v in range(q.due_count[0]):
    row, learning = decode_due(q.due[v]), q.due[v] >= 0
    head
    work
    tail
""",
            head=head, work=work, tail=tail,
        )  # fmt: skip

    def passes(self, work: ir.Block, missed: tuple[ir.Function, ...], head: ir.Block = ()) -> ir.Block:
        """Each row: `head`, `work` on its synapses."""
        return self.code("for row in range(q.last.size):\n    head\n    work", head=head, work=work)

    def since_when(self) -> ir.Block:
        """When the row was last visited, and from when on it has missed events."""
        return self.code("last = q.last[row]\nsince = max(last, q.flushed[0])")

    def bounds(self) -> ir.Block:
        """Where a row begins and how long it is; unsigned, so that no index is checked for being negative."""
        return self.code("begin = U64(q.start[row])\ncount = q.start[row + 1] - q.start[row]")

    def loop(self, body: ir.Block, then: ir.Block = (), records: bool = False) -> ir.Block:
        """A loop over the synapses, cut so that it vectorises: gather, arithmetic, put back; `then` comes in between.

        What it needs of a cell may lie in `records`; then synapses whose cell has had older events are picked, too.
        """
        loops = cut(self.links, body, "ib")
        begin = (*loops.shared, *self.bounds(), *self._gathered(loops.gather, records), *then)
        own = self.cell(body) if needs_cell(body) else ()
        if not self.hooks.vectorise(body):
            return (*begin, *self.each((*own, *loops.arithmetic)))
        arithmetic, put = put_later(self.links, loops.arithmetic)
        return (*begin, *self.each((*own, *arithmetic), "lanes(count)"), *self.each(put))

    @property
    def post(self) -> ir.Expression:
        """The cell of a synapse: where each row reaches all cells, the e-th reaches the e-th."""
        return ir.Local("e") if self.links.dense else self.expr("q.post[k]")

    def cell(self, block: ir.Block) -> ir.Block:
        """It becomes `i`; and its branch `b`, if a block asks for it."""
        return self.code("i = post", post=self.post) + branches.of_synapse(self.links, block)

    def _gathered(self, gather: ir.Block, records: bool) -> ir.Block:
        head = (*self.code("k = begin + U64(e)"), *self.cell(gather))
        if records:
            return (Fetch(gather, head, self.cells, self.place, self.since),)
        return self.code("for e in range(count):\n    head\n    gather", head=head, gather=gather) if gather else ()

    def each(self, block: ir.Block, count: str = "count") -> ir.Block:
        """A plain loop over the synapses, one by one."""
        return self.code(f"for e in range({count}):\n    k = begin + U64(e)\n    block", block=block)
