"""Writes the loop over steps, which Python calls: what comes after what in a step (docs/semantics.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Binder
from hebbstat.engine.codegen.diffusion import met
from hebbstat.engine.codegen.fragments import is_learning, ticks
from hebbstat.engine.codegen.network_rules import EVENTS
from hebbstat.engine.codegen.population_rules import calls_of_rules
from hebbstat.engine.codegen.profiling import Part, clocked, part
from hebbstat.engine.codegen.quote import call, code, expr, joined
from hebbstat.engine.codegen.reductions import when_reduced
from hebbstat.engine.plan.groups import PopulationGroup, ProjectionGroup
from hebbstat.engine.plan.model import Model, sensed_cells
from hebbstat.engine.plan.projection import Plan


def run(
    binder: Binder, plans: Mapping[str, Plan], functions: Iterable[ir.Function], timed: bool
) -> tuple[ir.Function, tuple[str, ...]]:
    """The loop over steps, in which threads run apart; a call without steps brings all synapses up to date.

    Returns it, and the names of the parts of a step whose time it counts.
    """
    model, there = binder.model, {function.name: function for function in functions}
    waits, parts, ends = _wait(model), _step(binder, plans, there), _end(model, there)
    counted = (*waits, *parts, *ends) if timed else ()

    def lines(some: list[Part], first: int) -> ir.Block:
        return clocked(some, model.rules, first) if timed else joined(*(one.block for one in some))

    body = code(
        """
flush
derive
n = all_done = first
while n < last and n < halts_at(network.flags):
    waits
    network.was_frozen[n % network.was_frozen.size] = network.learning[0] == 0
    parts
    halts
    has_done(network.progress, thread, n + 1)
    ends
    n += 1
return n
""",
        network=model.rules, flush=_flush(model, plans), derive=_derive(model, plans), waits=lines(waits, 0),
        parts=lines(parts, len(waits)), halts=_halts(model), ends=lines(ends, len(waits) + len(parts)),
    )  # fmt: skip
    doc = "Steps `first` to `last`, in the order of docs/semantics.md; no thread is a window ahead of another."
    own = map(ir.Local, ("first", "last", "window", "threads", "thread"))
    kernel = ir.Function("run", "kernel", doc, (*own, *map(ir.Whole, model.groups)), body)
    return kernel, tuple(one.name for one in counted)


def _wait(model: Model) -> list[Part]:
    """Waits for the spikes that arrive in a step. They were sent a window ago or earlier."""
    text = "if all_done <= n - window:\n    all_done = wait_for(network.progress, threads, n - window + 1)"
    return [part(code(text, network=model.rules))]


def _flush(model: Model, plans: Mapping[str, Plan]) -> ir.Block:
    links = [plan.links for plan in plans.values() if plan.replays]
    flushes = joined(*(_flushed(model, q, ir.Local("first")) for q in links))
    return ir.only_if(expr("first == last and network.learning[0] != 0", network=model.rules), flushes)


def _flushed(model: Model, links: ProjectionGroup, step: ir.Expression) -> ir.Block:
    """Brings all synapses of a projection up to date, with the events before a step."""
    unpacked = [call("unpack", group) for group in (links, links.target, model.rules)]
    return (ir.Do(call(f"flush_{links.ident}", step, *unpacked)),)


def _derive(model: Model, plans: Mapping[str, Plan]) -> ir.Block:
    links = [plan.links for plan in plans.values() if plan.weights]
    calls = (call(f"derive_{q.ident}", ir.Local("first"), q, q.target, model.rules) for q in links)
    return ir.only_if(expr("first == 0 or first == last"), tuple(map(ir.Do, calls)))


def _step(binder: Binder, plans: Mapping[str, Plan], there: Mapping[str, ir.Function]) -> list[Part]:
    """The parts of one step, in their order."""
    model = binder.model
    cells, links = list(model.cells.values()), list(model.links.values())
    before = [f"recall_{group.ident}" for group in (*cells, *links)]
    before += [f"due_{q.ident}" for q in links]
    sensed = [there[name] for group in (*cells, *links) if (name := f"sense_{group.ident}") in there]
    events = [f"arrive_{q.ident}" for q in model.arrivals] + [f"post_{q.ident}" for q in links]
    blocks = [_called(there[name]) for name in before if name in there]
    for c in cells:
        blocks += [met(model, c, "integrate"), _called(there[f"integrate_{c.ident}"])]
    blocks += [_fired(model), *map(_called, sensed)] if sensed else []
    blocks += [_called(there[name]) for name in events if name in there]
    blocks += [_flushed_now(model, q) for q in links if q.replays and plans[q.name].keeps_the_past]
    blocks += [calls_of_rules(binder, c, "spikes_of") for c in cells]
    for event in EVENTS:
        blocks += [_reduced(model, c, there) for c in cells] if event == "on_tick" else []
        blocks += [_passed(model, q, event, there[name]) for q in links if (name := f"{event}_{q.ident}") in there]
        blocks += [calls_of_rules(binder, c, event) for c in cells]
    blocks += [_called(there[name]) for group in (*cells, *links) if (name := f"remember_{group.ident}") in there]
    return [part(block) for block in blocks if block]


def _flushed_now(model: Model, links: ProjectionGroup) -> ir.Block:
    """Brings synapses up to date in every step, while the simulation learns."""
    return ir.only_if(is_learning(model.rules), _flushed(model, links, expr("n + 1")))


def _fired(model: Model) -> ir.Block:
    """What counts spikes waits for those of all threads."""
    text = "has_done(network.fired, thread, n + 1)\nwait_for(network.fired, threads, n + 1)"
    return code(text, network=model.rules)


def _called(function: ir.Function) -> ir.Block:
    """A call of a function with the groups that it takes."""
    return (ir.Do(ir.Call(function.name, function.parameters)),)


def _passed(model: Model, links: ProjectionGroup, event: str, function: ir.Function) -> ir.Block:
    """A pass over all synapses; that of slow clocks only while the simulation learns and one of them ticks."""
    if event != "on_tick":
        return _called(function)
    members = [member for member in links.members if f"ticks_{member.prefix[:-1]}" in links.variables]
    ticking = ir.any_of(ticks(links, member) for member in members)
    assert ticking is not None, "what acts at ticks has a period"
    return ir.only_if(ir.all_of([is_learning(model.rules), ticking]), _called(function))


def _reduced(model: Model, cells: PopulationGroup, there: Mapping[str, ir.Function]) -> ir.Block:
    """What rules want to know of all projections onto a population, at their ticks, before any of them acts."""
    ticking = when_reduced(model, cells)
    if ticking is None:
        return ()
    return ir.only_if(ir.all_of([is_learning(model.rules), ticking]), _called(there[f"reduce_{cells.ident}"]))


def _halts(model: Model) -> ir.Block:
    """A thread halts all: because a spike log is nearly full, or because the user asks."""
    spiking = [cells for cells in model.cells.values() if cells.population.spiking]
    asked = expr("thread == 0 and stop_asked(network.flags)", network=model.rules)
    stop = code("ask_to_halt(network.flags, n + 2 * window)", network=model.rules)
    return ir.only_if(ir.any_of([*map(_full, spiking), asked]), stop)


def _full(cells: PopulationGroup) -> ir.Expression:
    text = "c.logging[0] and c.logged[0] + 2 * window * c.size > c.log_id.size"
    return expr(text, c=cells)  # type: ignore[no-any-return]


def _end(model: Model, there: Mapping[str, ir.Function]) -> list[Part]:
    """The network's rules; what counts spikes waits for those of all threads."""
    counts = sensed_cells(model, [model.rules])
    ready = code("wait_for(network.progress, threads, n + 1)", network=model.rules) if counts else ()
    rules = [_called(there[name]) for event in EVENTS if (name := f"{event}_network") in there]
    return [part(block) for block in (ready, *rules) if block]
