"""Derived values: computed once from parameters, unless one of these moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from homeostat.errors import ContractError, UnknownName
from homeostat.hooks import Derived
from homeostat.network.network import Population, Projection
from homeostat.network.scopes import field_scope
from homeostat.rule import Mechanism

if TYPE_CHECKING:
    from homeostat.network.realise import Realised

Scoped = tuple[Any, str]  # a number or an array, and the scope that the array is over


def derive_all(made: Realised) -> None:
    """Compute derived values; those that depend on a signal or on what a rule changes are live."""
    from homeostat.network.realise import places, targets

    moving = targets(made.network)
    for owner, place, mechanism, on in places(made.network):
        for name, value in mechanism.derived.items():
            if any(_moves(made, moving, owner, place, on, read) for read in _closed_reads(mechanism, value)):
                made.live.add((owner, place, name))
        for name in mechanism.derived:
            if (owner, place, name) not in made.live:
                made.values[owner, place][name] = _derive(made, mechanism, name, owner, place, on)[0]


def _moves(made: Realised, moving: set[tuple[str, str, str]], owner: str, place: str, on: Any, read: str) -> bool:
    side = _side(on, read)
    if side is not None and read not in made.values[owner, place]:
        owner, place, read = side.name, "neuron", read.partition("_")[2]
        if (owner, place, read) in made.live:
            return True
    return (
        not isinstance(made.values[owner, place].get(read, 0.0), float | np.ndarray | str)
        or (owner, place, read) in moving
    )


def _side(on: Population | Projection | None, read: str) -> Population | None:
    """Whose `pre_X`, `post_X` or `neuron_X` it is."""
    prefix = read.partition("_")[0]
    if isinstance(on, Projection):
        return {"pre": on.source, "post": on.target}.get(prefix)
    return on if prefix == "neuron" else None


def _closed_reads(mechanism: Mechanism, value: Derived) -> set[str]:
    found = set(value.all_reads)
    for read in value.all_reads:
        if read in mechanism.derived:
            found |= _closed_reads(mechanism, mechanism.derived[read])
    return found


def _derive(made: Realised, mechanism: Mechanism, name: str, owner: str, place: str, on: Any) -> Scoped:
    """One derived value: a number, or an array where one of its arguments is an array."""
    value, scope, arguments = mechanism.derived[name], field_scope(mechanism, name), []
    for read in value.all_reads:
        if read == "dt":
            arguments.append(made.network.dt)
            continue
        if read in mechanism.derived:
            found = _derive(made, mechanism, read, owner, place, on)
        elif read in mechanism.fields:
            found = made.values[owner, place][read], field_scope(mechanism, read)
        else:
            found = _from_neuron(made, read, value, on)
        arguments.append(_spread(made, found, scope, f"{type(mechanism).__name__}.{name} on '{owner}'", on))
    if all(np.ndim(argument) == 0 for argument in arguments):
        return float(value(*arguments)), scope
    return np.asarray(np.vectorize(value.function, otypes=[float])(*arguments)), scope


def _spread(made: Realised, found: Scoped, scope: str, what: str, on: Any) -> Any:
    """An argument as an array over `scope`: a synapse knows its two neurons."""
    value, own = found
    if np.ndim(value) == 0 or own == scope:
        return value
    if scope == "PerSynapse" and own in ("PerPre", "PerPost"):
        synapses = made.synapses[on.name]
        return np.asarray(value)[synapses.pre() if own == "PerPre" else synapses.post]
    raise ContractError(f"{what} is {scope}, but depends on a parameter that is {own} and not one number")


def _from_neuron(made: Realised, read: str, value: Derived, on: Any) -> Scoped:
    """A `post_X`, `pre_X` or `neuron_X` in a derived value: a parameter of the neuron, if it has one."""
    side, _, name = read.partition("_")
    population = _side(on, read)
    if population is not None:
        found = made.values[population.name, "neuron"].get(name)
        if found is not None:
            return found, {"pre": "PerPre", "post": "PerPost", "neuron": "PerNeuron"}[side]
    if read in value.optional:
        return value.optional[read], "Global"
    raise UnknownName(f"derived value '{value.name}' asks for '{read}', which is not there")
