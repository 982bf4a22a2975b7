"""Silence that is no illness: of sources whose activity is given from outside, and of what waits for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbstat.contract.events import SUMS
from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.signals import Signal
from hebbstat.engine.core import Core
from hebbstat.network.network import Network


def hears(neuron: Mechanism) -> bool:
    """Whether what a neuron gives out can depend on what reaches it; else its activity is given from outside."""
    waiting, seen = [name for hook in neuron.hooks if not hook.writes for name in hook.all_reads], set[str]()
    while waiting:
        name = waiting.pop()
        if name in (*SUMS, "input"):
            return True
        if name not in seen:
            seen.add(name)
            waiting += [read for hook in neuron.hooks if name in _written(hook) for read in hook.all_reads]
            waiting += neuron.derived[name].all_reads if name in neuron.derived else ()
    return False


def _written(hook: Any) -> list[str]:
    return [state.name for state in hook.writes]


def _reaching(net: Network, name: str) -> list[str]:
    """A population and all from which projections lead to it."""
    found = [name]
    for one in found:
        sources = [p.source.name for p in net.projections.values() if p.target.name == one]
        found += [source for source in dict.fromkeys(sources) if source not in found]
    return found


def _neuron(net: Network, name: str) -> Mechanism:
    return net.population(name).neuron


@dataclass(frozen=True)
class Silence:
    """Which silence is by plan. `is_silent` says of a population whether it has not spiked for `steps` steps."""

    core: Core
    steps: int
    is_silent: Callable[[str], bool]

    def waits(self, name: str) -> bool:
        """Whether a population is silent because what drives it from outside is, by plan.

        That is so if all sources from outside that reach it, over whatever populations, are silent, one of them by
        plan; or if one that is, or a plan of its own neurons, has more to come.
        """
        net = self.core.net
        reaching = _reaching(net, name)
        outside = [one for one in reaching if net.population(one).spiking and not hears(_neuron(net, one))]
        planned = [one for one in outside if self.is_silent(one) and self._is_planned(one)]
        if planned and all(self.is_silent(one) for one in outside):
            return True
        return any(self._has_more(one) for one in planned) or self._is_to_change(name)

    def _signals(self, name: str) -> list[Signal]:
        return [value for value in _neuron(self.core.net, name).values.values() if isinstance(value, Signal)]

    def _is_planned(self, source: str) -> bool:
        return source in self.core.model.made.trains or bool(self._signals(source))

    def _has_more(self, source: str) -> bool:
        """Whether spikes of a given train, or other values of a signal, are still to come."""
        steps, _ = self.core.model.made.trains.get(source, (np.empty(0), None))
        return bool((steps >= self.core.step_count).any()) or self._is_to_change(source)

    def _is_to_change(self, name: str) -> bool:
        """Whether a planned parameter stood still for as long as death takes, but will not for ever."""
        return any(self._stood_still(*signal.table(self.core.net.dt)) for signal in self._signals(name))

    def _stood_still(self, values: np.ndarray, every: int, repeats: bool) -> bool:
        now = self.core.step_count
        rows = np.arange(max(0, now - self.steps) // every, now // every + 1)
        rows = rows % len(values) if repeats else np.minimum(rows, len(values) - 1)
        later = values if repeats else values[rows[-1] :]
        return bool((values[rows] == values[rows[-1]]).all() and (later != values[rows[-1]]).any())
