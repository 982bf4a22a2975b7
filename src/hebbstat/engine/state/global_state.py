"""The whole of what a run can change, in an order that no number of threads changes: gathered from shares, put back.

What a variable of the model is follows from its kind. What the layout adds to the model's variables is listed here by
name; tests hold that nothing in a share is left out, and that what is called scratch is scratch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.signals import steps_of
from hebbstat.engine.plan.model import Cells, Group, Links, Member

if TYPE_CHECKING:
    from hebbstat.engine.simulation import Simulation

CHANGING = ("number", "cell", "row", "synapse", "global")
"""Kinds of variables that are kept: states, and parameters, which a user may set."""
STANDING = ("table", "key", "count", "copy")
"""Kinds that follow from the description."""
WITHIN_A_STEP = ("history", "scratch")
"""Kinds that hold nothing once synapses are settled."""

RINGS = set("ids counts rates was_frozen".split())
"""What the layout keeps of the last steps; in a state they begin with the oldest, and are as long as there were any."""
KEPT_OF_LAYOUT = {*RINGS, "last"}
STANDING_OF_LAYOUT = set(
    "size first column firsts train_step train_id delays dendritic_delay row_of first_row row_delay sending pre start "
    "piece post in_degree learning frozen_from".split()
)
FROM_THE_STEP = set("cursor flushed h_step h_fill h_latest h_newest h_older".split())
"""What the step count alone determines in a settled simulation: all is seen, nothing remembered."""
SCRATCH_OF_LAYOUT = set(
    "fired rate_now scheduled logging logged log_step log_id level pick seen due due_count new new_count "
    "flags progress spent".split()
)

RECORDS = {"near"}
"""Arrays whose fields are arrays of their own, each listed by its name."""

State = dict[str, np.ndarray]  # "owner/variable" -> values in canonical order


def gather(sim: Simulation) -> State:
    """All that a run can change; together with the step count it determines the rest."""
    sim.settle()
    found: State = {}
    for group in groups(sim):
        shares = sim.layout.shares[group.name]
        for key, variable in group.variables.items():
            if variable.kind == "number":
                found[f"{group.name}/{key}"] = np.array(float(variable.value))
            elif variable.kind in CHANGING:
                found[f"{group.name}/{key}"] = gathered(sim, group, key)
        if isinstance(group, Cells):
            for key, values in (_spikes if group.population.spiking else _rates)(sim, group).items():
                found[f"{group.name}/{key}"] = values
        elif isinstance(group, Links):
            found[f"{group.name}/last"] = gathered(sim, group, "last", "row")
        else:
            found[f"{group.name}/was_frozen"] = shares[0]["was_frozen"][_slots(sim, len(shares[0]["was_frozen"]))]
    return found


def put(sim: Simulation, state: Mapping[str, np.ndarray], step: int) -> None:
    """Give a simulation of the same network this state, as of the beginning of `step`; the reverse of `gather`."""
    sim.step_count = step
    for group in groups(sim):
        for key, variable in group.variables.items():
            if variable.kind in CHANGING:
                put_variable(sim, group, key, state[f"{group.name}/{key}"])
        if isinstance(group, Cells):
            _put_outputs(sim, group, state)
        elif isinstance(group, Links):
            put_variable(sim, group, "last", state[f"{group.name}/last"], "row")
        else:
            for share in sim.layout.shares[group.name]:
                share["was_frozen"][:] = False
                share["was_frozen"][_slots(sim, len(share["was_frozen"]))] = state[f"{group.name}/was_frozen"]
    _follow(sim, step)


def digest(state: Mapping[str, np.ndarray]) -> str:
    """A sha256 of a state: equal if and only if all its bits are."""
    found = hashlib.sha256()
    for name in sorted(state):
        values = np.require(state[name], requirements="C")
        found.update(f"{name} {values.dtype.str} {values.shape};".encode())
        found.update(values.reshape(-1).view(np.uint8).data)
    return found.hexdigest()


def groups(sim: Simulation) -> Iterator[Group]:
    """All groups of a simulation's model."""
    yield from (*sim.model.cells.values(), *sim.model.links.values(), sim.model.rules)


def gather_delays(sim: Simulation, name: str) -> np.ndarray:
    """The delay of each synapse of a projection in steps, in canonical order."""
    whole = np.empty(sim.layout.synapses(name), np.int32)
    for share in sim.layout.links[name]:
        share.put(np.repeat(share.arrays["row_delay"], np.diff(share.arrays["start"])), whole)
    return whole


def gathered(sim: Simulation, group: Group, key: str, kind: str = "") -> np.ndarray:
    """An array of a group over its owners in canonical order: cells, synapses, rows by neuron and delay; a global one.

    `kind` is that of an array that the model does not list.
    """
    shares, kind = sim.layout.shares[group.name], kind or group.variables[key].kind
    if kind == "synapse":
        return sim.layout.gathered(group.name, key)
    if kind == "row":
        empty = np.concatenate([np.diff(share["start"]) == 0 for share in shares])
        order = np.argsort(empty, kind="stable")  # a release moves the states of a row only where it has synapses
        _, first = np.unique(np.concatenate([row_ids(share) for share in shares])[order], return_index=True)
        return np.concatenate([share[key] for share in shares])[order[first]]
    if kind == "global":  # every thread computes it for itself
        return shares[0][key].copy()
    return np.concatenate([share[key] for share in shares])


def put_variable(sim: Simulation, group: Group, key: str, values: np.ndarray, kind: str = "") -> None:
    """Give a number or an array of a group new values, in canonical order; the reverse of `gathered`."""
    shares, kind = sim.layout.shares[group.name], kind or group.variables[key].kind
    if kind == "number":
        group.variables[key].value = float(values)
        for share in shares:
            share[key] = type(share[key])(values)
    elif kind == "synapse":
        sim.layout.scatter(group.name, key, values)
    elif kind == "row":
        ids = rows(sim, group)
        for share in shares:
            share[key][:] = values[np.searchsorted(ids, row_ids(share))]
    elif kind == "global":
        for share in shares:
            share[key][:] = values
    else:
        bounds = np.cumsum([0, *(len(share[key]) for share in shares)])
        for share, first, last in zip(shares, bounds[:-1], bounds[1:], strict=True):
            share[key][:] = values[first:last]


def rows(sim: Simulation, group: Group) -> np.ndarray:
    """The virtual rows of a projection, each as presynaptic neuron * 2**32 + delay, ascending."""
    return np.unique(np.concatenate([row_ids(share) for share in sim.layout.shares[group.name]]))


def row_ids(share: Mapping[str, Any]) -> np.ndarray:
    """What tells a virtual row from others, whichever threads have it: presynaptic neuron and delay."""
    return share["pre"].astype(np.int64) << 32 | share["row_delay"].astype(np.int64)


def _slots(sim: Simulation, slots: int) -> np.ndarray:
    """The places in a ring of so many slots that hold something, the oldest step first."""
    return np.arange(max(0, sim.step_count - slots), sim.step_count) % slots


def _rates(sim: Simulation, cells: Cells) -> State:
    """Outputs of rate neurons that are still under way."""
    ring = sim.layout.cells[cells.name]["rates"]
    return {"rates": ring[_slots(sim, len(ring))]}


def _spikes(sim: Simulation, cells: Cells) -> State:
    """Spikes that are still under way: how many in each step, and of which cells."""
    shared, shares = sim.layout.cells[cells.name], sim.layout.shares[cells.name]
    slots = _slots(sim, len(shared["ids"]))
    counts = np.array([[shared["counts"][slot, s["column"]] for s in shares] for slot in slots], np.int64)
    parts = [
        shared["ids"][slot, s["first"] : s["first"] + n]
        for slot, row in zip(slots, counts, strict=True)
        for s, n in zip(shares, row, strict=True)
    ]
    return {
        "counts": counts.reshape(len(slots), len(shares)).sum(axis=1),
        "ids": np.concatenate([np.empty(0, np.int32), *parts]),
    }


def _put_outputs(sim: Simulation, cells: Cells, state: Mapping[str, np.ndarray]) -> None:
    shared, shares = sim.layout.cells[cells.name], sim.layout.shares[cells.name]
    if not cells.population.spiking:
        shared["rates"][:] = 0
        shared["rates"][_slots(sim, len(shared["rates"]))] = state[f"{cells.name}/rates"]
        return
    shared["ids"][:], shared["counts"][:] = 0, 0
    counts, ids = state[f"{cells.name}/counts"], state[f"{cells.name}/ids"]
    firsts = np.array([share["first"] for share in shares])
    ends = np.cumsum(counts)
    for slot, last, count in zip(_slots(sim, len(shared["ids"])), ends, counts, strict=True):
        here = ids[last - count : last]
        cuts = [*np.searchsorted(here, firsts), len(here)]
        for share, begin, end in zip(shares, cuts[:-1], cuts[1:], strict=True):
            shared["counts"][slot, share["column"]] = end - begin
            shared["ids"][slot, share["first"] : share["first"] + end - begin] = here[begin:end]


def set_clock(sim: Simulation, group: Group, member: Member) -> None:
    """Let a member's clock tick by its period, which a user may have set."""
    ticks = group.variables.get(f"ticks_{member.prefix[:-1]}")
    if ticks is None:
        return
    period = float(group.variables[f"{member.prefix}period"].value)
    ticks.value = steps_of(period, sim.net.dt, f"period of {type(member.mechanism).__name__}")
    for share in sim.layout.shares[group.name]:
        share[f"ticks_{member.prefix[:-1]}"] = ticks.value


def _follow(sim: Simulation, step: int) -> None:
    """Set what follows from the rest: clocks tick by their periods, given trains are played up to the step, no event
    waits for a replay."""
    for group in groups(sim):
        for member in group.members:
            set_clock(sim, group, member)
    for name in sim.model.cells:
        for share in sim.layout.shares[name]:
            share["cursor"][:] = np.searchsorted(share["train_step"], step)
    for name, plan in sim.plans.items():
        for share in sim.layout.shares[name]:
            share["flushed"][0] = step if plan.replays else 0
            empty = {"h_step": -1, "h_latest": -1, "h_newest": -1, "h_older": -1, "h_fill": 0} if plan.replays else {}
            for key, value in empty.items():
                share[key][:] = value
