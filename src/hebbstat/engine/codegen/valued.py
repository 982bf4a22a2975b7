"""Writes what a reduction reduces: an array of synapses, which is filled first where the values are not kept in one."""

from __future__ import annotations

from hebbstat.contract.state import PerSynapse
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.fragments import put
from hebbstat.engine.codegen.quote import added, array, item
from hebbstat.engine.codegen.row_loop import RowLoop
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import Member


def valued(at: ProjectionContext, member: Member, of: str) -> tuple[ir.Array, ir.Block]:
    """The array of what a rule's reduction is of, and what fills it."""
    state, key = member.mechanism.states.get(of), f"{member.prefix}{of}"
    is_kept = state is not None and state.scope is PerSynapse and state.is_plain
    if of == "w" or (is_kept and (key in at.links.stepped or (state is not None and not state.moves))):
        return array(at.links, "w" if of == "w" else key), ()
    values = added(at.links, f"values_{key}", Variable(Shape.SYNAPSE, 0.0, "F", Role.SCRATCH))
    loop = RowLoop(at.binder.hooks, at.links)
    work = put(item(values, "k"), at.binder.named(at.at_synapse(), member, of))
    work = (*loop.bounds(), *loop.each((*loop.cell(work), *work)))
    return values, at.code("for row in range(q.last.size):\n    work", work=(*at.arriving(*work), *work))
