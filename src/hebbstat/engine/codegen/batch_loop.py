"""What is done with many short rows at once.

Where delays differ, a presynaptic neuron has a row for each of them, of a few synapses: to begin a loop would cost more
than to run it. So rows are listed one after the other in a batch: their synapses are copied into `batch_...`, and what
all synapses of a row share is spread over their places there. The loops run over the batch. What they have changed is
put back at its end.

What must be listed the finished work tells: a `batch_...` array says in the tree what it holds.
"""

from __future__ import annotations

from hebbstat.engine.codegen import branches, ir
from hebbstat.engine.codegen.fission import SYNAPSE, cut, needs_cell
from hebbstat.engine.codegen.hooks import Hooks
from hebbstat.engine.codegen.quote import added, array, code, expr, item
from hebbstat.engine.codegen.records import Fetch
from hebbstat.engine.plan.arrays import scratch
from hebbstat.engine.plan.groups import ProjectionGroup

ROW = ir.Local("row")


class BatchLoop:
    """Rows are listed until the batch is full; `e` is a place in it, and so is `s`, of a synapse picked for replay.

    `values` are the local variables that hold, in the loop over rows, what is known of a row; with their types.
    """

    about: tuple[ir.Local, ...] = (ir.Local("count"),)
    replayed: tuple[ir.Local, ...] = ()
    picked = "s"

    def __init__(self, hooks: Hooks, links: ProjectionGroup, values: dict[str, str]) -> None:
        self.hooks, self.links, self.values = hooks, links, values
        self.replay_head = ir.NOTHING
        self.cells = self._batch("post", item(array(links, "post"), "k"), "uint32")
        self.steps, self.since = array(links, "h_step"), self._batch("since", ir.Local("since"), "int32")
        self.number = added(links, "batch_number", scratch("uint32"))
        self.place = expr("U64(e)")
        newest = "find_newest(0, count, cells, steps, since, q.pick)"
        self.newest = expr(newest, cells=self.cells, steps=self.steps, since=self.since, q=links)

    def in_replay(self, block: ir.Block) -> ir.Block:
        """Code about the synapse that was picked."""
        return self._listed(block, "s")

    def settled(self, work: ir.Block) -> ir.Block:
        """Work on events that the rows have missed."""
        return work

    def visits(self, head: ir.Block, work: ir.Block, tail: ir.Block, missed: tuple[ir.Function, ...]) -> ir.Block:
        """Rows that are due are listed; `work` on them when there are enough, or the next one is of another kind.

        `missed` are functions that the work may call, on what a batch has missed.
        """
        listed, worked = self._around(work, missed)
        return code(
            """
filled = U64(0)
for v in range(q.due_count[0]):
    row, learning = decode_due(q.due[v]), q.due[v] >= 0
    head
    listed
    tail
    if filled >= BATCH or v + 1 == q.due_count[0] or (q.due[v + 1] >= 0) != learning:
        worked
""",
            q=self.links, head=head, tail=tail, listed=listed, worked=worked,
        )  # fmt: skip

    def passes(self, work: ir.Block, missed: tuple[ir.Function, ...], head: ir.Block = ()) -> ir.Block:
        """Each row: `head`, and it is listed; `work` on the synapses of all rows."""
        listed, worked = self._around(work, missed)
        return code(
            """
filled = U64(0)
for row in range(q.last.size):
    last = q.last[row]
    since = max(last, q.flushed[0])
    head
    listed
    if filled >= BATCH or row + 1 == q.last.size:
        worked
""",
            q=self.links, head=head, listed=listed, worked=worked,
        )  # fmt: skip

    def loop(self, body: ir.Block, then: ir.Block = (), records: bool = False) -> ir.Block:
        """A loop over the batch, cut so that it vectorises: gather, arithmetic; `then` comes in between.

        What it needs of a cell may lie in `records`; then synapses whose cell has had older events are picked, too.
        """
        loops = cut(self.links, self._listed(body, "e"), "ib")
        own = self.cell(body) if needs_cell(body) else ()
        count = "lanes(count)" if self.hooks.vectorise(body) else "count"
        work = self.each((*own, *loops.arithmetic), count)
        return (*loops.shared, *self._gathered(loops.gather, records), *then, *work)

    @property
    def post(self) -> ir.Expression:
        """The cell of a synapse."""
        return item(array(self.links, "post"), "k")

    def cell(self, block: ir.Block) -> ir.Block:
        """It becomes `i`; and its branch `b`, if a block asks for it."""
        return code("i = cells[e]", cells=self.cells) + branches.of_synapse(self.links, block)

    def _gathered(self, gather: ir.Block, records: bool) -> ir.Block:
        if records:
            return (Fetch(gather, self._listed(self.cell(gather), "e"), self.cells, self.place, self.since),)
        return self.each((*self.cell(gather), *gather)) if gather else ()

    def each(self, block: ir.Block, count: str = "count") -> ir.Block:
        """A plain loop over the batch, one by one."""
        return code(f"for e in range({count}):\n    block", block=self._listed(block, "e"))

    def since_when(self) -> ir.Block:
        """Known of every synapse of a batch."""
        return ()

    def bounds(self) -> ir.Block:
        """The length of a batch is known."""
        return ()

    def _batch(self, name: str, holds: ir.Expression, dtype: str) -> ir.Array:
        return added(self.links, f"batch_{name}", scratch(dtype), holds)

    def _listed(self, block: ir.Block, place: str) -> ir.Block:
        """Code that finds in the batch, at `place`, what it asks of a synapse, its row or its visit."""

        def found(node: ir.Node) -> ir.Node | None:
            match node:
                case ir.Item(ir.Array(group, name) as of, (index,)) if group is self.links and index in (SYNAPSE, ROW):
                    name = name if index == SYNAPSE else f"row_{name}"
                    return item(self._batch(name, node, of.variable.dtype), place)
                case ir.Local("k"):
                    return item(self.number, place)
                case ir.Local(name) if name in self.values:
                    return item(self._batch(name, node, self.values[name]), place)
            return None

        return ir.all_changed(block, found)

    def _around(self, work: ir.Block, missed: tuple[ir.Function, ...]) -> tuple[ir.Block, ir.Block]:
        """What adds a row's synapses to the batch; and the work on it, after which the next one begins."""
        nodes = list(ir.walk(*missed, *work))
        used = {one.name: one for one in nodes if isinstance(one, ir.Array) and one.holds is not None}
        stores = [node.to for node in nodes if isinstance(node, ir.Assign)]
        changed = {to.of.name: to.of for to in stores if isinstance(to, ir.Item) and isinstance(to.of, ir.Array)}
        back = tuple(ir.Assign(to, item(one, "e")) for one in changed.values() if (to := _copied(one)))
        listed = code(
            """
begin, end = U64(q.start[row]), U64(q.start[row + 1])
for s in range(U64(0), end - begin, U64(LANES)):
    number_lanes(number, filled + s, begin + s)
    copies
filled += end - begin
""",
            q=self.links,
            number=self.number,
            copies=tuple(_lanes(one) for one in used.values() if one.group is self.links and one.name[:6] == "batch_"),
        )
        put = code("for e in range(count):\n    k = number[e]\n    back", number=self.number, back=back) if back else ()
        return listed, code("count = np.int64(filled)\nwork\nput\nfilled = U64(0)", work=work, put=put)


def _copied(one: ir.Array) -> ir.Item | None:
    """What an array of a batch holds, if that is the synapses' own."""
    return one.holds if isinstance(one.holds, ir.Item) and one.holds.index == (SYNAPSE,) else None


def _lanes(one: ir.Array) -> ir.Statement:
    """What lists as many synapses of a row as a vector has numbers."""
    if of := _copied(one):
        (made,) = code("copy_lanes(to, filled + s, of, begin + s)", to=one, of=of.of)
    else:
        assert one.holds is not None
        (made,) = code("fill_lanes(to, filled + s, value)", to=one, value=one.holds)
    return made
