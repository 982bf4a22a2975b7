"""Whom a hook runs for: a neuron, a synapse, a presynaptic row, a branch, or the whole."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

HIGH = 2**32  # what stands in the upper half of a draw's element


class Element:
    """What does not apply is None: a row has no `post`, a postsynaptic neuron no `pre`."""

    index: Any = None
    birth = 0
    weight: float

    def __init__(
        self, neuron: Any = None, pre: Any = None, post: Any = None, delay: Any = None, branch: Any = None
    ) -> None:
        self.neuron, self.pre, self.post, self.delay, self.branch = neuron, pre, post, delay, branch

    def __repr__(self) -> str:
        shown = {name: value for name, value in vars(self).items() if value is not None}
        return f"<{', '.join(f'{name}={value}' for name, value in shown.items()) or 'whole'}>"


class Synapse(Element):
    """A synapse; `index` is its place in the network as it was made (None for one that was born later)."""

    def __init__(
        self, pre: int, post: int, delay: int, branch: int, weight: float, birth: int, index: int | None
    ) -> None:
        super().__init__(pre=pre, post=post, delay=delay, branch=branch)
        self.weight, self.birth, self.index = weight, birth, index
        self.identity = (pre, post, birth)


WHOLE = Element()

KEY: dict[str, Callable[[Any], Hashable]] = {
    "PerSynapse": lambda e: e.identity,
    "PerBranch": lambda e: (e.post, e.branch),
    "PerPre": lambda e: (e.pre, e.delay),
    "PerPost": lambda e: e.post,
    "PerNeuron": lambda e: e.neuron,
    "PerPopulation": lambda e: 0,
    "Global": lambda e: 0,
}
"""By which key a state of each scope is kept."""

INDEX: dict[str, Callable[[Any], int]] = {
    "PerSynapse": lambda e: e.index,
    "PerPre": lambda e: e.pre,
    "PerPost": lambda e: e.post,
    "PerNeuron": lambda e: e.neuron,
}
"""Where a parameter of each scope stands in its array."""

NUMBER: dict[str, Callable[[Any], int]] = {
    "PerSynapse": lambda e: e.pre * HIGH + e.post,
    "PerBranch": lambda e: e.branch * HIGH + e.post,
    "PerPre": lambda e: e.delay * HIGH + e.pre,
    "PerPost": lambda e: e.post,
    "PerNeuron": lambda e: e.neuron,
    "PerPopulation": lambda e: 0,
    "Global": lambda e: 0,
}
"""The element that keys a random draw (semantics, section 7); synapses of one pair differ by their birth."""
