"""What the engine picked for each projection, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from hebbstat.engine.core import Core
from hebbstat.engine.memory.bundle import Strand


def explain(core: Core) -> str:
    """A line per projection: event-driven or clock-driven and why, how rows are visited, synapses, bytes, threads."""
    threads, steps = f"thread{'s' * (core.threads > 1)}", f"step{'s' * (core.window > 1)}"
    ahead = f"; none is ahead of another by {core.window} {steps} ({core.window * core.net.dt:g} ms)"
    lines = [f"{core.threads} {threads}{ahead if core.threads > 1 else ''}"]
    for name, plan in core.plans.items():
        n = core.layout.synapses(name)
        rows = ", many short rows (one for each delay) at once" if plan.coalesced else ""
        rows = _shared_rows(core, name) or rows
        size = f"{bytes_of(core, name) / max(1, n):.1f} bytes a synapse"
        lines.append(f"{name}: {n:,} synapses, {plan.reason}{rows}; {size}")
    return "\n".join(lines)


def _shared_rows(core: Core, name: str) -> str:
    """In words, with whom a projection shares its rows."""
    bundle = core.model.links[name].bundle
    if bundle is None or len(bundle.strands) == 1:
        return ""
    others = len(bundle.strands) - 1
    return f", in rows with {others} other projection{'s' * (others > 1)} from '{bundle.source.name}'"


def bytes_of(core: Core, projection: str) -> int:
    """The memory of all arrays that a simulation keeps for a projection: synapses, rows, cells' histories."""
    links, shards = core.model.links[projection], core.layout.links[projection]
    if links.bundle is not None:  # its part of what several share
        rows = core.layout.shards[links.bundle.name]
        own = core.layout.synapses(projection) / max(1, sum(len(shard["post"]) for shard in rows))
        marks = [shard.which for shard in shards if isinstance(shard, Strand)]
        shared = _bytes(value for shard in rows for key, value in shard.items() if key != "sums")
        return round(own * shared) + _bytes(marks)
    held: list[Any] = [value for shard in shards for value in (*shard.arrays.values(), *vars(shard).values())]
    return _bytes([*held, *(variable.value for variable in links.variables.values())])


def _bytes(held: Iterable[Any]) -> int:
    """The memory of all arrays among these."""
    memory = [value if value.base is None else value.base for value in held if isinstance(value, np.ndarray)]
    return sum({id(one): one.nbytes for one in memory}.values())
