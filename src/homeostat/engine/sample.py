"""Reading some synapses of a projection: found once in every thread's share, then read at little cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from homeostat.engine.simulation import Simulation


class SynapseSample:
    """The synapses `chosen` (canonical indices, ascending) of a projection."""

    def __init__(self, sim: Simulation, projection: str, chosen: np.ndarray) -> None:
        self.sim, self.chosen = sim, chosen
        shares, n = sim.layout.links[projection], sim.model.made.synapses[projection].n
        self._arrays = [share.arrays for share in shares]
        orders = [np.arange(n)[share.order] if isinstance(share.order, slice) else share.order for share in shares]
        self._places = [_in_ascending(order, chosen) for order in orders]
        if sum(len(here) for here, _ in self._places) < len(chosen):  # with several delays no order ascends
            self._places = [_in_any(order, chosen, n) for order in orders]

    def read(self, key: str = "w") -> np.ndarray:
        """The present values of a variable of synapses, brought up to date, in the order of `chosen`."""
        self.sim.settle()
        values = np.empty(len(self.chosen), self._arrays[0][key].dtype)
        for arrays, (here, ranks) in zip(self._arrays, self._places, strict=True):
            values[ranks] = arrays[key][here]
        return values


Places = tuple[np.ndarray, np.ndarray]  # where in the share, and which of the chosen


def _in_ascending(order: np.ndarray, chosen: np.ndarray) -> Places:
    if not order.size:
        return chosen[:0], chosen[:0]
    guess = np.minimum(np.searchsorted(order, chosen), order.size - 1)
    ranks = np.flatnonzero(order[guess] == chosen)
    return guess[ranks], ranks


def _in_any(order: np.ndarray, chosen: np.ndarray, n: int) -> Places:
    rank = np.full(n, -1, np.int32)
    rank[chosen] = np.arange(len(chosen))
    here = np.flatnonzero(rank[order] >= 0)
    return here, rank[order[here]]
