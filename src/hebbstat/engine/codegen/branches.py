"""Writes where branches are: `b` is the place of a branch among those of all cells `i` in this thread's share."""

from __future__ import annotations

from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.quote import code, expr
from hebbstat.engine.plan.groups import ProjectionGroup

BRANCH = ir.Local("b")


def of_synapse(links: ProjectionGroup, block: ir.Block) -> ir.Block:
    """The branch of synapse `k` onto cell `i` becomes `b`, if a block asks for it."""
    if BRANCH not in ir.walk(*block):
        return ()
    if links.branches == 1:
        return code("b = i")
    return code("b = U64(i) * U64(q.branches) + U64(q.branch[k])", q=links)


def of_cell(links: ProjectionGroup, block: ir.Block) -> ir.Block:
    """A block for each branch `b` of cell `i`."""
    if links.branches == 1:
        return code("b = i\nblock", block=block)
    return code("for b in range(i * q.branches, (i + 1) * q.branches):\n    block", q=links, block=block)


def element(links: ProjectionGroup, cell: ir.Expression) -> ir.Expression:
    """What keys the random draws of branch `b`, which is of this cell."""
    if links.branches == 1:
        return cell  # that of branch 0
    return expr("synapse_element(U64(b) % U64(q.branches), cell)", q=links, cell=cell)  # type: ignore[no-any-return]
