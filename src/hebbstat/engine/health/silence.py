"""Silence that is no illness: of sources whose activity is given from outside, and of what waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.signals import Signal
from hebbstat.engine.codegen.population import SUMS
from hebbstat.network.network import Network

if TYPE_CHECKING:
    from hebbstat.engine.health.monitor import HealthMonitor


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


def waits(watch: HealthMonitor, name: str) -> bool:
    """Whether a population is silent because what drives it from outside is, by plan.

    That is so if all sources from outside that reach it, over whatever populations, are silent, one of them by plan;
    or if one that is, or a plan of its own neurons, has more to come.
    """
    net = watch.sim.net
    reaching = _reaching(net, name)
    outside = [source for source in reaching if net.population(source).spiking and not hears(_neuron(net, source))]
    planned = [source for source in outside if watch.is_silent(source) and _is_planned(watch, source)]
    if planned and all(watch.is_silent(source) for source in outside):
        return True
    return any(_has_more(watch, source) for source in planned) or _is_to_change(watch, name)


def _reaching(net: Network, name: str) -> list[str]:
    """A population and all from which projections lead to it."""
    found = [name]
    for one in found:
        sources = [p.source.name for p in net.projections.values() if p.target.name == one]
        found += [source for source in dict.fromkeys(sources) if source not in found]
    return found


def _neuron(net: Network, name: str) -> Mechanism:
    return net.population(name).neuron


def _signals(watch: HealthMonitor, name: str) -> list[Signal]:
    return [value for value in _neuron(watch.sim.net, name).values.values() if isinstance(value, Signal)]


def _is_planned(watch: HealthMonitor, source: str) -> bool:
    return source in watch.sim.model.made.trains or bool(_signals(watch, source))


def _has_more(watch: HealthMonitor, source: str) -> bool:
    """Whether spikes of a given train, or other values of a signal, are still to come."""
    steps, _ = watch.sim.model.made.trains.get(source, (np.empty(0), None))
    return bool((steps >= watch.sim.step_count).any()) or _is_to_change(watch, source)


def _is_to_change(watch: HealthMonitor, name: str) -> bool:
    """Whether a planned parameter of a population stood still for as long as death takes, but will not for ever."""
    return any(_stood_still(watch, *signal.table(watch.sim.net.dt)) for signal in _signals(watch, name))


def _stood_still(watch: HealthMonitor, values: np.ndarray, every: int, repeats: bool) -> bool:
    now = watch.sim.step_count
    rows = np.arange(max(0, now - watch.needed * watch.every) // every, now // every + 1)
    rows = rows % len(values) if repeats else np.minimum(rows, len(values) - 1)
    later = values if repeats else values[rows[-1] :]
    return bool((values[rows] == values[rows[-1]]).all() and (later != values[rows[-1]]).any())
