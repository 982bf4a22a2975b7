"""Turns a loop over synapses into one that vectorises.

A compiler cannot prove that `x[post[k]]` does not overlap what the loop writes, so it would take the synapses one by
one. The loop is therefore cut: what is found through an index is gathered into scratch rows, what the whole row
shares is read once, and the arithmetic in between runs over contiguous memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.branches import BRANCH
from hebbstat.engine.codegen.quote import added, item
from hebbstat.engine.plan.arrays import scratch
from hebbstat.engine.plan.groups import ProjectionGroup

SHARED = (ir.Local("row"), ir.Number(0))
CELL, SYNAPSE = ir.Local("i"), ir.Local("k")


@dataclass(frozen=True)
class Loops:
    """A loop that was cut: reads for the whole row, the body of the gathering loop, that of the arithmetic."""

    shared: ir.Block
    gather: ir.Block
    arithmetic: ir.Block


def cut(links: ProjectionGroup, body: ir.Block, gathered: str, prefix: str = "g") -> Loops:
    """Cut the body of a loop over `e`; `gathered` names the indices to gather, such as "ij"."""
    shared, gather = dict[ir.Node, ir.Local](), dict[ir.Node, ir.Item]()
    through = tuple(ir.Local(index) for index in gathered)

    def moved(node: ir.Node) -> ir.Node | None:
        match node:
            case ir.Assign(ir.Item(ir.Array(group)), value) if group is links:
                return replace(node, value=ir.changed(value, moved))
            case ir.Item(ir.Array(group, name), (index,)) if index in SHARED:
                whose = "" if group is links else f"{group.ident}_"
                return shared.setdefault(node, ir.Local(f"here_{whose}{name}"))
            case ir.Item(ir.Array(group, name) as of, (index,)) if index in through:
                whose = "" if group is links else "post_"
                place = added(links, f"{prefix}_{whose}{name}", scratch(of.variable.dtype))
                return gather.setdefault(node, item(place, "e"))
        return None

    arithmetic = ir.all_changed(body, moved)
    return Loops(
        tuple(ir.Assign(local, of) for of, local in shared.items()),  # type: ignore[arg-type]
        tuple(ir.Assign(place, of) for of, place in gather.items()),  # type: ignore[arg-type]
        arithmetic,
    )


def put_later(links: ProjectionGroup, arithmetic: ir.Block) -> tuple[ir.Block, ir.Block]:
    """Stores to synapses go to scratch first, so that the arithmetic may run on past the end of a row.

    Returns the arithmetic and what puts the results in their places.
    """
    put: list[ir.Statement] = []

    def later(node: ir.Node) -> ir.Node | None:
        match node:
            case ir.Assign(ir.Item(ir.Array(group, name) as of, (index,)) as to, value):
                if group is links and index == SYNAPSE:
                    place = item(added(links, f"new_{name}", scratch(of.variable.dtype)), "e")
                    put.append(ir.Assign(to, place))
                    return ir.Assign(place, value)
        return None

    return ir.all_changed(arithmetic, later), tuple(put)


def needs_cell(body: ir.Block) -> bool:
    """Whether a loop uses the index `i` of the postsynaptic neuron, or that of a branch, for more than looking up."""
    return _needs(body, CELL) or _needs(body, BRANCH)


def needs_synapse(body: ir.Block) -> bool:
    """The same of the index `k` of the synapse."""
    return _needs(body, SYNAPSE)


def _needs(body: ir.Block, index: ir.Local) -> bool:
    def found(node: ir.Node) -> ir.Node | None:
        return ir.Number(None) if isinstance(node, ir.Item) and node.index[-1] == index else None

    return index in ir.walk(*ir.all_changed(body, found))
