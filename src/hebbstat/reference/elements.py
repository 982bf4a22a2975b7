"""Whom a hook runs for: a neuron, a synapse, a presynaptic row, a branch, or the whole."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from hebbstat.contract.state import Scope

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


def key_of(scope: Scope) -> Callable[[Any], Any]:
    """By which key a state of a scope is kept: what tells its owners from each other."""
    return attrgetter(*scope.owner) if scope.owner else lambda e: 0


def index_of(scope: Scope) -> Callable[[Any], int] | None:
    """Where a parameter of a scope stands in its array; None if there is one for all."""
    return attrgetter(scope.index) if scope.index else None


def number_of(scope: Scope) -> Callable[[Any], int]:
    """The element that keys a random draw (semantics, section 7); synapses of one pair differ by their birth."""
    match scope.element:
        case (upper, lower):
            return lambda e: getattr(e, upper) * HIGH + getattr(e, lower)
        case (lower,):
            return attrgetter(lower)
    return lambda e: 0
