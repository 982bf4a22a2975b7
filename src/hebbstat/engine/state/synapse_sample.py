"""Reading some synapses of a projection: found once in every thread's shard, then read at little cost."""

from __future__ import annotations

import numpy as np

from hebbstat.contract import random
from hebbstat.engine.core import Core


class SynapseSample:
    """The synapses `chosen` (canonical indices, ascending) of a projection."""

    def __init__(self, core: Core, projection: str, chosen: np.ndarray) -> None:
        self.core, self.projection, self.chosen = core, projection, chosen
        self._find()

    def _find(self) -> None:
        chosen, self._shards = self.chosen, self.core.layout.links[self.projection]
        shards = self._shards
        rank = np.full(self.core.layout.synapses(self.projection), -1, np.int32)
        rank[chosen] = np.arange(len(chosen))
        ranks = [shard.to_shard(rank, np.full(len(shard.post), -1, np.int32)) for shard in shards]
        self._parts = [(shard.arrays, *_found(own)) for shard, own in zip(shards, ranks, strict=True)]

    def read(self, key: str = "w") -> np.ndarray:
        """The present values of a variable of synapses, brought up to date, in the order of `chosen`."""
        if self.core.layout.links[self.projection] is not self._shards:  # cut anew for another number of threads
            self._find()
        self.core.flush()
        values = np.empty(len(self.chosen), np.asarray(self._parts[0][0][key]).dtype)
        for arrays, here, ranks in self._parts:
            values[ranks] = arrays[key][here] if np.ndim(arrays[key]) else arrays[key]
        return values


def recorded_synapses(seed: int, projection: str, n: int, count: int) -> np.ndarray:
    """Canonical indices of `count` of the `n` synapses of a projection, the same ones for a seed."""
    return np.sort(random.generator(seed, f"{projection}/recorded").choice(n, count, replace=False))


def _found(ranks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where in a shard the chosen synapses are, and which of the chosen they are."""
    here = np.flatnonzero(ranks >= 0)
    return here, ranks[here]
