"""Argument names to values. Every name is found when the simulation is made; what is not there is an error then."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract import random
from hebbstat.contract.signals import FollowState
from hebbstat.contract.state import Global, PerSynapse, Scope
from hebbstat.network import Table, lookup
from hebbstat.network.scopes import field_scope
from hebbstat.network.streams import hook_stream
from hebbstat.reference.elements import index_of, number_of

if TYPE_CHECKING:
    from hebbstat.reference.cells import Cells
    from hebbstat.reference.parts import Part

Getter = Callable[[Any], Any]  # an element -> the value of one argument


class Constant:
    """A getter of what never changes."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, e: Any) -> Any:
        return self.value


@dataclass(frozen=True)
class Asking(lookup.Asking):
    """Who asks for names, and whose draws they are."""

    scope: Scope = Global
    number: int | None = None  # of a gate on the hook's change
    of: Part | None = None  # whose hook it is, where a gate's owner asks


def bind(part: Part, name: str, asking: Asking) -> Getter:
    """The getter of argument `name` of a hook."""
    sim = part.sim
    match lookup.meaning(sim.network, part.name, part.mechanism, name, asking):
        case lookup.Own(name):
            return own(part, name)
        case lookup.Offered("dt"):
            return Constant(sim.dt)
        case lookup.Offered(name):
            return part.home.offer(part, name)  # type: ignore[no-any-return]
        case lookup.Drawn(kind):
            return _draw(part, kind, asking)
        case lookup.OfNeuron(side, name):
            return _of_neuron(part.home.side(side), side, name)
        case lookup.OfReceptor(projection, name):
            return received(part, projection, name)
        case lookup.Modulator(rule, state):
            return lambda e: sim.followed(rule, state)
        case lookup.Default(value):
            return Constant(value)


def own(part: Part, name: str) -> Getter:
    """A field, state or derived value of the part itself."""
    if name in part.mechanism.states:
        return lambda e: part.stores[name].read(e)
    return field(part, name) if name in part.mechanism.fields else _derived(part, name)


def field(part: Part, name: str) -> Getter:
    """A parameter: what a rule makes of it, a signal, an array, or a number."""
    quantity = part.sim.quantities.get((part.name, part.place, name))
    if quantity is not None:
        return quantity.read
    value, sim = part.values[name], part.sim
    if isinstance(value, FollowState):
        rule, state = lookup.followed(sim.network, value.source, f"{name} of {part.say()}")
        return lambda e: sim.followed(rule, state)
    index = index_of(field_scope(part.mechanism, name))
    if isinstance(value, Table):
        rows = value.values.tolist()
        if value.values.ndim == 1:
            return lambda e: rows[value.row(max(sim.now, 0))]
        assert index is not None
        return lambda e: rows[value.row(max(sim.now, 0))][index(e)]
    if isinstance(value, str) or np.ndim(value) == 0:
        return Constant(value)
    assert index is not None
    listed = np.asarray(value).tolist()
    return lambda e: listed[index(e)]


def _derived(part: Part, name: str) -> Getter:
    """A derived value, computed where it is read (once, if nothing in it can change)."""
    value = part.mechanism.derived[name]
    getters = [bind(part, read, Asking(name, optional=value.optional, before=True)) for read in value.all_reads]
    if all(isinstance(getter, Constant) for getter in getters):
        return Constant(float(value(*[getter(None) for getter in getters])))
    return lambda e: float(value(*[getter(e) for getter in getters]))


def _draw(part: Part, name: str, asking: Asking) -> Getter:
    """A keyed random draw."""
    assert asking.hook is not None
    sim, number, of = part.sim, number_of(asking.scope), asking.of or part
    stream = hook_stream(of.name, of.place, of.mechanism, asking.hook, name, asking.number)
    key = random.stream_key(sim.network.seed, stream)

    def bits(e: Any) -> int:
        return random.draw(key, sim.now, number(e), e.birth if asking.scope is PerSynapse else 0)

    if name == "uniform":
        return lambda e: random.uniform(bits(e))
    if name == "normal":
        return lambda e: random.normal(bits(e))

    def binomial(e: Any) -> Callable[[float, float], float]:
        drawn, calls = bits(e), itertools.count()
        return lambda n, p: random.binomial(drawn, next(calls), n, p)

    return binomial


def received(part: Part, projection: str, name: str) -> Getter:
    """A value of the receptor of a projection."""
    receptor = part.sim.connections[projection].receptor
    assert receptor is not None, "received.why_not says so"
    return receptor.read(name)


def _of_neuron(cells: Cells, side: str, name: str) -> Getter:
    """A value of the neuron on a side."""
    if name == "rate" and cells.has_rate:
        return cells.rate_at(side)
    if lookup.is_sum(cells.population, name):
        given = cells.given(name)
        return lambda e: given(cells.elements[getattr(e, side)])
    getter, elements = own(cells.part, name), cells.elements
    return getter if isinstance(getter, Constant) else lambda e: getter(elements[getattr(e, side)])
