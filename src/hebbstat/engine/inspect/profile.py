"""Where the time goes: a kernel that counts the processor's cycles tells it (`codegen/profiling.py`)."""

from __future__ import annotations

from hebbstat.contract.errors import BadValueError
from hebbstat.engine.core import Core
from hebbstat.engine.plan.groups import NETWORK


class Profile:
    """How long each part of the steps took: `seconds` by name, of all threads together; print it."""

    def __init__(self, core: Core) -> None:
        if not core.parts:
            raise BadValueError("profile() needs a simulation that counts: Simulation(net, profile=True)")
        spent = sum(shard["spent"] for shard in core.layout.shards[NETWORK])
        cycles = dict.fromkeys(core.parts, 0.0)
        for number, name in enumerate(core.parts):
            cycles[name] += float(spent[number])
        total = sum(cycles.values()) or 1.0
        self.wall, self.simulated = core.wall, core.time / 1000.0
        self.seconds = {name: core.wall * core.threads * one / total for name, one in cycles.items()}

    def __str__(self) -> str:
        total = sum(self.seconds.values()) or 1.0
        width = max(len(name) for name in self.seconds)
        lines = [f"{self.wall:.3f} s for {self.simulated:g} s simulated"]
        for name, seconds in sorted(self.seconds.items(), key=lambda item: -item[1]):
            lines.append(f"{name:<{width}}  {100 * seconds / total:5.1f} %  {1000 * seconds:10.1f} ms")
        return "\n".join(lines)
