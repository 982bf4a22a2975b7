"""Writes the module of a network: one readable file, the kernel a person would have written."""

from __future__ import annotations

import re
import textwrap
from itertools import count

import numpy as np

from hebbstat.engine.codegen.binding import Reader
from hebbstat.engine.codegen.merge import renamed, share
from hebbstat.engine.codegen.network_rules import sensed_cells, write_network
from hebbstat.engine.codegen.population import write_cells
from hebbstat.engine.codegen.population_rules import add_clocks, calls_of_cells
from hebbstat.engine.codegen.profiling import clocked
from hebbstat.engine.codegen.projection import write_links
from hebbstat.engine.codegen.text import indented, only_if
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.model import Group, Model, ProjectionGroup
from hebbstat.engine.plan.projection import Plan, plan

HEAD = '''"""The kernel of a network, written by Hebbstat from its structure. Do not edit: it is named by its content.

{table}
"""

import math
from collections import namedtuple

import numpy as np

from hebbstat.engine.runtime import *
from hebbstat.engine.runtime import rounded{bits} as rounded, uniform{bits} as uniform

F = np.{dtype}
'''
EVENTS = ("step", "on_tick")  # what acts at every step, and at ticks of its own clock


def write_module(model: Model, dtype: str, timed: bool = False) -> tuple[str, dict[str, Plan]]:
    """The text of a network's module, and the plan of each projection. Adds to the model what the kernels need.

    A `timed` module counts the processor's cycles in every part of the step (see `engine/inspect/profile.py`).
    """
    reader = Reader(model)
    plans = {name: plan(links, _differ(model.made.synapses[name].delay)) for name, links in model.links.items()}
    for group in (*model.cells.values(), *model.links.values(), model.rules):
        add_clocks(reader, group)
    lines = [line for cells in model.cells.values() for line in write_cells(reader, cells)]
    for name, one in plans.items():
        if one.stamped:
            model.links[name].variables["stamp"] = Variable(Shape.SYNAPSE, -1, "int32")
        lines += write_links(reader, one)
    body = "\n".join([*lines, *write_network(reader)])
    run = "\n".join(_run(model, plans, body, timed))
    kept, stands_for = share(body)
    head = HEAD.format(table=_title(model), dtype=dtype, bits=dtype.removeprefix("float"))
    tuples = _tuples(model, body + run)
    return "\n".join([head, *tuples, "", *reader.hooks.texts, kept, renamed(run, stands_for)]), plans


def _differ(delays: np.ndarray) -> bool:
    return bool(delays.min(initial=delays.max(initial=0)) < delays.max(initial=0))


def _title(model: Model) -> str:
    lines = [f"{cells.ident}: {type(cells.population.neuron).__name__}" for cells in model.cells.values()]
    for links in model.links.values():
        names = ", ".join(type(member.mechanism).__name__ for member in links.members)
        lines.append(f"{links.ident}: {names or 'static'}")
    return "\n".join(lines)


def _fields(group: Group, text: str) -> list[str]:
    """The fields of a group's named tuple, in order: what the text of the module uses of it."""
    arrays, used = group.arrays, set(re.findall(rf"\b{group.ident}\.(\w+)", text))
    fields = [name for name, variable in arrays.items() if variable.always or name in used]
    return sorted(fields, key=lambda name: arrays[name].shape is Shape.RECORD)  # records come last


def tuple_name(group: Group) -> str:
    """The name of a group's named tuple in the module."""
    return f"Tuple_of_{group.ident}"


def _tuples(model: Model, text: str) -> list[str]:
    """Their classes; groups with the same fields share one."""
    lines, of_fields = [], dict[str, str]()
    for group in (*model.cells.values(), *model.links.values(), model.rules):
        name, fields = tuple_name(group), " ".join(_fields(group, text))
        if of_fields.setdefault(fields, name) != name:
            lines.append(f"{name} = {of_fields[fields]}")
            continue
        wrapped = textwrap.fill(fields, 110, initial_indent="    ", subsequent_indent="    ")
        lines.append(f'{name} = namedtuple("{name}", """\n{wrapped}\n""")')
    return lines


def _run(model: Model, plans: dict[str, Plan], body: str, timed: bool) -> list[str]:
    """The loop over steps, in which threads run apart; a call without steps brings all synapses up to date."""
    groups = [group.ident for group in (*model.cells.values(), *model.links.values(), model.rules)]
    sensed, numbers = sensed_cells(model), count() if timed else None
    arguments = "".join(f", {cells.ident}" for cells in sensed)
    rules = [f"{event}_network(n, network{arguments})" for event in EVENTS if f"def {event}_network(" in body]
    ready = [["wait_for(network.progress, threads, n + 1)"]] if sensed else []  # for spikes that all threads count
    replays = [p.links for p in plans.values() if p.replays]
    flushes = [f"flush_{q.ident}(first, opened({q.ident}), opened({q.target.ident}), opened(network))" for q in replays]
    derived = [p.links for p in plans.values() if p.weights]
    derive = [f"derive_{q.ident}(first, {q.ident}, {q.target.ident}, network)" for q in derived]
    return [
        f"@kernel\ndef run(first, last, window, threads, thread, {', '.join(groups)}):",
        '    """Steps `first` to `last`, in the order of docs/semantics.md; no thread is a window ahead of another."""',
        *indented(only_if("first == last and network.learning[0] != 0", flushes)),
        *indented(only_if("first == 0 or first == last", derive)),
        "    n = all_done = first",
        "    while n < last and n < halts_at(network.flags):",
        *indented(clocked([_wait()], numbers), 2),
        "        network.was_frozen[n % network.was_frozen.size] = network.learning[0] == 0",
        *indented(clocked(_step(model, plans, body), numbers), 2),
        *indented(_halts(model), 2),
        "        has_done(network.progress, thread, n + 1)",
        *indented(clocked([*ready, *([rule] for rule in rules)], numbers), 2),
        "        n += 1",
        "    return n",
        "",
    ]


def _wait() -> list[str]:
    """Lines that wait for the spikes that arrive in a step. They were sent a window ago or earlier."""
    return only_if("all_done <= n - window", ["all_done = wait_for(network.progress, threads, n - window + 1)"])


def _step(model: Model, plans: dict[str, Plan], body: str) -> list[list[str]]:
    """The parts of one step, in their order."""
    cells, links = model.cells.values(), model.links.values()
    spiking = [q for q in links if not plans[q.name].rate]
    parts = [[f"due_{q.ident}(n, {q.ident}, {q.source.ident}, network)"] for q in spiking]
    parts += [[f"integrate_{c.ident}(n, {c.ident}, network)"] for c in cells]
    parts += [[f"arrive_{q.ident}({_all_arguments(q) if plans[q.name].rate else _arguments(q)})"] for q in links]
    parts += [[f"post_{q.ident}({_arguments(q)})"] for q in links if f"def post_{q.ident}(" in body]
    parts += [[line] for c in cells for line in calls_of_cells(c, "spikes")]
    for event in EVENTS:
        for q in links:
            if f"def {event}_{q.ident}(" in body:
                given = _all_arguments(q) if plans[q.name].rate else _arguments(q)
                condition = f"network.learning[0] != 0{_any_tick(q)}" if event == "on_tick" else ""
                parts.append(only_if(condition, [f"{event}_{q.ident}({given})"]))
        parts += [[line] for c in cells for line in calls_of_cells(c, event)]
    return parts


def _arguments(links: ProjectionGroup) -> str:
    return f"n, {links.ident}, {links.target.ident}, network"


def _all_arguments(links: ProjectionGroup) -> str:
    ends = dict.fromkeys((links.source.ident, links.target.ident))
    return f"n, {links.ident}, {', '.join(ends)}, network"


def _any_tick(links: ProjectionGroup) -> str:
    ticks = [f"(n + 1) % {links.ident}.{name} == 0" for name in links.variables if name.startswith("ticks_")]
    return f" and ({' or '.join(ticks)})"


def _halts(model: Model) -> list[str]:
    """A thread halts all: because a spike log is nearly full, or because the user asks."""
    spiking = [cells.ident for cells in model.cells.values() if cells.population.spiking]
    full = [f"({c}.logging[0] and {c}.logged[0] + 2 * window * {c}.size > {c}.log_id.size)" for c in spiking]
    asked = "(thread == 0 and stop_asked(network.flags))"
    return only_if(" or ".join([*full, asked]), ["ask_to_halt(network.flags, n + 2 * window)"])
