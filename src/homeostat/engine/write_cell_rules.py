"""Writes the kernels of rules on cells, such as intrinsic homeostasis: what spikes, steps and clocks do to them."""

from __future__ import annotations

from homeostat.engine.lines import indented, only_if, results, when_learning
from homeostat.engine.model import Cells, Group, Member, Variable, anchored
from homeostat.engine.names import Reader, View
from homeostat.hooks import Hook
from homeostat.rule import Neuron, PopulationRule
from homeostat.signals import steps_of
from homeostat.state import State


def write_cell_rules(reader: Reader, cells: Cells) -> list[str]:
    """The functions of the rules on one population."""
    return [*_spike_events(reader, cells), *_tick(reader, cells)]


def _rules(cells: Cells) -> list[Member]:
    return [m for m in cells.members if isinstance(m.mechanism, PopulationRule)]


def _view(reader: Reader, cells: Cells, member: Member) -> View:
    """A rule on cells reads states as of the end of this step."""

    def state(of: Member, which: State) -> str:
        return reader.advanced(view, of, which, f"{cells.ident}.{of.prefix}{which.name}[i]")

    rule = member.mechanism
    assert isinstance(rule, PopulationRule)
    offered = {"value": f"{cells.ident}.{rule.aim}[i]"} if rule.aim else {}
    view = View(cells, state, offered, element=f"({cells.ident}.first + i)")
    view.cells = lambda side, name: reader.neuron_value(cells, name, "i") if side == "neuron" else None
    return view


def _spike_events(reader: Reader, cells: Cells) -> list[str]:
    """What a spike does to the rules on its cell."""
    c, lines = cells.ident, []
    for member in _rules(cells):
        view = _view(reader, cells, member)
        hooks = [hook for hook in member.mechanism.hooks if hook.event == "on_spike"]
        for k, hook in enumerate(hooks):
            lines.append(f"{member.prefix}change{k} = {reader.call(view, member, hook)}")
        for state in member.mechanism.states.values():
            if state.trace:
                local = f"{member.prefix}{state.name}"
                jump = [f"{local} = {view.state(member, state)}"]
                jump += [f"{c}.{local}[i] = {reader.jumped(view, member, state, local)}", f"{c}.{local}_at[i] = n"]
                lines += when_learning(state, jump)
        for k, hook in enumerate(hooks):
            lines += _apply(cells, member, hook, f"{member.prefix}change{k}")
    if not lines:
        return []
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


def _apply(cells: Cells, member: Member, hook: Hook, value: str) -> list[str]:
    c = cells.ident
    if hook.writes:
        lines: list[str] = []
        for state, pick in results(hook, value):
            name = f"{c}.{member.prefix}{state.name}"
            stamp = [f"{name}_at[i] = n"] if anchored(member, state) else []
            lines += when_learning(state, [f"{name}[i] = {pick}", *stamp])
        return lines
    rule = member.mechanism
    assert isinstance(rule, PopulationRule)
    return only_if("learning", [f"{c}.{rule.aim}[i] += {value}"])


def _tick(reader: Reader, cells: Cells) -> list[str]:
    """Continuous rules and slow clocks of the cells' rules."""
    text: list[str] = []
    for event in ("step", "every"):
        for member in _rules(cells):
            hooks = [hook for hook in member.mechanism.hooks if hook.event == event]
            if not hooks:
                continue
            view = _view(reader, cells, member)
            body: list[str] = []
            for group in ([h for h in hooks if h.writes], [h for h in hooks if not h.writes]):
                body += [f"change{k} = {reader.call(view, member, hook)}" for k, hook in enumerate(group)]
                for k, hook in enumerate(group):
                    body += _apply(cells, member, hook, f"change{k}")
            text += [
                f"@inline\ndef {event}_{cells.ident}_{member.prefix[:-1]}(n, {cells.ident}, network):",
                "    learning = network.learning[0] != 0",
                f"    for i in range({cells.ident}.size):",
                *indented(body, 2),
                "",
            ]
    return text


def calls_of_cells(cells: Cells, event: str) -> list[str]:
    """Lines of the step that run the population's rules, guarded by learning and by their clocks."""
    c, lines = cells.ident, []
    if event == "spikes":
        hooks = [m for m in _rules(cells) if any(h.event == "on_spike" for h in m.mechanism.hooks)]
        traces = [m for m in _rules(cells) if any(s.trace for s in m.mechanism.states.values())]
        return [f"spikes_of_{c}(n, {c}, network)"] if hooks or traces else []
    for member in _rules(cells):
        if any(hook.event == event for hook in member.mechanism.hooks):
            call = f"{event}_{c}_{member.prefix[:-1]}(n, {c}, network)"
            clock = f"if network.learning[0] != 0 and (n + 1) % {c}.{member.prefix}ticks == 0:\n    "
            lines.append(call if event == "step" else clock + call)
    return lines


def add_clocks(reader: Reader, group: Group) -> None:
    """Periods in steps, as whole numbers of the group."""
    for member in group.members:
        mechanism = member.mechanism
        if "period" in mechanism.fields and not isinstance(mechanism, Neuron):
            where = f"period of {type(mechanism).__name__}"
            period = steps_of(float(mechanism.values["period"]), reader.model.net.dt, where)
            group.variables[f"{member.prefix}ticks"] = Variable("count", period, "int64", fixed=True)
