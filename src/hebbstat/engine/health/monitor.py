"""The monitor: a network that is dead, runs away, holds NaN, is stuck at bounds or oscillates is noticed while it runs.

It looks at fixed simulated times, at counts of spikes, at states of cells and at a sample of weights. So what it finds
depends neither on threads nor on how a run is cut into calls, and it changes no bit of the result.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from hebbstat.contract.errors import BadValueError, HealthWarning, UnhealthyError, tell
from hebbstat.engine.core import Core
from hebbstat.engine.health import causes
from hebbstat.engine.health.signs import ALIKE, Bounded, Swing, broken_states, inhibits, likeness, swing, voltage
from hebbstat.engine.health.silence import Silence, hears
from hebbstat.engine.observer import Observer, Running, Subscription
from hebbstat.engine.state.view import SimulationView

HORIZON = 128  # looks back in which an oscillation is searched
CELLS = 64  # of each population, of which spikes are counted one by one, to find oscillations
Sign = tuple[str, str, float, Callable[[], str]]  # problem, where, since when (ms), the text
SELDOM = 10  # every so many looks weights are sampled and oscillations searched


@dataclass(frozen=True)
class Health:
    """What to watch for. Times are in ms, rates in Hz, means over a population.

    A finding is a `HealthWarning`, once for each problem of each population or projection; with `stop` it ends the
    run with `UnhealthyError`, which carries the recording, and the next `run()` goes on.

        sim.run(seconds=60, watch=Health(stop=True, runaway_above=100.0))
    """

    stop: bool = False
    every: float = 1000.0  # between looks
    dead_below: float = 0.01  # a lower rate ...
    dead_after: float = 10_000.0  # ... for so long is dead
    runaway_above: float = 100.0  # a higher rate between two looks runs away
    stuck_share: float = 0.95  # so many weights unmoved at their bounds ...
    stuck_after: float = 20_000.0  # ... for so long are stuck
    swings_above: float = 1.0  # the span of a regular swing of a regulated rate, over its mean

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            above = name not in ("stop", "dead_below")
            if np.isnan(value) or value < 0 or (above and value == 0):
                raise BadValueError(f"{name}={value:g} of Health must be {'above' if above else 'at least'} 0")


@dataclass(frozen=True)
class Finding:
    """A problem (dead, runaway, not finite, stuck, oscillating), where, since when and when noticed (ms), in words."""

    problem: str
    where: str
    since: float
    noticed: float
    text: str

    def __str__(self) -> str:
        return self.text

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for a recording's attributes."""
        return asdict(self)


def monitor(
    core: Core, health: Health | None, former: HealthMonitor | None, recording: Callable[[], object]
) -> HealthMonitor | None:
    """Who watches the next run: the `former` monitor, if it watched for the same; None while nobody looks.

    A frozen probe is not watched. `recording` gives what has been recorded, for a run that is stopped.
    """
    if health is None or core.frozen_since is not None:
        return None
    if not isinstance(health, Health):
        raise BadValueError(f"watch={health!r} must be Health(...) or None")
    if former is None or former.health != health:
        former = HealthMonitor(core, health, [] if former is None else list(former.found))
    former.resume(recording)
    return former


class HealthMonitor(Observer):
    """Watches one simulation, from run to run."""

    def __init__(self, core: Core, health: Health, found: list[Finding]) -> None:
        self.core, self.health, self.found = core, health, found
        self.every = max(1, round(health.every / core.net.dt))
        net = core.net
        driven = {projection.target.name for projection in net.projections.values()}
        self.spiking = {name for name, population in net.populations.items() if population.spiking}
        driven = {name for name in driven & self.spiking if hears(net.population(name).neuron)}
        self.cells = [name for name in net.populations if name in driven]  # what is given from outside is never ill
        self.needed = max(1, round(health.dead_after / health.every))  # looks without spikes that make one dead
        self.regulated = [name for name in self.cells if causes.regulators(net, name)]
        self.silence = Silence(core, self.needed * self.every, self.is_silent)
        self.bounded: dict[str, Bounded] = {}
        self.at = -1
        self.in_this_run: list[Finding] = []

    def resume(self, recording: Callable[[], object]) -> None:
        """Go on where the last run ended; begin anew if time has passed unwatched."""
        self._recording, self.in_this_run = recording, []
        if self.at == self.core.step_count:
            return
        self.at = self.core.step_count
        self.next = (self.at // self.every + 1) * self.every
        self._whole = self.at % self.every == 0  # whether the interval before the next look is watched from its start
        self._counts = {name: np.zeros(self._sampled(name), np.int64) for name in self.spiking}
        self._totals = dict.fromkeys(self.spiking, 0)
        most = max(HORIZON, round(self.health.dead_after / self.health.every))
        self.rates: dict[str, deque[float]] = {name: deque(maxlen=most) for name in sorted(self.spiking)}
        self.counts: dict[str, deque[np.ndarray]] = {name: deque(maxlen=HORIZON) for name in self.rates}
        for bounded in self.bounded.values():
            bounded.begin()
        self._fresh = True

    def due(self, step: int) -> int:
        return self.next

    def subscriptions(self) -> list[Subscription]:
        return [Subscription(name, partial(self._take, name), unordered=True) for name in sorted(self.spiking)]

    def _take(self, population: str, steps: np.ndarray, ids: np.ndarray, until: int) -> None:
        self.at = until
        self.count(population, ids)

    def observe(self, run: Running) -> None:
        """Look, if it is time; warn of what is new, or stop."""
        self.at = run.step
        if run.step != self.next:
            return
        found = self.look()
        self.in_this_run += found
        if found and self.health.stop:
            text = "\n".join(finding.text for finding in found)
            text += "\nThe run was stopped; it can go on from here"
            raise UnhealthyError(text, self._recording(), tuple(found))
        for finding in found:
            tell(finding.text, HealthWarning)

    def state_dict(self) -> dict[str, Any]:
        """All that was seen, as plain data: with it another monitor of the same network goes on."""
        return {
            "health": asdict(self.health), "at": self.at, "due": self.next, "whole": self._whole, "fresh": self._fresh,
            "totals": self._totals, "now": {name: counts.tolist() for name, counts in self._counts.items()},
            "rates": {name: list(rates) for name, rates in self.rates.items()},
            "counts": {name: [one.tolist() for one in counts] for name, counts in self.counts.items()},
            "bounded": {name: bounded.state_dict() for name, bounded in self.bounded.items()},
            "found": [finding.as_dict() for finding in self.found], "in_this_run": len(self.in_this_run),
        }  # fmt: skip

    def load_state_dict(self, told: Mapping[str, Any]) -> None:
        """Go on from what another one saw, unless that monitored for something else."""
        if told["health"] != asdict(self.health):
            return
        self.at, self.next, self._whole, self._fresh = (told[key] for key in ("at", "due", "whole", "fresh"))
        self._totals |= told["totals"]
        for name, counts in told["now"].items():
            self._counts[name][:] = counts
            self.rates[name].extend(told["rates"][name])
            self.counts[name].extend(np.array(one, np.int64) for one in told["counts"][name])
        for name, one in told["bounded"].items():
            self.bounded[name] = Bounded(self.core, name)
            self.bounded[name].load_state_dict(one)
        self.found[:] = [Finding(**finding) for finding in told["found"]]
        self.in_this_run = self.found[len(self.found) - told["in_this_run"] :]

    def _sampled(self, name: str) -> int:
        """How many cells of a population are counted one by one; none where no rule regulates rates."""
        return -(-self._size(name) // self._stride(name)) if self.regulated else 0

    def _stride(self, name: str) -> int:
        return -(-self._size(name) // CELLS)

    def _size(self, name: str) -> int:
        return self.core.net.population(name).n

    def count(self, population: str, ids: np.ndarray) -> None:
        """Add spikes of a population, given as ids of cells."""
        stride, counts = self._stride(population), self._counts[population]
        self._totals[population] += len(ids)
        if counts.size:
            mine = ids if stride == 1 else ids[ids % stride == 0] // stride
            counts += np.bincount(mine, minlength=counts.size)

    def look(self) -> list[Finding]:
        """What is new; called at the step that was due."""
        self.next += self.every
        seconds = self.every * self.core.net.dt / 1000.0
        for name, rates in self.rates.items():
            if self._whole:
                rates.append(self._totals[name] / seconds / self._size(name))
                self.counts[name].append(self._counts[name].copy())
            self._counts[name][:] = 0
            self._totals[name] = 0
        self._whole = True
        new: list[Finding] = []
        for problem, where, since, why in self._signs():
            if not self._known(where, problem):
                new.append(Finding(problem, where, since, self.core.time, f"at {self.core.time / 1000.0:g} s {why()}"))
                self.found.append(new[-1])
        return new

    def _known(self, where: str, *problems: str) -> bool:
        return any(finding.where == where and finding.problem in problems for finding in self.found)

    def _signs(self) -> Iterator[Sign]:
        """Everything that is wrong now."""
        yield from self._not_finite()
        for name in self.cells:
            rates = self.rates[name]
            if rates and rates[-1] > self.health.runaway_above:
                since = self._since(name, lambda rate: rate > self.health.runaway_above)
                yield "runaway", name, since, partial(self._why_runaway, name)
            yield from self._dead(name)
        if self._fresh or self.core.step_count // self.every % SELDOM == 0:
            self._fresh = False
            yield from self._stuck()
            yield from self._oscillating()

    def is_silent(self, name: str) -> bool:
        """Whether a population has not spiked at the last looks, as many as make it dead; False of rate neurons."""
        return name in self.rates and not any(list(self.rates[name])[-self.needed :])

    def _since(self, name: str, ill: Callable[[float], bool]) -> float:
        """The begin of the last stretch of looks in which a rate is ill."""
        stretch = next((k for k, rate in enumerate(reversed(self.rates[name])) if not ill(rate)), len(self.rates[name]))
        return self.core.time - stretch * self.every * self.core.net.dt

    def _not_finite(self) -> Iterator[Sign]:
        for name in self.core.model.cells:
            if not self._known(name, "not finite") and (states := broken_states(self.core, name)):
                since = max(0.0, self.core.time - self.every * self.core.net.dt)
                yield "not finite", name, since, partial(self._why_not_finite, name, states)

    def _dead(self, name: str) -> Iterator[Sign]:
        needed, rates = self.needed, self.rates[name]
        if len(rates) < needed or rates[-1] >= needed * self.health.dead_below or self._known(name, "not finite"):
            return
        rate = float(np.mean(list(rates)[-needed:]))
        if rate < self.health.dead_below and not self._known(name, "dead") and not self.silence.waits(name):
            since = self._since(name, lambda rate: rate < self.health.dead_below)
            yield "dead", name, since, partial(self._why_dead, name, since, rate)

    def _stuck(self) -> Iterator[Sign]:
        for name, plan in self.core.plans.items():
            if plan.plastic and not plan.rewires and name not in self.bounded:
                self.bounded[name] = Bounded(self.core, name)
        for name, bounded in self.bounded.items():
            since = bounded.look(self.health.stuck_share)
            ends = (self.core.net.projection(name).source.name, self.core.net.projection(name).target.name)
            if since is None or self.core.time - since < self.health.stuck_after:
                continue
            ill = self._known(ends[1], "dead", "not finite")
            if not ill and not any(self.is_silent(end) and self.silence.waits(end) for end in ends):
                yield "stuck", name, since, partial(self._why_stuck, name, since)

    def _oscillating(self) -> Iterator[Sign]:
        for name in self.regulated:
            if not self.counts[name]:  # no whole interval was watched yet
                continue
            found = swing(np.array(self.counts[name]), self.health.swings_above)
            if found is not None and not self._driven(name, found.period):
                since = self.core.time - len(self.counts[name]) * self.every * self.core.net.dt
                yield "oscillating", name, since, partial(self._why_oscillating, name, found)

    def _driven(self, name: str, period: int) -> bool:
        """Whether something from outside swings as well: a source, or a signal of the population itself."""
        net = self.core.net
        if any(causes.has_signal(m) for m in (net.population(name).neuron, *net.population(name).rules)):
            return True
        sources = [likeness(np.array(self.counts[other])) for other in self.counts if other not in self.cells]
        return any(alike[period] > 0.5 * ALIKE * alike[0] for alike in sources)

    # --- why ----------------------------------------------------------------------------------------------------

    def _evidence(self, name: str) -> causes.Evidence:
        """What bears on the illness of a population."""
        rates = {one: rates[-1] for one, rates in self.rates.items() if rates}
        known = {p.name: self.bounded[p.name] for p in causes.onto(self.core.net, name) if p.name in self.bounded}
        weights = {one: (bounded.first_mean, bounded.mean) for one, bounded in known.items()}
        return causes.Evidence(self.core.net, rates, weights)

    def _why_runaway(self, name: str) -> str:
        rates = self.rates[name]
        before = next((rate for rate in reversed(rates) if rate <= self.health.runaway_above), None)
        inhibited = any(inhibits(self.core, projection) for projection in causes.onto(self.core.net, name))
        return causes.runaway(self._evidence(name), name, rates[-1], before, inhibited)

    def _why_dead(self, name: str, since: float, rate: float) -> str:
        return causes.dead(self._evidence(name), name, since, rate, voltage(self.core, name))

    def _why_not_finite(self, name: str, states: dict[str, np.ndarray]) -> str:
        view, plans = SimulationView(self.core), self.core.plans
        weights = {p.name: view.weights(p) for p in causes.onto(self.core.net, name)}
        unbounded = {one for one in weights if plans[one].plastic and not plans[one].clip}
        return causes.not_finite(self._evidence(name), name, states, weights, unbounded)

    def _why_stuck(self, name: str, since: float) -> str:
        bounded, target = self.bounded[name], self.core.net.projection(name).target.name
        return causes.stuck(self._evidence(target), name, since, bounded.at_low, bounded.at_high, bounded.size)

    def _why_oscillating(self, name: str, swing: Swing) -> str:
        period = swing.period * self.every * self.core.net.dt / 1000.0
        return causes.oscillating(self._evidence(name), name, period, swing.span)
