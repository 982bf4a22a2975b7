"""Writes the kernels of populations: receptors, integration, spikes or rates."""

from __future__ import annotations

from hebbstat.contract.errors import NotSupportedError
from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import LONG_AGO
from hebbstat.contract.state import State, Trace
from hebbstat.engine.codegen.binding import Reader, View
from hebbstat.engine.codegen.population_rules import write_cell_rules
from hebbstat.engine.codegen.text import indented
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.model import Member, PopulationGroup, SharedReceptor

SUMS = ("current", "conductance", "drive")  # what receptors give a neuron together


def write_cells(reader: Reader, cells: PopulationGroup) -> list[str]:
    """All functions of one population."""
    return [*_integrate(reader, cells), *write_cell_rules(reader, cells)]


def _local(member: Member, state: State) -> str:
    return f"{member.prefix}{state.name}"


def _view(
    reader: Reader, cells: PopulationGroup, offered: dict[str, str], element: str = "place", bits: str = "bits_at"
) -> View:
    """States are local variables. In the loop over all cells, each cell's draws lie at the next `place`."""
    view = View(cells, _local, offered, element=element, bits=bits)
    view.cells = lambda side, name: _neuron_local(reader, cells, view, name) if side in ("post", "neuron") else None
    return view


def _neuron_local(reader: Reader, cells: PopulationGroup, view: View, name: str) -> str | None:
    neuron = cells.members[0]
    if name in neuron.mechanism.states:
        return _local(neuron, neuron.mechanism.states[name])
    if name in neuron.mechanism.fields or name in neuron.mechanism.derived:
        return reader.parameter(view, neuron, name)
    return None


def _integrate(reader: Reader, cells: PopulationGroup) -> list[str]:
    """The function that takes all cells of a share through one step."""
    c, neuron = cells.ident, cells.members[0]
    wanted = {name for hook in neuron.mechanism.hooks for name in hook.all_reads}
    offered: dict[str, str] = {name: name for name in (*SUMS, "input") if name in wanted}
    if "scheduled" in wanted:
        offered["scheduled"] = f"{c}.scheduled[i]"
    if "steps_since_spike" in wanted:
        cells.variables["spiked_at"] = Variable(Shape.CELL, LONG_AGO, "int32")
        offered["steps_since_spike"] = f"F(np.int32(n - {c}.spiked_at[i]))"
    view = _view(reader, cells, offered)
    body = _load_states(cells, neuron) + _receptors_give(reader, cells, wanted)
    if "input" in wanted:
        arrives = "input_arrived" in cells.variables
        body += [f"input = {c}.input_arrived[i]", f"{c}.input_arrived[i] = F(0.0)"] if arrives else ["input = F(-0.0)"]
    body += _step(reader, neuron, view)
    body += _receptors_step(reader, cells)
    body += _give_out(reader, view, neuron, cells)
    spikes = _spikes(reader, cells, offered) if cells.population.spiking else []
    given = "scheduled" in wanted
    schedule = [f"begin_schedule(n, {c}.cursor, {c}.train_step, {c}.train_id, {c}.scheduled)"] if given else []
    finish = [f"end_schedule({c}.cursor, {c}.train_id, {c}.scheduled)"] if given else []
    drawn = any("bits_at(" in line for line in body)
    places = [f"place = place_of({c}.first)"] if drawn else []
    body += ["place = next_place(place)"] if drawn else []
    loop = [*places, f"for i in range({c}.size):", *indented(body)]
    return [
        f"@inline\ndef integrate_{c}(n, {c}, network):",
        f'    """Population {cells.name!r}, {type(neuron.mechanism).__name__}."""',
        "    learning = network.learning[0] != 0",
        *indented([*schedule, *loop, *_note_outputs(cells), *spikes, *finish]),
        "",
    ]


def _note_outputs(cells: PopulationGroup) -> list[str]:
    """Lines that keep what the cells of a share gave out in this step: rates, or the ids of those that fired."""
    c = cells.ident
    if not cells.population.spiking:
        rate = f"{c}.rates[n % {c}.rates.shape[0], {c}.first + i]"
        return [f"for i in range({c}.size):", f"    {rate} = {c}.rate_now[i]"]
    return [
        f"slot = n % {c}.ids.shape[0]",
        f"count = collect({c}.fired, {c}.ids[slot], {c}.first, {c}.counts[slot - 1, {c}.column])",
        f"{c}.counts[slot, {c}.column] = count",
        f"if {c}.logging[0]:",
        f"    log_spikes(n, {c}.ids[slot], {c}.first, count, {c}.log_step, {c}.log_id, {c}.logged)",
    ]


def _load_states(cells: PopulationGroup, member: Member) -> list[str]:
    names = [_local(member, state) for state in member.mechanism.states.values() if state.is_plain]
    return [f"{name} = {cells.ident}.{name}[i]" for name in names]


def _receptors_give(reader: Reader, cells: PopulationGroup, wanted: set[str]) -> list[str]:
    """Arrivals enter the receptors; what these give is summed in the order of the projections."""
    lines = [f"{name} = F(-0.0)" for name in SUMS if name in wanted]  # adding to -0.0 is no work
    for pool in cells.pools:
        view = _view(reader, cells, {"amount": f"{cells.ident}.{pool.arrived}[i]"})
        lines += [*_load_states(cells, pool), *(_arrivals_enter(reader, view, pool) if pool.sums else [])]
        for hook in pool.mechanism.hooks:
            if hook.event == "current":
                lines.append(f"current += {reader.call(view, pool, hook)}")
            elif hook.event == "conductance":
                opened = f"open_{pool.prefix[:-1]}"
                lines.append(f"{opened} = {reader.call(view, pool, hook)}")
                lines += [f"conductance += {opened}"] if "conductance" in wanted else []
                drive = f"drive += {opened} * {reader.own(view, pool, 'reversal')}"
                lines += [drive] if "drive" in wanted else []
    return lines


def _arrivals_enter(reader: Reader, view: View, pool: SharedReceptor) -> list[str]:
    """What was summed enters where it is not 0; all hooks and traces read the values before."""
    amount, states = view.offered["amount"], pool.mechanism.states.values()
    hooks = [hook for hook in pool.mechanism.hooks if hook.event == "on_arrival"]
    traces = [state for state in states if isinstance(state.origin, Trace) and not state.takes_amounts]
    lines = [f"reached = {amount} != F(0.0)", *(_new_values(reader, view, pool, hook) for hook in hooks)]
    for state in traces:
        name = _local(pool, state)
        lines.append(f"new_{name} = {reader.jumped(view, pool, state, name)}")
    for state in dict.fromkeys([*(state for hook in hooks for state in hook.writes), *traces]):
        name, when = _local(pool, state), "reached and learning" if state.slow else "reached"
        lines.append(f"{name} = new_{name} if {when} else {name}")
    return [*lines, f"{amount} = F(0.0)"]


def _new_values(reader: Reader, view: View, member: Member, hook: Hook) -> str:
    names = ", ".join(f"new_{_local(member, state)}" for state in hook.writes)
    return f"{names} = {reader.call(view, member, hook)}"


def _new_values_hold(member: Member, hooks: list[Hook]) -> list[str]:
    """From here on the states that these hooks write have their new values."""
    states = [(_local(member, state), state) for hook in hooks for state in hook.writes]
    return [_when_learning(state, f"{name} = new_{name}", name) for name, state in states]


def _store_states(cells: PopulationGroup, member: Member) -> list[str]:
    names = [_local(member, state) for state in member.mechanism.states.values() if state.is_plain]
    return [f"{cells.ident}.{name}[i] = {name}" for name in names]


def _when_learning(state: State, assignment: str, name: str) -> str:
    """Slow states keep their value while the simulation is frozen."""
    return f"{assignment} if learning else {name}" if state.slow else assignment


def _step(reader: Reader, member: Member, view: View) -> list[str]:
    """`step` hooks read the values before the step, traces too; then these decay, then the new values hold."""
    hooks = [hook for hook in member.mechanism.hooks if hook.event == "step" and hook.writes]
    lines = [_new_values(reader, view, member, hook) for hook in hooks]
    for state in member.mechanism.states.values():
        if state.moves:
            name = _local(member, state)
            lines.append(_when_learning(state, f"{name} = {reader.after_step(view, member, state, name)}", name))
    return [*lines, *_new_values_hold(member, hooks)]


def _receptors_step(reader: Reader, cells: PopulationGroup) -> list[str]:
    lines = []
    for pool in cells.pools:
        lines += [*_step(reader, pool, _view(reader, cells, {})), *_store_states(cells, pool)]
    return lines


def _give_out(reader: Reader, view: View, neuron: Member, cells: PopulationGroup) -> list[str]:
    """The threshold test, or the output of a rate neuron; and the states as the step leaves them."""
    hooks = {hook.event: hook for hook in neuron.mechanism.hooks if not hook.writes}
    for event, to in (("fires", "fired"), ("output", "rate_now")):
        if event in hooks:
            given = f"{cells.ident}.{to}[i] = {reader.call(view, neuron, hooks[event])}"
            return [given, *_keep_for_spikes(cells, view.offered), *_store_states(cells, neuron)]
    raise NotSupportedError(f"{type(neuron.mechanism).__name__} has neither `fires` nor `output`")


def _read_at_spikes(cells: PopulationGroup, offered: dict[str, str]) -> list[str]:
    """Sums of a step that the hooks of a spike read."""
    hooks = [hook for hook in cells.members[0].mechanism.hooks if hook.event == "on_spike"]
    return [name for name in (*SUMS, "input") if name in offered and any(name in hook.all_reads for hook in hooks)]


def _keep_for_spikes(cells: PopulationGroup, offered: dict[str, str]) -> list[str]:
    """Lines that keep these sums until the step's spikes are known."""
    lines = []
    for name in _read_at_spikes(cells, offered):
        cells.variables[f"kept_{name}"] = Variable(Shape.CELL, 0.0)
        lines.append(f"{cells.ident}.kept_{name}[i] = {name}")
    return lines


def _spikes(reader: Reader, cells: PopulationGroup, offered: dict[str, str]) -> list[str]:
    """Reset and adaptation of the cells that fired: few in a step, so they are taken one by one."""
    c, neuron = cells.ident, cells.members[0]
    kept = {name: f"{c}.kept_{name}[i]" for name in _read_at_spikes(cells, offered)}
    view = _view(reader, cells, offered | kept, f"({c}.first + i)", "bits_of")
    hooks = [hook for hook in neuron.mechanism.hooks if hook.event == "on_spike" and hook.writes]
    traces = [state for state in neuron.mechanism.states.values() if isinstance(state.origin, Trace)]
    lines = [_new_values(reader, view, neuron, hook) for hook in hooks]
    for n, state in enumerate(traces):
        lines.append(f"jump{n} = {reader.jumped(view, neuron, state, _local(neuron, state))}")
    lines += _new_values_hold(neuron, hooks)
    for n, state in enumerate(traces):
        name = _local(neuron, state)
        lines.append(_when_learning(state, f"{name} = jump{n}", name))
    lines += [f"{c}.spiked_at[i] = n"] if "spiked_at" in cells.variables else []
    if not lines:
        return []
    cell = f"i = {c}.ids[slot, {c}.first + e] - {c}.first"
    body = [cell, *_load_states(cells, neuron), *lines, *_store_states(cells, neuron)]
    return ["for e in range(count):", *indented(body)]
