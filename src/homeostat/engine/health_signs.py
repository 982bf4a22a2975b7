"""The signs of illness that the watch looks for, each as a plain computation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from homeostat.engine.record import recorded_synapses
from homeostat.engine.sample import SynapseSample

if TYPE_CHECKING:
    from homeostat.engine.simulation import Simulation

SAMPLE = 2000  # synapses that stand for a projection
CYCLES = 4  # that must be seen of an oscillation
ALIKE = 0.6  # correlation of an oscillation with itself a period later
ENOUGH = 64  # looks, below which noise can look like an oscillation


def broken_states(sim: Simulation, population: str) -> dict[str, np.ndarray]:
    """The states of a population's cells that hold NaN or infinity, with the cells where they do."""
    broken = {}
    for name, variable in sim.model.cells[population].variables.items():
        if variable.kind == "cell" and not variable.fixed:
            values = sim.layout.cells[population][name]
            if values.dtype.kind == "f" and not np.isfinite(values.sum()):  # a sum is the cheapest look at them all
                where = np.flatnonzero(~np.isfinite(values))
                if where.size:
                    broken[name] = where
    return broken


def swing(series: np.ndarray, least: float) -> int | None:
    """The period, in looks, of a series that swings regularly by at least `least` times its mean; else None.

    Regular means: a period later it resembles itself. Of noise without memory n looks correlate by 1 / sqrt(n), so
    that 0.6 is far outside of what 64 of them do by chance.
    """
    n = len(series)
    if n < ENOUGH or np.ptp(np.quantile(series, (0.05, 0.95))) <= least * series.mean():
        return None
    centred = series - series.mean()
    lags = np.arange(n // CYCLES + 1)
    alike = np.array([centred[: n - k] @ centred[k:] / (n - k) for k in lags]) / centred.var()
    below = np.flatnonzero(alike < 0.0)
    if not below.size:
        return None
    peak = int(below[0] + np.argmax(alike[below[0] :]))
    return peak if alike[peak] >= ALIKE and peak >= 3 else None


class Bounded:
    """A sample of a projection's weights between their bounds, from look to look."""

    def __init__(self, sim: Simulation, name: str) -> None:
        self.sim, self.name = sim, name
        n = len(sim.pairs(name)[0])
        chosen = np.arange(n) if n <= SAMPLE else recorded_synapses(sim, name, SAMPLE)
        self._sample = SynapseSample(sim, name, chosen)
        self._before: np.ndarray | None = None
        self._since: float | None = None
        self._looked = 0.0
        self.at_low = self.at_high = self.first_mean = 0.0

    def look(self, share: float) -> float | None:
        """Since when (ms) at least this share of the weights has been unmoved at bounds; None if it is not."""
        w, (low, high) = self._sample.read(), bounds(self.sim, self.name, self._sample)
        if self._before is None:
            self.first_mean = float(w.mean()) if w.size else 0.0
        elif w.size:
            still = w == self._before
            self.at_low, self.at_high = float(np.mean(still & (w == low))), float(np.mean(still & (w == high)))
            stuck = np.mean(still & ((w == low) | (w == high))) >= share
            self._since = (self._looked if self._since is None else self._since) if stuck else None
        self._before, self._looked = w, self.sim.time
        return self._since

    @property
    def mean(self) -> float:
        """The mean of the sampled weights now."""
        return float(self._sample.read().mean())

    @property
    def size(self) -> int:
        """How many weights are sampled."""
        return len(self._sample.chosen)


def bounds(sim: Simulation, name: str, sample: SynapseSample) -> tuple[Any, Any]:
    """The lowest and highest value that the limits of a projection's rules leave to the weights of a sample."""
    ends: list[Any] = [-np.inf, np.inf]
    for bound in sim.plans[name].limits:
        given = {read: _parameter(sim, name, bound.owner, read, sample) for read in bound.hook.all_reads}
        if getattr(bound.owner, "aim", "w") == "w" and all(value is not None for value in given.values()):
            function = bound.hook.function
            if any(np.ndim(value) for value in (*given.values(), *ends)):
                function = np.vectorize(function, otypes=[float])
            ends = [function(**{**given, **{k: end for k in ("value", "w") if k in given}}) for end in ends]
    dtype = sim.layout.links[name][0].arrays["w"].dtype
    return np.asarray(ends[0], dtype), np.asarray(ends[1], dtype)


def _parameter(sim: Simulation, name: str, owner: Any, read: str, sample: SynapseSample) -> Any:
    """A parameter of a rule at the synapses of a sample; None if it moves."""
    if read in ("value", "w"):
        return 0.0
    links = sim.model.links[name]
    key = f"{links.member(owner).prefix}{read}"
    variable = links.variables.get(key)
    if variable is None or not variable.fixed or variable.kind not in ("number", "synapse", "row", "cell"):
        return None
    if variable.kind == "number":
        return variable.value
    if variable.kind == "synapse":
        return sample.read(key)
    ends = sim.pairs(name)[variable.kind == "cell"]
    return np.asarray(variable.value)[ends[sample.chosen]]
