"""What the engine picked for each projection, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from hebbstat.engine.simulation import Simulation


def explain(sim: Simulation) -> str:
    """A line per projection: event-driven or clock-driven and why, how rows are visited, synapses, bytes, threads."""
    threads, steps = f"thread{'s' * (sim.threads > 1)}", f"step{'s' * (sim.window > 1)}"
    ahead = f"; none is ahead of another by {sim.window} {steps} ({sim.window * sim.net.dt:g} ms)"
    lines = [f"{sim.threads} {threads}{ahead if sim.threads > 1 else ''}"]
    for name, plan in sim.plans.items():
        n = sim.layout.synapses(name)
        rows = ", many short rows (one for each delay) at once" if plan.batched else ""
        size = f"{bytes_of(sim, name) / max(1, n):.1f} bytes a synapse"
        lines.append(f"{name}: {n:,} synapses, {plan.reason}{rows}; {size}")
    return "\n".join(lines)


def bytes_of(sim: Simulation, projection: str) -> int:
    """The memory of all arrays that a simulation keeps for a projection: synapses, rows, cells' histories."""
    links, shards = sim.model.links[projection], sim.layout.links[projection]
    held: list[Any] = [value for shard in shards for value in (*shard.arrays.values(), *vars(shard).values())]
    held += [variable.value for variable in links.variables.values()]
    memory = [value if value.base is None else value.base for value in held if isinstance(value, np.ndarray)]
    return sum({id(one): one.nbytes for one in memory}.values())
