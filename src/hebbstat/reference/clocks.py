"""Slow clocks: who ticks, and the reductions that are evaluated at a tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from hebbstat.contract.signals import steps_of
from hebbstat.contract.state import PerBranch, PerNeuron, PerPost, PerPre, Reduction, Scope
from hebbstat.reference.cells import Cells
from hebbstat.reference.elements import Synapse
from hebbstat.reference.names import Asking, bind
from hebbstat.reference.parts import Part, Store
from hebbstat.reference.synapses import Connections

if TYPE_CHECKING:
    from hebbstat.reference.world import World

BLOCK = 256
Read = Callable[[Any], float]


def ticking(sim: World) -> list[Part]:
    """The parts whose clock ticks at the end of the present step."""
    found = []
    for part in sim.parts.values():
        if "period" in part.mechanism.fields:
            steps = steps_of(part.number("period"), sim.dt, f"period of {part.say()}")
            if (sim.now + 1) % steps == 0:
                found.append(part)
    return found


def reduce(values: list[float], how: str, q: float = 0.0) -> float:
    """One number from many, summed from the first to the last; 0 if there are none."""
    if how == "count":
        return float(len(values))
    if not values:
        return 0.0
    if how in ("sum", "mean"):
        total = add_up(values)
        return total if how == "sum" else total / len(values)
    if how == "max":
        return max(values)
    if how == "min":
        return min(values)
    ordered, at = sorted(values), (len(values) - 1) * q
    k = min(int(at), len(values) - 2)
    return ordered[0] if len(values) == 1 else ordered[k] + (ordered[k + 1] - ordered[k]) * (at - k)


def add_up(values: Iterable[float]) -> float:
    """A sum in the order given. (Python's own `sum` compensates rounding errors from 3.12 on.)"""
    total = 0.0
    for value in values:
        total += value
    return total


def reduce_groups(groups: list[list[float]], how: str, q: float) -> float:
    """Over many neurons: each neuron's own sum, then blocks of 256 neurons, then the blocks."""
    if how not in ("sum", "mean"):
        return reduce([value for group in groups for value in group], how, q)
    sums = [add_up(group) for group in groups]
    total = add_up([add_up(sums[k : k + BLOCK]) for k in range(0, len(sums), BLOCK)])
    count = sum(len(group) for group in groups)
    return total if how == "sum" else (total / count if count else 0.0)


class Reducer:
    """The reductions of one part."""

    def __init__(self, sim: World, part: Part) -> None:
        self.sim, self.part = sim, part
        self.stores = [store for store in part.stores.values() if isinstance(store.state.origin, Reduction)]
        self.reads = {store.state.name: self._reader(store) for store in self.stores}

    def _reader(self, store: Store) -> Read:
        """How the reduced value is read at a synapse, or at a neuron by a population rule."""
        reduction = store.state.origin
        assert isinstance(reduction, Reduction)
        if reduction.of == "w":
            return lambda e: float(e.weight)
        return bind(self.part, reduction.of, Asking(store.state.name))

    def evaluate(self) -> None:
        """All reductions, from the values as they are now."""
        found = [(store, e, self._value(store, e)) for store in self.stores for e in store.owners.values()]
        for store, e, value in found:
            store.write(e, value)

    def _value(self, store: Store, e: Any) -> float:
        reduction, scope = store.state.origin, store.state.scope
        assert isinstance(reduction, Reduction)
        groups = self._groups(scope, reduction.over, e)
        read = self.reads[store.state.name]
        values = [[read(member) for member in group] for group in groups]
        if len(values) == 1:
            return reduce(values[0], reduction.how, reduction.q)
        return reduce_groups(values, reduction.how, reduction.q)

    def _groups(self, scope: Scope, over: str, e: Any) -> list[list[Any]]:
        """Whose values are reduced: one group for a neuron's, one for each neuron if the owner is the whole."""
        home = self.part.home
        if isinstance(home, Cells):
            if scope is PerNeuron:
                return [self._incoming(home, e.neuron)]
            return [[cell] for cell in home.elements]
        at: Connections = home
        if scope is PerPost:
            return [at.incoming[e.post] if over == "projection" else self._incoming(at.target, e.post)]
        if scope is PerBranch:
            return [[s for s in at.incoming[e.post] if s.branch == e.branch]]
        if scope is PerPre:
            return [[s for c in self._from(at, over) for s in c.synapses if s.pre == e.pre]]
        return at.incoming

    def _incoming(self, cells: Cells, neuron: int) -> list[Synapse]:
        return [s for c in self.sim.connections.values() if c.target is cells for s in c.incoming[neuron]]

    def _from(self, at: Connections, over: str) -> list[Connections]:
        if over == "projection":
            return [at]
        return [c for c in self.sim.connections.values() if c.source is at.source]
