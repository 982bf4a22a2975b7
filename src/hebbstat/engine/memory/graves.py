"""How many synapses pairs of neurons have had, whose synapses are dead: those to come are other ones."""

from __future__ import annotations

import numpy as np

from hebbstat.engine.jit.pipeline import kernel
from hebbstat.engine.memory.birth_kernels import NOBODY, place_of


class Graves:
    """A hash table from pairs to how many synapses they have had; it grows with the pairs that lost one."""

    def __init__(self, items: np.ndarray | None = None) -> None:
        self.pairs, self.had_of, self.n = np.full(64, NOBODY, np.int64), np.zeros(64, np.int32), 0
        if items is not None and len(items):
            self.bury(np.ascontiguousarray(items[:, 0]), (items[:, 1] - 1).astype(np.int32))

    def bury(self, pairs: np.ndarray, copies: np.ndarray) -> None:
        """Synapses die; `copies` tell those of one pair apart, from 0 up."""
        if 2 * (self.n + len(pairs)) > len(self.pairs):
            old = self.items()
            size = 4 << (self.n + len(pairs)).bit_length()
            self.pairs, self.had_of = np.full(size, NOBODY, np.int64), np.zeros(size, np.int32)
            _bury(self.pairs, self.had_of, old[:, 0].copy(), (old[:, 1] - 1).astype(np.int32))
        self.n += _bury(self.pairs, self.had_of, pairs, copies)

    def had(self, pairs: np.ndarray) -> np.ndarray:
        """How many synapses these pairs have had: the number of the one that is born next; int32."""
        found = np.zeros(len(pairs), np.int32)
        _look(self.pairs, self.had_of, pairs, found)
        return found

    def items(self) -> np.ndarray:
        """(pair, how many it has had), int64, by ascending pairs."""
        there = np.flatnonzero(self.pairs != NOBODY)
        there = there[np.argsort(self.pairs[there])]
        return np.stack([self.pairs[there], self.had_of[there].astype(np.int64)], axis=1)


@kernel
def _bury(table, had, pairs, copies):
    """Note the dead; returns how many pairs are new."""
    new = 0
    for e in range(pairs.size):
        place = place_of(table, pairs[e])
        new += table[place] == NOBODY
        table[place] = pairs[e]
        had[place] = max(had[place], copies[e] + 1)
    return new


@kernel
def _look(table, had, pairs, found):
    for e in range(pairs.size):
        place = place_of(table, pairs[e])
        if table[place] != NOBODY:
            found[e] = had[place]
