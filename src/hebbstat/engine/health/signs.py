"""The signs of illness that the monitor looks for, each as a plain computation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbstat.engine.core import Core
from hebbstat.engine.plan.arrays import Role, Shape
from hebbstat.engine.state.access import called
from hebbstat.engine.state.global_state import gathered
from hebbstat.engine.state.present import of_presynaptic
from hebbstat.engine.state.synapse_sample import SynapseSample, recorded_synapses
from hebbstat.engine.state.view import SimulationView
from hebbstat.network.network import Projection

SAMPLE = 2000  # synapses that stand for a projection
CYCLES = 4  # that must be seen of an oscillation
ALIKE = 0.35  # the share of the variance that an oscillation has at least
ENOUGH = 64  # looks, below which noise can look like an oscillation


def broken_states(core: Core, population: str) -> dict[str, np.ndarray]:
    """The states of a population's cells that hold NaN or infinity, with the cells where they do."""
    broken, cells = {}, core.model.cells[population]
    for key, variable in cells.variables.items():
        if variable.shape is Shape.CELL and not variable.fixed:
            values = gathered(core, cells, key)
            if values.dtype.kind == "f" and not (finite := np.isfinite(values)).all():
                broken[called(core.model, cells, key)] = np.flatnonzero(~finite)
    return broken


def inhibits(core: Core, projection: Projection) -> bool:
    """Whether a projection pulls its target down: negative weights, or a reversal potential below the threshold."""
    values = core.model.made.values.get((projection.name, "receptor"), {})
    reversal, threshold = values.get("reversal"), projection.target.neuron.values.get("v_threshold")
    if isinstance(reversal, float) and isinstance(threshold, float):
        return reversal < threshold
    weights = SimulationView(core).weights(projection)
    return bool(weights.size) and float(weights.mean()) < 0.0


def voltage(core: Core, population: str) -> tuple[float, float] | None:
    """The mean membrane voltage and the mean threshold (mV); None where neurons have none."""
    neuron = core.net.population(population).neuron
    if "v" not in neuron.states or "v_threshold" not in neuron.fields:
        return None
    view = SimulationView(core)
    return float(view.state(population, "v").mean()), float(view.state(population, "v_threshold").mean())


@dataclass(frozen=True)
class Swing:
    """A regular swing of spike counts: its period in looks, its span (top to bottom) over the mean."""

    period: int
    span: float


def likeness(counts: np.ndarray) -> np.ndarray:
    """How much spike counts [look, cell] resemble themselves some looks later: autocovariances, averaged over cells.

    Cells that swing out of step would vanish in the mean rate, but not here.
    """
    n = len(counts)
    centred = counts - counts.mean(axis=0)
    return np.array([(centred[: n - k] * centred[k:]).mean() for k in range(n // CYCLES + 1)])


def swing(counts: np.ndarray, least: float) -> Swing | None:
    """The regular swing of counts [look, cell], if its span is at least `least` times the mean; else None.

    What returns a period later is signal: its variance gives the span, as of a sine. The rest is noise, of which n
    looks of c cells leave a share of 1 / sqrt(n c), so that six times that, and a share of `ALIKE`, is no chance.
    """
    n, cells = counts.shape
    if n < ENOUGH or not counts.any():
        return None
    alike = likeness(counts)
    below = np.flatnonzero(alike < 0.0)
    needed = max(ALIKE, 6.0 / np.sqrt(n * cells)) * alike[0]
    if not below.size or alike[below[0] :].max() < needed:
        return None
    later = alike.copy()
    later[: below[0]] = -np.inf  # the peak at no lag is no sign
    high = np.flatnonzero(later >= max(needed, 0.8 * later.max()))
    first = high[: np.argmax(np.diff(high, append=2 * n) > 1) + 1]  # of several periods, the shortest
    period = int(first[np.argmax(later[first])])
    span = 2.0 * np.sqrt(2.0 * alike[period]) / counts.mean()
    swings_back = alike[:period].min() < -0.3 * alike[period]
    return Swing(period, float(span)) if period >= 3 and swings_back and span >= least else None


class Bounded:
    """A sample of a projection's weights between their bounds, from look to look."""

    def __init__(self, core: Core, name: str) -> None:
        self.core, self.name = core, name
        n = len(core.pairs(name)[0])
        chosen = np.arange(n) if n <= SAMPLE else recorded_synapses(core.net.seed, name, n, SAMPLE)
        self._sample = SynapseSample(core, name, chosen)
        self.begin()

    def begin(self) -> None:
        """Forget what was seen, but not where the sampled weights lie."""
        self._before: np.ndarray | None = None
        self._since: float | None = None
        self._looked = 0.0
        self.at_low = self.at_high = self.first_mean = 0.0

    def state_dict(self) -> dict[str, Any]:
        """What was seen, as plain data."""
        before = None if self._before is None else self._before.tolist()
        return {
            "before": before, "since": self._since, "looked": self._looked, "at_low": self.at_low,
            "at_high": self.at_high, "first_mean": self.first_mean,
        }  # fmt: skip

    def load_state_dict(self, told: dict[str, Any]) -> None:
        """Go on from what was `told`."""
        before = told["before"]
        self._before = None if before is None else np.array(before, self._sample.read().dtype)
        self._since, self._looked, self.first_mean = told["since"], told["looked"], told["first_mean"]
        self.at_low, self.at_high = told["at_low"], told["at_high"]

    def look(self, share: float) -> float | None:
        """Since when (ms) at least this share of the weights has been unmoved at bounds; None if it is not."""
        w, (low, high) = self._sample.read(), bounds(self.core, self.name, self._sample)
        if self._before is None:
            self.first_mean = float(w.mean()) if w.size else 0.0
        elif w.size:
            still = w == self._before
            self.at_low, self.at_high = float(np.mean(still & (w == low))), float(np.mean(still & (w == high)))
            stuck = np.mean(still & ((w == low) | (w == high))) >= share
            self._since = (self._looked if self._since is None else self._since) if stuck else None
        self._before, self._looked = w, self.core.time
        return self._since

    @property
    def mean(self) -> float:
        """The mean of the sampled weights now."""
        return float(self._sample.read().mean())

    @property
    def size(self) -> int:
        """How many weights are sampled."""
        return len(self._sample.chosen)


def bounds(core: Core, name: str, sample: SynapseSample) -> tuple[Any, Any]:
    """The lowest and highest value that the limits of a projection's rules leave to the weights of a sample."""
    ends: list[Any] = [-np.inf, np.inf]
    for bound in core.plans[name].clip:
        given = {read: _parameter(core, name, bound.owner, read, sample) for read in bound.hook.all_reads}
        if getattr(bound.owner, "acts_on", "w") == "w" and all(value is not None for value in given.values()):
            function = bound.hook.function
            if any(np.ndim(value) for value in (*given.values(), *ends)):
                function = np.vectorize(function, otypes=[float])
            ends = [function(**{k: end if k in ("value", "w") else v for k, v in given.items()}) for end in ends]
    dtype = core.layout.links[name][0].arrays["w"].dtype
    return np.asarray(ends[0], dtype), np.asarray(ends[1], dtype)


def _parameter(core: Core, name: str, owner: Any, read: str, sample: SynapseSample) -> Any:
    """A parameter of a rule at the synapses of a sample; None if it moves."""
    if read in ("value", "w"):
        return 0.0
    links = core.model.links[name]
    key = f"{links.member(owner).prefix}{read}"
    variable = links.variables.get(key)
    if variable is None or variable.role is not Role.PARAMETER:
        return None
    if variable.shape is Shape.NUMBER:
        return variable.value
    if variable.shape is Shape.SYNAPSE:
        return sample.read(key)
    (pre, post), of_cell = core.pairs(name), variable.shape is Shape.CELL
    values = gathered(core, links, key) if of_cell else of_presynaptic(core, links, key)
    return values[(post if of_cell else pre)[sample.chosen]]
