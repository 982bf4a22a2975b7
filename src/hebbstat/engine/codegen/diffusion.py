"""Writes the diffusion of states between the cells of a population, which neighbours may be in other threads' shards.

Before an event at which somebody reads an inflow, all threads tell what the state is in their cells, and wait for each
other. Then each sums the differences for its own. What was told stays until all have done the step.
"""

from __future__ import annotations

from hebbstat.contract.mechanism import PopulationRule
from hebbstat.contract.state import Inflow, State
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Binder, Site
from hebbstat.engine.codegen.fragments import NOW, function
from hebbstat.engine.codegen.quote import added, array, call, code, item
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import Member, PopulationGroup, inflows
from hebbstat.engine.plan.model import Model

EVENTS = {"integrate": "step", "spikes_of": "on_spike", "after_step": "step", "after_on_tick": "on_tick"}
"""At which event hooks read what was told at a moment, where that is not called so; `after` its states have moved."""


def read_at(cells: PopulationGroup, moment: str) -> list[tuple[Member, State]]:
    """The inflows that hooks read at a moment."""
    event, found = EVENTS.get(moment, moment), []
    for member, state in inflows(cells):
        hooks = [hook for hook in member.mechanism.hooks if hook.event == event and state.name in hook.all_reads]
        if event in ("step", "on_tick"):
            hooks = [hook for hook in hooks if bool(hook.writes) != moment.startswith("after")]
        if hooks and isinstance(member.mechanism, PopulationRule) == (moment != "integrate"):
            found.append((member, state))
    return found


def tells(binder: Binder, cells: PopulationGroup, moment: str) -> tuple[ir.Function, ...]:
    """The function that tells all threads what the states are whose inflow somebody reads."""

    def kept(site: Site, member: Member, of: State) -> ir.Expression:
        return binder.advanced(site, member, of, item(array(cells, f"{member.prefix}{of.name}"), "i"))

    site, body = Site(cells, kept), ir.NOTHING
    for member, state in read_at(cells, moment):
        assert isinstance(state.origin, Inflow)
        value = site.state(site, member, member.mechanism.states[state.origin.source])
        told = _told(cells, moment, member, state)
        body += code("told[c.first + i] = value", c=cells, told=told, value=value)
    if not body:
        return ()
    whole = code("for i in range(c.size):\n    body", c=cells, body=body)
    doc, groups = f"What spreads from the cells of {cells.name!r}.", (cells, binder.model.rules)
    return (function(f"tell_{moment}_{cells.ident}", doc, groups, whole),)


def met(model: Model, cells: PopulationGroup, moment: str) -> ir.Block:
    """All threads tell, and wait until all have told; in the loop over steps."""
    if not read_at(cells, moment):
        return ()
    meeting = added(cells, f"met_{moment}", Variable(Shape.THREAD_LINES, 0, "int64", Role.CONTROL, shared=True))
    told = call(f"tell_{moment}_{cells.ident}", NOW, cells, model.rules)
    return (ir.Do(told), *code("has_done(met, thread, n + 1)\nwait_for(met, threads, n + 1)", met=meeting))


def flow(cells: PopulationGroup, moment: str) -> ir.Block:
    """What flows into the cells of this thread, in the order of their neighbours' numbers."""
    block = ir.NOTHING
    for member, state in read_at(cells, moment):
        name = f"{member.prefix}{state.name}"
        block += code(
            """
own = told[c.first + i]
total = F(0.0)
for near in range(starts[i], starts[i + 1]):
    total += told[neighbours[near]] - own
to = total
""",
            c=cells, told=_told(cells, moment, member, state), to=item(array(cells, name), "i"),
            starts=array(cells, f"near_starts_{name}"), neighbours=array(cells, f"near_{name}"),
        )  # fmt: skip
    return code("for i in range(c.size):\n    block", c=cells, block=block) if block else ()


def _told(cells: PopulationGroup, moment: str, member: Member, state: State) -> ir.Array:
    """Where all threads tell it."""
    told = Variable(Shape.ALL_CELLS, 0.0, role=Role.SCRATCH, shared=True)
    return added(cells, f"told_{moment}_{member.prefix}{state.name}", told)
