"""Derived values, computed once from parameters unless one of these moves; and what states begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract.errors import ContractError
from hebbstat.contract.hooks import Derived
from hebbstat.contract.mechanism import Mechanism
from hebbstat.contract.signals import FollowState
from hebbstat.contract.state import Global, PerNeuron, PerPost, PerPre, PerSynapse, Scope, Sensor, State
from hebbstat.network.lookup import (
    Asking,
    Default,
    Offered,
    OfNeuron,
    On,
    Own,
    followed,
    meaning,
    neurons,
    places,
    quantities,
)
from hebbstat.network.naming import owner_of
from hebbstat.network.network import Network
from hebbstat.network.scopes import field_scope

if TYPE_CHECKING:
    from hebbstat.network.instantiate import NetworkInstance

Address = tuple[str, str, str]  # a population or projection, the place there, a parameter
Path = tuple[tuple[str, str], ...]  # states whose initial values are being found
Scoped = tuple[Any, Scope]  # a number or an array, and the scope that the array is over
SCOPE_OF_SIDE = {"pre": PerPre, "post": PerPost, "neuron": PerNeuron}


def derive_all(made: NetworkInstance) -> None:
    """Compute derived values; those that depend on a signal or on what a rule changes are live."""
    moving = quantities(made.network)
    for owner, place, mechanism, on in places(made.network):
        for name, value in mechanism.derived.items():
            reads = _closed_reads(mechanism, value)
            if any(_moves(made, moving, mechanism, owner, place, on, read) for read in reads):
                made.live.add((owner, place, name))
        for name in mechanism.derived:
            if (owner, place, name) not in made.live:
                made.values[owner, place][name] = _derive(made, mechanism, name, owner, place, on)[0]


def dependents(net: Network, owner: str, place: str, name: str) -> list[tuple[str, str, str]]:
    """(name, place, derived value) of all that is derived, directly or not, from a parameter."""
    changed, found = {(owner, place, name)}, list[tuple[str, str, str]]()
    everywhere, grown = places(net), True
    while grown:
        grown = False
        for of, where, mechanism, on in everywhere:
            for derived, value in mechanism.derived.items():
                if (of, where, derived) not in changed and any(
                    _where(mechanism, of, where, on, read) in changed for read in value.all_reads
                ):
                    changed.add((of, where, derived))
                    found.append((of, where, derived))
                    grown = True
    return found


def _where(mechanism: Mechanism, owner: str, place: str, on: On, read: str) -> tuple[str, str, str]:
    """Where what a derived value reads belongs: to the mechanism itself, or to a neuron."""
    side = neurons(mechanism, on).get(read.partition("_")[0])
    if side is None or read in mechanism.fields or read in mechanism.derived:
        return owner, place, read
    return side.name, "neuron", read.partition("_")[2]


def derived_value(made: NetworkInstance, mechanism: Mechanism, name: str, owner: str, place: str, on: On) -> Any:
    """A derived value from the parameters as they are in `made`."""
    return _derive(made, mechanism, name, owner, place, on)[0]


def _moves(
    made: NetworkInstance, moving: set[Address], mechanism: Mechanism, owner: str, place: str, on: On, read: str
) -> bool:
    at = _where(mechanism, owner, place, on, read)
    if at in made.live and at[:2] != (owner, place):
        return True
    value = made.values[at[:2]].get(at[2], 0.0)
    return not isinstance(value, float | np.ndarray | str) or at in moving


def _closed_reads(mechanism: Mechanism, value: Derived) -> set[str]:
    found = set(value.all_reads)
    for read in value.all_reads:
        if read in mechanism.derived:
            found |= _closed_reads(mechanism, mechanism.derived[read])
    return found


def initial(made: NetworkInstance, owner: str, place: str, mechanism: Mechanism, state: State, above: Path = ()) -> Any:
    """The value that a state begins with: a number, or an array over its owners (over presynaptic neurons of rows).

    A planned parameter gives the value of step 0, one that follows a rule of the network what that begins with.
    """
    if not isinstance(state.init, str):
        return float(state.init)
    if (owner, state.name) in above:
        circle = " -> ".join(f"{name}.{of}" for name, of in [*above, (owner, state.name)])
        raise ContractError(f"initial values follow each other in a circle: {circle}; give one of them a number")
    on = owner_of(made.network, owner)
    above = (*above, (owner, state.name))
    found = _first(made, mechanism, state.init, owner, place, on, above)
    return _spread(made, found, state.scope, f"{type(mechanism).__name__}.{state.name} on '{owner}'", on)


def _first(
    made: NetworkInstance, mechanism: Mechanism, name: str, owner: str, place: str, on: On, above: Path = ()
) -> Scoped:
    """A field or derived value of a mechanism as the simulation begins."""
    if name in mechanism.derived:
        return _derive(made, mechanism, name, owner, place, on, above)
    return _begun(made, made.values[owner, place][name], above), field_scope(mechanism, name)


def _begun(made: NetworkInstance, value: Any, above: Path) -> Any:
    """What a parameter begins with."""
    if isinstance(value, FollowState):
        rule, state = followed(made.network, value.source, "an initial value")
        of = made.network.rules[rule]
        found = of.states[state]
        return 0.0 if isinstance(found.origin, Sensor) else initial(made, rule, "rule", of, found, above)
    return value if isinstance(value, float | np.ndarray | str) else value.values[value.row(0)]


def _derive(
    made: NetworkInstance, mechanism: Mechanism, name: str, owner: str, place: str, on: On, above: Path = ()
) -> Scoped:
    """One derived value: a number, or an array where one of its arguments is an array."""
    value, scope, arguments = mechanism.derived[name], field_scope(mechanism, name), []
    for read in value.all_reads:
        found = _argument(made, mechanism, value, read, owner, place, on, above)
        arguments.append(_spread(made, found, scope, f"{type(mechanism).__name__}.{name} on '{owner}'", on))
    if all(np.ndim(argument) == 0 for argument in arguments):
        return float(value(*arguments)), scope
    return np.asarray(np.vectorize(value.function, otypes=[float])(*arguments)), scope


def _argument(
    made: NetworkInstance, mechanism: Mechanism, value: Derived, read: str, owner: str, place: str, on: On, above: Path
) -> Scoped:
    """What a derived value reads: dt, a parameter of its own, or a parameter of a neuron."""
    asking = Asking(value.name, optional=value.optional, before=True)
    match meaning(made.network, owner, mechanism, read, asking):
        case Own(name):
            return _first(made, mechanism, name, owner, place, on, above)
        case OfNeuron(side, name):
            population = neurons(mechanism, on)[side]
            found, _ = _first(made, population.neuron, name, population.name, "neuron", population, above)
            return found, SCOPE_OF_SIDE[side]
        case Default(given):
            return given, Global
        case Offered("dt"):
            return made.network.dt, Global
    raise AssertionError(f"a derived value reads {read}")


def _spread(made: NetworkInstance, found: Scoped, scope: Scope, what: str, on: Any) -> Any:
    """An argument as an array over `scope`: a synapse knows its two neurons."""
    value, own = found
    if np.ndim(value) == 0 or own is scope:
        return value
    if scope is PerSynapse and own in (PerPre, PerPost):
        synapses = made.synapses[on.name]
        return np.asarray(value)[synapses.pre() if own is PerPre else synapses.post]
    raise ContractError(f"{what} is {scope}, but depends on a parameter that is {own} and not one number")
