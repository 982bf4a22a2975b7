"""What a user calls by name: which variable it is, and what setting it between runs takes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from homeostat.distributions import Distribution
from homeostat.engine.model import Cells, Links, Member, Model
from homeostat.engine.record import name_of
from homeostat.errors import BadValue, UnknownName, suggestion
from homeostat.network.network import Population, Projection
from homeostat.rule import checked
from homeostat.signals import Signal

if TYPE_CHECKING:
    from homeostat.engine.simulation import Simulation


def find(model: Model, of: Population | Projection | str, name: str) -> tuple[str, str, str]:
    """Owner, variable and kind of what a user calls by name."""
    owner = name_of(of)
    if not isinstance(name, str):
        raise BadValue(f"{name!r} is no name of a state or parameter; it is a text such as 'v' or 'w'")
    if owner not in model.cells and owner not in model.links:
        raise UnknownName(
            f"no population or projection '{owner}'; {suggestion(owner, [*model.cells, *model.links])}"
        )
    variables = _group(model, owner).variables
    place, _, bare = name.rpartition(".")
    for prefix in _prefixes(place):
        key = f"{prefix}{bare}"
        if key in variables and variables[key].kind not in ("key", "history", "scratch"):
            return owner, key, variables[key].kind
    known = [k for k, v in variables.items() if v.kind in ("cell", "synapse", "row", "number")]
    raise UnknownName(f"'{owner}' has no state or parameter '{name}'; {suggestion(name, known)}")


def put(sim: Simulation, of: Population | Projection | str, name: str, value: Any) -> None:
    """Set a state or parameter of a settled simulation, and the derived values that depend on it."""
    owner, key, kind = find(sim.model, of, name)
    value = _checked(sim.model, owner, name, value)
    if owner in sim.layout.cells and kind == "cell":
        whole = sim.layout.cells[owner][key]
        whole[:] = _spread(owner, name, value, len(whole))
    elif kind == "synapse":
        sim.layout.scatter(owner, key, _spread(owner, name, value, sim.layout.synapses(owner)))
    elif kind == "number":
        if np.size(value) == 0 or np.min(value) != np.max(value):
            raise BadValue(
                f"{name} of '{owner}' is one number; make it an array when the network is described "
                "to set it per element"
            )
        value = float(np.max(value))
        _group(sim.model, owner).variables[key].value = value
        for share in sim.layout.shares[owner]:
            share[key] = type(share[key])(value)
    else:
        raise BadValue(f"{name} of '{owner}' cannot be set between runs")
    _derive_again(sim, owner, name)


def _spread(owner: str, name: str, value: Any, n: int) -> np.ndarray:
    if np.ndim(value) and np.shape(value) != (n,):
        raise BadValue(f"{name} of '{owner}' needs one number or {n}, not an array of shape {np.shape(value)}")
    return np.broadcast_to(value, n)


def _checked(model: Model, owner: str, name: str, value: Any) -> Any:
    member, bare = _member(model, owner, name)
    if isinstance(value, Distribution | Signal):
        raise BadValue(
            f"{name} of '{owner}' must be numbers, not {value!r}; "
            "draw them with numpy, or give them when the network is described"
        )
    if member is not None and bare in member.mechanism.fields:
        if any(state.trace and state.trace.tau == bare for state in member.mechanism.states.values()):
            raise BadValue(f"{name} of '{owner}': a trace decays with it; it can be set only in the description")
        return checked(member.mechanism.fields[bare], value, f"{type(member.mechanism).__name__} on '{owner}'")
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError) as error:
        raise BadValue(f"{name} of '{owner}' must be numbers, not {value!r}") from error
    if not np.isfinite(array).all():
        raise BadValue(f"{name} of '{owner}' must be finite numbers")
    return float(array) if array.ndim == 0 else array


def _derive_again(sim: Simulation, owner: str, name: str) -> None:
    """Derived values that depend on a changed parameter."""
    member, bare = _member(sim.model, owner, name)
    if member is None or bare not in member.mechanism.fields:
        return
    variables = _group(sim.model, owner).variables
    for derived, function in member.mechanism.derived.items():
        key = f"{member.prefix}{derived}"
        if bare in function.all_reads and key in variables:
            given = [_present(sim, owner, member, read) for read in function.all_reads]
            put(sim, owner, _name(member, key), np.vectorize(function.function)(*given) + 0.0)


def _present(sim: Simulation, owner: str, member: Member, name: str) -> Any:
    """The present value of what a derived value reads."""
    key, variables = f"{member.prefix}{name}", _group(sim.model, owner).variables
    if key not in variables:
        return {**sim.model.made.values[member.owner, member.place], "dt": sim.net.dt}[name]
    if variables[key].kind == "number":
        return variables[key].value
    return sim.state(owner, _name(member, key))


def _name(member: Member, key: str) -> str:
    """What a user calls a variable of a member: 'rule0.0_gain_up' for the variable rule0_0_gain_up."""
    return key.replace("_", ".", 1) if member.prefix else key


def _group(model: Model, owner: str) -> Cells | Links:
    return model.cells[owner] if owner in model.cells else model.links[owner]


def _member(model: Model, owner: str, name: str) -> tuple[Member | None, str]:
    """The mechanism that a name belongs to, and the name there."""
    place, _, bare = name.rpartition(".")
    members = {member.prefix: member for member in _group(model, owner).members}
    return next((members[prefix] for prefix in _prefixes(place) if prefix in members), None), bare


def _prefixes(place: str) -> tuple[str, ...]:
    """What variables of a place begin with; 'rule0' is short for 'rule0.0'."""
    prefix = place.replace(".", "_") + "_"
    return (prefix, f"{prefix}0_") if place else ("",)
