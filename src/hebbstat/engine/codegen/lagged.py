"""Writes what lagged states need: at the end of a step their sources are noted, at its beginning the past is recalled.

`past_x[n % depth]` is what the source of `x` was at the end of step `n`, and `x` is what it was `lag_x` steps ago.
"""

from __future__ import annotations

from collections.abc import Callable

from hebbstat.contract.state import Lagged, State
from hebbstat.engine.codegen import branches, ir
from hebbstat.engine.codegen.binding import INDEX, Binder, Site, variable
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.fragments import function
from hebbstat.engine.codegen.quote import array, code, item
from hebbstat.engine.codegen.shared import is_one_for_all, place
from hebbstat.engine.plan.arrays import Shape
from hebbstat.engine.plan.groups import Group, Member, PopulationGroup, ProjectionGroup, lagged

Source = Callable[[Member, State], ir.Expression]
EACH = {
    Shape.ONE: "block",
    Shape.CELL: "for i in range(cells.size):\n    block",
    Shape.BRANCH: "for i in range(cells.size):\n    block",
    Shape.ROW: "for row in range(group.last.size):\n    block",
    Shape.SYNAPSE: (
        "for row in range(group.last.size):\n    for k in range(group.start[row], group.start[row + 1]):\n"
        "        i = group.post[k]\n        block"
    ),
}  # fmt: skip


def recall(group: Group) -> ir.Block:
    """Lagged states are what their sources were."""
    block = ir.NOTHING
    for member, state in lagged(group):
        name = f"{member.prefix}{state.name}"
        x, past, lag = _place(group, name), array(group, f"past_{name}"), variable(group, f"lag_{name}")
        then = code("x = past[(n - lag) % past.shape[0], at]", x=x, past=past, lag=lag, at=x.index[0])
        block += _each(group, name, then)
    return block


def remember(group: Group, source: Source) -> ir.Block:
    """Their sources are noted, as of the end of this step."""
    block = ir.NOTHING
    for member, state in lagged(group):
        assert isinstance(state.origin, Lagged)
        name, of = f"{member.prefix}{state.name}", member.mechanism.states[state.origin.source]
        past = array(group, f"past_{name}")
        at, value = _place(group, name).index[0], source(member, of)
        note = code("past[n % past.shape[0], at] = value", past=past, at=at, value=value)
        block += _each(group, name, note)
    return block


def _place(group: Group, name: str) -> ir.Item:
    return item(array(group, name), INDEX[group.variables[name].shape])


def _each(group: Group, name: str, block: ir.Block) -> ir.Block:
    """A block for each owner of a state."""
    cells, shape = group, group.variables[name].shape
    if isinstance(group, ProjectionGroup):
        cells = group.target
        block = branches.of_cell(group, block) if shape is Shape.BRANCH else block
    return code(EACH[shape], group=group, cells=cells, block=block)


def of_cells(binder: Binder, cells: PopulationGroup) -> tuple[ir.Function, ...]:
    """The functions `recall` and `remember` of a population, if a mechanism on it has lagged states."""

    def read(site: Site, member: Member, of: State) -> ir.Expression:
        return binder.advanced(site, member, of, item(array(cells, f"{member.prefix}{of.name}"), "i"))

    site = Site(cells, read, received=binder.receptor_value)
    return _both(binder, site, [cells, binder.model.rules])


def of_links(at: ProjectionContext) -> tuple[ir.Function, ...]:
    """Those of a projection."""
    return _both(at.binder, at.at_synapse(), [at.links, at.target, at.network])


def _both(binder: Binder, site: Site, groups: list[Group]) -> tuple[ir.Function, ...]:
    group = site.group
    if not lagged(group):
        return ()

    def source(member: Member, of: State) -> ir.Expression:
        if is_one_for_all(of):
            return binder.advanced(site, member, of, place(group, member, of))
        return binder.own(site, member, of.name)

    recalled = function(f"recall_{group.ident}", f"Lagged states of {group.name!r}.", groups, recall(group))
    doc = f"What lagged states of {group.name!r} will be."
    return (recalled, function(f"remember_{group.ident}", doc, groups, remember(group, source)))
