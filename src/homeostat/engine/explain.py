"""What the engine picked for each projection, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homeostat.engine.simulation import Simulation


def explain(sim: Simulation) -> str:
    """A line per projection: lazy or eager, why, its synapses and their bytes; and how threads work together."""
    layout = sim.layout
    threads, steps = f"thread{'s' * (sim.threads > 1)}", f"step{'s' * (sim.window > 1)}"
    lines = [f"{sim.threads} {threads}, meeting every {sim.window} {steps} ({sim.window * sim.net.dt:g} ms)"]
    for name, plan in sim.plans.items():
        n = sim.model.made.synapses[name].n
        each = bytes_of(layout.shares[name]) / max(1, n)
        lines.append(f"{name}: {n:,} synapses, {plan.reason}; {each:.1f} bytes a synapse")
    return "\n".join(lines)


def bytes_of(shares: list[dict[str, Any]]) -> int:
    """The memory of all arrays of a group."""
    return sum(value.nbytes for share in shares for value in share.values() if hasattr(value, "nbytes"))
