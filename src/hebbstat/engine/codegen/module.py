"""Writes the module of a network: one readable file, the kernel a person would have written."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hebbstat.engine.codegen import ir, stepped
from hebbstat.engine.codegen.binding import Binder
from hebbstat.engine.codegen.bundle import of_bundle
from hebbstat.engine.codegen.gathered import gathering
from hebbstat.engine.codegen.lagged import of_cells
from hebbstat.engine.codegen.merge import renamed, share
from hebbstat.engine.codegen.network_rules import of_network
from hebbstat.engine.codegen.population import of_population
from hebbstat.engine.codegen.printing import Printer
from hebbstat.engine.codegen.projection import of_projection
from hebbstat.engine.codegen.quantities import taken
from hebbstat.engine.codegen.reductions import reductions
from hebbstat.engine.codegen.shared import sense
from hebbstat.engine.codegen.step import run
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.groups import Group, tuple_name
from hebbstat.engine.plan.model import Model
from hebbstat.engine.plan.projection import Plan

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


@dataclass(frozen=True)
class Module:
    """What was written: the text, what a model must have for it, and the parts of a step whose time it counts."""

    text: str
    added: dict[Group, dict[str, Variable]]
    records: dict[str, tuple[str, ...]]  # projection -> the fields of the records of its cells
    parts: tuple[str, ...]


def write_module(model: Model, plans: Mapping[str, Plan], dtype: str, timed: bool = False) -> Module:
    """The module of a network, and what its kernels need of the model, which stays as it is.

    A `timed` module counts the processor's cycles in every part of the step (see `engine/inspect/profile.py`).
    """
    binder, functions, records = Binder(model), list[ir.Function](), dict[str, tuple[str, ...]]()
    for cells in model.cells.values():
        functions += (*of_population(binder, cells), *of_cells(binder, cells), *stepped.of_cells(binder, cells))
    for name, plan in plans.items():
        if plan.links.bundle is None:
            written, records[name] = of_projection(binder, plan)
            functions += written
    functions += map(of_bundle, model.bundles)
    for cells in model.cells.values():
        functions += (*reductions(model, cells), *taken(binder, plans, cells))
    functions += gathering(binder, plans)
    for group in (*model.cells.values(), *model.links.values()):
        functions += sense(model, group)
    functions += of_network(binder)
    kernel, parts = run(binder, plans, functions, timed)
    kept, stands_for = share(functions)
    whole = (*kept, ir.Function("run", "kernel", kernel.doc, kernel.parameters, renamed(kernel.body, stands_for)))
    added = _added(model, (*functions, kernel))
    printer = Printer(binder.hooks.name)
    printed = [printer.function(function) for function in whole]  # first: it asks for the hooks' names
    head = HEAD.format(table=_title(model), dtype=dtype, bits=dtype.removeprefix("float"))
    tuples = _tuples(model, added, (*functions, kernel))
    return Module("\n".join([head, *tuples, "", *binder.hooks.texts, *printed]), added, records, parts)


def _added(model: Model, functions: Iterable[ir.Function]) -> dict[Group, dict[str, Variable]]:
    """What the code adds to each group, in an order that does not depend on who wrote what first."""
    found = {(one.group, one.name): one.added for one in ir.arrays(*functions) if one.added is not None}
    return {
        group: {name: found[group, name] for of, name in sorted(found, key=lambda key: key[1]) if of is group}
        for group in model.groups
    }


def _title(model: Model) -> str:
    lines = [f"{cells.ident}: {type(cells.population.neuron).__name__}" for cells in model.cells.values()]
    for links in model.links.values():
        names = ", ".join(type(member.mechanism).__name__ for member in links.members)
        lines.append(f"{links.ident}: {names or 'static'}")
    return "\n".join(lines)


def _tuples(
    model: Model, added: Mapping[Group, dict[str, Variable]], functions: Iterable[ir.Function]
) -> list[str]:  # fmt: skip
    """The classes of the groups' named tuples, with what the functions use; groups with the same fields share one."""
    used = {(one.group, one.name) for one in ir.arrays(*functions)}
    lines, of_fields = list[str](), dict[str, str]()
    for group in model.groups:
        known = group.known(added[group])
        taken = [name for name, one in known.items() if one.always or (group, name) in used]
        taken.sort(key=lambda name: known[name].shape is Shape.RECORD)  # records come last
        name, fields = tuple_name(group), " ".join(taken)
        if of_fields.setdefault(fields, name) != name:
            lines.append(f"{name} = {of_fields[fields]}")
            continue
        wrapped = textwrap.fill(fields, 110, initial_indent="    ", subsequent_indent="    ")
        lines.append(f'{name} = namedtuple("{name}", """\n{wrapped}\n""")')
    return lines
