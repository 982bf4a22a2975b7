"""Argument names to values. Every name is found when the simulation is made; what is not there is an error then."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hebbstat.contract import random
from hebbstat.contract.errors import UnknownNameError, suggestion
from hebbstat.contract.hooks import Hook
from hebbstat.contract.mechanism import FollowState
from hebbstat.network import Table, lookup
from hebbstat.network.scopes import field_scope
from hebbstat.network.streams import hook_stream
from hebbstat.reference.elements import INDEX, NUMBER

if TYPE_CHECKING:
    from hebbstat.reference.parts import Part

Getter = Callable[[Any], Any]  # an element -> the value of one argument
SIDES = ("pre_", "post_", "neuron_")


class Constant:
    """A getter of what never changes."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, e: Any) -> Any:
        return self.value


@dataclass(frozen=True)
class Asking:
    """Who asks for names: the hook, its name in messages, whose draws they are, the gate if it is one."""

    name: str
    hook: Hook | None = None
    scope: str = ""
    optional: dict[str, Any] | None = None
    gate: int | None = None  # the number of a gate on the hook's change
    brought: bool = False  # whether a wrapper brought this gate: it knows what it asks for
    of: Part | None = None  # whose hook it is, where a gate's owner asks


def bind(part: Part, name: str, asking: Asking) -> Getter:
    """The getter of argument `name` of a hook."""
    found = None
    if asking.gate is not None and not asking.brought:
        found = _modulator(part, name)
    found = found or own(part, name) or _draw(part, name, asking) or _around(part, name)
    if found is None and asking.brought:
        found = _modulator(part, name)
    if found is not None:
        return found
    if asking.optional and name in asking.optional:
        return Constant(asking.optional[name])
    what = f"{type(part.mechanism).__name__}.{asking.name} on '{part.name}'"
    raise UnknownNameError(f"{what} asks for '{name}'; {suggestion(name, _known(part, name, asking.gate is not None))}")


def own(part: Part, name: str) -> Getter | None:
    """A field, state or derived value of the part itself."""
    if name in part.mechanism.states:
        return lambda e: part.stores[name].read(e)
    if name in part.mechanism.fields:
        return field(part, name)
    if name in part.mechanism.derived:
        return _derived(part, name)
    return None


def field(part: Part, name: str) -> Getter:
    """A parameter: what a rule makes of it, a signal, an array, or a number."""
    target = part.sim.targets.get((part.name, part.place, name))
    if target is not None:
        return target.read
    value, sim = part.values[name], part.sim
    if isinstance(value, FollowState):
        return followed(part, value.source, name)
    index = INDEX.get(field_scope(part.mechanism, name))
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
    getters = [bind(part, read, Asking(name, optional=value.optional)) for read in value.all_reads]
    if all(isinstance(getter, Constant) for getter in getters):
        return Constant(float(value(*[getter(None) for getter in getters])))
    return lambda e: float(value(*[getter(e) for getter in getters]))


def followed(part: Part, source: str, field_name: str) -> Getter:
    """A state of a network rule as the previous step left it; `source` is 'rule' (its first state) or 'rule.state'."""
    sim = part.sim
    rule, state = lookup.followed(sim.network, source, f"{field_name} of {part.say()}")
    return lambda e: sim.followed(rule, state)


def _modulator(part: Part, name: str) -> Getter | None:
    """A gate's argument: `DA` is the first state of the network rule DA, `DA_level` its state `level`."""
    sim = part.sim
    found = lookup.modulator(sim.network, name, f"a gate of {part.say()}")
    return None if found is None else lambda e: sim.followed(*found)


def _draw(part: Part, name: str, asking: Asking) -> Getter | None:
    """A keyed random draw."""
    if name not in ("uniform", "normal", "binomial") or name not in part.mechanism.offers or asking.hook is None:
        return None
    sim, number, of = part.sim, NUMBER[asking.scope], asking.of or part
    stream = hook_stream(of.name, of.place, of.mechanism, asking.hook, name, asking.gate)
    key = random.stream_key(sim.network.seed, stream)

    def bits(e: Any) -> int:
        return random.draw(key, sim.now, number(e), e.birth if asking.scope == "PerSynapse" else 0)

    if name == "uniform":
        return lambda e: random.uniform(bits(e))
    if name == "normal":
        return lambda e: random.normal(bits(e))

    def binomial(e: Any) -> Callable[[float, float], float]:
        drawn, calls = bits(e), itertools.count()
        return lambda n, p: random.binomial(drawn, next(calls), n, p)

    return binomial


def _around(part: Part, name: str) -> Getter | None:
    """What the surroundings offer: time, the weight, the neurons on both sides."""
    if name == "dt":
        return Constant(part.sim.dt)
    if part.home is None:
        return None
    offered = part.home.offer(part, name)
    if offered is not None or not name.startswith(SIDES):
        return offered  # type: ignore[no-any-return]
    side, _, wanted = name.partition("_")
    cells = part.home.side(side)
    if cells is None:
        return None
    if wanted == "rate" and cells.has_rate:
        return cells.rate_at(side)  # type: ignore[no-any-return]
    getter = own(cells.part, wanted)
    if getter is None:
        return None
    if isinstance(getter, Constant):
        return getter
    elements, index = cells.elements, {"pre": "pre", "post": "post", "neuron": "neuron"}[side]
    return lambda e: getter(elements[getattr(e, index)])


def _known(part: Part, name: str, gate: bool) -> Iterator[str]:
    """What may be asked for in place of a name that is not there."""
    side = next((side for side in SIDES if name.startswith(side)), "")
    cells = part.home.side(side[:-1]) if part.home is not None and side else None
    if cells is not None:
        model = cells.part.mechanism
        yield from (f"{side}{known}" for known in (*model.fields, *model.states, *model.derived))
        if cells.has_rate:
            yield f"{side}rate"
        return
    yield from (*part.mechanism.fields, *part.mechanism.states, *part.mechanism.derived, *part.mechanism.offers)
    yield from (f"{prefix}<name>" for prefix in part.mechanism.prefixes)
    if gate:
        yield from part.sim.network.rules
