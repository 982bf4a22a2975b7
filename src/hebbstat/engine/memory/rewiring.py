"""Deaths and births of synapses, between two steps and on one thread (docs/semantics.md, section 8).

The kernel has marked which synapses die and said how many births are tried; it gives those that are born here their
states and weights, when it is called next. So there is one order of draws, whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hebbstat.contract import random
from hebbstat.engine.memory.birth_kernels import NOBODY, draw_births, tree_of
from hebbstat.engine.memory.layout import Layout
from hebbstat.engine.memory.shard_kernels import places_of
from hebbstat.engine.plan.arrays import Role, Shape
from hebbstat.engine.plan.groups import Member, ProjectionGroup
from hebbstat.network.instantiate import Synapses
from hebbstat.network.rewiring import FREE, REWIRES

OF_SYNAPSES = (Shape.SYNAPSE, Shape.ROW_BOUNDS, Shape.SOURCE_BOUNDS, Shape.SOURCE_DELAYS)
STATE = ("wiring.pre", "wiring.post", "wiring.copy", "wiring.graves")
KEPT = (Role.STATE, Role.PARAMETER, Role.HISTORY, Role.STEP, Role.CLOCK)


@dataclass(frozen=True)
class Wiring:
    """Who is connected to whom in a projection that rewires, in canonical order; `copy` tells synapses of a pair apart.

    `source` says which synapse each one was before; -1 if it was born.
    """

    pre: np.ndarray
    post: np.ndarray
    copy: np.ndarray
    source: np.ndarray


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
    pre, post = layout.pairs(links.name)
    pairs, copy = pre.astype(np.int64) << 32 | post, np.asarray(links.variables["copy"].value)
    dies = np.zeros(len(pairs), bool)
    if "doomed" in links.variables:
        dies = _gathered(layout, links, "doomed") != 0
    _bury(links, pairs[dies], copy[dies])
    _free(layout, links, pairs[dies])
    kept = np.flatnonzero(~dies)
    born, by = _births(layout, links, step, ticking, pairs[kept])
    if not (dies.any() or len(born)):
        return None
    copies = np.array([links.graves.get(int(pair), 0) for pair in born], np.int32)
    everyone, source = np.concatenate([pairs[kept], born]), np.concatenate([kept, np.full(len(born), -1)])
    order = np.argsort(everyone, kind="stable")
    every_copy = np.concatenate([copy[kept], copies])[order]
    recut(layout, links, Wiring(everyone[order] >> 32, everyone[order] & 0xFFFFFFFF, every_copy, source[order]))
    _announce(layout, links, born, by)
    return Turned(step, pairs[dies], born)


def _gathered(layout: Layout, links: ProjectionGroup, key: str) -> np.ndarray:
    return layout.gathered(links.name, [shard[key] for shard in layout.shards[links.name]])


def _bury(links: ProjectionGroup, pairs: np.ndarray, copies: np.ndarray) -> None:
    """How many synapses pairs have had, whose are dead: those to come are other ones."""
    for pair, copy in zip(pairs.tolist(), copies.tolist(), strict=True):
        links.graves[pair] = max(links.graves.get(pair, 0), copy + 1)


def _free(layout: Layout, links: ProjectionGroup, pairs: np.ndarray) -> None:
    """A death gives free elements back, to all rules that count them."""
    for shard, first in zip(layout.shards[links.name], layout.offsets[links.target.name], strict=False):
        post = (pairs & 0xFFFFFFFF) - first
        mine = post[(post >= 0) & (post < len(shard["in_degree"]))]
        for member in links.members:
            for name, owners in (("free_pre", pairs >> 32), ("free_post", mine)):
                if name in member.mechanism.states and member.place != "release":
                    np.add.at(shard[f"{member.prefix}{name}"], owners, 1.0)


def _births(
    layout: Layout, links: ProjectionGroup, step: int, ticking: Sequence[Member], living: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs that get a synapse, in the order of their births, and the number of the rule that each is by."""
    trying = [m for m in links.members if any(hook.event == "attempts" for hook in m.mechanism.hooks)]
    free = {key: values for m in links.members for key, values in _elements(layout, links, m).items()}
    sizes, recurrent = (links.source.population.n, links.target.population.n), links.source is links.target
    found, by = np.empty(0, np.int64), list[int]()
    for number, member in enumerate(trying):
        if member not in ticking:
            continue
        key = random.stream_key(layout.model.net.seed, f"{links.name}/{member.place}/births/uniform")
        trees = [tree_of(free.get(f"{member.prefix}{name}")) for name in FREE]
        tries = _attempts(layout, links, member)
        most = min(tries, sizes[0] * sizes[1], *(int(tree[0]) for tree in trees if tree.size))
        table, born = np.full(2 << most.bit_length(), NOBODY, np.int64), np.empty(most, np.int64)
        there = np.sort(np.concatenate([living, found]))
        (pre, post), (n_pre, n_post) = trees, sizes
        count = draw_births(np.uint64(key), step, tries, pre, n_pre, post, n_post, recurrent, there, table, born)
        found, by = np.concatenate([found, born[:count]]), by + [number] * count
        for of, values in free.items():
            ends = born[:count] >> 32 if of.endswith("free_pre") else born[:count] & 0xFFFFFFFF
            np.subtract.at(values, ends, 1.0)
    return found, np.array(by, np.int64)


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


def recut(layout: Layout, links: ProjectionGroup, wiring: Wiring) -> None:
    """Give a projection other synapses: what is kept of each goes with it, what belongs to others stays."""
    name, former, variables = links.name, layout.shards[links.name], links.arrays
    own = [key for key, one in variables.items() if one.shape is Shape.SYNAPSE and one.role in KEPT]
    depths = {key: range(variables[key].depth) if variables[key].depth else (None,) for key in own}
    values = {
        (key, at): layout.gathered(name, [shard[key] if at is None else shard[key][at] for shard in former])
        for key in own for at in depths[key]
    }  # fmt: skip
    starts = np.searchsorted(wiring.pre, np.arange(links.source.population.n + 1)).astype(np.int64)
    delay, dendritic = former[0]["delays"].astype(np.int32), int(former[0]["dendritic_delay"])
    synapses = Synapses(starts, wiring.post.astype(np.int32), 0.0, delay, dendritic)
    layout.model.made = replace(layout.model.made, synapses={name: synapses})
    links.variables["copy"].value = wiring.copy
    begins = {key: links.variables[key].value for key in own}
    for key in own:
        links.variables[key].value = 0
    layout.partition_links(name, links)
    for key in own:
        links.variables[key].value = 0 if np.ndim(begins[key]) else begins[key]
    layout.model.made = replace(layout.model.made, synapses={})
    _carry(layout, links, former)
    there = wiring.source >= 0
    for (key, at), old in values.items():
        whole = np.zeros(len(there), old.dtype)
        whole[there] = old[wiring.source[there]]
        layout.scatter(name, [s[key] if at is None else s[key][at] for s in layout.shards[name]], whole)


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
    pre, post = born >> 32, born & 0xFFFFFFFF
    for shard, first, last in zip(layout.shards[links.name], bounds[:-1], bounds[1:], strict=True):
        shard["born"], shard["born_row"], shard["born_by"] = np.full(len(born), -1, np.int64), pre.copy(), by.copy()
        places_of(shard["start"], shard["post"], pre, post - first, last - first, shard["born"])


def wiring_state(layout: Layout, links: ProjectionGroup) -> dict[str, np.ndarray]:
    """What tells the present synapses of a projection that rewires, by the names that a state has for it."""
    pre, post = layout.pairs(links.name)
    graves = np.array(sorted(links.graves.items()), np.int64).reshape(-1, 2)
    copy = np.asarray(links.variables["copy"].value, np.int32)
    return dict(zip(STATE, (pre, post, copy, graves), strict=True))


def put_wiring(layout: Layout, links: ProjectionGroup, state: dict[str, np.ndarray]) -> None:
    """Give a projection the synapses of a state; what they keep must follow."""
    pre, post, copy, graves = (state[key] for key in STATE)
    recut(layout, links, Wiring(pre, post, copy, np.full(len(pre), -1)))
    links.graves = dict(graves.tolist())


def forget_births(layout: Layout, links: ProjectionGroup) -> None:
    """The kernel has given those that were born what they begin with."""
    for shard in layout.shards[links.name]:
        shard |= {key: np.empty(0, np.int64) for key in ("born", "born_row", "born_by")}
