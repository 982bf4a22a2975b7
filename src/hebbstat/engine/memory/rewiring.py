"""Deaths and births of synapses, between two steps and on one thread (docs/semantics.md, section 8).

The kernel has marked which synapses die and said how many births are tried; it gives those that are born here their
states and weights, when it is called next. So there is one order of draws, whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hebbstat.contract import random
from hebbstat.engine.memory import shard_kernels
from hebbstat.engine.memory.birth_kernels import NOBODY, draw_births, note, tree_of
from hebbstat.engine.memory.graves import Graves
from hebbstat.engine.memory.layout import PARALLEL_FROM, Layout
from hebbstat.engine.memory.shard import SynapseShard, complete, delays_of, partition, rows_of_one_delay, starts
from hebbstat.engine.memory.shard_kernels import places_of
from hebbstat.engine.plan.arrays import Role, Shape
from hebbstat.engine.plan.groups import Member, ProjectionGroup
from hebbstat.engine.runtime.allocate import aligned_empty
from hebbstat.network.instantiate import Synapses
from hebbstat.network.parallel import each
from hebbstat.network.rewiring import FREE, REWIRES

OF_SYNAPSES = (Shape.SYNAPSE, Shape.ROW_BOUNDS, Shape.SOURCE_BOUNDS, Shape.SOURCE_DELAYS)
POST = 0xFFFFFFFF  # the bits of a pair that are the postsynaptic neuron
STATE = ("wiring.pre", "wiring.post", "wiring.copy", "wiring.graves")
KEPT = (Role.STATE, Role.PARAMETER, Role.HISTORY, Role.STEP, Role.CLOCK)


@dataclass(frozen=True)
class Turned:
    """The pairs (presynaptic neuron * 2**32 + postsynaptic one) that lost and got a synapse at the end of a step."""

    step: int
    died: np.ndarray
    born: np.ndarray


def acting(links: ProjectionGroup) -> list[Member]:
    """The rules of a projection that have synapses die or be born."""
    return [m for m in links.members if any(hook.event in REWIRES for hook in m.mechanism.hooks)]


def period(links: ProjectionGroup, member: Member) -> int:
    """The steps between a rule's ticks."""
    return int(links.variables[f"ticks_{member.prefix[:-1]}"].value)


def rewire(layout: Layout, links: ProjectionGroup, step: int, ticking: Sequence[Member]) -> Turned | None:
    """Deaths, then births, at the end of `step`; None if there are none. Those that are born are left to the kernel."""
    dies = [_doomed(shard) for shard in layout.shards[links.name]]
    died, copies = _dead(layout, links, dies)
    layout.graves[links.name].bury(died, copies)
    _free(layout, links, died)
    born, by = _births(layout, links, step, ticking, dies)
    if not (len(died) or len(born)):
        return None
    turn(layout, links, dies, born)
    _announce(layout, links, born, by)
    return Turned(step, died, born)


def _doomed(shard: dict[str, np.ndarray]) -> np.ndarray:
    """Which synapses of a shard die."""
    return shard["doomed"] if "doomed" in shard else np.zeros(len(shard["post"]), np.uint8)


def _dead(layout: Layout, links: ProjectionGroup, dies: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of the synapses that die, in canonical order, and their numbers among those of a pair."""
    found = []
    for shard, doomed in zip(layout.links[links.name], dies, strict=True):
        k = np.flatnonzero(doomed)
        pre = np.searchsorted(shard.piece, k, side="right").astype(np.int64) - 1
        found.append((pre << 32 | (shard.post[k].astype(np.int64) + shard.first), shard.arrays["copy"][k]))
    pairs, copies = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(pairs, kind="stable")
    return pairs[order], copies[order]


def _free(layout: Layout, links: ProjectionGroup, pairs: np.ndarray) -> None:
    """A death gives free elements back, to all rules that count them."""
    for shard, first in zip(layout.shards[links.name], layout.offsets[links.target.name], strict=False):
        post = (pairs & POST) - first
        mine = post[(post >= 0) & (post < len(shard["in_degree"]))]
        for member in links.members:
            for name, owners in (("free_pre", pairs >> 32), ("free_post", mine)):
                if name in member.mechanism.states and member.place != "release":
                    np.add.at(shard[f"{member.prefix}{name}"], owners, 1.0)


def _births(
    layout: Layout, links: ProjectionGroup, step: int, ticking: Sequence[Member], dies: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs that get a synapse, in the order of their births, and the number of the rule that each is by."""
    trying = [m for m in links.members if any(hook.event == "attempts" for hook in m.mechanism.hooks)]
    free = {key: values for m in links.members for key, values in _elements(layout, links, m).items()}
    sizes, recurrent = (links.source.population.n, links.target.population.n), links.source is links.target
    living, found, by = _living(layout, links, dies), np.empty(0, np.int64), list[int]()
    for number, member in enumerate(trying):
        if member not in ticking:
            continue
        key = random.stream_key(layout.model.net.seed, f"{links.name}/{member.place}/births/uniform")
        trees = [tree_of(free.get(f"{member.prefix}{name}")) for name in FREE]
        tries = _attempts(layout, links, member)
        most = min(tries, sizes[0] * sizes[1], *(int(tree[0]) for tree in trees if tree.size))
        born, table = np.empty(most, np.int64), np.full(2 << (most + len(found)).bit_length(), NOBODY, np.int64)
        note(table, found)
        (pre, post), (n_pre, n_post) = trees, sizes
        count = draw_births(np.uint64(key), step, tries, pre, n_pre, post, n_post, recurrent, living, table, born)
        found, by = np.concatenate([found, born[:count]]), by + [number] * count
        for of, values in free.items():
            ends = born[:count] >> 32 if of.endswith("free_pre") else born[:count] & POST
            np.subtract.at(values, ends, 1.0)
    return found, np.array(by, np.int64)


def _living(layout: Layout, links: ProjectionGroup, dies: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    """All rows, shard by shard: where they begin, the first cell of each shard, cells, and which synapses die."""
    shards = layout.links[links.name]
    before = starts(np.array([shard.n for shard in shards]))
    begin = np.stack([shard.piece + first for shard, first in zip(shards, before[:-1], strict=True)])
    firsts = layout.offsets[links.target.name]
    if len(shards) == 1:
        return begin, firsts, shards[0].post, dies[0]
    return begin, firsts, np.concatenate([shard.post for shard in shards]), np.concatenate(dies)


def _attempts(layout: Layout, links: ProjectionGroup, member: Member) -> int:
    value = float(layout.shards[links.name][0][f"attempts_{member.prefix[:-1]}"][0])
    return int(value) if np.isfinite(value) else 0


def _elements(layout: Layout, links: ProjectionGroup, member: Member) -> dict[str, np.ndarray]:
    """The free elements that a rule counts: a copy of them, over neurons."""
    found, shards = {}, layout.shards[links.name]
    for name in FREE:
        if name in member.mechanism.states and member.place != "release":
            key = f"{member.prefix}{name}"
            parts = shards[:1] if name == "free_pre" else shards
            found[key] = np.concatenate([shard[key] for shard in parts])
    return found


def turn(layout: Layout, links: ProjectionGroup, dies: list[np.ndarray], born: np.ndarray) -> None:
    """The dead leave the rows of each shard, and those that were born go to their places: nothing else is sorted."""
    former, delays = layout.links[links.name], layout.shards[links.name][0]["delays"]
    pairs, bounds = np.sort(born), layout.offsets[links.target.name]
    pre, post = pairs >> 32, pairs & POST

    def turned(thread: int, first: int, last: int) -> tuple[SynapseShard, np.ndarray]:
        mine, old = np.flatnonzero((post >= first) & (post < last)), former[thread]
        begin, most = np.empty(len(old.piece), np.int64), old.n + len(mine) + 1
        source, cells = np.empty(most, np.int64), aligned_empty(most, old.post.dtype)
        n = shard_kernels.turn(old.piece, old.post, dies[thread], pre[mine], post[mine] - first, begin, cells, source)
        new = SynapseShard(begin[:-1], begin, np.empty(0, np.uint8), first)
        new.arrays = rows_of_one_delay(new, int(delays[0]))
        return complete(new, cells[:n], last - first, delays, int(old.arrays["dendritic_delay"])), source[:n]

    jobs = [(thread, *ends) for thread, ends in enumerate(pairwise(bounds.tolist()))]
    made = each(turned, jobs, layout.threads if layout.synapses(links.name) > PARALLEL_FROM else 1)
    sizes = np.stack([np.diff(shard.piece) for shard, _ in made])
    span = starts(sizes.sum(axis=0))
    for (shard, _), before in zip(made, np.cumsum(sizes, axis=0) - sizes, strict=True):
        shard.begin = span[:-1] + before
    shards = [shard.arrays for shard in former]
    with _bare(links) as own:
        layout.lay_links(links, lambda thread, first, last: made[thread][0], span, delays)
    _carry(layout, links, shards)
    for new, old, (_, source) in zip(layout.shards[links.name], shards, made, strict=True):
        for key in (*own, "copy"):
            for before, after in zip(np.atleast_2d(old[key]), np.atleast_2d(new[key]), strict=True):
                shard_kernels.carry(before, source, after)
    _number(layout, links, pairs, [source < 0 for _, source in made])


def _number(layout: Layout, links: ProjectionGroup, pairs: np.ndarray, fresh: list[np.ndarray]) -> None:
    """Tell those that were born from the others of their pair."""
    post, copies = pairs & POST, layout.graves[links.name].had(pairs)
    ends = zip(layout.shards[links.name], pairwise(layout.offsets[links.target.name].tolist()), fresh, strict=True)
    for shard, (first, last), new in ends:
        shard["copy"][new] = copies[(post >= first) & (post < last)]


@contextmanager
def _bare(links: ProjectionGroup) -> Iterator[list[str]]:
    """While synapses are laid out anew, what is kept of each begins with zeros; gives the names of what is kept."""
    own = [key for key, one in links.arrays.items() if one.shape is Shape.SYNAPSE and one.role in KEPT]
    begins = {key: links.variables[key].value for key in own}
    for key in (*own, "copy"):
        links.variables[key].value = 0
    try:
        yield own
    finally:
        for key, value in begins.items():
            links.variables[key].value = 0 if np.ndim(value) else value


def recut(layout: Layout, links: ProjectionGroup, pre: np.ndarray, post: np.ndarray, copy: np.ndarray) -> None:
    """Give a projection other synapses, all that is kept of which must follow; what belongs to others stays.

    They are in canonical order; `copy` tells synapses of a pair apart.
    """
    name, former = links.name, layout.shards[links.name]
    span = np.searchsorted(pre, np.arange(links.source.population.n + 1)).astype(np.int64)
    delay, dendritic = former[0]["delays"].astype(np.int32), int(former[0]["dendritic_delay"])
    synapses = Synapses(span, post.astype(np.int32), 0.0, delay, dendritic)
    delays = delays_of(synapses)
    with _bare(links):
        layout.lay_links(links, lambda _, first, last: partition(synapses, delays, first, last), span, delays)
    _carry(layout, links, former)
    layout.scatter(name, [shard["copy"] for shard in layout.shards[name]], copy)


def _carry(layout: Layout, links: ProjectionGroup, former: list[dict[str, np.ndarray]]) -> None:
    """What is not of synapses stays as it is; scratch memory is new."""
    kept = {key for key, one in links.arrays.items() if one.shape not in OF_SYNAPSES and one.role in KEPT}
    for shard, old in zip(layout.shards[links.name], former, strict=True):
        for key in kept - {"in_degree"}:
            if isinstance(old[key], np.ndarray):
                shard[key][...] = old[key]
            else:
                shard[key] = old[key]


def _announce(layout: Layout, links: ProjectionGroup, born: np.ndarray, by: np.ndarray) -> None:
    """Tell each thread of all births, in their order: where the synapse is, or -1 if it is another thread's."""
    bounds = layout.offsets[links.target.name]
    pre, post = born >> 32, born & POST
    for shard, first, last in zip(layout.shards[links.name], bounds[:-1], bounds[1:], strict=True):
        shard["born"], shard["born_row"], shard["born_by"] = np.full(len(born), -1, np.int64), pre.copy(), by.copy()
        places_of(shard["start"], shard["post"], pre, post - first, last - first, shard["born"])


def wiring_state(layout: Layout, links: ProjectionGroup) -> dict[str, np.ndarray]:
    """What tells the present synapses of a projection that rewires, by the names that a state has for it."""
    pre, post = layout.pairs(links.name)
    copy = layout.gathered(links.name, [shard["copy"] for shard in layout.shards[links.name]])
    return dict(zip(STATE, (pre, post, copy, layout.graves[links.name].items()), strict=True))


def put_wiring(layout: Layout, links: ProjectionGroup, state: dict[str, np.ndarray]) -> None:
    """Give a projection the synapses of a state; what they keep must follow."""
    pre, post, copy, graves = (state[key] for key in STATE)
    recut(layout, links, pre, post, copy)
    layout.graves[links.name] = Graves(graves)


def forget_births(layout: Layout, links: ProjectionGroup) -> None:
    """The kernel has given those that were born what they begin with."""
    for shard in layout.shards[links.name]:
        shard |= {key: np.empty(0, np.int64) for key in ("born", "born_row", "born_by")}
