"""Writes the kernels of network rules: modulators, rhythms, sensors. Each thread computes them for itself."""

from __future__ import annotations

from homeostat.engine.lines import indented, only_if, results
from homeostat.engine.model import Cells, Member, Model
from homeostat.engine.names import Reader, View
from homeostat.state import State


def write_network(reader: Reader) -> list[str]:
    """The functions of all network rules, one for each step and one for ticks."""
    text: list[str] = []
    for event in ("step", "every"):
        lines = [line for member in reader.model.rules.members for line in _rule(reader, member, event)]
        if lines:
            sensed = "".join(f", {cells.ident}" for cells in sensed_cells(reader.model))
            text += [f"@inline\ndef {event}_network(n, network{sensed}):", "    learning = network.learning[0] != 0"]
            text += [*indented(lines), ""]
    return text


def _rule(reader: Reader, member: Member, event: str) -> list[str]:
    hooks = [hook for hook in member.mechanism.hooks if hook.event == event]
    traces = [state for state in member.mechanism.states.values() if state.trace] if event == "step" else []
    if not hooks and not traces:
        return []
    view = View(reader.model.rules, lambda of, state: _read(reader, of, state), element="0")
    prefix = f"network.{member.prefix}"
    lines = [f"{prefix}{state.name}[0] *= {prefix}{state.name}_decay" for state in traces]
    lines += [f"{member.prefix}new{k} = {reader.call(view, member, hook)}" for k, hook in enumerate(hooks)]
    for k, hook in enumerate(hooks):
        for state, value in results(hook, f"{member.prefix}new{k}"):
            name = f"{prefix}{state.name}[0]"
            lines.append(f"{name} = {value} if learning else {name}" if state.slow else f"{name} = {value}")
    return lines if event == "step" else only_if(f"(n + 1) % {prefix}ticks == 0", lines)


def _read(reader: Reader, member: Member, state: State) -> str:
    if state.sensor:
        population = reader.model.net.population(member.mechanism.values[state.sensor]).name
        cells = reader.model.cells[population].ident
        return f"count_spikes({cells}.counts[n % {cells}.ids.shape[0]])"
    return f"network.{member.prefix}{state.name}[0]"


def sensed_cells(model: Model) -> list[Cells]:
    """Populations whose spikes a network rule counts."""
    names = {
        model.net.population(member.mechanism.values[state.sensor]).name
        for member in model.rules.members
        for state in member.mechanism.states.values()
        if state.sensor
    }
    return [cells for name, cells in model.cells.items() if name in names]
