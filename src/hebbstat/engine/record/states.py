"""Recorders of states and parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.state import PerBranch
from hebbstat.engine.record.recorder import Recorder, name_of
from hebbstat.engine.state.view import SimulationView
from hebbstat.network import naming
from hebbstat.network.lookup import places
from hebbstat.network.network import Network, Population, Projection


class States(Recorder):
    """A state or parameter of a population or projection, each `every` ms; `of` picks neurons, branches or synapses.

    What is kept of dendritic branches has their coordinates `post` and `branch`.
    """

    @explained
    def __init__(
        self, owner: Population | Projection | str, state: str, *, every: float, of: ArrayLike | None = None
    ) -> None:
        self.owner, self.state, self.every, self.of = name_of(owner), state, every, of
        self.name = f"{self.owner}.{state}"

    def begin(self, sim: SimulationView, steps: int, budget: int | None = None) -> None:
        super().begin(sim, steps, budget)
        self._branches = 0  # of each neuron, if it is their state
        if _is_of_branches(sim.net, self.owner, self.state):
            self._branches = len(sim.state(self.owner, self.state)) // sim.net.projection(self.owner).target.n

    def take(self, sim: SimulationView) -> np.ndarray:
        values = sim.state(self.owner, self.state)
        if self.of is None:
            return values
        index = np.asarray(self.of)
        if index.dtype.kind not in "iu" or (index.size and (index.min() < 0 or index.max() >= len(values))):
            raise BadValueError(
                f"of={self.of!r} of States('{self.owner}', '{self.state}') must be indices from 0, below {len(values)}"
            )
        return values[index]

    def label(self, time: Any, values: np.ndarray) -> Any:
        import xarray as xr

        index = np.arange(values.shape[1]) if values.ndim == 2 and self.of is None else self.of
        coords: dict[str, Any] = {"time": time}
        if values.ndim == 2 and index is not None and np.ndim(index) == 1:
            coords["element"] = index
            if self._branches:
                neuron, branch = np.divmod(np.asarray(index), self._branches)
                coords |= {"post": ("element", neuron), "branch": ("element", branch)}
        return xr.DataArray(values, coords, ("time", "element")[: values.ndim], name=self.name)


def _is_of_branches(net: Network, owner: str, called: str) -> bool:
    """Whether a user calls a state of branches so."""
    there = {place: mechanism for name, place, mechanism, _ in places(net) if name == owner}
    spelled = naming.spelled(net, owner, {place: naming.shown(mechanism) for place, mechanism in there.items()})
    means = [there[place].states.get(name) for (place, name), names in spelled.items() if called in names]
    return any(state is not None and state.scope is PerBranch for state in means)
