"""Populations, and parts of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hebbstat.contract.errors import BadValueError
from hebbstat.contract.mechanism import Neuron, PopulationRule
from hebbstat.network.naming import rule_names


@dataclass(frozen=True, eq=False)
class Population:
    """Cells of one kind. Made by `Network.add`.

    `exc[:80]`, `exc[[3, 5]]` and `exc[mask]` are parts of it; `net.connect(exc[:80], inh, ...)` connects one.
    """

    name: str
    neuron: Neuron
    n: int
    rules: tuple[PopulationRule, ...] = ()
    positions: np.ndarray | None = None
    spikes: tuple[np.ndarray, np.ndarray] | None = None  # given trains: times in ms, neuron indices
    rule_names: tuple[str, ...] = ()  # by class, unless given

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule_names", self.rule_names or rule_names(self.rules, None, self.name))

    def __repr__(self) -> str:
        return f"<{self.n} {type(self.neuron).__name__} '{self.name}'>"

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, which: int | slice | ArrayLike) -> PopulationView:
        return PopulationView(self, _indices(self, which))

    @property
    def spiking(self) -> bool:
        """Whether the cells emit spikes (rate neurons have an output instead)."""
        return any(hook.event == "fires" for hook in self.neuron.hooks)


@dataclass(frozen=True, eq=False)
class PopulationView:
    """Some cells of a population, in an order of their own; made by indexing it: `exc[:80]`."""

    population: Population
    indices: np.ndarray

    @property
    def name(self) -> str:
        """What its projections are called by."""
        first, last, n = self.indices[0], self.indices[-1], len(self.indices)
        is_range = last - first == n - 1 and (np.diff(self.indices) == 1).all()
        return f"{self.population.name}[{f'{first}:{last + 1}' if is_range else f'{n} of {self.population.n}'}]"

    def __len__(self) -> int:
        return len(self.indices)

    def __repr__(self) -> str:
        return f"<{len(self)} of {self.population!r:.80}>"


class NoSuchCellError(BadValueError, IndexError):
    """An index that no cell has; it ends a loop over a population, too."""


def _indices(population: Population, which: Any) -> np.ndarray:
    """The cells that a slice, indices or a mask mean."""
    n, name = population.n, population.name
    given = np.asarray(which) if not isinstance(which, slice) else np.empty(0)
    if isinstance(which, slice) and which.step == 0:
        raise BadValueError(f"{name}[{which!r:.40}]: the step of a slice must not be 0")
    if isinstance(which, slice):
        found = np.arange(n)[which]
    elif given.dtype.kind == "b" and given.shape == (n,):
        found = np.flatnonzero(given)
    elif given.dtype.kind in "iu" and given.ndim <= 1:
        found = np.atleast_1d(given).astype(np.int64)
        if found.size and (found.min() < -n or found.max() >= n):
            raise NoSuchCellError(f"{name}[{which!r:.40}]: indices must be from 0 to {n - 1}, or count from the end")
        found = found % n
    else:
        raise BadValueError(
            f"{name}[{which!r:.40}]: give a slice, whole numbers, or a mask of {n} truth values: {name}[:80], "
            f"{name}[[3, 5]], {name}[mask]"
        )
    if not found.size:
        raise BadValueError(f"{name}[{which!r:.40}] holds no cell of {n}")
    if len(np.unique(found)) < len(found):
        raise BadValueError(f"{name}[{which!r:.40}]: a cell is named twice")
    found.flags.writeable = False
    return found
