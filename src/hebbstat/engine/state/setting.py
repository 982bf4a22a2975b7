"""Setting a state or parameter between runs, and all that follows from it.

What is set counts as set at the end of the last step. What is kept as of an earlier event is brought up to date
before: it has moved by the old values until now, and moves by the new ones from now on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hebbstat.contract.distributions import Distribution
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.fields import checked
from hebbstat.contract.signals import Moving, check_lag, steps_of
from hebbstat.contract.state import Trace
from hebbstat.engine.core import Core
from hebbstat.engine.plan.arrays import Role, Shape
from hebbstat.engine.plan.groups import Group, Member, PopulationGroup, inflows
from hebbstat.engine.state.access import Found, title
from hebbstat.engine.state.global_state import gathered, groups, put_variable, set_clock
from hebbstat.engine.state.present import now, of_presynaptic, state_value, value_of
from hebbstat.network.derive import dependents, derived_value
from hebbstat.network.instantiate import NetworkInstance
from hebbstat.network.lookup import UNDER_WAY, lagged_by, places

STAMPS = {Shape.ROW: "last", Shape.SYNAPSE: "stamp"}
"""The variable that says as of when the states of an owner are kept, where they have none of their own."""


def put(core: Core, found: Found, value: Any) -> None:
    """Set what a user calls by name, when no event waits for a replay (`Core.flush`)."""
    group, member = found.group, found.member
    value = _checked(core, found, value)
    is_parameter = member is not None and found.name in member.mechanism.fields
    for other in groups(core) if is_parameter else [group]:
        bring_up_to_date(core, other)
    _write(core, found, value)
    if member is not None and is_parameter and group.variables[found.key].fixed:
        _derive_again(core, group, member, found.name)


def bring_up_to_date(core: Core, group: Group) -> None:
    """Keep all states of a group that move by themselves as of now. Their values stay what they are."""
    states = [
        (f"{member.prefix}{state.name}", state_value(core, group, member, state)[0])
        for member in group.members
        for state in member.mechanism.states.values()
        if state.moves and state.is_plain and f"{member.prefix}{state.name}" not in group.stepped
    ]
    for key, value in states:
        if np.ndim(value) or f"at_{key}" in group.variables:
            put_variable(core, group, key, np.asarray(value))
            _stamp(core, group, key)
            if f"before_{key}" in group.variables:
                put_variable(core, group, f"before_{key}", value)


def _stamp(core: Core, group: Group, key: str) -> None:
    """Note that a state is as of now."""
    slow = group.variables[key].slow
    for shard in core.layout.shards[group.name]:
        name = f"at_{key}" if f"at_{key}" in shard else STAMPS.get(group.variables[key].shape, "")
        if name in shard:
            shard[name][:] = now(core, slow)


def _write(core: Core, found: Found, value: Any) -> None:
    group, key, shape = found.group, found.key, found.shape
    if shape is Shape.NUMBER:
        if np.size(value) == 0 or np.min(value) != np.max(value):
            what = title(core.model, found)
            raise BadValueError(
                f"{what} is one number; make it an array when the network is described to set it per element"
            )
        put_variable(core, group, key, np.asarray(float(np.max(value))))
        return
    per_neuron = shape is Shape.ROW and group.variables[key].fixed
    n = len(of_presynaptic(core, group, key) if per_neuron else gathered(core, group, key))
    if np.ndim(value) and np.shape(value) != (n,):
        what = title(core.model, found)
        raise BadValueError(f"{what} needs one number or {n}, not an array of shape {np.shape(value)}")
    values = np.broadcast_to(value, n)
    _put_scoped(core, group, key, values) if per_neuron else put_variable(core, group, key, values)
    if f"before_{key}" in group.variables:
        put_variable(core, group, f"before_{key}", values)


def _checked(core: Core, found: Found, value: Any) -> Any:
    """The value as numbers, or an error that says why it cannot be set."""
    member, what = found.member, title(core.model, found)
    if isinstance(value, Distribution | Moving):
        raise BadValueError(
            f"{what} must be numbers, not {value!r}; draw them with numpy, or give them when the network is described"
        )
    mechanism = None if member is None else member.mechanism
    if member is not None and mechanism is not None and found.name in mechanism.fields:
        if isinstance(mechanism.values[found.name], Moving):
            raise BadValueError(f"{what} is {mechanism.values[found.name]!r}, so it cannot be set between runs")
        if any(hook.after == found.name for hook in mechanism.hooks):
            raise BadValueError(f"{what} cannot be set: {UNDER_WAY}")
        value = checked(mechanism.fields[found.name], value, f"{type(mechanism).__name__} on '{found.group.name}'")
        if found.name == "period":
            steps_of(float(value) if np.ndim(value) == 0 else np.nan, core.net.dt, what)
        for name in (f"{member.prefix}{state.name}" for state in lagged_by(mechanism, found.name)):
            check_lag(value, core.net.dt, found.group.variables[f"past_{name}"].depth - 1, what)
        return value
    state = None if mechanism is None else mechanism.states.get(found.name)
    if mechanism is not None and (state is None or not state.is_plain):
        raise BadValueError(f"{what} cannot be set: it follows from other values")
    if found.shape is Shape.SYNAPSE and found.name == "w" and core.plans[found.group.name].weights:
        raise BadValueError(f"{what} cannot be set: it is derived from hidden states; set these")
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError) as error:
        raise BadValueError(f"{what} must be numbers, not {value!r}") from error
    if not np.isfinite(array).all():
        raise BadValueError(f"{what} must be finite numbers")
    return float(array) if array.ndim == 0 else array


def _derive_again(core: Core, group: Group, member: Member, name: str) -> None:
    """All that was computed from a parameter: derived values, decays of traces, clocks, copies for rows."""
    follow = dependents(core.model.net, member.owner, member.place, name)
    changed = {(member.owner, member.place, name), *follow} - core.model.made.live
    made = _made(core) if follow else core.model.made
    for owner, place, mechanism, on in places(core.model.net):
        for derived in mechanism.derived:
            if (owner, place, derived) in changed:
                of, who = _member(core, owner, place)
                if who.owner == owner:  # a receptor that projections share has the values of the first
                    value = derived_value(made, mechanism, derived, owner, place, on)
                    _put_scoped(core, of, f"{who.prefix}{derived}", value)
    for owner, place, of_name in changed:
        of, who = _member(core, owner, place)
        _follow(core, of, who, of_name)


def _member(core: Core, owner: str, place: str) -> tuple[Group, Member]:
    """Where the mechanism at a place stands; a receptor stands among the cells that it is of."""
    for group in groups(core):
        for member in group.members:
            if (member.owner, member.place) == (owner, place):
                return group, member
    link = core.model.links[owner]  # its receptor is shared with an earlier one
    return link.target, next(pool for pool in link.target.pools if pool.owner == link.receptor_of)


def _put_scoped(core: Core, group: Group, key: str, value: Any) -> None:
    """Give a parameter its value: over presynaptic neurons, if it belongs to rows."""
    if group.shape(key) is Shape.ROW and np.ndim(value):
        for shard in core.layout.shards[group.name]:
            shard[key][:] = value[shard["pre"]]
        return
    put_variable(core, group, key, np.asarray(value))


def _follow(core: Core, group: Group, member: Member, name: str) -> None:
    key = f"{member.prefix}{name}"
    variable = group.variables[key]
    for state in member.mechanism.states.values():
        decays = isinstance(state.origin, Trace) and state.origin.tau == name
        if decays and f"rate_of_{member.prefix}{state.name}" in group.variables:
            tau = variable.value if variable.shape is Shape.NUMBER else gathered(core, group, key)
            rate = core.net.dt / np.asarray(tau, float)
            put_variable(core, group, f"rate_of_{member.prefix}{state.name}", rate)
            put_variable(core, group, f"decay_of_{member.prefix}{state.name}", np.exp(-rate))
    set_clock(core, group, member)
    if isinstance(group, PopulationGroup) and any(of is member for of, _ in inflows(group)):
        for shard in core.layout.shards[group.name]:
            shard |= core.layout.near(group, shard["first"], shard["first"] + shard["size"])
    for state in lagged_by(member.mechanism, name):
        value, _ = value_of(core, group, member, state.name)
        put_variable(core, group, f"{member.prefix}{state.name}", np.asarray(value))
    for links in core.model.links.values():
        if links.source is group and f"pre_{key}" in links.variables:
            _put_scoped(core, links, f"pre_{key}", _parameter(core, group, key))


def _made(core: Core) -> NetworkInstance:
    """The parameters as they are now."""
    made = core.model.made
    values = {place: dict(found) for place, found in made.values.items()}
    for group in groups(core):
        for member in group.members:
            for name in member.mechanism.fields:
                key = f"{member.prefix}{name}"
                if key in group.variables and group.variables[key].role is Role.PARAMETER:
                    values[member.owner, member.place][name] = _parameter(core, group, key)
    pairs: dict[str, Any] = {name: _Pairs(core, name) for name in core.model.links}
    return replace(made, values=values, synapses=pairs)


def _parameter(core: Core, group: Group, key: str) -> Any:
    """A parameter as the network was instantiated with: a number or an array over its scope."""
    variable = group.variables[key]
    if variable.shape is Shape.NUMBER:
        return float(variable.value)
    values = of_presynaptic(core, group, key) if variable.shape is Shape.ROW else gathered(core, group, key)
    return values.astype(float)


class _Pairs:
    """The neurons of a projection's synapses, looked up when they are asked for."""

    def __init__(self, core: Core, name: str) -> None:
        self.core, self.name = core, name

    def pre(self) -> np.ndarray:
        """The presynaptic index of each synapse."""
        return self.core.pairs(self.name)[0]

    @property
    def post(self) -> np.ndarray:
        """The postsynaptic index of each synapse."""
        return self.core.pairs(self.name)[1]
