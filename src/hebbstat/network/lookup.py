"""What names and equal parts of a network mean, found out once: engine and reference ask here.

Where mechanisms stand and which parameters rules change; what an argument of a hook is, which state a modulator's name
means, whose spikes a sensor counts; which receptors are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hebbstat.contract.errors import ContractError, UnknownNameError, suggestion
from hebbstat.contract.events import DRAWS, NAMES, RECEPTOR, SUMS
from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import Gate, Mechanism, Plasticity, PopulationRule, names_of, numbers_of
from hebbstat.contract.signals import FollowState
from hebbstat.contract.state import Inflow, Lagged, Sensor, State
from hebbstat.network import received
from hebbstat.network.naming import owner_of
from hebbstat.network.network import Network, Population, Projection

if TYPE_CHECKING:
    from hebbstat.network.instantiate import NetworkInstance

UNDER_WAY = "it says how much later events are seen, and some are under way; give it when the network is described"
"""Why the `after` of a hook cannot be set."""

On = Population | Projection | None
"""What a mechanism stands on; None: rules of the network."""


def places(net: Network) -> list[tuple[str, str, Mechanism, On]]:
    """All mechanisms of a network: (name, place, mechanism, the population or projection that it is on)."""
    found: list[tuple[str, str, Mechanism, On]] = []
    for population in net.populations.values():
        found.append((population.name, "neuron", population.neuron, population))
        found += [(population.name, f"rule{k}.0", rule, population) for k, rule in enumerate(population.rules)]
    for projection in net.projections.values():
        found += [(projection.name, place, mechanism, projection) for place, mechanism in projection.mechanisms()]
    found += [(name, "rule", rule, None) for name, rule in net.rules.items()]
    return found


def quantities(net: Network) -> set[tuple[str, str, str]]:
    """(name, place, field) of all parameters that some rule changes."""
    found = set()
    for population in net.populations.values():
        found |= {(population.name, "neuron", rule.acts_on) for rule in population.rules if rule.acts_on}
    for projection in net.projections.values():
        for rule in projection.rules:
            for bound in rule.bound():
                acts_on = bound.adds[1] if bound.adds and bound.adds[0] is None else None
                acts_on = getattr(bound.owner, "acts_on", None) if bound.hook.event == "clip" else acts_on
                if acts_on is not None and acts_on != "w":
                    found.add(quantity_of(projection, acts_on))
    return found


def quantity_of(projection: Projection, acts_on: str) -> tuple[str, str, str]:
    """Where what a rule acts on lives: 'release.U', 'receptor.tau', 'post.v_threshold'."""
    place, _, name = acts_on.partition(".")
    if place == "post":
        owner, mechanism, place = projection.target.name, projection.target.neuron, "neuron"
    else:
        owner, mechanism = projection.name, {"release": projection.release, "receptor": projection.receptor}.get(place)  # type: ignore[assignment]
    if mechanism is None or name not in mechanism.fields:
        raise UnknownNameError(
            f"a rule on '{projection.name}' acts on '{acts_on}', which is not there; "
            "it may be on='w', 'release.U', 'receptor.tau', 'post.v_threshold' ..."
        )
    return owner, place, name


def neurons(mechanism: Mechanism, on: On) -> dict[str, Population]:
    """The populations around a mechanism by the sides that its kind knows: `pre`, `post`, `neuron`."""
    around: dict[str, Population] = {}
    if isinstance(on, Projection):
        around = {"pre": on.source, "post": on.target}
    elif on is not None:
        around = {"neuron": on}
    return {side: population for side, population in around.items() if side in mechanism.kind.sides}


def followed(net: Network, source: str, who: str) -> tuple[str, str]:
    """The network rule and its state that 'rule' (its first state) or 'rule.state' names; `who` follows it."""
    rule, dot, state = source.partition(".")
    if rule not in net.rules:
        raise UnknownNameError(
            f"{who}: '{source}' is no rule of the network; {suggestion(rule, net.rules)}"
        )
    states = net.rules[rule].states
    if not states:
        raise UnknownNameError(f"{who}: '{source}' is a {type(net.rules[rule]).__name__}, which has no state")
    state = state if dot else next(iter(states))
    if state not in states:
        raise UnknownNameError(f"{who}: '{rule}' has no state '{state}'; {suggestion(state, states)}")
    return rule, state


def modulator(net: Network, argument: str, who: str) -> tuple[str, str] | None:
    """What an argument of a gate means among the network's rules: `DA` its first state, `DA_level` its `level`."""
    if argument in net.rules:
        return followed(net, argument, who)
    found = [(rule, state) for rule in net.rules for state in net.rules[rule].states if argument == f"{rule}_{state}"]
    if len(found) > 1:
        meanings = " and ".join(f"{state} of '{rule}'" for rule, state in found)
        raise ContractError(f"{who} asks for '{argument}', which could be {meanings}; give one of them another name")
    return found[0] if found else None


def watched(net: Network, mechanism: Mechanism, sensor: State) -> Population:
    """The population whose spikes a sensor counts, or whose rate it sees; it must be there, and have such."""
    assert isinstance(sensor.origin, Sensor)
    verb = "sees the rate of" if sensor.origin.rate else "counts the spikes of"
    name, what = mechanism.values[sensor.origin.population], f"{type(mechanism).__name__} {verb}"
    if name not in net.populations:
        raise UnknownNameError(f"{what} '{name}'; {suggestion(str(name), net.populations)}")
    if net.populations[name].spiking is sensor.origin.rate:
        told = "spike: count them, spikes_of(...)" if sensor.origin.rate else "are rate neurons: see their rate_of(...)"
        raise ContractError(f"{what} '{name}', which {told}")
    return net.populations[name]


def lagged_by(mechanism: Mechanism, name: str) -> list[State]:
    """The lagged states that look back by a field."""
    states = mechanism.states.values()
    return [state for state in states if isinstance(state.origin, Lagged) and state.origin.by == name]


def root(mechanism: Mechanism, state: State) -> State:
    """The state whose past a lagged state is; a lagged one of a lagged one begins as the first of them does."""
    while isinstance(state.origin, Lagged):
        state = mechanism.states[state.origin.source]
    return state


@dataclass(frozen=True)
class Own:
    """A state, field or derived value of the mechanism itself."""

    name: str


@dataclass(frozen=True)
class Offered:
    """What the surroundings offer: `w`, `dt`, `elapsed`, `current`, the `change` that a gate scales ..."""

    name: str


@dataclass(frozen=True)
class Drawn:
    """A keyed random draw."""

    kind: str


@dataclass(frozen=True)
class OfNeuron:
    """A state, field or derived value of a neuron around, the `rate` of a rate neuron, or a sum of what it receives."""

    side: str
    name: str


@dataclass(frozen=True)
class OfReceptor:
    """A state, field or derived value of the receptor of a projection, or what it gives to a neuron."""

    projection: str
    name: str


@dataclass(frozen=True)
class Modulator:
    """A state of a rule of the network."""

    rule: str
    state: str


@dataclass(frozen=True)
class Default:
    """Nothing of that name is there: the default value of the argument stands."""

    value: Any


Meaning = Own | Offered | Drawn | OfNeuron | OfReceptor | Modulator | Default


@dataclass(frozen=True)
class Asking:
    """Who asks for names: `what` in messages; the hook that it is, or on whose change it is a gate."""

    what: str
    hook: Hook | None = None
    gate: Gate | None = None
    optional: Mapping[str, Any] = field(default_factory=dict)  # defaults of the function's arguments
    before: bool = False  # whether it is computed before the run, so that it reads parameters of neurons only


def meaning(net: Network, owner: str, mechanism: Mechanism, name: str, asking: Asking) -> Meaning:
    """What an argument of a function of a mechanism is; an error lists what may be asked for.

    A gate that the user gave asks the rules of the network first, one that a wrapper brought along asks them last.
    """
    on = owner_of(net, owner)
    gate, who = asking.gate, f"{type(mechanism).__name__} on '{owner}'"
    found: Meaning | None = None
    if gate is not None and name == "change":
        return Offered(name)
    if gate is not None and gate.owner is None:
        found = _modulator(net, name, who)
    found = found or _around(net, mechanism, name, on, asking)
    if found is None and gate is not None and gate.owner is not None:
        found = _modulator(net, name, who)
    if found is not None:
        return found
    if name in asking.optional:
        return Default(asking.optional[name])
    known = [*_known(mechanism, name, on), *(net.rules if gate is not None else ())]
    side, _, bare = name.partition("_")
    cells = neurons(mechanism, on).get(side)
    if bare == "rate" and cells is not None and cells.spiking:
        raise UnknownNameError(
            f"{type(mechanism).__name__}.{asking.what} on '{owner}' asks for '{name}', but '{cells.name}' are spiking "
            "cells, which have no rate of their own: it is a rule for rate neurons, such as RateNeuron or LinearRate"
        )
    reason = _not_received(net, mechanism, name, on) or (
        f"which is not there; {suggestion(name, [one for one in known if one != name])}"
    )
    raise UnknownNameError(f"{type(mechanism).__name__}.{asking.what} on '{owner}' asks for '{name}', {reason}")


def _modulator(net: Network, name: str, who: str) -> Modulator | None:
    found = modulator(net, name, f"a gate of {who}")
    return None if found is None else Modulator(*found)


def _not_received(net: Network, mechanism: Mechanism, name: str, on: On) -> str:
    """Why what a name says of receptors is not there; nothing if it says nothing of them."""
    side, _, of = name.partition("_")
    if side in mechanism.kind.parts and isinstance(on, Projection):
        reason = received.why_not(on, of)
        return f"but {reason}" if reason else ""
    cells = on if name in mechanism.kind.offers and isinstance(on, Population) else neurons(mechanism, on).get(side)
    bare = name if cells is on else of
    if cells is None or bare not in SUMS or mechanism.kind is RECEPTOR:
        return ""
    reason = received.no_sum(net, cells, bare)
    return f"but {reason}" if reason else ""


def _around(net: Network, mechanism: Mechanism, name: str, on: On, asking: Asking) -> Meaning | None:
    """A name of the mechanism itself, of what its kind is offered at this hook, or of a neuron or receptor around."""
    if name in names_of(mechanism):
        return Own(name)
    if name in mechanism.kind.offers:
        if not _is_there(mechanism, name, asking.hook) or _not_received(net, mechanism, name, on):
            return None
        return Drawn(name) if name in DRAWS else Offered(name)
    side, _, of = name.partition("_")
    if side in mechanism.kind.parts and isinstance(on, Projection) and not asking.before:
        return OfReceptor(on.name, of) if of in received.readable(on) else None
    population = neurons(mechanism, on).get(side)
    if population is None:
        return None
    if of == "rate" and not population.spiking and mechanism.kind is not RECEPTOR:
        return OfNeuron(side, of)
    neuron = population.neuron
    state = neuron.states.get(of)
    seen = (
        state is not None
        and not asking.before
        and not isinstance(state.origin, Inflow)
        and received.is_seen(mechanism, side, state)
    )
    fixed = of not in neuron.states and of in numbers_of(neuron)
    has = fixed or seen or _is_sum(net, mechanism, population, of, asking)
    return OfNeuron(side, of) if has else None


def is_sum(population: Population, name: str) -> bool:
    """Whether a name means a sum of what a neuron's receptors give, not what the neuron itself calls so."""
    return name in SUMS and name not in numbers_of(population.neuron)


def _is_sum(net: Network, mechanism: Mechanism, population: Population, name: str, asking: Asking) -> bool:
    """Whether a mechanism may read it: not before the run, nor while receptors are summed."""
    there = is_sum(population, name) and not asking.before and mechanism.kind is not RECEPTOR
    return there and not received.no_sum(net, population, name)


def _is_there(mechanism: Mechanism, name: str, hook: Hook | None) -> bool:
    """Whether a name that a kind offers is there at a hook: the table of the contract says where."""
    if name == "value" and isinstance(mechanism, Plasticity | PopulationRule):
        return bool(mechanism.acts_on)
    return hook is None or not NAMES[name].events or hook.event in NAMES[name].events


def _known(mechanism: Mechanism, name: str, on: On) -> Iterator[str]:
    """What may be asked for in place of a name that is not there: of a neuron, if that is what it begins with."""
    side = name.partition("_")[0]
    if side in mechanism.kind.parts and isinstance(on, Projection):
        yield from (f"{side}_{known}" for known in received.readable(on))
        return
    population = neurons(mechanism, on).get(side)
    if population is not None:
        rate = [] if population.spiking else ["rate"]
        yield from (f"{side}_{known}" for known in (*numbers_of(population.neuron), *rate))
        return
    kind = mechanism.kind
    yield from (*mechanism.states, *mechanism.fields, *mechanism.derived, *kind.offers)
    yield from (f"{prefix}<name>" for prefix in kind.prefixes)


class Read(NamedTuple):
    """A value that stands behind what a mechanism reads: its own, or (`side` pre, post, neuron) a neuron's."""

    side: str
    name: str
    derived: bool  # whether a derived value of that neuron lies between


def reads(mechanism: Mechanism, names: Iterable[str], on: On) -> set[Read]:
    """What stands behind names that hooks of a mechanism ask for: derived values are followed to what they read."""
    sides, found, todo = neurons(mechanism, on), set[Read](), [*names]
    done = set(todo)
    while todo:
        name = todo.pop()
        if name in mechanism.derived:
            new = set(mechanism.derived[name].all_reads) - done
            done |= new
            todo += new
            continue
        side, _, of = name.partition("_")
        if name in mechanism.fields or name in mechanism.states or side not in sides:
            found.add(Read("", name, False))
            continue
        neuron = sides[side].neuron
        if of in neuron.derived:
            found |= {Read(side, read.name, True) for read in reads(neuron, [of], None)}
        else:
            found.add(Read(side, of, False))
    return found


def shared_receptors(made: NetworkInstance) -> dict[str, str]:
    """For each projection with a receptor, the projection whose receptor it is: its own, or an earlier equal one.

    Equal are receptors of one class, onto one population, with the same parameters: numbers, arrays, plans or what
    they follow. One with a parameter that some rule changes is shared with none.
    """
    moving = {owner for owner, place, _ in quantities(made.network) if place == "receptor"}
    owners: dict[str, str] = {}
    for name, projection in made.network.projections.items():
        if projection.receptor is None:
            continue
        owners[name] = name
        for other in list(dict.fromkeys(owners.values())):
            if name not in moving and other not in moving and _equal(made, name, other):
                owners[name] = other
                break
    return owners


def _equal(made: NetworkInstance, name: str, other: str) -> bool:
    one, two = made.network.projections[name], made.network.projections[other]
    if name == other or one.target is not two.target or type(one.receptor) is not type(two.receptor):
        return False
    assert one.receptor is not None
    a, b = made.values[name, "receptor"], made.values[other, "receptor"]
    return all(_same(a[field], b[field]) for field in one.receptor.fields)


def _same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, FollowState):
        return a.source == b.source
    if hasattr(a, "every"):  # a planned signal
        return a.every == b.every and a.repeat == b.repeat and np.array_equal(a.values, b.values)
    return bool(np.array_equal(a, b))
