"""Where the time goes: a module can be written so that it counts the processor's cycles in every part of a step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hebbstat.contract.errors import BadValueError
from hebbstat.engine.plan.model import NETWORK

if TYPE_CHECKING:
    from hebbstat.engine.simulation import Simulation


def clocked(parts: list[list[str]], numbers: Iterator[int] | None) -> list[str]:
    """The lines of all parts, one after the other; with `numbers`, the cycles each takes are added up under its own."""
    if numbers is None:
        return [line for part in parts for line in part]
    lines: list[str] = []
    for part in parts:
        name = re.findall(r"(\w+)\(", "\n".join(part))[0]
        lines += ["began = cycles()", *part, f"network.spent[{next(numbers)}] += cycles() - began  # {name}"]
    return lines


class Profile:
    """How long each part of the steps took: `seconds` by name, of all threads together; print it."""

    def __init__(self, sim: Simulation) -> None:
        names = dict(re.findall(r"spent\[(\d+)\] .*# (\w+)", sim.source()))
        if not names:
            raise BadValueError("profile() needs a simulation that counts: Simulation(net, profile=True)")
        spent = sum(shard["spent"] for shard in sim.layout.shards[NETWORK])
        cycles = dict.fromkeys(names.values(), 0.0)
        for number, name in names.items():
            cycles[name] += float(spent[int(number)])
        total = sum(cycles.values()) or 1.0
        self.wall, self.simulated = sim.wall, sim.time / 1000.0
        self.seconds = {name: sim.wall * sim.threads * one / total for name, one in cycles.items()}

    def __str__(self) -> str:
        total = sum(self.seconds.values()) or 1.0
        width = max(len(name) for name in self.seconds)
        lines = [f"{self.wall:.3f} s for {self.simulated:g} s simulated"]
        for name, seconds in sorted(self.seconds.items(), key=lambda item: -item[1]):
            lines.append(f"{name:<{width}}  {100 * seconds / total:5.1f} %  {1000 * seconds:10.1f} ms")
        return "\n".join(lines)
