"""The network as a table that a person can check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hebbstat.contract.fields import short
from hebbstat.network.naming import rule_names

if TYPE_CHECKING:
    from hebbstat.network.network import Network, Population, Projection


def table(net: Network) -> str:
    """Populations, projections and rules of a network, a line each."""
    lines = [repr(net)[1:-1]]
    populations = [(p.name, str(p.n), repr(p.neuron), _rules(p)) for p in net.populations.values()]
    lines += _columns(("population", "cells", "model", "rules"), populations)
    links = [
        (
            p.name,
            f"{p.wiring!r}, ~{p.wiring.expected(*p.sides()):,.0f}",
            short(p.weight),
            short(p.delay) + (f" + {p.dendritic_delay:g}" if p.dendritic_delay else ""),
            _joined([m for m in (p.receptor, p.release) if m is not None]) or "direct",
            _rules(p),
        )
        for p in net.projections.values()
    ]
    head = ("projection", "wiring, synapses", "weight", "delay ms", "receptor, release", "rules")
    lines += _columns(head, links)
    lines += _columns(("network rule", "model"), [(name, repr(rule)) for name, rule in net.rules.items()])
    return "\n".join(lines)


def _joined(items: Any) -> str:
    return ", ".join(repr(item) for item in items)


def _rules(owner: Population | Projection) -> str:
    """The rules, with the names that they do not have by their class."""
    usual = rule_names(owner.rules, None, owner.name)
    named = zip(owner.rule_names, usual, owner.rules, strict=True)
    return ", ".join(f"{name}: {rule!r}" if name != by_class else repr(rule) for name, by_class, rule in named)


def _columns(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    widths = [max(len(row[k]) for row in (head, *rows)) for k in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    ]
    return ["", lines[0], "  ".join("-" * width for width in widths), *lines[1:]]
