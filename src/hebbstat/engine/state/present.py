"""The present value of a state or parameter, at the end of the last step: what is kept as of an event is advanced.

Looking changes nothing. It costs: synapses are brought up to date, arrays gathered, and a state with an advancer of its
own is advanced in plain Python, an owner after the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hebbstat.contract.hooks import Derived
from hebbstat.contract.mechanism import Mechanism, PopulationRule
from hebbstat.contract.signals import FollowState
from hebbstat.contract.state import (
    WHOLE,
    Lagged,
    PerBranch,
    PerNeuron,
    PerPre,
    PerSynapse,
    Received,
    State,
    Trace,
)
from hebbstat.engine.core import Core
from hebbstat.engine.plan.arrays import Shape
from hebbstat.engine.plan.given import kept_variable, pool_of
from hebbstat.engine.plan.groups import NETWORK, Group, Member, PopulationGroup, ProjectionGroup
from hebbstat.engine.plan.model import SHAPE_OF_SCOPE, modulator
from hebbstat.engine.state.access import Found
from hebbstat.engine.state.global_state import gather_delays, gathered, rows
from hebbstat.network import lookup, received
from hebbstat.network.instantiate import Table
from hebbstat.network.naming import owner_of
from hebbstat.network.scopes import field_scope


def present(core: Core, found: Found) -> np.ndarray:
    """A copy of what a user calls by name: a value for each owner; one for what is one number of a projection."""
    group, member, name = found.group, found.member, found.name
    if isinstance(group, ProjectionGroup):
        core.flush()
    if member is None:
        values = gathered(core, group, "w")
        return values if values.ndim else np.full(core.layout.synapses(group.name), values)
    value, _ = value_of(core, group, member, name)
    if np.ndim(value) == 0:
        value = np.full(_owners(core, group, member.mechanism.states.get(name)), value)
    return np.array(value)


def _owners(core: Core, group: Group, state: State | None) -> int:
    """For how many a number stands: all owners of a state; all cells, if it is a parameter of theirs."""
    scope = PerNeuron if state is None else state.scope
    if isinstance(group, PopulationGroup):
        return 1 if scope in WHOLE else group.population.n
    if not isinstance(group, ProjectionGroup) or state is None or scope in WHOLE:
        return 1
    if scope is PerSynapse:
        return core.layout.synapses(group.name)
    if scope is PerPre:
        return len(rows(core, group))
    return group.target.population.n * (group.branches if scope is PerBranch else 1)


def value_of(core: Core, group: Group, member: Member, name: str) -> tuple[Any, Shape]:
    """A state, field, derived value or output of a member: a number or an array, and what it has values for."""
    mechanism = member.mechanism
    if name in mechanism.states and mechanism.states[name].is_plain:
        return state_value(core, group, member, mechanism.states[name])
    key = f"{member.prefix}{name}"
    shape = group.shape(key)
    if name in mechanism.states and isinstance(mechanism.states[name].origin, Lagged):
        return _past(core, group, key)
    if name in mechanism.states and isinstance(mechanism.states[name].origin, Received):
        return _received(core, group, mechanism, mechanism.states[name])
    if shape is Shape.TABLE:
        return _planned(core, group.variables[key].value), _given_over(group.variables[key].over or Shape.NUMBER)
    if shape is Shape.NUMBER:
        return group.variables[key].value, Shape.NUMBER
    if shape is Shape.ONE:
        return float(gathered(core, group, key)[0]), Shape.NUMBER
    if shape is Shape.ROW and group.variables[key].fixed:
        return of_presynaptic(core, group, key), Shape.SOURCE
    if shape is not None:
        return gathered(core, group, key), shape
    value = mechanism.values.get(name)
    if isinstance(value, FollowState):
        who = f"{name} of {type(mechanism).__name__} on '{member.owner}'"
        followed = modulator(core.model, *lookup.followed(core.net, value.source, who))
        return float(core.layout.shards[NETWORK][0][f"left_{followed}"][0]), Shape.NUMBER
    if name in mechanism.derived:
        over = _given_over(SHAPE_OF_SCOPE[field_scope(mechanism, name)])
        return _called(core, group, member, mechanism.derived[name], {}, over)
    assert isinstance(group, PopulationGroup) and name == "rate", name
    rates = core.layout.shards[group.name][0]["rates"]
    return rates[(core.step_count - 1) % len(rates)] if core.step_count else np.zeros_like(rates[0]), Shape.CELL


def _received(core: Core, group: Group, mechanism: Mechanism, state: State) -> tuple[Any, Shape]:
    """What a receptor of the cells is, or gave in the last step."""
    projection, what = received.source(core.net, mechanism, state, owner_of(core.net, group.name))
    cells, pool = pool_of(core.model, projection)
    kept = kept_variable(pool, what)
    return value_of(core, cells, pool, what) if kept is None else (gathered(core, cells, kept), Shape.CELL)


def _past(core: Core, group: Group, key: str) -> tuple[Any, Shape]:
    """What a lagged state is at the end of the last step."""
    past, lag, shape = gathered(core, group, f"past_{key}"), group.variables[f"lag_{key}"], group.variables[key].shape
    steps = lag.value if lag.shape is Shape.NUMBER else gathered(core, group, f"lag_{key}")
    if lag.shape is Shape.ROW and shape is not Shape.ROW:
        steps = of_presynaptic(core, group, f"lag_{key}").astype(int)
    values = past[len(past) - 1 - spread(core, group, steps, lag.shape, shape), np.arange(past.shape[1])]
    return (float(values[0]), Shape.NUMBER) if shape is Shape.ONE else (values, shape)


def state_value(core: Core, group: Group, member: Member, state: State) -> tuple[Any, Shape]:
    """The value of a state, and what it has values for; synapses must be up to date."""
    key = f"{member.prefix}{state.name}"
    shape = group.variables[key].shape
    value = gathered(core, group, key)
    if shape is Shape.ONE:
        moved = _moved(core, group, member, state, value, shape) if f"at_{key}" in group.variables else value
        return float(moved[0]), Shape.NUMBER
    lazily = isinstance(group, ProjectionGroup) or isinstance(member.mechanism, PopulationRule)
    if not (state.moves and lazily) or key in group.stepped:
        return value, shape  # moves with every step
    return _moved(core, group, member, state, value, shape), shape


def _moved(core: Core, group: Group, member: Member, state: State, value: np.ndarray, shape: Shape) -> np.ndarray:
    """A state that is kept as of its owners' last events, as it is now."""
    key = f"{member.prefix}{state.name}"
    elapsed = now(core, slow=group.variables[key].slow) - stamps(core, group, key).astype(float)
    if isinstance(state.origin, Trace):
        rate = group.variables[f"rate_of_{key}"]
        each = rate.value if rate.shape is Shape.NUMBER else gathered(core, group, f"rate_of_{key}")
        moved = value * np.exp(-elapsed * spread(core, group, each, rate.shape, shape))
    else:
        given = {state.name: value, "elapsed": elapsed * core.net.dt}
        moved, _ = _called(core, group, member, state.advancer, given, shape)
    return np.where(elapsed == 0, value, moved).astype(value.dtype)  # type: ignore[no-any-return]


def now(core: Core, slow: bool) -> int:
    """The last step done; for slow state, for which frozen time does not pass, the last one before that began."""
    return (core.frozen_since if slow and core.frozen_since is not None else core.step_count) - 1


def stamps(core: Core, group: Group, key: str) -> np.ndarray:
    """The step of the last event of each owner of a state that is kept as of that."""
    if f"at_{key}" in group.variables:
        return gathered(core, group, f"at_{key}")
    return gathered(core, group, "last" if group.shape(key) is Shape.ROW else "stamp")


def spread(core: Core, group: Group, value: Any, own: Shape, over: Shape) -> Any:
    """A value over cells, rows, synapses or presynaptic neurons as one over others of these."""
    if np.ndim(value) == 0 or own is over:
        return value
    if over is Shape.ROW:
        return value[rows(core, group) >> 32]
    if over is Shape.BRANCH:
        assert isinstance(group, ProjectionGroup)
        return np.repeat(value, group.branches)
    pre, post = core.pairs(group.name)
    if own is not Shape.ROW:
        return value[post if own is Shape.CELL else pre]
    mine = pre.astype(np.int64) << 32 | gather_delays(core, group.name)
    return value[np.searchsorted(rows(core, group), mine)]


def of_presynaptic(core: Core, group: Group, key: str) -> np.ndarray:
    """A parameter of rows: one value for each presynaptic neuron, whatever its delays."""
    assert isinstance(group, ProjectionGroup)
    values = np.array(np.broadcast_to(group.variables[key].value, group.source.population.n), float)
    for shard in core.layout.shards[group.name]:
        values[shard["pre"]] = shard[key]
    return values


def of_each(core: Core, group: Group, key: str, values: np.ndarray) -> np.ndarray:
    """A parameter of rows, given for each row, as one value for each presynaptic neuron; `ValueError` if it has two."""
    each, neurons = of_presynaptic(core, group, key), rows(core, group) >> 32
    each[neurons] = values
    if not np.array_equal(each[neurons], values, equal_nan=True):
        raise ValueError("rows of one neuron differ")
    return each


def _given_over(shape: Shape) -> Shape:
    """What a parameter is given for: one of rows for each presynaptic neuron."""
    return Shape.SOURCE if shape is Shape.ROW else shape


def _planned(core: Core, table: Table) -> Any:
    return table.values[table.row(max(0, core.step_count - 1))]


def _called(
    core: Core, group: Group, member: Member, function: Any, given: dict[str, Any], over: Shape
) -> tuple[Any, Shape]:
    """What a function of a mechanism returns, for each of what it is `over`, or of the widest among its arguments."""
    found: list[tuple[Any, Shape]] = []
    asking = lookup.Asking("a look", optional=function.optional, before=isinstance(function, Derived))
    for read in function.all_reads:
        if read in given:
            found.append((given[read], over))
            continue
        match lookup.meaning(core.net, member.owner, member.mechanism, read, asking):
            case lookup.Own(name):
                found.append(value_of(core, group, member, name))
            case lookup.OfNeuron(side, name):
                found.append(_of_neuron(core, group, side, name))
            case lookup.Default(value):
                found.append((value, Shape.NUMBER))
            case lookup.Offered("dt"):
                found.append((core.net.dt, Shape.NUMBER))
            case other:
                raise AssertionError(f"{other} is not to be had between steps")
    shapes = {own for value, own in found if np.ndim(value)}
    if over is Shape.NUMBER:
        over = Shape.SYNAPSE if len(shapes) > 1 else next(iter(shapes), over)
    values = [spread(core, group, value, own, over) for value, own in found]
    if all(np.ndim(value) == 0 for value in values):
        return float(function(*values)), over
    return np.vectorize(function, otypes=[float])(*values), over


def _of_neuron(core: Core, group: Group, side: str, name: str) -> tuple[Any, Shape]:
    """A value of the neurons on a side."""
    if isinstance(group, ProjectionGroup):
        group = group.source if side == "pre" else group.target
    value, _ = value_of(core, group, group.members[0], name)
    return value, Shape.SOURCE if side == "pre" else Shape.CELL
