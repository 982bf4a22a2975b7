"""Writes reductions: numbers of each cell from its synapses, at the ticks of the rules that want them.

Those over one projection stand in its pass (`sweep.py`). Those over all projections onto a cell have a function of
their own, which is called before any rule of that tick changes anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from hebbstat.contract.state import Reduction
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.fragments import flushed, function, ticks
from hebbstat.engine.codegen.quote import added, array, code, expr, joined
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.groups import Group, PopulationGroup
from hebbstat.engine.plan.model import Model, onto, over_neurons

ADDED = {"sum": "add_sums", "mean": "add_sums", "count": "add_counts", "max": "add_largest", "min": "add_smallest"}
BEGIN = {"max": -1e308, "min": 1e308}  # what a reduction is before the first value; else 0


def reduction(group: Group, name: str) -> ir.Array:
    """The array that a reduction fills."""
    return added(group, name, Variable(Shape.CELL, 0.0, "float64"))


def reductions(model: Model, cells: PopulationGroup) -> tuple[ir.Function, ...]:
    """The function that evaluates what rules want of all projections onto a population, if they want anything."""
    wanted = over_neurons(model, cells)
    if not wanted:
        return ()
    links = onto(model, cells)
    weights = [array(one, "w") for one in links]
    body = joined(*(flushed(one, model.rules) for one in links if one.replays))
    for group, member, state in wanted:
        assert isinstance(state.origin, Reduction)
        to = reduction(group, f"{member.prefix}{state.name}")
        body += ir.only_if(ticks(group, member), reduced(cells, weights, state.origin, to))
    doc = f"What rules want to know of all synapses onto the cells of {cells.name!r}."
    return (function(f"reduce_{cells.ident}", doc, (cells, *links, model.rules), body, "called"),)


def when_reduced(model: Model, cells: PopulationGroup) -> ir.Expression | None:
    """Whether such a rule ticks in this step."""
    return ir.any_of(dict.fromkeys(ticks(group, member) for group, member, _ in over_neurons(model, cells)))


def reduced(cells: PopulationGroup, of: Sequence[ir.Array], how: Reduction, to: ir.Array) -> ir.Block:
    """Fills `to` with what becomes of the values, each of a projection onto the cells, in their order."""
    add = f"{ADDED[how.how]}(q.start, q.post, values, to)"
    block = code("to[:] = begin", to=to, begin=expr(repr(BEGIN.get(how.how, 0.0))))
    block += joined(*(code(add, q=values.group, values=values, to=to) for values in of))
    if how.how in ("sum", "count"):
        return block
    degree = code("degree = 0") + joined(*(code("degree += q.in_degree[i]", q=values.group) for values in of))
    last = "to[i] / max(1, degree)" if how.how == "mean" else "to[i] if degree > 0 else 0.0"
    text = f"for i in range(c.size):\n    add_up\n    to[i] = {last}"
    return block + code(text, c=cells, to=to, add_up=degree)
