"""The engine's log of spikes, handed to those who want them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from hebbstat.engine.observer import Subscription

if TYPE_CHECKING:
    from hebbstat.engine.simulation import Simulation


class SpikeLog:
    """One source of spikes for all subscriptions: a population that nobody wants is not logged."""

    def __init__(self, sim: Simulation, subscriptions: Iterable[Subscription]) -> None:
        self.sim, self.wanted = sim, dict[str, list[Subscription]]()
        for one in subscriptions:
            self.wanted.setdefault(one.population, []).append(one)

    def open(self) -> None:
        """Let the spikes be logged that somebody wants, and no others: a log that nobody empties halts the run."""
        self._log(self.wanted)

    def close(self) -> None:
        """Log nothing."""
        self._log(())

    def _log(self, wanted: Iterable[str]) -> None:
        for name in self.sim.model.cells:
            for shard in self.sim.layout.shards[name]:
                shard["logging"][0], shard["logged"][0] = int(name in wanted), 0

    def hand_out(self) -> None:
        """Hand the logs of all threads over, in order of time, then neuron, and empty them."""
        until = self.sim.step_count
        for name, subscriptions in self.wanted.items():
            shards = self.sim.layout.shards[name]
            counts = [int(shard["logged"][0]) for shard in shards]
            steps = np.concatenate([shard["log_step"][:n] for shard, n in zip(shards, counts, strict=True)])
            ids = np.concatenate([shard["log_id"][:n] for shard, n in zip(shards, counts, strict=True)])
            if not all(one.unordered for one in subscriptions):
                order = np.argsort(steps, kind="stable")  # shards are in order of neurons already
                steps, ids = steps[order], ids[order]
            for one in subscriptions:
                one.take(steps, ids, until)
            for shard in shards:
                shard["logged"][0] = 0
