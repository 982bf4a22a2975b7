"""Writes the module of a network: one readable file, the kernel a person would have written."""

from __future__ import annotations

import textwrap

from homeostat.engine import refusals
from homeostat.engine.links_plan import Plan, plan
from homeostat.engine.model import Member, Model, Variable
from homeostat.engine.names import Reader, View
from homeostat.engine.write_cells import add_clocks, calls_of_cells, write_cells
from homeostat.engine.write_links import LinksWriter, calls_of_links
from homeostat.state import State

HEAD = '''"""The kernel of a network, written by Homeostat from its structure. Do not edit: it is named by its content.

{table}
"""

import math
from collections import namedtuple

import numpy as np

from homeostat.engine.runtime import *
from homeostat.engine.runtime import {rounded} as rounded

F = np.{dtype}
'''


def write_module(model: Model, dtype: str) -> tuple[str, dict[str, Plan]]:
    """The text of a network's module, and the plan of each projection. Adds to the model what the kernels need."""
    refusals.check(model)
    reader = Reader(model)
    plans = {name: plan(links) for name, links in model.links.items()}
    for cells in model.cells.values():
        add_clocks(reader, cells)
    for links in model.links.values():
        add_clocks(reader, links)  # type: ignore[arg-type]
    body: list[str] = []
    for cells in model.cells.values():
        body += write_cells(reader, cells)
    writers = {name: LinksWriter(reader, one) for name, one in plans.items()}
    for name, writer in writers.items():
        if plans[name].stamped:
            model.links[name].variables["stamp"] = Variable("synapse", -1, "int32")
        body += writer.text()
    body += _network_rules(reader)
    body += _step(reader, plans, "\n".join(body))
    head = HEAD.format(table=_title(model), dtype=dtype, rounded="rounded32" if dtype == "float32" else "rounded64")
    return "\n".join([head, *_tuples(model), "", *reader.hooks.texts, *body]), plans


def _title(model: Model) -> str:
    lines = [f"{c.ident}: {type(c.population.neuron).__name__}" for c in model.cells.values()]
    lines += [
        f"{q.ident}: {', '.join(type(m.mechanism).__name__ for m in q.members) or 'static'}"
        for q in model.links.values()
    ]
    return "\n".join(lines)


COMMON_CELLS = "size first column firsts fired fired_words ids counts rates rate_now logging logged log_step log_id cursor train_step train_id scheduled"
COMMON_LINKS = "delays dendritic_delay row_of row_delay pre start post last flushed in_degree h_step h_newest h_count h_fill live depth pick place"
COMMON_NETWORK = "learning was_frozen flags barrier"


def tuple_fields(group_variables: dict[str, Variable], common: str) -> list[str]:
    """The fields of a group's named tuple, in order."""
    fields = common.split()
    for name, variable in group_variables.items():
        fields.append(name)
        if variable.kind == "table":
            fields += [f"{name}_every", f"{name}_repeat"]
    return fields


def _tuples(model: Model) -> list[str]:
    lines = []
    groups = [
        *((c, COMMON_CELLS) for c in model.cells.values()),
        *((q, COMMON_LINKS) for q in model.links.values()),
        (model.rules, COMMON_NETWORK),
    ]
    for group, common in groups:
        names = textwrap.fill(
            " ".join(tuple_fields(group.variables, common)), 110, initial_indent="    ", subsequent_indent="    "
        )
        lines.append(
            f'{group.ident.capitalize()}Tuple = namedtuple("{group.ident.capitalize()}Tuple", """\n{names}\n""")'
        )
    return lines


def _network_rules(reader: Reader) -> list[str]:
    """Modulators, rhythms and sensors. Each thread computes them for itself, from the same numbers."""
    model, text = reader.model, []
    for event in ("step", "every"):
        lines: list[str] = []
        for member in model.rules.members:
            hooks = [h for h in member.mechanism.hooks if h.event == event]
            traces = [s for s in member.mechanism.states.values() if s.trace] if event == "step" else []
            if not hooks and not traces:
                continue
            view = View(model.rules, lambda m, s: _global(reader, m, s), element="0")
            body = [f"network.{member.prefix}{s.name}[0] *= network.{member.prefix}{s.name}_decay" for s in traces]
            body += [f"{member.prefix}new{k} = {reader.call(view, member, hook)}" for k, hook in enumerate(hooks)]
            for k, hook in enumerate(hooks):
                for m, state in enumerate(hook.writes):
                    pick = f"[{m}]" if len(hook.writes) > 1 else ""
                    guard = f" if learning else network.{member.prefix}{state.name}[0]" if state.slow else ""
                    body.append(f"network.{member.prefix}{state.name}[0] = {member.prefix}new{k}{pick}{guard}")
            if event == "every":
                model.rules.variables[f"{member.prefix}ticks"] = Variable(
                    "count", _period(reader, member), "int64", fixed=True
                )
                body = [f"if (n + 1) % network.{member.prefix}ticks == 0:", *(f"    {line}" for line in body)]
            lines += body
        if lines:
            sensed = "".join(f", {c.ident}" for c in sensed_cells(model))
            text += [f"@inline\ndef {event}_network(n, network{sensed}):", "    learning = network.learning[0] != 0"]
            text += [*(f"    {line}" for line in lines), ""]
    return text


def _period(reader: Reader, member: Member) -> int:
    from homeostat.signals import steps_of

    return steps_of(
        float(member.mechanism.values["period"]), reader.model.net.dt, f"period of {type(member.mechanism).__name__}"
    )


def _global(reader: Reader, member: Member, state: State) -> str:
    if state.sensor:
        ident = reader.model.cells[reader.model.net.population(member.mechanism.values[state.sensor]).name].ident
        return f"count_spikes({ident}.counts[n % {ident}.ids.shape[0]])"
    return f"network.{member.prefix}{state.name}[0]"


def sensed_cells(model: Model) -> list:  # type: ignore[type-arg]
    """Populations whose spikes a network rule counts."""
    names = {
        model.net.population(m.mechanism.values[s.sensor]).name
        for m in model.rules.members
        for s in m.mechanism.states.values()
        if s.sensor
    }
    return [cells for name, cells in model.cells.items() if name in names]


def _step(reader: Reader, plans: dict[str, Plan], body: str) -> list[str]:
    """The step in its order, and the loop over windows in which threads run apart."""
    model = reader.model
    groups = [*(c.ident for c in model.cells.values()), *(q.ident for q in model.links.values())]
    lines = [f"integrate_{c.ident}(n, {c.ident}, network)" for c in model.cells.values()]
    lines += [f"arrive_{q.ident}(n, {calls_of_links(q)})" for q in model.links.values()]
    for q in model.links.values():
        if f"def post_{q.ident}(" in body:
            lines.append(f"post_{q.ident}(n, {q.ident}, {q.target.ident}, network)")
    for c in model.cells.values():
        lines += calls_of_cells(reader, c, "spikes")
    for event in ("step", "every"):
        for name, q in model.links.items():
            if f"def {event}_{q.ident}(" in body:
                given = calls_of_links(q) if plans[name].rate else f"{q.ident}, {q.target.ident}, network"
                lines.append(
                    f"if network.learning[0] != 0{_any_tick(q) if event == 'every' else ''}:\n    {event}_{q.ident}(n, {given})"
                )
        for c in model.cells.values():
            lines += calls_of_cells(reader, c, event)
    sensed = sensed_cells(model)
    rules = [
        f"{event}_network(n, network{''.join(f', {c.ident}' for c in sensed)})"
        for event in ("step", "every")
        if f"def {event}_network(" in body
    ]
    apart, together = ([], rules) if sensed else (rules, [])
    full = (
        " or ".join(
            f"({c.ident}.logging[0] and {c.ident}.logged[0] + 2 * window * {c.ident}.size > {c.ident}.log_id.size)"
            for c in model.cells.values()
            if c.population.spiking
        )
        or "False"
    )
    return [
        f"@kernel\ndef run(first, last, window, threads, thread, {', '.join(groups)}, network):",
        '    """Steps `first` to `last`, in the order of docs/semantics.md, section 2; threads meet at the end of each window."""',
        *(f"    {line}" for line in _settle(plans)),
        "    start = first",
        "    windows = 0",
        "    while start < last:",
        "        stop = min(start + window, last)",
        "        for n in range(start, stop):",
        "            network.was_frozen[n % network.was_frozen.size] = network.learning[0] == 0",
        *(f"            {part}" for line in [*lines, *apart] for part in line.split("\n")),
        f"        if {full} or (thread == 0 and network.flags[32] != 0):",
        "            ask_to_halt(network.flags, windows)",
        "        meet(network.barrier, threads)",
        *(f"        {line.replace('(n, ', '(stop - 1, ')}" for line in together),
        *(["        meet(network.barrier, threads)"] if together else []),
        "        start = stop",
        "        if halt_asked(network.flags, windows, thread):",
        "            break",
        "        windows += 1",
        "    return start",
        "",
    ]


def _settle(plans: dict[str, Plan]) -> list[str]:
    """A call without steps brings all synapses up to date."""
    flushes = [
        f"    flush_{p.links.ident}(first, {p.links.ident}, {p.links.target.ident}, network)"
        for p in plans.values()
        if p.replays
    ]
    return ["if first == last and network.learning[0] != 0:", *flushes] if flushes else []


def _any_tick(links) -> str:  # type: ignore[no-untyped-def]
    ticks = [name for name in links.variables if name.endswith("_ticks")]
    return " and (" + " or ".join(f"(n + 1) % {links.ident}.{name} == 0" for name in ticks) + ")"
