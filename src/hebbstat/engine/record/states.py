"""Recorders of states and parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import BadValueError
from hebbstat.engine.record.recorder import Recorder, name_of
from hebbstat.engine.state.view import SimulationView
from hebbstat.network.network import Population, Projection


class States(Recorder):
    """A state or parameter of a population or projection, each `every` ms; `of` picks neurons, branches or synapses."""

    @explained
    def __init__(
        self, owner: Population | Projection | str, state: str, *, every: float, of: ArrayLike | None = None
    ) -> None:
        self.owner, self.state, self.every, self.of = name_of(owner), state, every, of
        self.name = f"{self.owner}.{state}"

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
        return xr.DataArray(values, coords, ("time", "element")[: values.ndim], name=self.name)
