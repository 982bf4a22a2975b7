"""Writes the loop over steps, which Python calls: what comes after what in a step (docs/semantics.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Binder
from hebbstat.engine.codegen.diffusion import met
from hebbstat.engine.codegen.fragments import is_learning, ticks
from hebbstat.engine.codegen.gathered import when_gathered
from hebbstat.engine.codegen.network_rules import EVENTS
from hebbstat.engine.codegen.population_rules import calls_of_rules
from hebbstat.engine.codegen.profiling import Part, clocked, part
from hebbstat.engine.codegen.quote import call, code, expr, joined
from hebbstat.engine.codegen.reductions import when_reduced
from hebbstat.engine.codegen.stepped import PASS
from hebbstat.engine.plan.arrays import Shape
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
mode = flush_tiny()
flush
derive
born
ready
n = all_done = first
while n < last and n < halts_at(network.flags):
    waits
    network.was_frozen[n % network.was_frozen.size] = network.learning[0] == 0
    parts
    halts
    has_done(network.progress, thread, n + 1)
    ends
    n += 1
round_as(mode)
return n
""",
        network=model.rules, flush=_flush(model, plans), derive=_derive(model, plans, there),
        born=_born(model, there), ready=_ready(model, there),
        waits=lines(waits, 0), parts=lines(parts, len(waits)), halts=_halts(model),
        ends=lines(ends, len(waits) + len(parts)),
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
    groups = [(q, [call("unpack", group) for group in (q, q.target, model.rules)]) for q in links]
    flushes = tuple(ir.Do(call(f"flush_{q.ident}", ir.Local("first"), *some)) for q, some in groups)
    return ir.only_if(expr("first == last and network.learning[0] != 0", network=model.rules), flushes)


def _derive(model: Model, plans: Mapping[str, Plan], there: Mapping[str, ir.Function]) -> ir.Block:
    """Weights are as their states make them from the beginning, and when somebody has set one (window 0)."""
    given = [(plan, there[f"derive_{plan.links.ident}"]) for plan in plans.values() if plan.weights]

    def calls(drifts: bool, step: ir.Expression) -> ir.Block:
        found = [function for plan, function in given if plan.drifts is drifts]
        return tuple(ir.Do(ir.Call(function.name, (step, *function.parameters[1:]))) for function in found)

    still = ir.only_if(expr("first == 0 or first == last"), calls(False, ir.Local("first")))
    drifting = calls(True, expr("max(first - 1, 0)"))
    return still + ir.only_if(expr("first == 0 or window == 0"), drifting)


def _born(model: Model, there: Mapping[str, ir.Function]) -> ir.Block:
    """Synapses that were born at the end of the last step begin."""
    block = ir.NOTHING
    for q in model.rewiring:
        function = there[f"born_{q.ident}"]
        begin = ir.Do(ir.Call(function.name, (expr("first - 1"), *function.parameters[1:])))
        block += ir.only_if(expr("q.born.size > 0", q=q), (begin,))
    return block


def _ready(model: Model, there: Mapping[str, ir.Function]) -> ir.Block:
    """If what comes before the first step reads cells of other threads, none begins it until all have read."""
    before = [function for name, function in there.items() if name.startswith(("derive_", "born_"))]
    if not _read_others(before):
        return ()
    wait = "has_done(network.ready, thread, first + 1)\nwait_for(network.ready, threads, first + 1)"
    return ir.only_if(expr("first < last"), code(wait, network=model.rules))


def _read_others(functions: Iterable[ir.Function]) -> bool:
    """Whether functions read cells of other threads."""
    return any(one.variable.shape is Shape.WHOLE_ARRAY for one in ir.arrays(*functions))


def _step(binder: Binder, plans: Mapping[str, Plan], there: Mapping[str, ir.Function]) -> list[Part]:
    """The parts of one step, in their order; where threads read cells of others, all come to the end of each first."""
    model = binder.model
    cells, links = list(model.cells.values()), list(model.links.values())

    def named(*names: str) -> list[ir.Block]:
        """Functions of populations and projections, as connected, or of bundles."""
        groups = {"arrive": model.arrivals}
        wanted = [f"{name}_{group.ident}" for name in names for group in groups.get(name, [*cells, *links])]
        return [_called(there[name]) for name in wanted if name in there]

    drifts = [_drift(model, plan.links, there) for plan in plans.values() if plan.drifts]
    integrated = joined(*((*met(model, c, "integrate"), *_called(there[f"integrate_{c.ident}"])) for c in cells))
    phases = [
        [*named("recall", PASS, "due"), integrated], [*named("sense"), *drifts, *named("arrive", "change")],
        named("take"), [*named("increase", "post"), *drifts], [calls_of_rules(binder, c, "spikes_of") for c in cells],
    ]  # fmt: skip
    for event in EVENTS:
        reduced = [*(_reduced(model, c, there) for c in cells), when_gathered(model, there)]
        phases.append(reduced if event == "on_tick" else [])
        passed = [_passed(model, q, event, there[name]) for q in links if (name := f"{event}_{q.ident}") in there]
        phases += [[*passed, *drifts], named("take") if _wait_to_be_taken(plans, event) else []]
        phases.append([calls_of_rules(binder, c, event) for c in cells])
    phases.append([_passed(model, q, "on_tick", there[f"prune_{q.ident}"]) for q in links if q.rewires])
    phases.append([*drifts, *named("remember")])
    filled = [[block for block in phase if block] for phase in phases]
    return [part(block) for block in _kept_together(model, there, [phase for phase in filled if phase])]


def _kept_together(model: Model, there: Mapping[str, ir.Function], phases: list[list[ir.Block]]) -> list[ir.Block]:
    """The parts of a step; between its phases all wait for each other if they read what others change.

    Those who count spikes wait for them after the first.
    """
    reads = _read_others(there.values())
    counts, blocks = any(name.startswith("sense_") for name in there), list[ir.Block]()
    for number, phase in enumerate(phases):
        if (reads and number) or (counts and number == 1):
            text = f"has_done(network.met, thread, n * {len(phases)} + {number})"
            text += f"\nwait_for(network.met, threads, n * {len(phases)} + {number})"
            blocks.append(code(text, network=model.rules))
        blocks += phase
    return blocks


def _drift(model: Model, links: ProjectionGroup, there: Mapping[str, ir.Function]) -> ir.Block:
    """Weights are derived again from what has changed; in frozen time they stand."""
    return ir.only_if(is_learning(model.rules), _called(there[f"derive_{links.ident}"]))


def _wait_to_be_taken(plans: Mapping[str, Plan], event: str) -> bool:
    """Whether an event changes what belongs to postsynaptic neurons."""
    return any(bound.hook.event == event for plan in plans.values() for bound in plan.of_cells)


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
