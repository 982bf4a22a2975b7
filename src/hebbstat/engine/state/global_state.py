"""The whole of what a run can change, in an order that no number of threads changes: gathered from shards, put back.

What is part of it, and what follows from the rest, is said by the roles of variables (`plan/arrays.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from hebbstat.contract.signals import lags, steps_of
from hebbstat.contract.state import Lagged
from hebbstat.engine.core import Core
from hebbstat.engine.memory.rewiring import STATE as WIRING
from hebbstat.engine.memory.rewiring import put_wiring, wiring_state
from hebbstat.engine.plan.arrays import Shape, Variable
from hebbstat.engine.plan.groups import Group, Member, lagged
from hebbstat.engine.state.trains import put_to_come, to_come

State = dict[str, np.ndarray]  # "owner/variable" -> values in canonical order


def gather(core: Core) -> State:
    """All that a run can change; together with the step count it determines the rest."""
    core.flush()
    state = {f"{group.name}/{key}": gathered(core, group, key) for group in groups(core) for key in saved(group)}
    for links in core.model.rewiring:
        state |= {f"{links.name}/{key}": values for key, values in wiring_state(core.layout, links).items()}
    return state | to_come(core)


def put(core: Core, state: Mapping[str, np.ndarray], step: int) -> None:
    """Give a simulation of the same network this state, as of the beginning of `step`; the reverse of `gather`."""
    core.step_count = step
    for links in core.model.rewiring:
        put_wiring(core.layout, links, {key: state[f"{links.name}/{key}"] for key in WIRING})
    for group in groups(core):
        for key, variable in saved(group).items():
            if variable.shape is Shape.SPIKES:
                _put_spikes(core, group, state[f"{group.name}/counts"], state[f"{group.name}/{key}"])
            elif variable.shape is not Shape.COUNTS:
                put_variable(core, group, key, state[f"{group.name}/{key}"])
    put_to_come(core, state)
    _follow(core, step)


def saved(group: Group) -> dict[str, Variable]:
    """The variables of a group that a state has."""
    return {key: variable for key, variable in group.arrays.items() if variable.role.saved}


def digest(state: Mapping[str, np.ndarray]) -> str:
    """A sha256 of a state: equal if and only if all its bits are."""
    found = hashlib.sha256()
    for name in sorted(state):
        values = np.require(state[name], requirements="C")
        found.update(f"{name} {values.dtype.str} {values.shape};".encode())
        found.update(values.reshape(-1).view(np.uint8).data)
    return found.hexdigest()


def groups(core: Core) -> Iterator[Group]:
    """All groups of a simulation's model."""
    yield from (*core.model.cells.values(), *core.model.links.values(), core.model.rules)


def gather_delays(core: Core, name: str) -> np.ndarray:
    """The delay of each synapse of a projection in steps, in canonical order."""
    whole = np.empty(core.layout.synapses(name), np.int32)
    for shard in core.layout.links[name]:
        shard.from_shard(shard.delay, whole)
    return whole


def gathered(core: Core, group: Group, key: str) -> np.ndarray:
    """A variable of a group over its owners in canonical order: cells, branches, synapses, rows by neuron and delay,
    steps.
    """
    if group.array(key).depth:
        return np.stack([_gathered(core, group, key, at) for at in past_slots(core, group, key)])
    return _gathered(core, group, key)


def past_slots(core: Core, group: Group, key: str) -> np.ndarray:
    """The places of the last steps in a variable that has values for several, the oldest step first."""
    depth = group.array(key).depth
    return np.arange(core.step_count - depth, core.step_count) % depth


def _gathered(core: Core, group: Group, key: str, at: int | None = None) -> np.ndarray:
    """The same of a variable that has values for one step only, or at the place of one step."""
    shards, variable = core.layout.shards[group.name], group.array(key)
    parts = [shard[key] if at is None else shard[key][at] for shard in shards]
    match variable.shape:
        case Shape.NUMBER:
            return np.array(float(variable.value))
        case Shape.SYNAPSE:
            return core.layout.gathered(group.name, parts)
        case Shape.ROW:
            empty = np.concatenate([np.diff(shard["start"]) == 0 for shard in shards])
            order = np.argsort(empty, kind="stable")  # a release moves the states of a row only where it has synapses
            _, first = np.unique(np.concatenate([row_ids(shard) for shard in shards])[order], return_index=True)
            return np.concatenate(parts)[order[first]]
        case Shape.CELL | Shape.BRANCH:
            return np.concatenate(parts)
        case Shape.ONE:  # every thread computes it for itself
            return parts[0].copy()
        case Shape.STEPS | Shape.OUTPUTS:
            return shards[0][key][slots(core)]
        case Shape.COUNTS:
            return _counts(core, group).sum(axis=1)
        case Shape.SPIKES:
            found = zip(slots(core), _counts(core, group), strict=True)
            spikes = [s[key][slot, s["first"] :][:n] for slot, row in found for s, n in zip(shards, row, strict=True)]
            return np.concatenate([np.empty(0, np.int32), *spikes])
    raise NotImplementedError(f"{key} of {group.name}: no order of {variable.shape} is the same for any threads")


def put_variable(core: Core, group: Group, key: str, values: np.ndarray) -> None:
    """Give a number or an array of a group new values, in canonical order; the reverse of `gathered`."""
    if not group.array(key).depth:
        _put(core, group, key, values)
        return
    for at, one in zip(past_slots(core, group, key), values, strict=True):
        _put(core, group, key, one, at)


def _put(core: Core, group: Group, key: str, values: np.ndarray, at: int | None = None) -> None:
    """The same of a variable that has values for one step only, or at the place of one step."""
    shards, variable = core.layout.shards[group.name], group.array(key)
    parts = [shard[key] if at is None else shard[key][at] for shard in shards]
    match variable.shape:
        case Shape.NUMBER:
            variable.value = values.item()
            for shard in shards:
                shard[key] = type(shard[key])(values)
        case Shape.SYNAPSE:
            core.layout.scatter(group.name, parts, values)
        case Shape.ROW:
            ids = rows(core, group)
            for shard, part in zip(shards, parts, strict=True):
                part[:] = values[np.searchsorted(ids, row_ids(shard))]
        case Shape.CELL | Shape.BRANCH:
            bounds = np.cumsum([0, *map(len, parts)])
            for part, first, last in zip(parts, bounds[:-1], bounds[1:], strict=True):
                part[:] = values[first:last]
        case Shape.ONE:
            for part in parts:
                part[:] = values
        case Shape.STEPS | Shape.OUTPUTS:
            for shard in shards:
                shard[key][:] = 0
                shard[key][slots(core)] = values
        case _:
            raise NotImplementedError(f"{key} of {group.name}: {variable.shape} cannot be put")


def rows(core: Core, group: Group) -> np.ndarray:
    """The virtual rows of a projection, each as presynaptic neuron * 2**32 + delay, ascending."""
    return np.unique(np.concatenate([row_ids(shard) for shard in core.layout.shards[group.name]]))


def row_ids(shard: Mapping[str, Any]) -> np.ndarray:
    """What tells a virtual row from others, whichever threads have it: presynaptic neuron and delay."""
    return shard["pre"].astype(np.int64) << 32 | shard["row_delay"].astype(np.int64)


def slots(core: Core) -> np.ndarray:
    """The places in rings of the last steps that hold something, the oldest step first."""
    kept = core.layout.slots
    return np.arange(max(0, core.step_count - kept), core.step_count) % kept


def _counts(core: Core, group: Group) -> np.ndarray:
    """How many spikes are still under way, by step and thread."""
    shards, steps = core.layout.shards[group.name], slots(core)
    found = [[shard["counts"][slot, shard["column"]] for shard in shards] for slot in steps]
    return np.array(found, np.int64).reshape(len(steps), len(shards))


def _put_spikes(core: Core, group: Group, counts: np.ndarray, ids: np.ndarray) -> None:
    """Spikes under way: `counts` of each step, and their cells."""
    shards = core.layout.shards[group.name]
    for shard in shards:
        shard["ids"][:], shard["counts"][:] = 0, 0
    firsts = np.array([shard["first"] for shard in shards])
    ends = np.cumsum(counts)
    for slot, last, count in zip(slots(core), ends, counts, strict=True):
        here = ids[last - count : last]
        cuts = [*np.searchsorted(here, firsts), len(here)]
        for shard, begin, end in zip(shards, cuts[:-1], cuts[1:], strict=True):
            shard["counts"][slot, shard["column"]] = end - begin
            shard["ids"][slot, shard["first"] : shard["first"] + end - begin] = here[begin:end]


def set_clock(core: Core, group: Group, member: Member) -> None:
    """Let a member's clock tick by its period, and look back by its lags, which a user may have set."""
    for _, state in (one for one in lagged(group) if one[0] is member):
        assert isinstance(state.origin, Lagged)
        steps = lags(gathered(core, group, f"{member.prefix}{state.origin.by}"), core.net.dt)
        put_variable(core, group, f"lag_{member.prefix}{state.name}", np.asarray(steps))
    ticks = group.variables.get(f"ticks_{member.prefix[:-1]}")
    if ticks is None:
        return
    period = float(group.variables[f"{member.prefix}period"].value)
    ticks.value = steps_of(period, core.net.dt, f"period of {type(member.mechanism).__name__}")
    for shard in core.layout.shards[group.name]:
        shard[f"ticks_{member.prefix[:-1]}"] = np.int64(ticks.value)


def _follow(core: Core, step: int) -> None:
    """Set what follows from the rest: no event waits for a replay, clocks tick by their periods, given trains are
    played up to the step."""
    for group in groups(core):
        for key, variable in group.arrays.items():
            if variable.role.cleared:
                for shard in core.layout.shards[group.name]:
                    shard[key][:] = variable.value
        for member in group.members:
            set_clock(core, group, member)
    for name in core.model.cells:
        for shard in core.layout.shards[name]:
            shard["cursor"][:] = np.searchsorted(shard["train_step"], step)
    for name, plan in core.plans.items():
        for shard in core.layout.shards[name]:
            if plan.links.bundle is None:
                shard["flushed"][0] = step if plan.replays else 0
