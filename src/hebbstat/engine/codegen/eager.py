"""Writes what events do at once, at every step, in the order of docs/semantics.md, 2.6 and 2.7.

Projections that cannot wait for a row's next visit go through a step so: `change` first adds what rules change of
weights and parameters, all from the same values; then `increase` gives all states their new ones, finer scopes first.
In between, all projections have changed, and what belongs to postsynaptic neurons has (`quantities.py`).
"""

from __future__ import annotations

from hebbstat.contract.hooks import Hook
from hebbstat.contract.state import PerPre
from hebbstat.engine.codegen import branches, ir
from hebbstat.engine.codegen.binding import INDEX_OF_SCOPE
from hebbstat.engine.codegen.context import ProjectionContext
from hebbstat.engine.codegen.fragments import LEARNING, let, put, results, when_learning
from hebbstat.engine.codegen.postsynaptic import neuron_increments
from hebbstat.engine.codegen.presynaptic import elapsed, row_increments, row_states
from hebbstat.engine.codegen.quantities import waiting_changes
from hebbstat.engine.codegen.quote import added, array, expr, item, joined
from hebbstat.engine.codegen.update import Update, changes, increments, late_increments, store
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.groups import Member

Hooks = list[tuple[Member, Hook]]


def at_once(at: ProjectionContext) -> tuple[ir.Function, ...]:
    """The functions `change` and `increase` of a projection that events change at once."""
    if not at.plan.eager:
        return ()
    change = (*_changes(at, "on_pre"), *_changes(at, "on_post"))
    increase = (*_of_synapses(at), *_of_branches(at), *_of_rows(at), *_of_cells(at))
    increase += _visits(at, at.code("q.last[row] = n"))
    functions = {
        "change": (f"Events change {at.links.name!r}.", change),
        "increase": (f"States that {at.links.name!r} keeps take note of events.", increase),
    }
    return tuple(at.function(what, doc, body, "called") for what, (doc, body) in functions.items() if body)


# --- 2.6 --------------------------------------------------------------------------------------------------------------


def _changes(at: ProjectionContext, event: str) -> ir.Block:
    """Changes of one event: of synapses and their releases, and of what belongs to postsynaptic neurons."""
    site, bounds = at.now(in_visit=True), getattr(at.plan, event)
    of_synapse = _stored(at, changes(at, site, event, bounds), stamps=False) if bounds else ()
    of_cell = waiting_changes(at, event)
    if event == "on_pre":
        work = (*of_synapse, *of_cell)
        return _visits(at, ir.only_if(LEARNING, _row(at, _each(at, work)))) if work else ()
    return (*_struck_synapses(at, of_synapse), *(_struck(at, ir.only_if(LEARNING, of_cell)) if of_cell else ()))


# --- 2.7 --------------------------------------------------------------------------------------------------------------


def _of_synapses(at: ProjectionContext) -> ir.Block:
    site, hooks = at.now(in_visit=True), _late(at, "PerSynapse")
    late = [(_is_due(at, member, hook, "k"), member, hook) for member, hook in hooks]
    block = _later(at, hooks, ir.only_if(LEARNING, _row(at, _each(at, _stored(at, late_increments(at, site, late))))))
    on_pre, on_post = (_stored(at, increments(at, site, event)) for event in ("on_pre", "on_post"))
    block += _visits(at, ir.only_if(LEARNING, _row(at, _each(at, on_pre)))) if on_pre else ()
    return block + _struck_synapses(at, on_post)


def _of_branches(at: ProjectionContext) -> ir.Block:
    """A branch takes the presynaptic events of its synapses one after the other, then one of its neuron."""
    block = _of_each_synapse(at, "PerBranch")
    own = _written(at, "PerBranch", at.plan.state_hooks("PerBranch", "on_post"))
    return block + (_struck(at, branches.of_cell(at.links, own)) if own else ())


def _of_rows(at: ProjectionContext) -> ir.Block:
    hooks = _late(at, "PerPre")
    late = joined(*(ir.only_if(_is_due(at, *one, "row"), _written(at, "PerPre", [one])) for one in hooks))
    block = _later(at, hooks, (*at.arriving(*late), *late))
    now = row_increments(at, at.now(in_visit=True))
    return block + (_visits(at, _row(at, now)) if now else ())


def _of_cells(at: ProjectionContext) -> ir.Block:
    """A postsynaptic neuron takes the presynaptic events of its synapses one after the other, then its own."""
    block, own = _of_each_synapse(at, "PerPost"), neuron_increments(at)
    return block + (_struck(at, own) if own else ())


def _of_each_synapse(at: ProjectionContext, scope: str) -> ir.Block:
    """What neurons or branches make of the presynaptic events of their synapses."""
    hooks = _late(at, scope)
    late = joined(*(ir.only_if(_is_due(at, *one, INDEX_OF_SCOPE[scope]), _written(at, scope, [one])) for one in hooks))
    block = _later(at, hooks, _each(at, late))
    now = _written(at, scope, at.plan.state_hooks(scope, "on_pre"))
    return block + (_visits(at, _each(at, now)) if now else ())


def _written(at: ProjectionContext, scope: str, hooks: Hooks) -> ir.Block:
    """States of a row, branch or cell after an event, all from the values before."""
    site, index = at.drawing(at.now(), scope), INDEX_OF_SCOPE[scope]
    block = joined(*(let(f"new{n}", at.binder.call(site, member, hook)) for n, (member, hook) in enumerate(hooks)))
    for n, (member, hook) in enumerate(hooks):
        for state, value in results(hook, f"new{n}"):
            name = f"{member.prefix}{state.name}"
            block += when_learning(state, (*put(at.own(name, index), value), *at.stamped(name, index)))
    return block


# --- who has an event -------------------------------------------------------------------------------------------------


def _stored(at: ProjectionContext, update: Update, stamps: bool = True) -> ir.Block:
    return (*update.block, *store(at, update, stamps)) if update.block else ()


def _each(at: ProjectionContext, block: ir.Block) -> ir.Block:
    """A block for each synapse `k` of a row, onto cell `i`."""
    return (*at.rows.bounds(), *at.rows.each((*at.rows.cell(block), *block)))


def _row(at: ProjectionContext, work: ir.Block) -> ir.Block:
    """Work on a row whose states are local variables."""
    head = (*elapsed(at), *row_states(at, at.now(in_visit=True), at.plan.states("PerPre")))
    return (*at.arriving(*head, *work), *head, *work)


def _visits(at: ProjectionContext, work: ir.Block) -> ir.Block:
    """Work on each row with a presynaptic event in this step."""
    return () if at.plan.rate else at.rows.visits((), work, (), ())


def _struck(at: ProjectionContext, work: ir.Block) -> ir.Block:
    """Work on each cell `i` with a postsynaptic event in this step."""
    if not at.target.spiking:
        return ()
    return at.code(
        """
if n >= q.dendritic_delay:
    slot = (n - q.dendritic_delay) % c.ids.shape[0]
    learning = network.learning[0] != 0 and not network.was_frozen[slot]
    for e in range(c.counts[slot, c.column]):
        i = c.ids[slot, c.first + e] - c.first
        work
""",
        work=work,
    )


def _struck_synapses(at: ProjectionContext, work: ir.Block) -> ir.Block:
    """Work on each synapse `k` whose cell `i` has a postsynaptic event, in a pass over all."""
    if not work or not at.target.spiking:
        return ()
    struck = added(at.links, "struck", Variable(Shape.CELL, False, "bool_", Role.SCRATCH))
    is_struck = item(struck, "i")
    mark = (*let("found", LEARNING), *put(is_struck, LEARNING))
    return at.code(
        """
struck[:] = False
found = False
marks
if found:
    for row in range(q.last.size):
        row_work
""",
        struck=struck, marks=_struck(at, mark), row_work=_row(at, _each(at, ir.only_if(is_struck, work))),
    )  # fmt: skip


# --- events that are seen later ---------------------------------------------------------------------------------------


def _late(at: ProjectionContext, scope: str) -> Hooks:
    """Hooks that write states of a scope some time after a presynaptic event."""
    hooks = [(member, hook) for member in at.plan.rules for hook in member.mechanism.hooks if hook.after]
    return [(member, hook) for member, hook in hooks if hook.writes[0].scope.name == scope]


def _after(at: ProjectionContext, member: Member, hook: Hook) -> ir.Array:
    return array(at.links, f"after_{member.prefix}{hook.after}")


def _is_due(at: ProjectionContext, member: Member, hook: Hook, index: str) -> ir.Expression:
    """Whether an event of `late` steps ago is seen now."""
    after = _after(at, member, hook)
    value = after if after.variable.shape is Shape.NUMBER else item(after, index)
    due: ir.Expression = expr("value == late", value=value)
    if hook.writes[0].scope is PerPre or not index or "born_at" not in at.links.variables:
        return due
    return expr("due and n - late > born", due=due, born=at.own("born_at", "k"))  # type: ignore[no-any-return]


def _later(at: ProjectionContext, hooks: Hooks, work: ir.Block) -> ir.Block:
    """Work on each row that had a presynaptic event `late` steps ago, the oldest first."""
    if not hooks or at.plan.rate:
        return ()
    numbers = [(member, hook) for member, hook in hooks if _after(at, member, hook).variable.shape is Shape.NUMBER]
    some = ir.any_of(_is_due(at, *one, "") for one in numbers) if len(numbers) == len(hooks) else None
    late = added(at.links, "late", Variable(Shape.ROW, 0, "int32", Role.SCRATCH))
    count = added(at.links, "late_count", Variable(Shape.ONE, 0, "int64", Role.SCRATCH))
    visits = at.code(
        """
find_due(
    n - late, q.delays, q.row_of, source.ids, source.counts, source.firsts, q.sending, network.learning,
    network.was_frozen, rows, count, q.new, q.new_count,
)
was_frozen = network.was_frozen[(n - late) % network.was_frozen.size]
for v in range(count[0]):
    row, learning = decode_due(rows[v]), rows[v] >= 0 and not was_frozen
    work
""",
        source=ir.Whole(at.source), rows=late, count=count, work=work,
    )  # fmt: skip
    latest = added(at.links, "latest", Variable(Shape.NUMBER, at.links.latest, "int64", Role.WIRING))
    text = "for late in range(latest, -1, -1):\n    visits"
    return at.code(text, latest=latest, visits=ir.only_if(some, visits))
