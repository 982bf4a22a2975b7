"""Writes the kernels of network rules: modulators, rhythms, sensors. Each thread computes them for itself."""

from __future__ import annotations

from hebbstat.contract.hooks import Hook
from hebbstat.contract.state import Sensor, State
from hebbstat.engine.codegen.binding import Reader, View
from hebbstat.engine.codegen.text import indented, only_if, results
from hebbstat.engine.plan.model import Member, Model, PopulationGroup
from hebbstat.network import lookup


def write_network(reader: Reader) -> list[str]:
    """The functions of all network rules, one for each step and one for ticks.

    All read what the step before has left of each other: so it does not matter in which order they were added.
    """
    members, variables = reader.model.rules.members, reader.model.rules.variables
    sensors = [(m, state) for m in members for state in m.mechanism.states.values() if isinstance(state.origin, Sensor)]
    lines = {"step": _step(reader, members), "on_tick": _ticks(reader, members)}
    followed = [name for name in variables if name.startswith("left_")]
    left = [f"network.{name}[0] = network.{name.removeprefix('left_')}[0]" for name in followed]
    counted = [f"network.{m.prefix}{state.name}[0] = {_counted(reader, m, state)}" for m, state in sensors]
    lines["step"] = [*left, *counted, *lines["step"]]
    text: list[str] = []
    for event, body in lines.items():
        if body:
            sensed = "".join(f", {cells.ident}" for cells in sensed_cells(reader.model))
            text += [f"@inline\ndef {event}_network(n, network{sensed}):", "    learning = network.learning[0] != 0"]
            text += [*indented(body), ""]
    return text


def _view(reader: Reader) -> View:
    return View(reader.model.rules, lambda of, state: f"network.{of.prefix}{state.name}[0]", element="0")


def _step(reader: Reader, members: list[Member]) -> list[str]:
    """Traces decay, then all `step` hooks are called, then all states have their new values."""
    view, lines = _view(reader), list[str]()
    for member in members:
        for state in member.mechanism.states.values():
            if state.moves:
                name = f"network.{member.prefix}{state.name}[0]"
                lines.append(_written(state, name, reader.after_step(view, member, state, name)))
    return lines + _hooks(reader, view, [(m, h) for m in members for h in m.mechanism.hooks if h.event == "step"])


def _ticks(reader: Reader, members: list[Member]) -> list[str]:
    """What happens at ticks: all hooks of all rules that tick are called, then all states have their new values."""
    hooks = [(m, h) for m in members for h in m.mechanism.hooks if h.event == "on_tick"]
    clocks = dict.fromkeys(member.prefix[:-1] for member, _ in hooks)
    ticks = [f"tick_{clock} = learning and (n + 1) % network.ticks_{clock} == 0" for clock in clocks]
    return [*ticks, *_hooks(reader, _view(reader), hooks, clocked=True)]


def _hooks(reader: Reader, view: View, hooks: list[tuple[Member, Hook]], clocked: bool = False) -> list[str]:
    calls, stores = list[str](), list[str]()
    for k, (member, hook) in enumerate(hooks):
        tick = f"tick_{member.prefix[:-1]}" if clocked else ""
        calls += [f"new{k} = {reader.call(view, member, hook)}"]
        for state, value in results(hook, f"new{k}"):
            stores += only_if(tick, [_written(state, f"network.{member.prefix}{state.name}[0]", value)])
    return [*calls, *stores]


def _written(state: State, name: str, value: str) -> str:
    return f"{name} = {value} if learning else {name}" if state.slow else f"{name} = {value}"


def _counted(reader: Reader, member: Member, state: State) -> str:
    """How many cells of a population spiked in this step."""
    population = lookup.watched(reader.model.net, member.mechanism, state).name
    cells = reader.model.cells[population].ident
    return f"count_spikes({cells}.counts[n % {cells}.ids.shape[0]])"


def sensed_cells(model: Model) -> list[PopulationGroup]:
    """Populations whose spikes a network rule counts."""
    names = {
        lookup.watched(model.net, member.mechanism, state).name
        for member in model.rules.members
        for state in member.mechanism.states.values()
        if isinstance(state.origin, Sensor)
    }
    return [cells for name, cells in model.cells.items() if name in names]
