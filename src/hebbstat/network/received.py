"""What receptors are and give, as rules and neurons read it: docs/semantics.md, section 3, "Receptors".

Which receptor a state is received from, what there is to be read of one, and why something is not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hebbstat.contract.errors import ContractError, UnknownNameError, suggestion
from hebbstat.contract.events import BY_SIGN, GIVEN, PLASTICITY, POPULATION_RULE, SUMS
from hebbstat.contract.mechanism import Mechanism, Neuron, Receptor, names_of, numbers_of
from hebbstat.contract.state import PerNeuron, Received, State
from hebbstat.network.network import Network, Population, Projection

VOLTAGE = "v"
"""The state of a neuron that makes a current of a conductance."""


class Source(NamedTuple):
    """The projection whose receptor something is, and what of it."""

    projection: str
    what: str


def is_given(receptor: Receptor, what: str) -> bool:
    """Whether a name means what a receptor gives to its neuron, not a state or parameter of its own."""
    return what in GIVEN and what not in numbers_of(receptor)


def gives(receptor: Receptor, what: str) -> bool:
    """Whether a receptor has such a hook."""
    return any(hook.event == what for hook in receptor.hooks)


def readable(projection: Projection) -> list[str]:
    """What may be read of a projection's receptor."""
    receptor = projection.receptor
    if receptor is None:
        return []
    own = numbers_of(receptor)
    given = [what for what in GIVEN if what not in own and not _not_given(receptor, projection.target.neuron, what)]
    return [*own, *given]


def why_not(projection: Projection, what: str) -> str:
    """Why `what` cannot be read of a projection's receptor, and what can; nothing if it can."""
    receptor = projection.receptor
    if receptor is None:
        return f"'{projection.name}' has no receptor; give it one: net.connect(..., receptor=hs.ExponentialCurrent())"
    if what in readable(projection):
        return ""
    model, told = f"the {type(receptor).__name__} of '{projection.name}'", ""
    if what in GIVEN:
        told = f" ({_not_given(receptor, projection.target.neuron, what)})"
    return f"{model} has no '{what}'{told}; {suggestion(what, readable(projection))}"


def _not_given(receptor: Receptor, neuron: Neuron, what: str) -> str:
    """Why a receptor gives no current or conductance to such a neuron."""
    if gives(receptor, what):
        return ""
    if what == "current" and gives(receptor, "conductance"):
        lacks = f"its conductance makes a current with the neuron's state `v`, which {_lacks(neuron)}"
        return "" if has_voltage(neuron) else lacks
    return f"it gives no {what}"


def has_voltage(neuron: Neuron) -> bool:
    """Whether cells have what makes a current of a conductance."""
    state = neuron.states.get(VOLTAGE)
    return state is not None and state.scope is PerNeuron and state.is_plain


def _lacks(neuron: Neuron) -> str:
    return f"{type(neuron).__name__} has not"


def onto(net: Network, population: Population) -> list[Projection]:
    """The projections with a receptor onto a population."""
    return [one for one in net.projections.values() if one.target is population and one.receptor is not None]


def source(net: Network, mechanism: Mechanism, state: State, on: Population | Projection | None) -> Source:
    """Whose receptor a state is received from, and what of it; an error says what there is."""
    assert isinstance(state.origin, Received)
    cells = on.target if isinstance(on, Projection) else on
    assert cells is not None, "states of rules of the network belong to no cell"
    name, what = str(mechanism.values[state.origin.projection]), state.origin.what
    assert on is not None
    who = f"{type(mechanism).__name__}.{state.name} on '{on.name}' is '{what}' received through '{name}'"
    there = [one.name for one in onto(net, cells)]
    known = suggestion(name, there) if there else f"no projection onto '{cells.name}' has a receptor"
    if name not in net.projections:
        raise UnknownNameError(f"{who}, which is no projection; give {state.origin.projection}= one; {known}")
    projection = net.projections[name]
    if projection.target is not cells:
        raise ContractError(
            f"{who}, which ends at '{projection.target.name}', not at '{cells.name}', whose receptors it reads; {known}"
        )
    reason = why_not(projection, what)
    if reason:
        raise (ContractError if projection.receptor is None else UnknownNameError)(f"{who}, but {reason}")
    return Source(name, what)


def behind(net: Network, mechanism: Mechanism, names: Iterable[str], on: Population | Projection) -> set[Source]:
    """What of receptors stands behind names that hooks of a mechanism ask for."""
    found, own = set[Source](), names_of(mechanism)
    neuron = on.target.neuron if isinstance(on, Projection) else on.neuron
    for name in names:
        side, _, what = name.partition("_")
        state = mechanism.states.get(name)
        if name in own:
            if state is not None and isinstance(state.origin, Received):
                found.add(source(net, mechanism, state, on))
        elif side in mechanism.kind.parts and isinstance(on, Projection):
            found |= {Source(on.name, what)} if what in readable(on) else set()
        elif side in ("post", "neuron") and side in mechanism.kind.sides:
            cells, theirs = on.target if isinstance(on, Projection) else on, neuron.states.get(what)
            if theirs is not None and isinstance(theirs.origin, Received):
                found.add(source(net, neuron, theirs, cells))
    return found


def is_seen(mechanism: Mechanism, side: str, state: State) -> bool:
    """Whether others may read a neuron's state if it is a receptor's: those who read receptors themselves.

    Spikes of a step reach receptors while releases run and other threads read presynaptic neurons.
    """
    return not isinstance(state.origin, Received) or (side != "pre" and mechanism.kind in (PLASTICITY, POPULATION_RULE))


def no_sum(net: Network, population: Population, name: str) -> str:
    """Why the sum of what receptors give to a population is not there; nothing if it is."""
    if name not in SUMS:
        return f"there is no sum '{name}'"
    for one in onto(net, population) if name in BY_SIGN and not has_voltage(population.neuron) else ():
        if one.receptor is not None and gives(one.receptor, "conductance"):
            return (
                f"the conductance of '{one.name}' makes a current with the neuron's state `v`, which "
                f"{_lacks(population.neuron)}; name that state `v`, or read `conductance` and `drive`"
            )
    return ""
