"""The names of random streams: who draws, at which hook, for what. No two of a network are alike.

A name is made of typed parts that cannot contain the sign between them, so different parts give different names:
docs/semantics.md, section 7.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from hebbstat.contract import random
from hebbstat.contract.distributions import Linked
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import Mechanism
from hebbstat.network.network import Network


def joined(*parts: str) -> str:
    """The name of a stream from its parts, none of which contains '/'."""
    for part in parts:
        if "/" in part:
            raise BadValueError(f"the name {part!r} must not contain '/'")
    return "/".join(parts)


def hook_stream(owner: str, place: str, mechanism: Mechanism, hook: Hook, kind: str, gate: int | None = None) -> str:
    """The stream of a hook's draws of a kind; with `gate`, that of the gate of this number on the hook's change.

    A hook is named by its event and the states that it writes, and by its number where a mechanism has several such.
    """
    return joined(owner, place, _name_of(mechanism, hook) + ("" if gate is None else f"|gate{gate}"), kind)


def _name_of(mechanism: Mechanism, hook: Hook) -> str:
    alike = [other for other in mechanism.hooks if _event(other) == _event(hook)]
    turn = next((k for k, other in enumerate(alike) if other is hook), 0)
    return _event(hook) + (f"#{turn + 1}" if turn else "")


def _event(hook: Hook) -> str:
    return ".".join([hook.event, *(state.name for state in hook.writes)])


class Streams:
    """Generators for the draws that a population, projection or network rule makes once, by name.

    Each call gives a fresh generator. Distributions that were made `jointly` share one; a second set of members of the
    same names on the same owner is another one.
    """

    def __init__(self, net: Network, owner: str) -> None:
        self.net, self.owner = net, owner
        self._drawn: Counter[tuple[tuple[str, ...], int]] = Counter()

    def __call__(self, name: str) -> np.random.Generator:
        return random.generator(self.net.seed, f"{self.owner}/{name}")

    def key(self, name: str) -> int:
        """The key of the generator of that name."""
        return random.stream_key(self.net.seed, f"{self.owner}/{name}")

    def sample(self, value: Linked, name: str, n: int) -> np.ndarray:
        """A sample of one member of a joint distribution."""
        member = value.names, value.index
        self._drawn[member] += 1
        turn = self._drawn[member]
        return value.sample(lambda shared: self(shared + (f"#{turn}" if turn > 1 else "")), name, n)
