"""Reading some synapses of a projection: found once in every thread's share, then read at little cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from homeostat.engine.simulation import Simulation


class SynapseSample:
    """The synapses `chosen` (canonical indices) of a projection."""

    def __init__(self, sim: Simulation, projection: str, chosen: np.ndarray) -> None:
        self.sim, self.chosen = sim, chosen
        rank = np.full(sim.model.made.synapses[projection].n, -1, np.int32)
        rank[chosen] = np.arange(len(chosen))
        self._places = []
        for share in sim.layout.links[projection]:
            ranks = rank[share.order]
            here = np.flatnonzero(ranks >= 0)
            self._places.append((share.arrays, here, ranks[here]))

    def read(self, key: str = "w") -> np.ndarray:
        """The present values of a variable of synapses, brought up to date, in the order of `chosen`."""
        self.sim.settle()
        values = np.empty(len(self.chosen), self._places[0][0][key].dtype)
        for arrays, here, ranks in self._places:
            values[ranks] = arrays[key][here]
        return values
