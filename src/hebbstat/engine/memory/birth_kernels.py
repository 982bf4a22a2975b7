"""The compiled loop that draws which pairs get a synapse.

Whole free elements lie in a Fenwick tree: [0] is their total, [i] the sum of the last elements up to the i-th, as many
as its lowest bit says. So a neuron is found, and an element taken from it, in as many steps as its number has bits.
"""

from __future__ import annotations

import numpy as np

from hebbstat.engine.jit.pipeline import inline, kernel
from hebbstat.engine.memory.shard_kernels import first_from
from hebbstat.engine.runtime.random import U64, bits_of, step_key, uniform64

NOBODY = -1


def tree_of(free: np.ndarray | None) -> np.ndarray:
    """The tree of the whole free elements of neurons; empty if nobody counts them, of nobody's if one is not finite."""
    if free is None:
        return np.empty(0, np.int64)
    whole = np.maximum(0.0, np.trunc(free.astype(float)))
    counted = whole if np.isfinite(whole).all() else np.zeros(len(whole))
    below = np.concatenate([[0], np.cumsum(counted)]).astype(np.int64)
    number = np.arange(len(below))
    tree = below - below[number - (number & -number)]
    tree[0] = below[-1]
    return tree


@inline
def drawn(tree, n, u):
    """A neuron in proportion to its elements: the first whose running sum exceeds u times the total."""
    if tree.size == 0:
        return np.int64(u * n)
    rest, place, step = u * tree[0], 0, 1
    while 2 * step <= n:
        step *= 2
    while step > 0:
        if place + step <= n and tree[place + step] <= rest:
            place += step
            rest -= tree[place]
        step //= 2
    return place


@inline
def take(tree, n, neuron):
    """One element less."""
    if tree.size:
        tree[0] -= 1
        place = neuron + 1
        while place <= n:
            tree[place] -= 1
            place += place & -place


@inline
def place_of(table, pair):
    """Where a pair stands in a hash table, or where it belongs; the size is a power of two, more than half is empty."""
    place = np.int64((U64(pair) * U64(0x9E3779B97F4A7C15)) >> U64(20)) & (table.size - 1)
    while table[place] != NOBODY and table[place] != pair:
        place = (place + 1) & (table.size - 1)
    return place


@inline
def noted(table, pair):
    """Whether a pair was in a hash table; it is then."""
    place = place_of(table, pair)
    was = table[place] == pair
    table[place] = pair
    return was


@inline
def lives(starts, firsts, post, dies, pre, cell):
    """Whether a pair has a synapse that does not die; `post` and `dies` are those of all shards, one after another."""
    shard = firsts.size - 2
    while firsts[shard] > cell:
        shard -= 1
    end, local = starts[shard, pre + 1], cell - firsts[shard]
    k = first_from(post, starts[shard, pre], end, local)
    while k < end and post[k] == local:
        if not dies[k]:
            return True
        k += 1
    return False


@kernel
def note(table, pairs):
    """Put pairs into a hash table."""
    for e in range(pairs.size):
        noted(table, pairs[e])


@kernel
def draw_births(key, step, attempts, pre_tree, n_pre, post_tree, n_post, recurrent, living, table, born):
    """Pairs for synapses to be born, into `born`; returns how many. The rules are docs/semantics.md, section 8.

    `living` is what `lives` reads of the synapses that there are; `table` has the pairs that were born before.
    """
    starts, firsts, there, dies = living
    key_of_step, found = step_key(key, step), 0
    for attempt in range(attempts):
        if (pre_tree.size and pre_tree[0] < 1) or (post_tree.size and post_tree[0] < 1):
            break  # whatever is drawn now, nobody is there
        pre = drawn(pre_tree, n_pre, uniform64(bits_of(key_of_step, 2 * attempt)))
        post = drawn(post_tree, n_post, uniform64(bits_of(key_of_step, 2 * attempt + 1)))
        pair = (pre << 32) + post
        if (recurrent and pre == post) or lives(starts, firsts, there, dies, pre, post) or noted(table, pair):
            continue
        born[found] = pair
        found += 1
        take(pre_tree, n_pre, pre)
        take(post_tree, n_post, post)
    return found
