"""Writes what goes step by step: states that decay or advance by what changes, a signal or what a rule acts on.

All other states of synapses and rules are advanced when somebody looks at them, in one piece since their last event.
"""

from __future__ import annotations

from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.state import PerNeuron, State
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import INDEX_OF_SCOPE, Binder, Site
from hebbstat.engine.codegen.branches import of_cell
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.fragments import LEARNING, function, is_learning, let, put
from hebbstat.engine.codegen.population_rules import site_of
from hebbstat.engine.codegen.quote import array, code, item, joined
from hebbstat.engine.codegen.row_loop import RowLoop
from hebbstat.engine.codegen.shared import shared
from hebbstat.engine.codegen.shared import whole as shared_site
from hebbstat.engine.plan.groups import Group, Member, PopulationGroup, states_of

PASS = "pass"
"""How the functions are called: `pass_exc`."""


def of_synapses(at: ProjectionContext) -> tuple[ir.Function, ...]:
    """The function that takes states of a projection through one step, if there are such."""
    of = {scope: _stepped(at.links, at.plan.states(scope)) for scope in INDEX_OF_SCOPE}
    whole = _of_whole(at.binder, at.links, at.plan.rules)
    if not any(of.values()) and not whole:
        return ()
    binder, site = at.binder, at.now()
    cells = joined(*(_moved(binder, site, *one, "i") for one in of["PerPost"]))
    branches = joined(*(_moved(binder, site, *one, "b") for one in of["PerBranch"]))
    cells += of_cell(at.links, branches) if branches else ()
    rows = joined(*(_moved(binder, site, *one, "row") for one in of["PerPre"]))
    synapses = joined(*(_moved(binder, site, *one, "k") for one in of["PerSynapse"]))
    if synapses:
        one = RowLoop(binder.hooks, at.links)
        rows += (*one.bounds(), *one.each((*one.cell(synapses), *synapses)))
    body = let("learning", is_learning(at.network)) + whole
    body += at.code("for i in range(c.size):\n    cells", cells=cells) if cells else ()
    rows = (*at.arriving(*rows), *rows)
    body += at.code("for row in range(q.last.size):\n    rows", rows=rows) if rows else ()
    return (at.function(PASS, f"Step by step, what {at.links.name!r} keeps.", body),)


def of_cells(binder: Binder, cells: PopulationGroup) -> tuple[ir.Function, ...]:
    """The function that does so for the rules on cells."""
    rules = [member for member in cells.members if isinstance(member.mechanism, PopulationRule)]
    states = states_of(rules)
    found = _stepped(cells, [(member, state) for member, state in states if state.scope is PerNeuron])
    whole = _of_whole(binder, cells, rules)
    if not found and not whole:
        return ()
    moved = joined(*(_moved(binder, site_of(binder, cells, m), m, state, "i") for m, state in found))
    body = let("learning", is_learning(binder.model.rules)) + whole
    body += code("for i in range(c.size):\n    moved", c=cells, moved=moved) if moved else ()
    doc = f"Step by step, what rules on the cells of {cells.name!r} keep."
    return (function(f"{PASS}_{cells.ident}", doc, (cells, binder.model.rules), body),)


def _stepped(group: Group, states: list[tuple[Member, State]]) -> list[tuple[Member, State]]:
    return [(member, state) for member, state in states if f"{member.prefix}{state.name}" in group.stepped]


def _of_whole(binder: Binder, group: Group, members: list[Member]) -> ir.Block:
    """What goes step by step of what all share."""
    found = _stepped(group, shared(members))
    return joined(*(_moved(binder, shared_site(group), member, state, 0) for member, state in found))


def _moved(binder: Binder, site: Site, member: Member, state: State, index: str | int) -> ir.Block:
    place = item(array(site.group, f"{member.prefix}{state.name}"), index)
    value = binder.after_step(site, member, state, place)
    slow = site.group.variables[f"{member.prefix}{state.name}"].slow
    return put(place, ir.Choice(value, LEARNING, place) if slow else value)
