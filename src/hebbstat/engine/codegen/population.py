"""Writes the kernels of populations: receptors, integration, spikes or rates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from hebbstat.contract.errors import NotSupportedError
from hebbstat.contract.events import BY_SIGN, GIVEN, SUMS
from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import LONG_AGO, PopulationRule
from hebbstat.contract.state import WHOLE, State, Trace
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.binding import Binder, Site
from hebbstat.engine.codegen.diffusion import flow, tells
from hebbstat.engine.codegen.fragments import function, is_learning, kept_unless_learning, let, put
from hebbstat.engine.codegen.population_rules import rules_on_cells
from hebbstat.engine.codegen.quote import added, array, code, expr, item, joined
from hebbstat.engine.codegen.shared import is_one_for_all, keep, moved, place, shared, was, whole
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.given import kept_given, kept_sum, kept_variable, pool_of
from hebbstat.engine.plan.groups import Member, PopulationGroup, SharedReceptor, inflows, lagged
from hebbstat.engine.plan.model import sensors
from hebbstat.network.lookup import is_sum
from hebbstat.network.received import VOLTAGE

NEXT_PLACE = ir.Local("place")  # in the loop over all cells, each cell's draws lie at the next place


def of_population(binder: Binder, cells: PopulationGroup) -> tuple[ir.Function, ...]:
    """All functions of one population."""
    return (*tells(binder, cells, "integrate"), _integrate(binder, cells), *rules_on_cells(binder, cells))


def _local(member: Member, state: State) -> str:
    return f"{member.prefix}{state.name}"


def _site(binder: Binder, cells: PopulationGroup, offered: dict[str, ir.Expression]) -> Site:
    """States are local variables; so are those of the neuron that a receptor asks for."""

    def state(site: Site, member: Member, which: State) -> ir.Expression:
        return ir.Local(_local(member, which))

    def received(projection: str, name: str) -> ir.Expression:
        _, pool = pool_of(binder.model, projection)
        kept = kept_variable(pool, name)
        return binder.own(own, pool, name) if kept is None else _what_gives(pool, name)

    own = Site(cells, state, offered, element=(NEXT_PLACE,), bits="bits_at", received=received)

    def of_neuron(side: str, name: str) -> ir.Expression | None:
        neuron = cells.members[0]
        if side not in ("post", "neuron"):
            return None
        if name in neuron.mechanism.states:
            return ir.Local(_local(neuron, neuron.mechanism.states[name]))
        if name in neuron.mechanism.fields or name in neuron.mechanism.derived:
            return binder.parameter(own, neuron, name)
        return None

    return replace(own, cells=of_neuron)


def _integrate(binder: Binder, cells: PopulationGroup) -> ir.Function:
    """The function that takes all cells of a share through one step."""
    neuron, network = cells.members[0], binder.model.rules
    wanted = {name for hook in neuron.mechanism.hooks for name in hook.all_reads}
    offered = _offered(cells, wanted)
    site = _site(binder, cells, offered)
    summed = [name for name in SUMS if name in offered or kept_sum(name) in cells.variables]
    body = (
        *_load_states(cells, neuron),
        *_shared_are(cells, neuron, "was"),
        *_receptors_give(binder, cells, summed),
        *_kept_for_others(cells),
        *(_input(cells) if "input" in wanted else ()),
        *_step(binder, neuron, site),
        *_shared_are(cells, neuron, "now"),
        *_receptors_step(binder, cells),
        *_give_out(binder, site, neuron, cells),
    )
    drawn = NEXT_PLACE in ir.walk(*body)
    given = "scheduled" in wanted
    whole = code(
        """
learning
schedule
places
shared
for i in range(c.size):
    body
    next_one
outputs
spikes
finish
""",
        c=cells, learning=let("learning", is_learning(network)), body=body, outputs=_note_outputs(cells),
        shared=(*_shared_step(binder, cells, neuron), *_known_to_all(cells), *flow(cells, "integrate")),
        schedule=code("begin_schedule(n, c.cursor, c.train_step, c.train_id, c.scheduled)", c=cells) if given else (),
        places=code("place = place_of(c.first)", c=cells) if drawn else (),
        next_one=code("place = next_place(place)") if drawn else (),
        spikes=_spikes(binder, cells, offered) if cells.population.spiking else (),
        finish=code("end_schedule(c.cursor, c.train_id, c.scheduled)", c=cells) if given else (),
    )  # fmt: skip
    doc = f"Population {cells.name!r}, {type(neuron.mechanism).__name__}."
    return function(f"integrate_{cells.ident}", doc, (cells, network), whole)


def _offered(cells: PopulationGroup, wanted: set[str]) -> dict[str, ir.Expression]:
    """What a neuron's hooks may ask for, of that what they do."""
    asked = [name for name in SUMS if name in wanted and (name not in BY_SIGN or is_sum(cells.population, name))]
    asked += ["input"] if "input" in wanted else []
    offered: dict[str, ir.Expression] = {name: ir.Local(name) for name in asked}
    if "scheduled" in wanted:
        offered["scheduled"] = item(array(cells, "scheduled"), "i")
    if "steps_since_spike" in wanted:
        offered["steps_since_spike"] = expr("F(np.int32(n - spiked_at))", spiked_at=_spiked_at(cells))
    return offered


def _spiked_at(cells: PopulationGroup) -> ir.Item:
    """The step of a cell's last spike."""
    return item(added(cells, "spiked_at", Variable(Shape.CELL, LONG_AGO, "int32")), "i")


def _input(cells: PopulationGroup) -> ir.Block:
    """What arrived without a receptor."""
    if "input_arrived" not in cells.variables:
        return code("input = F(-0.0)")
    return code("input = c.input_arrived[i]\nc.input_arrived[i] = F(0.0)", c=cells)


def _note_outputs(cells: PopulationGroup) -> ir.Block:
    """Keeps what the cells of a share gave out in this step: rates, or the ids of those that fired."""
    if not cells.population.spiking:
        return code(
            """
slot = n % c.rates.shape[0]
for i in range(c.size):
    c.rates[slot, U64(c.first) + U64(i)] = c.rate_now[i]
""",
            c=cells,
        )
    return code(
        """
slot = n % c.ids.shape[0]
count = collect(c.fired, c.ids[slot], c.first, c.counts[slot - 1, c.column])
c.counts[slot, c.column] = count
if c.logging[0]:
    log_spikes(n, c.ids[slot], c.first, count, c.log_step, c.log_id, c.logged)
""",
        c=cells,
    )


def _own(cells: PopulationGroup, member: Member) -> dict[str, ir.Item]:
    """The plain states of a member: their local names, and where they are kept."""
    states = [state for state in member.mechanism.states.values() if state.is_plain and state.scope not in WHOLE]
    names = [_local(member, state) for state in states]
    return {name: item(array(cells, name), "i") for name in names}


def _load_states(cells: PopulationGroup, member: Member) -> ir.Block:
    found = [(m, state) for m, state in (*lagged(cells), *inflows(cells)) if m is member and state.scope not in WHOLE]
    loads = _own(cells, member) | {name: item(array(cells, name), "i") for name in (_local(*one) for one in found)}
    return joined(*(let(name, place) for name, place in loads.items()))


def _store_states(cells: PopulationGroup, member: Member) -> ir.Block:
    return joined(*(put(place, ir.Local(name)) for name, place in _own(cells, member).items()))


def _known_to_all(cells: PopulationGroup) -> ir.Block:
    """What is one number for all cells, and no hook writes: the spikes of the step before, the past of what is shared.
    """
    found = [(m, s) for m, s in (*sensors(cells), *lagged(cells)) if not isinstance(m.mechanism, PopulationRule)]
    found = [(m, s) for m, s in found if is_one_for_all(s)]
    return joined(*(let(_local(*one), expr("F(count)", count=place(cells, *one))) for one in found))


def _shared_step(binder: Binder, cells: PopulationGroup, neuron: Member) -> ir.Block:
    """The step of what all cells share: locals `was_` and `now_` have its values before and after."""
    states, site = shared([neuron]), whole(cells)
    block = keep(binder, cells, [neuron])
    for member, state in states:
        if state.moves:
            kept = place(cells, member, state)
            block += kept_unless_learning(state, kept, binder.after_step(site, member, state, was(member, state)))
    block += moved(binder, cells, "step", [neuron])
    return block + joined(*(let(f"now_{_local(*one)}", place(cells, *one)) for one in states))


def _shared_are(cells: PopulationGroup, neuron: Member, word: str) -> ir.Block:
    """What all cells share is as it was before the step, or is now."""
    names = [_local(member, state) for member, state in shared([neuron])]
    return joined(*(let(name, expr("F(value)", value=ir.Local(f"{word}_{name}"))) for name in names))


def _receptors_give(binder: Binder, cells: PopulationGroup, wanted: Collection[str]) -> ir.Block:
    """Arrivals enter the receptors; what these give is summed in the order of the projections."""
    block = joined(*(let(name, expr("F(-0.0)")) for name in SUMS if name in wanted))  # adding to -0.0 is no work
    for pool in cells.pools:
        amount = item(array(cells, pool.arrived), "i")
        site = _site(binder, cells, {"amount": amount})
        block += (*_load_states(cells, pool), *(_arrivals_enter(binder, site, pool, amount) if pool.sums else ()))
        apart = _is_apart(cells, pool, wanted)
        flows: list[ir.Expression] = []  # the currents that it gives
        for hook in pool.mechanism.hooks:
            if hook.event == "current":
                given: ir.Expression = binder.call(site, pool, hook)
                if apart:
                    block += let(f"given_{pool.prefix[:-1]}", given)
                    given = ir.Local(f"given_{pool.prefix[:-1]}")
                block += code("current += given", given=given) if "current" in wanted else ()
                flows.append(given)
            elif hook.event == "conductance":
                opened = _what_gives(pool, "conductance")
                block += let(opened.name, binder.call(site, pool, hook))
                block += code("conductance += opened", opened=opened) if "conductance" in wanted else ()
                reversal = binder.own(site, pool, "reversal") if "drive" in wanted or apart else opened
                drive = code("drive += opened * reversal", opened=opened, reversal=reversal)
                block += drive if "drive" in wanted else ()
                voltage = ir.Local(f"{cells.members[0].prefix}{VOLTAGE}")
                flows.append(expr("opened * (reversal - voltage)", opened=opened, reversal=reversal, voltage=voltage))
        block += _one_gives(pool, flows, wanted) if apart else ()
    return block


def _what_gives(pool: SharedReceptor, what: str) -> ir.Local:
    """The local that has what one receptor gives: its `current` or `conductance`."""
    return ir.Local(f"{'open' if what == 'conductance' else 'flow'}_{pool.prefix[:-1]}")


def _is_apart(cells: PopulationGroup, pool: SharedReceptor, wanted: Collection[str]) -> bool:
    """Whether somebody asks what one receptor gives: for itself, or by its sign."""
    return any(name in wanted for name in BY_SIGN) or kept_given(pool, "current") in cells.variables


def _one_gives(pool: SharedReceptor, flows: list[ir.Expression], wanted: Collection[str]) -> ir.Block:
    """The current of one receptor, which may come of a conductance, and to which side it counts."""
    if not flows:
        return ()
    current = _what_gives(pool, "current")
    block = let(current.name, flows[0] if len(flows) == 1 else expr("one + other", one=flows[0], other=flows[1]))
    for name, part in zip(BY_SIGN, ("current if current > F(0.0)", "-current if current < F(0.0)"), strict=True):
        added_up = code(f"{name} += part", part=expr(f"{part} else F(0.0)", current=current))
        block += added_up if name in wanted else ()
    return block


def _kept_for_others(cells: PopulationGroup) -> ir.Block:
    """What rules read later in the step."""
    given = {kept_sum(name): ir.Local(name) for name in SUMS}
    for pool in cells.pools:
        given |= {kept_given(pool, what): _what_gives(pool, what) for what in GIVEN}
    kept = {name: local for name, local in given.items() if name in cells.variables}
    return joined(*(put(item(array(cells, name), "i"), local) for name, local in kept.items()))


def _arrivals_enter(binder: Binder, site: Site, pool: SharedReceptor, amount: ir.Expression) -> ir.Block:
    """What was summed enters where it is not 0; all hooks and traces read the values before."""
    states = pool.mechanism.states.values()
    hooks = [hook for hook in pool.mechanism.hooks if hook.event == "on_arrival"]
    traces = [state for state in states if isinstance(state.origin, Trace) and not pool.mechanism.takes(state)]
    block = code("reached = amount != F(0.0)", amount=amount)
    block += joined(*(_new_values(binder, site, pool, hook) for hook in hooks))
    for state in traces:
        name = _local(pool, state)
        block += let(f"new_{name}", binder.jumped(site, pool, state, ir.Local(name)))
    for state in dict.fromkeys([*(state for hook in hooks for state in hook.writes), *traces]):
        name, reached = _local(pool, state), expr("reached and learning" if state.slow else "reached")
        block += let(name, ir.Choice(ir.Local(f"new_{name}"), reached, ir.Local(name)))
    return block + put(amount, expr("F(0.0)"))


def _new_values(binder: Binder, site: Site, member: Member, hook: Hook) -> ir.Block:
    names = tuple(ir.Local(f"new_{_local(member, state)}") for state in hook.writes)
    return (ir.Assign(ir.Several(names) if len(names) > 1 else names[0], binder.call(site, member, hook)),)


def _new_values_hold(member: Member, hooks: list[Hook]) -> ir.Block:
    """From here on the states that these hooks write have their new values."""
    states = [(_local(member, state), state) for hook in hooks for state in hook.writes]
    return joined(*(kept_unless_learning(state, ir.Local(name), ir.Local(f"new_{name}")) for name, state in states))


def _step(binder: Binder, member: Member, site: Site) -> ir.Block:
    """`step` hooks read the values before the step, traces too; then these decay, then the new values hold."""
    hooks = [hook for hook in member.mechanism.hooks if hook.event == "step" and hook.writes[0].scope not in WHOLE]
    block = joined(*(_new_values(binder, site, member, hook) for hook in hooks))
    for state in member.mechanism.states.values():
        if state.moves and state.scope not in WHOLE:
            name = ir.Local(_local(member, state))
            block += kept_unless_learning(state, name, binder.after_step(site, member, state, name))
    return block + _new_values_hold(member, hooks)


def _receptors_step(binder: Binder, cells: PopulationGroup) -> ir.Block:
    block = ir.NOTHING
    for pool in cells.pools:
        block += (*_step(binder, pool, _site(binder, cells, {})), *_store_states(cells, pool))
    return block


def _give_out(binder: Binder, site: Site, neuron: Member, cells: PopulationGroup) -> ir.Block:
    """The threshold test, or the output of a rate neuron; and the states as the step leaves them."""
    hooks = {hook.event: hook for hook in neuron.mechanism.hooks if not hook.writes}
    for event, to in (("fires", "fired"), ("output", "rate_now")):
        if event in hooks:
            given = put(item(array(cells, to), "i"), binder.call(site, neuron, hooks[event]))
            places = _kept_for_spikes(cells, site.offered).items()
            kept = joined(*(put(place, ir.Local(name)) for name, place in places))
            return (*given, *kept, *_store_states(cells, neuron))
    raise NotSupportedError(f"{type(neuron.mechanism).__name__} has neither `fires` nor `output`")


def _kept_for_spikes(cells: PopulationGroup, offered: Mapping[str, ir.Expression]) -> dict[str, ir.Item]:
    """Sums of a step that the hooks of a spike read, and where they are kept until the step's spikes are known."""
    hooks = [hook for hook in cells.members[0].mechanism.hooks if hook.event == "on_spike"]
    names = [name for name in (*SUMS, "input") if name in offered and any(name in hook.all_reads for hook in hooks)]
    return {name: item(added(cells, f"kept_{name}", Variable(Shape.CELL, 0.0)), "i") for name in names}


def _spikes(binder: Binder, cells: PopulationGroup, offered: dict[str, ir.Expression]) -> ir.Block:
    """Reset and adaptation of the cells that fired: few in a step, so they are taken one by one."""
    neuron, kept = cells.members[0], _kept_for_spikes(cells, offered)
    site = _site(binder, cells, {**offered, **kept})
    site = replace(site, element=(expr("c.first + i", c=cells),), bits="bits_of", received=binder.receptor_value)
    hooks = [hook for hook in neuron.mechanism.hooks if hook.event == "on_spike" and hook.writes]
    states = neuron.mechanism.states.values()
    traces = [state for state in states if isinstance(state.origin, Trace) and state.scope not in WHOLE]
    block = joined(*(_new_values(binder, site, neuron, hook) for hook in hooks))
    for n, state in enumerate(traces):
        block += let(f"jump{n}", binder.jumped(site, neuron, state, ir.Local(_local(neuron, state))))
    block += _new_values_hold(neuron, hooks)
    for n, state in enumerate(traces):
        block += kept_unless_learning(state, ir.Local(_local(neuron, state)), ir.Local(f"jump{n}"))
    wanted = {name for hook in neuron.mechanism.hooks for name in hook.all_reads}
    block += put(_spiked_at(cells), expr("n")) if "steps_since_spike" in wanted else ()
    text = "for e in range(count):\n    i = c.ids[slot, c.first + e] - c.first\n    load\n    block\n    store"
    load = (*_load_states(cells, neuron), *_shared_are(cells, neuron, "now"))
    return code(text, c=cells, load=load, block=block, store=_store_states(cells, neuron)) if block else ()
