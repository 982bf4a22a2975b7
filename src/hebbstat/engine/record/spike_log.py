"""The engine's log of spikes, handed to those who want them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hebbstat.engine.core import Core
from hebbstat.engine.observer import Subscription


class SpikeLog:
    """One source of spikes for all subscriptions: a population that nobody wants is not logged."""

    def __init__(self, core: Core, subscriptions: Iterable[Subscription]) -> None:
        self.core, self.wanted = core, dict[str, list[Subscription]]()
        for one in subscriptions:
            self.wanted.setdefault(one.population, []).append(one)

    def open(self) -> None:
        """Let the spikes be logged that somebody wants."""
        self.core.log_spikes(frozenset(self.wanted))

    def close(self) -> None:
        """Log nothing."""
        self.core.log_spikes(frozenset())

    def hand_out(self) -> None:
        """Hand the logs of all threads over, in order of time, then neuron, and empty them."""
        for name, subscriptions in self.wanted.items():
            steps, ids = self.core.take_spikes(name)
            if not all(one.unordered for one in subscriptions):
                order = np.argsort(steps, kind="stable")  # shards are in order of neurons already
                steps, ids = steps[order], ids[order]
            for one in subscriptions:
                one.take(steps, ids, self.core.step_count)
