"""Writes reductions: numbers of each cell from all its synapses, at the ticks of the rules that want them.

Those over one projection are evaluated in its pass (`sweep.py`). Those over all projections onto a cell are evaluated
here, before any rule of that tick changes anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.state import PerNeuron, Reduction, State
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.quote import added, call, code, expr, joined
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.model import Group, Member, Model, PopulationGroup, ProjectionGroup

ADDED = {"sum": "add_sums", "mean": "add_sums", "count": "add_counts", "max": "add_largest", "min": "add_smallest"}
BEGIN = {"max": -1e308, "min": 1e308}  # what a reduction is before the first value; else 0


def reduction(group: Group, name: str) -> ir.Array:
    """The array that a reduction fills."""
    return added(group, name, Variable(Shape.CELL, 0.0, "float64"))


def reductions(model: Model, cells: PopulationGroup) -> tuple[ir.Function, ...]:
    """The function that evaluates what rules want of all projections onto a population, if they want anything."""
    wanted = _wanted(model, cells)
    if not wanted:
        return ()
    links = onto(model, cells)
    groups = dict.fromkeys([cells, *links, *(group for group, _, _ in wanted), model.rules])
    body = ir.NOTHING
    for group, member, state in wanted:
        body += ir.only_if(_ticks(group, member), _evaluated(cells, links, group, member, state))
    flushes = joined(*(_flush(model, one) for one in links if one.replays))
    doc = f"What rules want to know of all synapses onto the cells of {cells.name!r}."
    parameters: tuple[ir.Local | ir.Whole, ...] = (ir.Local("n"), *map(ir.Whole, groups))
    return (ir.Function(f"reduce_{cells.ident}", "called", doc, parameters, flushes + body),)


def when_reduced(model: Model, cells: PopulationGroup) -> ir.Expression | None:
    """Whether such a rule ticks in this step."""
    ticks = {_ticks(group, member): None for group, member, _ in _wanted(model, cells)}
    return ir.any_of(ticks)


def onto(model: Model, cells: PopulationGroup) -> list[ProjectionGroup]:
    """All projections onto a population, as connected."""
    return [links for links in model.links.values() if links.target is cells]


def is_over_neuron(member: Member, state: State) -> bool:
    """Whether a state is a reduction over all projections onto a cell."""
    origin = state.origin
    of_cell = isinstance(member.mechanism, PopulationRule) and state.scope is PerNeuron
    return isinstance(origin, Reduction) and (origin.over == "neuron" or of_cell)


def _wanted(model: Model, cells: PopulationGroup) -> list[tuple[Group, Member, State]]:
    groups: list[Group] = [*onto(model, cells), cells]
    members = [(group, member) for group in groups for member in group.members]
    return [(g, m, s) for g, m in members for s in m.mechanism.states.values() if is_over_neuron(m, s)]


def _ticks(group: Group, member: Member) -> ir.Expression:
    ticks: ir.Expression = expr(f"(n + 1) % group.ticks_{member.prefix[:-1]} == 0", group=group)
    return ticks


def _flush(model: Model, links: ProjectionGroup) -> ir.Block:
    return (ir.Do(call(f"flush_{links.ident}", expr("n + 1"), links, links.target, model.rules)),)


def _evaluated(
    cells: PopulationGroup, links: Sequence[ProjectionGroup], group: Group, member: Member, state: State
) -> ir.Block:
    how, to = state.origin, reduction(group, f"{member.prefix}{state.name}")
    assert isinstance(how, Reduction)
    add = f"{ADDED[how.how]}(q.start, q.post, q.w, to)"
    block = code("to[:] = begin", to=to, begin=expr(repr(BEGIN.get(how.how, 0.0))))
    block += joined(*(code(add, q=one, to=to) for one in links))
    if how.how in ("sum", "count"):
        return block
    last = "to[i] / max(1, degree)" if how.how == "mean" else "to[i] if degree > 0 else 0.0"
    return block + code(
        f"for i in range(c.size):\n    add_up\n    to[i] = {last}", c=cells, to=to, add_up=_degree(links)
    )  # fmt: skip


def _degree(links: Sequence[ProjectionGroup]) -> ir.Block:
    return code("degree = 0") + joined(*(code("degree += q.in_degree[i]", q=one) for one in links))
