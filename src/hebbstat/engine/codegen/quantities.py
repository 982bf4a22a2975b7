"""Writes how rules of projections change what belongs to a postsynaptic neuron: its parameters, or its receptors'.

Changes wait in the projection until all projections have theirs; then the neuron's parameter takes their sum, and then
`clip` hooks of all rules that act on it (docs/semantics.md, 2.6).
"""

from __future__ import annotations

from collections.abc import Mapping

from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Binder
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.fragments import function, let, put, tick
from hebbstat.engine.codegen.quote import added, array, code, expr, item, joined
from hebbstat.engine.codegen.update import change_of
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import PopulationGroup
from hebbstat.engine.plan.projection import Plan


def waiting_changes(at: ProjectionContext, event: str, clocks: bool = False) -> ir.Block:
    """What rules change of cell `i` at an event, put by until all have changed; at the ticks of their `clocks`."""
    site, block = at.drawing(at.now(), "PerPost"), ir.NOTHING
    for bound in at.plan.of_cells:
        if bound.hook.event == event:
            parts, change, conditions = change_of(at, site, bound, clocks)
            aim = at.aim(bound)
            noted = put(_changed(at, aim), ir.Number(True))
            block += ir.only_if(tick(at.links.member(bound.owner)) if clocks else None, noted)
            block += ir.only_if(ir.all_of(conditions), (*parts, ir.Add(_waiting(at, aim), change)))
    return block


def taken(binder: Binder, plans: Mapping[str, Plan], cells: PopulationGroup) -> tuple[ir.Function, ...]:
    """The function with which cells take what waits, if something may."""
    onto = [ProjectionContext(binder, plan) for plan in plans.values() if plan.links.target is cells]
    names = dict.fromkeys(at.aimed_at(aim) for at in onto for aim in aims(at))
    if not names:
        return ()
    body = joined(*(_taken(onto, cells, name) for name in names))
    links = [at.links for at in onto]
    doc = f"Cells of {cells.name!r} take what rules of projections change of them."
    whole = code("for i in range(c.size):\n    body", c=cells, body=body)
    return (function(f"take_{cells.ident}", doc, (cells, *links, binder.model.rules), whole),)


def aims(at: ProjectionContext) -> list[str]:
    """What rules of a projection change of postsynaptic neurons."""
    return list(dict.fromkeys(bound.adds[1] for bound in at.plan.of_cells if bound.adds))


def _taken(onto: list[ProjectionContext], cells: PopulationGroup, name: str) -> ir.Block:
    """What one parameter of cell `i` becomes."""
    waiting = [(_waiting(at, aim), _changed(at, aim)) for at in onto for aim in aims(at) if at.aimed_at(aim) == name]
    to, block = item(array(cells, name), "i"), let("total", expr("0.0"))
    for amount, _ in waiting:
        block += (ir.Add(ir.Local("total"), amount), *put(amount, expr("0.0")))
    block += (ir.Add(to, ir.Local("total")), *joined(*(_clipped(at, name, to) for at in onto)))
    block += joined(*(put(changed, ir.Number(False)) for _, changed in waiting))
    return ir.only_if(ir.any_of(changed for _, changed in waiting), block)


def _clipped(at: ProjectionContext, name: str, to: ir.Item) -> ir.Block:
    """`clip` hooks of a projection's rules that act on a parameter of cell `i`."""
    site, block = at.drawing(at.now(), "PerPost"), ir.NOTHING
    for bound in at.plan.clip:
        if at.is_of_cell(at.aim(bound)) and at.aimed_at(at.aim(bound)) == name:
            block += put(to, at.binder.call(site, at.links.member(bound.owner), bound.hook))
    return block


def _waiting(at: ProjectionContext, aim: str) -> ir.Item:
    """The change of a parameter of cell `i` that waits: none, from one part of a step to the next."""
    return item(added(at.links, f"change_of_{at.aimed_at(aim)}", Variable(Shape.CELL, 0.0, "float64", Role.STEP)), "i")


def _changed(at: ProjectionContext, aim: str) -> ir.Item:
    """Whether there is one, be it of 0."""
    return item(added(at.links, f"changes_{at.aimed_at(aim)}", Variable(Shape.CELL, False, "bool_", Role.STEP)), "i")
