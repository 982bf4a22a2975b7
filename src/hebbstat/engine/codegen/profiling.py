"""A module can be written so that it counts the processor's cycles in every part of a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.quote import code
from hebbstat.engine.plan.groups import Group


@dataclass(frozen=True)
class Part:
    """A part of a step, under the name of what it calls."""

    name: str
    block: ir.Block


def part(block: ir.Block) -> Part:
    """The part of a step that a block is."""
    calls = (node.function for node in ir.walk(*block) if isinstance(node, ir.Call))
    return Part(next(name for name in calls if isinstance(name, str)), block)


def clocked(parts: Sequence[Part], network: Group, first: int = 0) -> ir.Block:
    """All parts, one after the other; the cycles that each takes are added up under its number, from `first` on."""
    return tuple(
        statement
        for number, one in enumerate(parts, first)
        for statement in code(
            "began = cycles()\nblock\nnetwork.spent[number] += cycles() - began",
            network=network, block=one.block, number=ir.Number(number),
        )
    )  # fmt: skip
