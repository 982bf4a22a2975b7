"""Deaths and births of synapses: semantics, section 8."""

from __future__ import annotations

from typing import Any

from hebbstat.contract import random
from hebbstat.contract.state import PerSynapse
from hebbstat.network.rewiring import FREE
from hebbstat.reference.elements import WHOLE, Synapse
from hebbstat.reference.parts import Call, Part
from hebbstat.reference.plasticity import Rules


class Rewiring:
    """What the rules of one projection remove and add."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.at, self.sim = rules, rules.at, rules.sim

    def tick(self, ticking: list[Part]) -> None:
        """Deaths of all rules that tick, then births."""
        acting = [(part, calls) for part, calls in self.rules.rewiring if part in ticking]
        doomed = [s for s in self.at.synapses if any("prune" in calls and calls["prune"](s) for _, calls in acting)]
        for synapse in doomed:
            self._remove(synapse)
        if doomed:
            self.at.sort()
        for part, calls in acting:
            if "attempts" in calls:
                self._births(part, calls)

    def _remove(self, synapse: Synapse) -> None:
        self.at.synapses.remove(synapse)
        for part in self.at.parts.values():
            for store in part.stores.values():
                if store.state.scope is PerSynapse:
                    store.end(synapse)
        for quantity in self.sim.quantities_of(self.at.projection.name, "release"):
            quantity.values.pop(synapse.identity, None)
        self._free(synapse, +1.0)

    def _free(self, synapse: Synapse, change: float) -> None:
        """Free elements at both ends, of every rule that counts them."""
        for part in self.at.rules:
            for name in FREE:
                if name in part.stores:
                    store = part.stores[name]
                    store.write(synapse, store.read(synapse) + change)

    def _births(self, part: Part, calls: dict[str, Call]) -> None:
        key = random.stream_key(self.sim.network.seed, f"{part.name}/{part.place}/births/uniform")
        for attempt in range(int(calls["attempts"](WHOLE))):
            ends = []
            for side, (name, n) in enumerate((("free_pre", self.at.source.n), ("free_post", self.at.target.n))):
                u = random.uniform(random.draw(key, self.sim.now, 2 * attempt + side))
                ends.append(self._end(part, name, n, u))
            if None not in ends and not self._taken(ends[0], ends[1]):
                self._add(ends[0], ends[1], calls)

    def _end(self, part: Part, name: str, n: int, u: float) -> Any:
        """A neuron, drawn in proportion to its whole free elements; None if nobody has any."""
        if name not in part.stores:
            return int(u * n)
        free = [max(0, int(value)) for value in part.stores[name].listed()]
        chosen, below = u * sum(free), 0
        for neuron, elements in enumerate(free):
            below += elements
            if chosen < below:
                return neuron
        return None

    def _taken(self, pre: int, post: int) -> bool:
        itself = self.at.source is self.at.target and pre == post
        return itself or any(s.pre == pre for s in self.at.incoming[post])

    def _add(self, pre: int, post: int, calls: dict[str, Call]) -> None:
        """A synapse is born: states at their initial values, then its weight."""
        assert self.at.one_delay is not None
        synapse = Synapse(pre, post, self.at.one_delay, 0, 0.0, self.at.next_birth(pre, post), None)
        self.at.synapses.append(synapse)
        self.at.sort()
        for quantity, first in self.sim.first_values_of(self.at.projection.name, "release"):
            quantity.values[synapse.identity] = first
        for part in self.at.parts.values():
            for store in part.stores.values():
                if store.state.scope is PerSynapse:
                    store.begin(synapse)
        synapse.weight = float(calls["initial_weight"](synapse))
        for call in self.rules.weights:
            synapse.weight = float(call(synapse))
            self.rules.bound("w", synapse)
        self._free(synapse, -1.0)

