"""Functions that differ in names only are written once: what must be compiled grows with the kinds of populations and
projections in a network, not with their number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from hebbstat.engine.codegen import ir
from hebbstat.engine.plan.groups import Group

FEW = 3  # uses of a function that become part of the kernel, each compiled anew; one with more is called


def share(functions: Iterable[ir.Function]) -> tuple[tuple[ir.Function, ...], dict[str, str]]:
    """The functions without those that are like an earlier one; and which of them stands for which others.

    A function must come after those that it calls.
    """
    kept, name_of = dict[str, ir.Function](), dict[ir.Function, str]()
    stands_for, uses = dict[str, str](), Counter[str]()
    for one in functions:
        function = replace(one, body=renamed(one.body, stands_for))
        stands_for[one.name] = same = name_of.setdefault(_kind(function), one.name)
        kept.setdefault(same, function)
        uses[same] += 1
    calls = {node.function for function in kept.values() for node in ir.walk(function) if isinstance(node, ir.Call)}
    for name, function in kept.items():
        if name not in calls:  # only the kernel calls it
            linkage = "called" if uses[name] > FEW else function.linkage
            kept[name] = replace(function, linkage=linkage, body=_unpacking(function) + function.body)
    return tuple(kept.values()), stands_for


def renamed(block: ir.Block, stands_for: Mapping[str, str]) -> ir.Block:
    """A block in which the functions that are kept are called."""

    def change(node: ir.Node) -> ir.Node | None:
        if isinstance(node, ir.Call) and node.function in stands_for:
            given = ir.all_changed(node.given, change)
            return ir.Call(stands_for[node.function], given)  # type: ignore[index]
        return None

    return ir.all_changed(block, change)


def _unpacking(function: ir.Function) -> ir.Block:
    """What a function that the kernel hands packed groups to does first: it unpacks those that it uses."""
    used = {node.group for node in ir.walk(*function.body) if isinstance(node, ir.Array | ir.Whole)}
    wholes = tuple(one for one in function.parameters if isinstance(one, ir.Whole) and one.group in used)
    unpacked = tuple(ir.Call("unpack", (one,)) for one in wholes)
    if len(wholes) == 1:
        return (ir.Assign(wholes[0], unpacked[0]),)
    return (ir.Assign(ir.Several(wholes), ir.Several(unpacked)),) if wholes else ()


def _kind(function: ir.Function) -> ir.Function:
    """A function without what it is called and what is said in words, its groups numbered."""
    groups = [one.group for one in function.parameters if isinstance(one, ir.Whole)]
    number = {group: _place(n) for n, group in enumerate(groups)}

    def change(node: ir.Node) -> ir.Node | None:
        match node:
            case ir.Array(group, name) if group in number:
                return ir.Array(number[group], name)
            case ir.Whole(group) if group in number:
                return ir.Whole(number[group])
        return None

    return ir.changed(replace(function, name=""), change)


@cache
def _place(n: int) -> Group:
    """What stands for the n-th group that a function is given."""
    return Group(f"group {n}", f"group_{n}")
