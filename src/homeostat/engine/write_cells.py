"""Writes the kernels of populations: receptors, integration, spikes, and the rules on cells."""

from __future__ import annotations

from homeostat.engine.model import Cells, Member, Variable, anchored
from homeostat.engine.names import Reader, View
from homeostat.errors import NotSupported
from homeostat.hooks import Hook
from homeostat.rule import Neuron, PopulationRule
from homeostat.state import State


def write_cells(reader: Reader, cells: Cells) -> list[str]:
    """All functions of one population."""
    return [*_integrate(reader, cells), *_spike_events(reader, cells), *_tick(reader, cells)]


def _local(member: Member, state: State) -> str:
    return f"{member.prefix}{state.name}"


def _view(reader: Reader, cells: Cells, offered: dict[str, str]) -> View:
    """Inside the loop over cells: states are local variables."""
    first = f"({cells.ident}.first + i)"
    view = View(cells, _local, offered, element=first)
    view.cells = lambda side, name: _neuron_local(reader, cells, view, name) if side in ("post", "neuron") else None
    return view


def _neuron_local(reader: Reader, cells: Cells, view: View, name: str) -> str | None:
    neuron = cells.members[0]
    if name in neuron.mechanism.states:
        return _local(neuron, neuron.mechanism.states[name])
    if name in neuron.mechanism.fields or name in neuron.mechanism.derived:
        return reader.parameter(view, neuron, name)
    return None


def _integrate(reader: Reader, cells: Cells) -> list[str]:
    """The function that takes all cells of a share through one step."""
    c, neuron = cells.ident, cells.members[0]
    wanted = {name for hook in neuron.mechanism.hooks for name in hook.all_reads}
    offered = {name: name for name in ("current", "conductance", "drive", "input") if name in wanted}
    if "scheduled" in wanted:
        offered["scheduled"] = f"{c}.scheduled[i]"
    view = _view(reader, cells, offered)
    body = _load_states(cells, neuron) + _receptors_give(reader, cells, wanted)
    if "input" in wanted:
        arrives = "input_arrived" in cells.variables
        body += [f"input = {c}.input_arrived[i]", f"{c}.input_arrived[i] = F(0.0)"] if arrives else ["input = F(0.0)"]
    body += _neuron_step(reader, view, neuron, cells)
    body += _receptors_step(reader, cells)
    body += _fire(reader, view, neuron, cells)
    spiking = cells.population.spiking
    text = [f"@inline\ndef integrate_{c}(n, {c}, network):", f'    """Population {cells.name!r}, {type(neuron.mechanism).__name__}."""']
    text += ["    learning = network.learning[0] != 0"]
    text += [f"    begin_schedule(n, {c}.cursor, {c}.train_step, {c}.train_id, {c}.scheduled)"] if "scheduled" in wanted else []
    text += [f"    for i in range({c}.size):", *(f"        {line}" for line in body)]
    text += [f"    end_schedule({c}.cursor, {c}.train_id, {c}.scheduled)"] if "scheduled" in wanted else []
    if not spiking:
        return [*text, f"    for i in range({c}.size):", f"        {c}.rates[n % {c}.rates.shape[0], {c}.first + i] = {c}.rate_now[i]", ""]
    return [
        *text,
        f"    slot = n % {c}.ids.shape[0]",
        f"    count = collect({c}.fired_words, {c}.fired, {c}.ids[slot], {c}.first)",
        f"    {c}.counts[slot, {c}.column] = count",
        f"    if {c}.logging[0]:",
        f"        log_spikes(n, {c}.ids[slot], {c}.first, count, {c}.log_step, {c}.log_id, {c}.logged)",
        "",
    ]


def _load_states(cells: Cells, member: Member) -> list[str]:
    return [f"{_local(member, s)} = {cells.ident}.{_local(member, s)}[i]" for s in member.mechanism.states.values() if s.is_plain]


def _receptors_give(reader: Reader, cells: Cells, wanted: set[str]) -> list[str]:
    """Arrivals enter the receptors; what these give is summed in the order of the projections."""
    lines = [f"{name} = F(0.0)" for name in ("current", "conductance", "drive") if name in wanted]
    for pool in cells.pools:
        amount = f"{cells.ident}.{pool.prefix}arrived[i]"
        view = _view(reader, cells, {"amount": amount})
        lines += _load_states(cells, pool)
        lines += _updates(reader, view, pool, "on_arrival")
        for state in pool.mechanism.states.values():
            if state.trace:
                lines.append(_trace_event(reader, view, pool, state, _local(pool, state)))
        lines.append(f"{amount} = F(0.0)")
        for hook in pool.mechanism.hooks:
            if hook.event == "current":
                lines.append(f"current += {reader.call(view, pool, hook)}")
            elif hook.event == "conductance":
                lines.append(f"{pool.prefix}open = {reader.call(view, pool, hook)}")
                lines += [f"conductance += {pool.prefix}open"] if "conductance" in wanted else []
                lines += [f"drive += {pool.prefix}open * {reader.read(view, pool, 'reversal')}"] if "drive" in wanted else []
    return lines


def _trace_event(reader: Reader, view: View, member: Member, state: State, local: str) -> str:
    """A trace's jump at its event."""
    assert state.trace is not None
    jump = state.trace.add if state.trace.set is None else state.trace.set
    value = reader.read(view, member, jump) if isinstance(jump, str) else f"F({float(jump)!r})"
    return f"{local} = {local} + {value}" if state.trace.set is None else f"{local} = {value}"


def _updates(reader: Reader, view: View, member: Member, event: str) -> list[str]:
    """Hooks of one event, all reading the values before any of them."""
    hooks = [hook for hook in member.mechanism.hooks if hook.event == event and hook.writes]
    lines, moves = [], []
    for hook in hooks:
        names = [_local(member, s) for s in hook.writes]
        lines.append(f"{', '.join(f'{name}_new' for name in names)} = {reader.call(view, member, hook)}")
        moves += [_when_learning(s, f"{name} = {name}_new", name) for name, s in zip(names, hook.writes, strict=True)]
    return lines + moves


def _when_learning(state: State, assignment: str, name: str) -> str:
    """Slow states keep their value while the simulation is frozen."""
    return f"{assignment} if learning else {name}" if state.slow else assignment


def _neuron_step(reader: Reader, view: View, neuron: Member, cells: Cells) -> list[str]:
    lines = []
    for state in neuron.mechanism.states.values():
        if state.trace:
            name = _local(neuron, state)
            lines.append(_when_learning(state, f"{name} = {name} * {reader.variable(cells, f'{name}_decay')}", name))
    return lines + _updates(reader, view, neuron, "step")


def _receptors_step(reader: Reader, cells: Cells) -> list[str]:
    lines = []
    for pool in cells.pools:
        view = _view(reader, cells, {})
        for state in pool.mechanism.states.values():
            if state.trace:
                name = _local(pool, state)
                lines.append(f"{name} = {name} * {reader.variable(cells, f'{name}_decay')}")
        lines += _updates(reader, view, pool, "step")
        lines += [f"{cells.ident}.{_local(pool, s)}[i] = {_local(pool, s)}" for s in pool.mechanism.states.values() if s.is_plain]
    return lines


def _fire(reader: Reader, view: View, neuron: Member, cells: Cells) -> list[str]:
    """The threshold test, reset and adaptation; or the output of a rate neuron."""
    c, lines = cells.ident, []
    hooks = {hook.event: hook for hook in neuron.mechanism.hooks if not hook.writes}
    if "fires" in hooks:
        lines.append(f"fired = {reader.call(view, neuron, hooks['fires'])}")
        reset = [hook for hook in neuron.mechanism.hooks if hook.event == "on_spike"]
        news = []
        for hook in reset:
            names = [_local(neuron, s) for s in hook.writes]
            lines.append(f"{', '.join(f'{name}_new' for name in names)} = {reader.call(view, neuron, hook)}")
            news += [(name, s) for name, s in zip(names, hook.writes, strict=True)]
        lines += [f"{name} = {name}_new if {_and_learning(s)} else {name}" for name, s in news]
        for state in neuron.mechanism.states.values():
            if state.trace:
                name = _local(neuron, state)
                event = _trace_event(reader, view, neuron, state, name)
                lines.append(f"{event} if {_and_learning(state)} else {name}")
        lines.append(f"{c}.fired[i] = fired")
    elif "output" in hooks:
        lines.append(f"{c}.rate_now[i] = {reader.call(view, neuron, hooks['output'])}")
    else:
        raise NotSupported(f"{type(neuron.mechanism).__name__} has neither `fires` nor `output`")
    return lines + [f"{c}.{_local(neuron, s)}[i] = {_local(neuron, s)}" for s in neuron.mechanism.states.values() if s.is_plain]


def _and_learning(state: State) -> str:
    return "(fired and learning)" if state.slow else "fired"


# --- rules on cells -----------------------------------------------------------------------------------------------


def _rules(cells: Cells) -> list[Member]:
    return [m for m in cells.members if isinstance(m.mechanism, PopulationRule)]


def rule_view(reader: Reader, cells: Cells, member: Member) -> View:
    """A rule on cells reads states as of the end of this step."""

    def state(of: Member, which: State) -> str:
        return advanced(reader, view, of, which, f"{cells.ident}.{of.prefix}{which.name}[i]")

    rule = member.mechanism
    assert isinstance(rule, PopulationRule)
    offered = {"value": f"{cells.ident}.{rule.aim}[i]"} if rule.aim else {}
    view = View(cells, state, offered, element=f"({cells.ident}.first + i)")
    view.cells = lambda side, name: reader.neuron_value(cells, name, "i") if side == "neuron" else None
    return view


def advanced(reader: Reader, view: View, member: Member, state: State, value: str, elapsed: str = "") -> str:
    """A state's value after the quiet steps since its last event."""
    if not elapsed:
        if not anchored(member, state):
            return value
        elapsed = f"({view.step} - {value.rpartition('[')[0]}_at[{value.rpartition('[')[2]})"
    if state.trace:
        rate = reader.variable(view.group, f"{member.prefix}{state.name}_rate")
        return f"{value} * exp(-F(np.int32({elapsed})) * {rate})"
    if state.advancer:
        offered = {**view.offered, "elapsed": f"F(np.int32({elapsed})) * F({reader.model.net.dt!r})"}
        inner = View(view.group, lambda m, s: value if s is state else view.state(m, s), offered, view.cells, view.step, view.element)
        return reader.call(inner, member, state.advancer)
    return value


def _spike_events(reader: Reader, cells: Cells) -> list[str]:
    """What a spike does to the rules on its cell."""
    c, lines = cells.ident, []
    for member in _rules(cells):
        view = rule_view(reader, cells, member)
        hooks = [hook for hook in member.mechanism.hooks if hook.event == "on_spike"]
        for k, hook in enumerate(hooks):
            lines.append(f"{member.prefix}change{k} = {reader.call(view, member, hook)}")
        for state in member.mechanism.states.values():
            if state.trace:
                local = f"{member.prefix}{state.name}"
                jump = [f"{local} = {view.state(member, state)}", _trace_event(reader, view, member, state, local)]
                lines += when_learning(state, [*jump, f"{c}.{local}[i] = {local}", f"{c}.{local}_at[i] = n"])
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
        *(f"        {line}" for line in lines),
        "",
    ]


def when_learning(state: State, lines: list[str]) -> list[str]:
    """Slow states take note of nothing while the simulation is frozen."""
    return ["if learning:", *(f"    {line}" for line in lines)] if state.slow else lines


def _apply(cells: Cells, member: Member, hook: Hook, value: str) -> list[str]:
    c = cells.ident
    if hook.writes:
        names = [f"{c}.{_local(member, s)}[i]" for s in hook.writes]
        picks = [value] if len(names) == 1 else [f"{value}[{k}]" for k in range(len(names))]
        lines: list[str] = []
        for name, pick, state in zip(names, picks, hook.writes, strict=True):
            stamp = [f"{c}.{_local(member, state)}_at[i] = n"] if anchored(member, state) else []
            lines += when_learning(state, [f"{name} = {pick}", *stamp])
        return lines
    rule = member.mechanism
    assert isinstance(rule, PopulationRule)
    return ["if learning:", f"    {c}.{rule.aim}[i] += {value}"]


def _tick(reader: Reader, cells: Cells) -> list[str]:
    """Continuous rules and slow clocks of the cells' rules."""
    text: list[str] = []
    for event in ("step", "every"):
        for member in _rules(cells):
            hooks = [hook for hook in member.mechanism.hooks if hook.event == event]
            if not hooks:
                continue
            view = rule_view(reader, cells, member)
            body = []
            for group in ([h for h in hooks if h.writes], [h for h in hooks if not h.writes]):
                body += [f"change{k} = {reader.call(view, member, hook)}" for k, hook in enumerate(group)]
                for k, hook in enumerate(group):
                    body += _apply(cells, member, hook, f"change{k}")
            text += [
                f"@inline\ndef {event}_{cells.ident}_{member.prefix[:-1]}(n, {cells.ident}, network):",
                "    learning = network.learning[0] != 0",
                f"    for i in range({cells.ident}.size):",
                *(f"        {line}" for line in body),
                "",
            ]
    return text


def calls_of_cells(reader: Reader, cells: Cells, event: str) -> list[str]:
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


def add_clocks(reader: Reader, cells: Cells) -> None:
    """Periods in steps, as whole numbers of the group."""
    from homeostat.signals import steps_of

    for member in cells.members:
        if "period" in member.mechanism.fields and not isinstance(member.mechanism, Neuron):
            period = steps_of(float(member.mechanism.values["period"]), reader.model.net.dt, f"period of {type(member.mechanism).__name__}")
            cells.variables[f"{member.prefix}ticks"] = Variable("count", period, "int64", fixed=True)
