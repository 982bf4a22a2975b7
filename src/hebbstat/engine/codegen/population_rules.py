"""Writes the kernels of rules on cells, such as intrinsic homeostasis: what spikes, steps and clocks do to them.

All rules of a population read the same values: first all hooks are called, then what they returned is written down.
"""

from __future__ import annotations

from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import Neuron, PopulationRule
from hebbstat.contract.signals import steps_of
from hebbstat.contract.state import State, Trace
from hebbstat.engine.codegen.binding import Reader, View
from hebbstat.engine.codegen.text import indented, only_if, results, when_learning
from hebbstat.engine.plan.arrays import Role, Shape, Variable
from hebbstat.engine.plan.model import Group, Member, PopulationGroup

Hooks = list[tuple[Member, Hook]]


def write_cell_rules(reader: Reader, cells: PopulationGroup) -> list[str]:
    """The functions of the rules on one population."""
    return [*_spike_events(reader, cells), *_pass(reader, cells, "step"), *_pass(reader, cells, "on_tick")]


def _rules(cells: PopulationGroup) -> list[Member]:
    return [m for m in cells.members if isinstance(m.mechanism, PopulationRule)]


def _hooks(cells: PopulationGroup, event: str) -> Hooks:
    return [(m, hook) for m in _rules(cells) for hook in m.mechanism.hooks if hook.event == event]


def _traces(cells: PopulationGroup) -> list[tuple[Member, State]]:
    states = [(m, state) for m in _rules(cells) for state in m.mechanism.states.values()]
    return [(m, state) for m, state in states if isinstance(state.origin, Trace)]


def _view(reader: Reader, cells: PopulationGroup, member: Member) -> View:
    """A rule on cells reads states as of the end of this step."""

    def state(of: Member, which: State) -> str:
        return reader.advanced(view, of, which, f"{cells.ident}.{of.prefix}{which.name}[i]")

    rule = member.mechanism
    assert isinstance(rule, PopulationRule)
    offered = {"value": f"{cells.ident}.{_target(cells, rule)}[i]"} if rule.acts_on else {}
    view = View(cells, state, offered, element=f"({cells.ident}.first + i)")
    view.cells = lambda side, name: reader.neuron_value(cells, name, "i") if side == "neuron" else None
    return view


def _target(cells: PopulationGroup, rule: PopulationRule) -> str:
    """The variable of the neuron's parameter that a rule changes."""
    return f"{cells.members[0].prefix}{rule.acts_on}"


def _spike_events(reader: Reader, cells: PopulationGroup) -> list[str]:
    """What a spike does to the rules on its cell: changes, then states."""
    c, hooks, traces = cells.ident, _hooks(cells, "on_spike"), _traces(cells)
    if not hooks and not traces:
        return []
    changes = [(member, hook) for member, hook in hooks if not hook.writes]
    updates = [(member, hook) for member, hook in hooks if hook.writes]
    lines = [*_called(reader, cells, changes, "change"), *_applied(cells, changes, "change")]
    lines += _called(reader, cells, updates, "new")
    for n, (member, state) in enumerate(traces):
        view, name = _view(reader, cells, member), f"{member.prefix}{state.name}"
        before = [f"{name} = {view.state(member, state)}"]
        lines += [*before, f"jump{n} = {reader.jumped(view, member, state, name)}"]
    lines += _applied(cells, updates, "new")
    for n, (member, state) in enumerate(traces):
        lines += _stored(cells, member, state, f"jump{n}")
    return [
        f"@inline\ndef spikes_of_{c}(n, {c}, network):",
        f'    """What spikes of {cells.name!r} do to the rules on its cells."""',
        "    learning = network.learning[0] != 0",
        f"    slot = n % {c}.ids.shape[0]",
        f"    for e in range({c}.counts[slot, {c}.column]):",
        f"        i = {c}.ids[slot, {c}.first + e] - {c}.first",
        *indented(lines, 2),
        "",
    ]


def _called(reader: Reader, cells: PopulationGroup, hooks: Hooks, local: str) -> list[str]:
    """Lines that call hooks and keep what they return in numbered locals."""
    return [
        f"{local}{k} = {reader.call(_view(reader, cells, member), member, hook)}"
        for k, (member, hook) in enumerate(hooks)
    ]


def _applied(cells: PopulationGroup, hooks: Hooks, local: str, clocked: bool = False) -> list[str]:
    """Lines that write down what hooks returned: new values of states, or changes of their rule's target."""
    lines = []
    for k, (member, hook) in enumerate(hooks):
        found: list[str] = []
        for state, value in results(hook, f"{local}{k}") if hook.writes else ():
            found += _stored(cells, member, state, value)
        if not hook.writes:
            rule = member.mechanism
            assert isinstance(rule, PopulationRule)
            found = only_if("learning", [f"{cells.ident}.{_target(cells, rule)}[i] += {local}{k}"])
        lines += only_if(f"tick_{member.prefix[:-1]}" if clocked else "", found)
    return lines


def _stored(cells: PopulationGroup, member: Member, state: State, value: str) -> list[str]:
    name = f"{member.prefix}{state.name}"
    stamp = [f"{cells.ident}.at_{name}[i] = n"] if state.moves else []
    return when_learning(state, [f"{cells.ident}.{name}[i] = {value}", *stamp])


def _pass(reader: Reader, cells: PopulationGroup, event: str) -> list[str]:
    """What all cells do at a step, or at the ticks of their rules' clocks: states, then changes, which read them."""
    c, hooks = cells.ident, _hooks(cells, event)
    if not hooks:
        return []
    clocks = dict.fromkeys(member.prefix[:-1] for member, _ in hooks) if event == "on_tick" else {}
    ticks = [f"tick_{clock} = (n + 1) % {c}.ticks_{clock} == 0" for clock in clocks]
    body: list[str] = []
    for local, group in (("new", [h for h in hooks if h[1].writes]), ("change", [h for h in hooks if not h[1].writes])):
        body += [*_called(reader, cells, group, local), *_applied(cells, group, local, clocked=bool(clocks))]
    return [
        f"@inline\ndef {event}_{c}(n, {c}, network):",
        f'    """{"Slow clocks" if clocks else "Continuous rules"} on the cells of {cells.name!r}."""',
        "    learning = network.learning[0] != 0",
        *indented(ticks),
        f"    for i in range({c}.size):",
        *indented(body, 2),
        "",
    ]


def calls_of_cells(cells: PopulationGroup, event: str) -> list[str]:
    """Lines of the step that run the population's rules, guarded by learning and by their clocks."""
    c = cells.ident
    if event == "spikes":
        return [f"spikes_of_{c}(n, {c}, network)"] if _hooks(cells, "on_spike") or _traces(cells) else []
    clocks = dict.fromkeys(f"(n + 1) % {c}.ticks_{m.prefix[:-1]} == 0" for m, _ in _hooks(cells, event))
    if not clocks:
        return []
    condition = f"network.learning[0] != 0 and ({' or '.join(clocks)})" if event == "on_tick" else ""
    return ["\n".join(only_if(condition, [f"{event}_{c}(n, {c}, network)"]))]


def add_clocks(reader: Reader, group: Group) -> None:
    """Periods in steps, as whole numbers of the group."""
    for member in group.members:
        mechanism = member.mechanism
        if "period" in mechanism.fields and not isinstance(mechanism, Neuron):
            where = f"period of {type(mechanism).__name__}"
            period = steps_of(float(mechanism.values["period"]), reader.model.net.dt, where)
            group.variables[f"ticks_{member.prefix[:-1]}"] = Variable(Shape.NUMBER, period, "int64", Role.CLOCK)
