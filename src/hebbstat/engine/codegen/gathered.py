"""Writes reductions over what lies with several threads: of a presynaptic neuron's synapses, a projection's, all cells.

At a tick each thread tells the values that it has, and waits until all have told; then each reduces them for itself, in
an order that does not depend on how many they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hebbstat.contract.state import PerPre, Reduction, State
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Binder
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.fragments import flushed, function, is_learning, put, ticks
from hebbstat.engine.codegen.population_rules import site_of
from hebbstat.engine.codegen.quote import added, array, code, expr, item, joined
from hebbstat.engine.codegen.reductions import BEGIN, reduced
from hebbstat.engine.codegen.valued import valued
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import Group, Member, PopulationGroup, ProjectionGroup
from hebbstat.engine.plan.model import Model
from hebbstat.engine.plan.projection import Plan
from hebbstat.engine.plan.reductions import gathered, tellers

NEXT = {"max": "max(total, value)", "min": "min(total, value)", "count": "total + 1.0"}  # else the sum
WHOLE = {"max": "largest_of", "min": "smallest_of"}  # of what all cells have; else the sum
OF_MANY = {
    "mean": "total / max(1, number)", "max": "total if number > 0 else 0.0", "min": "total if number > 0 else 0.0",
}  # fmt: skip
Asked = tuple[Group, Member, State, Reduction]


def gathering(binder: Binder, plans: Mapping[str, Plan]) -> tuple[ir.Function, ...]:
    """The functions `tell` and `gather` of each group that has something to tell, or asks."""
    model, functions = binder.model, list[ir.Function]()
    for group in model.groups:
        told = dict[ir.Block, dict[ir.Expression, None]]()  # each once, when one of those ticks who ask for it
        for asked in _asked(model):
            if group in _tellers(model, asked):
                told.setdefault(_told_by(binder, plans, group, asked), {})[ticks(asked[0], asked[1])] = None
        body = joined(*(ir.only_if(ir.any_of(some), block) for block, some in told.items()))
        if isinstance(group, ProjectionGroup) and told and plans[group.name].replays:
            body = flushed(group, model.rules) + body
        functions += _function(model, "tell", group, body)
        own = [asked for asked in _asked(model) if asked[0] is group]
        body = joined(*(ir.only_if(ticks(group, asked[1]), _gathered(model, asked)) for asked in own))
        functions += _function(model, "gather", group, body)
    return tuple(functions)


def when_gathered(model: Model, there: Mapping[str, ir.Function]) -> ir.Block:
    """What all threads tell and gather, at the ticks of those who ask."""
    ticking = ir.any_of(dict.fromkeys(ticks(group, member) for group, member, _, _ in _asked(model)))
    if ticking is None:
        return ()

    def called(what: str) -> ir.Block:
        found = [there[name] for group in model.groups if (name := f"{what}_{group.ident}") in there]
        return tuple(ir.Do(ir.Call(function.name, function.parameters)) for function in found)

    wait = code("has_done(network.told, thread, n + 1)\nwait_for(network.told, threads, n + 1)", network=model.rules)
    return ir.only_if(ir.all_of([is_learning(model.rules), ticking]), (*called("tell"), *wait, *called("gather")))


def _asked(model: Model) -> list[Asked]:
    found = [(group, *one) for group in model.groups for one in gathered(group)]
    return [(group, m, s, s.origin) for group, m, s in found if isinstance(s.origin, Reduction)]


def _tellers(model: Model, asked: Asked) -> list[Group]:
    return tellers(model, asked[0], asked[2])


def _function(model: Model, what: str, group: Group, body: ir.Block) -> tuple[ir.Function, ...]:
    if not body:
        return ()
    used = [node.group for node in ir.walk(*body) if isinstance(node, ir.Array | ir.Whole)]
    groups = [one for one in model.groups if one in used or one in (group, model.rules)]
    doc = f"What threads {what} of {group.name!r}."
    return (function(f"{what}_{group.ident}", doc, groups, body, "called"),)


# --- telling ----------------------------------------------------------------------------------------------------------


def _told(group: Group, member: Member, state: State, how: Reduction, what: str = "told") -> ir.Array:
    """Where it is told: a value for each synapse in canonical order, or for each cell."""
    by_synapse = isinstance(group, ProjectionGroup) and (state.scope is PerPre or how.how == "quantile")
    shape = Shape.ALL_SYNAPSES if by_synapse else Shape.ALL_CELLS
    name = f"{what}_w" if how.of == "w" and by_synapse else f"{what}_{member.prefix}{state.name}"
    return added(group, name, Variable(shape, 0.0, "float64", Role.SCRATCH, shared=True))


def _told_by(binder: Binder, plans: Mapping[str, Plan], group: Group, asked: Asked) -> ir.Block:
    """What a thread tells of a group."""
    _, member, state, how = asked
    told = _told(group, member, state, how)
    if isinstance(group, PopulationGroup):
        site = site_of(binder, group, member)
        value = binder.named(site, member, how.of, state.name)
        text = "for i in range(c.size):\n    told[c.first + i] = value"
        return code(text, c=group, told=told, value=value)
    assert isinstance(group, ProjectionGroup)
    at = ProjectionContext(binder, plans[group.name])
    values, block = valued(at, member, how.of)
    if told.variable.shape is Shape.ALL_SYNAPSES:
        tell = code("told[q.canonical[k]] = of_synapse(values, k)", q=group, told=told, values=values)
        return (*block, *code("for k in range(q.post.size):\n    tell", q=group, tell=tell))
    of_cell = added(group, f"of_cell_{member.prefix}{state.name}", Variable(Shape.CELL, 0.0, "float64", Role.SCRATCH))
    part = Reduction(how.of, "sum" if how.how == "mean" else how.how)
    text = "for i in range(c.size):\n    told[c.first + i] = of_cell[i]\n    degrees[c.first + i] = q.in_degree[i]"
    degrees = _told(group, member, state, how, "degrees")
    tell = code(text, c=group.target, q=group, told=told, of_cell=of_cell, degrees=degrees)
    return (*block, *reduced(group.target, [values], part, of_cell, rest=False), *tell)


# --- gathering --------------------------------------------------------------------------------------------------------


def _gathered(model: Model, asked: Asked) -> ir.Block:
    """What becomes of what was told."""
    group, member, state, how = asked
    to = array(group, f"{member.prefix}{state.name}")
    if state.scope is PerPre:
        assert isinstance(group, ProjectionGroup)
        parts = [one for one in _tellers(model, asked) if isinstance(one, ProjectionGroup)]
        spans = [(_told(one, member, state, how), expr("p.span[q.pre[row]]", p=one, q=group),
                  expr("p.span[q.pre[row] + 1]", p=one, q=group)) for one in parts]  # fmt: skip
        block = _over(group, spans, how, lambda value: put(item(to, "row"), value))
        return code("for row in range(q.last.size):\n    block", q=group, block=block)
    told, place = _told(group, member, state, how), item(to, 0)
    if how.how == "quantile":
        return _over(group, [(told, ir.Number(0), expr("told.size", told=told))], how, lambda value: put(place, value))
    total, number = ir.Call(WHOLE.get(how.how, "sum_in_blocks"), (told,)), expr("told.size", told=told)
    if isinstance(group, ProjectionGroup):
        number = expr("sum_in_blocks(degrees)", degrees=_told(group, member, state, how, "degrees"))
    elif how.how == "count":
        total = number
    return put(place, expr(OF_MANY.get(how.how, "total"), total=total, number=number))


def _over(
    group: Group, spans: list[tuple[ir.Array, ir.Expression, ir.Expression]], how: Reduction,
    done: Callable[[ir.Expression], ir.Block],
) -> ir.Block:  # fmt: skip
    """Goes through parts of what was told, one after the other."""
    if how.how == "quantile":
        together = added(group, "together", Variable(Shape.TOGETHER, 0.0, "float64", Role.SCRATCH))
        each, begin = code("together[number] = told[s]", together=together), code("number = 0")
        value = expr("quantile_of(together, number, q)", together=together, q=ir.Number(float(how.q)))
    else:
        each = code(f"total = {NEXT.get(how.how, 'total + value')}", value=expr("told[s]"))
        begin = code("total = begin\nnumber = 0", begin=expr(repr(BEGIN.get(how.how, 0.0))))
        value = expr(OF_MANY.get(how.how, "total"))
    for told, first, last in spans:
        begin += code(
            "for s in range(first, last):\n    each\n    number += 1", first=first, last=last, each=_named(each, told)
        )  # fmt: skip
    return begin + done(value)


def _named(block: ir.Block, told: ir.Array) -> ir.Block:
    """A block about what was told in one place."""
    return ir.all_changed(block, lambda node: told if node == ir.Local("told") else None)
