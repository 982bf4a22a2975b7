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
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import Group, PopulationGroup, ProjectionGroup
from hebbstat.engine.plan.model import Model
from hebbstat.engine.plan.reductions import onto, over_neurons

ADDED = {"sum": "add_sums", "mean": "add_sums", "count": "add_counts", "max": "add_largest", "min": "add_smallest"}
BEGIN = {"max": -1e308, "min": 1e308}  # what a reduction is before the first value; else 0


def reduction(group: Group, name: str, shape: Shape = Shape.CELL) -> ir.Array:
    """The array that a reduction fills."""
    return added(group, name, Variable(shape, 0.0, "float64"))


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


def reduced(
    cells: PopulationGroup, of: Sequence[ir.Array], how: Reduction, to: ir.Array, rest: bool = True
) -> ir.Block:  # fmt: skip
    """Fills `to` with what becomes of the values, each of a projection onto the cells, in their order.

    Without the `rest` cells that have none are left with what is less, or more, than any.
    """
    if how.how == "quantile" and of:
        return _quantiles(cells, of, how, to)
    add = ADDED.get(how.how, "add_sums")
    block = code("to[:] = begin", to=to, begin=expr(repr(BEGIN.get(how.how, 0.0))))
    block += joined(*(_added(add, values, to) for values in of))
    if how.how in ("sum", "count") or not rest:
        return block
    degree = code("degree = 0") + joined(*(code("degree += q.in_degree[i]", q=values.group) for values in of))
    last = "to[i] / max(1, degree)" if how.how == "mean" else "to[i] if degree > 0 else 0.0"
    text = f"for i in range(c.size):\n    add_up\n    to[i] = {last}"
    return block + code(text, c=cells, to=to, add_up=degree)


def _added(add: str, values: ir.Array, to: ir.Array) -> ir.Block:
    """Adds the values of one projection to what there is."""
    if add == "add_sums" and isinstance(values.group, ProjectionGroup) and values.group.dense:
        return code("add_rows(q.start, values, to)", q=values.group, values=values, to=to)
    return code(f"{add}(q.start, q.post, values, to)", q=values.group, values=values, to=to)


def reduced_by_branch(links: ProjectionGroup, values: ir.Array, how: Reduction, to: ir.Array) -> ir.Block:
    """The same for a projection's branches, of which each stands in the place of a cell (`by_branch`)."""
    instead = {"post": _place(links), "in_degree": _degree(links)}
    instead["by_cell_until"] = added(links, "by_branch_until", Variable(Shape.BRANCH, 0, "int64", Role.SCRATCH))

    def branch(node: ir.Node) -> ir.Node | None:
        match node:
            case ir.Array(group, name) if group is links and name in instead:
                return instead[name]
            case ir.Array(group, "size") if group is links.target:
                return expr("to.size", to=to)  # type: ignore[no-any-return]
        return None

    return ir.all_changed(reduced(links.target, [values], how, to), branch)


def by_branch(links: ProjectionGroup) -> ir.Block:
    """Finds the branch of each synapse among those of all cells, and how many synapses a branch has."""
    return code(
        """
degree[:] = 0
for k in range(q.post.size):
    place[k] = U64(q.post[k]) * U64(q.branches) + U64(q.branch[k])
    degree[place[k]] += 1
""",
        q=links, place=_place(links), degree=_degree(links),
    )  # fmt: skip


def _place(links: ProjectionGroup) -> ir.Array:
    return added(links, "place_of_branch", Variable(Shape.SYNAPSE, 0, "uint32", Role.SCRATCH))


def _degree(links: ProjectionGroup) -> ir.Array:
    return added(links, "degree_of_branch", Variable(Shape.BRANCH, 0, "int64", Role.SCRATCH))


def _quantiles(cells: PopulationGroup, of: Sequence[ir.Array], how: Reduction, to: ir.Array) -> ir.Block:
    """The same for a quantile: values are put in the order of their cells first."""
    share, parts = ir.Number(float(how.q)), [(values, *_by_cell(values)) for values in of]
    if len(parts) == 1:
        (values, by_cell, until) = parts[0]
        text = "reduce_quantile(q.start, q.post, q.in_degree, values, to, share, by_cell, until)"
        return code(text, q=values.group, values=values, to=to, share=share, by_cell=by_cell, until=until)
    block, copied, together = ir.NOTHING, ir.NOTHING, _together(of[0].group)
    for values, by_cell, until in parts:
        text = "order_by_cell(q.start, q.post, q.in_degree, values, by_cell, until)"
        block += code(text, q=values.group, values=values, by_cell=by_cell, until=until)
        copied += code(
            "for s in range(until[i] - q.in_degree[i], until[i]):\n    together[number] = by_cell[s]\n    number += 1",
            q=values.group, by_cell=by_cell, until=until, together=together,
        )  # fmt: skip
    text = "for i in range(c.size):\n    number = 0\n    copied\n    to[i] = quantile_of(together, number, share)"
    return block + code(text, c=cells, copied=copied, to=to, together=together, share=share)


def _by_cell(values: ir.Array) -> tuple[ir.Array, ir.Array]:
    """Where values are put in the order of their cells, and where those of a cell end."""
    dtype = values.variable.dtype
    by_cell = added(values.group, f"by_cell_{dtype}", Variable(Shape.SYNAPSE, 0.0, dtype, Role.SCRATCH))
    return by_cell, added(values.group, "by_cell_until", Variable(Shape.CELL, 0, "int64", Role.SCRATCH))


def _together(group: Group) -> ir.Array:
    """Where the values of all projections come together."""
    return added(group, "together", Variable(Shape.TOGETHER, 0.0, "float64", Role.SCRATCH))
