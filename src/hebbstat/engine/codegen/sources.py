"""Writes what rows read of their presynaptic neuron.

What stands still rows have a copy of. What changes lies with the neuron, which may be another thread's: it is read from
the array of all cells, once for a row, and the threads keep step (`step.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hebbstat.contract.mechanism import numbers_of
from hebbstat.contract.state import State
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Binder, Site, variable
from hebbstat.engine.codegen.fragments import let
from hebbstat.engine.codegen.quote import added, array, code, expr, item, joined
from hebbstat.engine.plan.arrays import Role, Shape, Variable, parameter
from hebbstat.engine.plan.given import kept_sum
from hebbstat.engine.plan.groups import Member, PopulationGroup, ProjectionGroup
from hebbstat.network import lookup


def value(binder: Binder, links: ProjectionGroup, name: str) -> ir.Expression | None:
    """A state, parameter or output of the presynaptic neuron of a row; None if there is none."""
    neuron = links.source.members[0]
    if name == "rate" and links.source.rate:
        return ir.Local("rate")
    if lookup.is_sum(links.source.population, name):
        return _moving(kept_sum(name))
    if name not in numbers_of(neuron.mechanism):
        return None

    def state(site: Site, member: Member, which: State) -> ir.Expression:
        name = f"{member.prefix}{which.name}"
        if links.source.shape(name) is Shape.ONE:  # each thread has it
            return expr("F(value)", value=item(array(links.source, name), 0))  # type: ignore[no-any-return]
        return _moving(name)

    site = Site(links.source, state, values=lambda site, key: _parameter(links, site, key))
    return binder.own(site, neuron, name)


def moving(cells: PopulationGroup) -> dict[str, Variable]:
    """The locals that hold what changes of a presynaptic neuron, and the variables that they are read from."""
    found = cells.variables.items()
    return {_moving(key).name: one for key, one in found if one.shape is Shape.CELL and one.role is Role.STATE}


def read(links: ProjectionGroup, rate: bool, work: Iterable[ir.Statement]) -> ir.Block:
    """What work on a row reads so becomes local variables; and the `rate` that arrives now."""
    text = "rate = rate_of(rates, n - q.row_delay[row], q.pre[row])"
    held = [one.holds for one in ir.arrays(*work) if one.holds is not None]
    used = {node.name for node in ir.walk(*work, *held) if isinstance(node, ir.Local)}
    names = [name for name in moving(links.source) if name in used]
    loads = (let(name, expr("whole[q.pre[row]]", q=links, whole=_whole(links.source, name))) for name in names)
    block = code(text, q=links, rates=array(links.source, "rates")) if rate else ()
    return block + joined(*loads)


def _parameter(links: ProjectionGroup, site: Site, key: str) -> ir.Expression:
    """A parameter of the presynaptic neuron of a row."""
    declared, number = links.source.variables[key], Shape.NUMBER
    if not declared.fixed:
        return _moving(key)
    if declared.shape is Shape.TABLE:
        if declared.over is None:
            return variable(links.source, key, site.step)
        whole = added(links, f"pre_{key}", replace(declared, over=Shape.ROW))
        every, repeat = array(links.source, f"every_{key}"), array(links.source, f"repeat_{key}")
        text = "planned_of(whole, step, every, repeat, q.pre[row])"
        return expr(text, whole=whole, step=site.step, every=every, repeat=repeat, q=links)  # type: ignore[no-any-return]
    copy = added(links, f"pre_{key}", parameter(number if declared.shape is number else Shape.ROW, declared.value))
    return copy if declared.shape is number else item(copy, "row")


def _moving(key: str) -> ir.Local:
    """The local that holds what changes of the presynaptic neuron of a row."""
    return ir.Local(f"pre_{key}")


def _whole(cells: PopulationGroup, name: str) -> ir.Array:
    """The array of all cells that such a local is read from."""
    key = name.removeprefix("pre_")
    return added(cells, f"all_{key}", Variable(Shape.WHOLE_ARRAY, None, cells.variables[key].dtype, Role.WIRING))
