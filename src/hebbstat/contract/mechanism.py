"""The contract of a mechanism: typed fields, declared state, hooks bound by argument name.

A mechanism is a class in one small file. It knows no engine, and no engine knows it by name. See docs/architecture.md
for how to write one, docs/semantics.md for what each hook means.
"""

from __future__ import annotations

import math
import typing
from abc import ABC
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from hebbstat.contract.body import KEPT, Body, declared, hooks_of, kept_apart, own_states
from hebbstat.contract.calls import explained_init
from hebbstat.contract.checks import check_class
from hebbstat.contract.distributions import Distribution
from hebbstat.contract.errors import BadValueError, ContractError, UnknownNameError, suggestion
from hebbstat.contract.events import (
    ANY,
    NETWORK_RULE,
    NEURON,
    PLASTICITY,
    POPULATION_RULE,
    RECEPTOR,
    RELEASE,
    Kind,
)
from hebbstat.contract.hooks import Derived, Hook
from hebbstat.contract.language.reading import check_hook
from hebbstat.contract.signals import Signal, owned, read_only
from hebbstat.contract.state import State
from hebbstat.contract.units import Unit


@dataclass(frozen=True)
class Field:
    """A parameter: its name, unit with range, and default (None: it must be given). `unit` is None for a text."""

    name: str
    unit: Unit | None
    default: Any = None


@explained_init
@dataclass(frozen=True, eq=False)
class FollowState(Signal):
    """A parameter that follows a rule of the network: `FollowState("dopamine")` or `FollowState("dopamine.level")`."""

    source: str

    def __post_init__(self) -> None:
        if not isinstance(self.source, str):
            raise BadValueError(
                f"FollowState({self.source!r}) must have the name that net.add_rule() gave the rule, as a text"
            )

    @property
    def support(self) -> tuple[float, float]:
        return -math.inf, math.inf


@dataclass(frozen=True, eq=False)
class Gate:
    """A factor on the change that a hook returns, or on what earlier gates made of it.

    Its arguments are modulators of the network, `change` (the change so far), or what hooks of its owner may ask for:
    the rule that brought the gate along, else the rule whose change it scales.
    """

    function: Any
    reads: tuple[str, ...]
    owner: Mechanism | None = None

    def __post_init__(self) -> None:
        check_hook(self.function, f"the gate {getattr(self.function, '__name__', '')}".strip())


@dataclass(frozen=True, eq=False)
class Bound:
    """A hook with the mechanism it belongs to, what its returned change is added to, and the gates on it.

    `adds` is None, or (owner, name): owner None means the synapse or neuron itself, so (None, "w") is the weight.
    """

    owner: Mechanism
    hook: Hook
    adds: tuple[Mechanism | None, str] | None = None
    gates: tuple[Gate, ...] = ()


class MechanismType(type(ABC)):  # type: ignore[misc]  # so that a mechanism may be an abstract class, too
    """The type of mechanisms: hands a class the hooks called `_` of its body."""

    @classmethod
    def __prepare__(mcs, name: str, bases: tuple[type, ...], /, **options: Any) -> Body:
        return Body()

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any], /, **options: Any) -> Any:
        unnamed = body.unnamed if isinstance(body, Body) else [one for one in (body.get("_"),) if isinstance(one, Hook)]
        body = dict(body)
        body |= {"__unnamed__": unnamed, "__apart__": kept_apart(body)}
        return super().__new__(mcs, name, bases, body, **options)


class Mechanism(metaclass=MechanismType):
    """The base of all mechanisms: `fields`, `states`, `hooks` and `derived` describe a subclass as data."""

    fields: ClassVar[dict[str, Field]] = {}
    states: ClassVar[dict[str, State]] = {}
    hooks: ClassVar[tuple[Hook, ...]] = ()
    derived: ClassVar[dict[str, Derived]] = {}
    __unnamed__: ClassVar[list[Hook]] = []
    """The hooks called `_` of the class body itself."""
    __apart__: ClassVar[dict[str, Any]] = {}
    """What the class body itself declares under names of the attributes here."""

    kind: ClassVar[Kind] = ANY
    """What it may define and read: its part of the table of the contract."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.fields = {**cls.fields, **_own_fields(cls)}
        own_states(cls)
        cls.states = {name: value for name, value in declared(cls).items() if isinstance(value, State)}
        cls.derived = {name: value for name, value in declared(cls).items() if isinstance(value, Derived)}
        cls.hooks = tuple(hooks_of(cls))
        check_class(cls)

    def __init__(self, *positional: Any, **values: Any) -> None:
        cls = type(self)
        if len(positional) > len(cls.fields):
            raise BadValueError(f"{cls.__name__} takes at most {len(cls.fields)} values: {', '.join(cls.fields)}")
        for name, value in zip(cls.fields, positional, strict=False):
            if name in values:
                raise BadValueError(f"{cls.__name__}: {name} is given twice")
            values[name] = value
        for name in values:
            if name not in cls.fields:
                raise UnknownNameError(f"{cls.__name__} has no parameter '{name}'; {suggestion(name, cls.fields)}")
        self.values: dict[str, Any] = {}
        for name, spec in cls.fields.items():
            if name not in values and spec.default is None:
                raise BadValueError(f"{cls.__name__} needs {name}= ({spec.unit.range_text if spec.unit else 'a text'})")
            self.values[name] = checked(spec, values.get(name, spec.default), cls.__name__)
        _check_order(self)
        # else the default in the class body would be found first
        vars(self).update({name: value for name, value in self.values.items() if name not in KEPT})

    def __setattr__(self, name: str, value: Any) -> None:
        if name in type(self).fields and "values" in vars(self):
            kind = type(self).__name__
            raise BadValueError(
                f"{name} of a {kind} cannot be changed: make another, {kind}({name}={short(value)}), or set it "
                "between runs: sim.set(...)"
            )
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("values", {})
        if name in values:
            return values[name]
        raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")

    def __repr__(self) -> str:
        given = ((n, self.values[n]) for n, spec in self.fields.items() if short(self.values[n]) != short(spec.default))
        return f"{type(self).__name__}({', '.join(f'{name}={short(value)}' for name, value in given)})"

    def parts(self) -> tuple[Mechanism, ...]:
        """This mechanism and those that it wraps, innermost first: all whose states exist."""
        return (self,)

    def bound(self) -> tuple[Bound, ...]:
        """All hooks of this mechanism and those it wraps, with what they add to."""
        return tuple(Bound(self, hook) for hook in self.hooks)


def checked(spec: Field, value: Any, where: str) -> Any:
    """A parameter's value, converted to plain numbers and checked against its range."""
    if spec.unit is None:
        if not isinstance(value, str):
            raise BadValueError(f"{spec.name}={value!r} of {where} must be a text, such as the name of a population")
        return value
    unit = spec.unit
    value = unit.strip(value, spec.name, where)
    needed, label = f"{unit.range_text} {unit.symbol}".rstrip(), f"{spec.name}={short(value)} of {where}"
    if isinstance(value, Distribution | Signal):
        low, high = value.support
        if not isinstance(value, FollowState) and not unit.holds(low, high):
            raise BadValueError(
                f"{label} can give values from {low:g} to {high:g}, but it must be {needed}; "
                "use a distribution with that support, such as LogNormal, or Normal(..., low=...)"
            )
        return owned(value)
    try:
        array = read_only(value, float)
    except (TypeError, ValueError) as error:
        raise BadValueError(f"{label} must be a number, an array, a distribution or a signal") from error
    if array.size == 0 or np.isnan(array).any():
        raise BadValueError(f"{label} is {'not a number (NaN)' if array.size else 'empty'}; it must be {needed}")
    low, high = float(array.min()), float(array.max())
    if not unit.holds(low, high):
        wrong = low if not unit.holds(low, max(low, unit.low + 1)) else high
        hint = f"; did you mean {abs(wrong):g}?" if wrong < 0 <= unit.low and unit.holds(abs(wrong), abs(wrong)) else ""
        text = f"{spec.name}={wrong:g} {unit.symbol}".rstrip()
        raise BadValueError(f"{text} of {where} must be {needed}{hint}")
    return float(array) if array.ndim == 0 else array


def _check_order(mechanism: Mechanism) -> None:
    """Fields called `low` and `high` are the ends of an interval."""
    low, high = (mechanism.values.get(end) for end in ("low", "high"))
    if isinstance(low, float) and isinstance(high, float) and low > high:
        raise BadValueError(f"low={low:g} of {type(mechanism).__name__} must not be above high={high:g}")


def short(value: Any) -> str:
    """A value as error messages and tables show it."""
    if isinstance(value, np.ndarray):
        return f"array{value.shape}" if value.size > 4 else np.array2string(value, separator=", ")
    return f"{value:g}" if isinstance(value, float | int) else repr(value)


def _own_fields(cls: Any) -> dict[str, Field]:
    names = [name for name, text in vars(cls).get("__annotations__", {}).items() if "ClassVar" not in str(text)]
    if not names:
        return {}
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise ContractError(f"{cls.__name__}: {error}; import the unit types at the top of the file") from error
    found = {}
    for name in names:
        unit = next((extra for extra in getattr(hints[name], "__metadata__", ()) if isinstance(extra, Unit)), None)
        if unit is None and hints[name] is not str:
            raise ContractError(
                f"{cls.__name__}.{name}: annotate it with a unit type such as Ms or Number, or with str"
            )
        found[name] = Field(name, unit, (vars(cls) | vars(cls)["__apart__"]).get(name))
    return found


LONG_AGO = -(1 << 24)  # the step in which a neuron spiked last that has not spiked yet


class Neuron(Mechanism):
    """A model of the cells of a population: states `PerNeuron`, `@state.step`, and `fires` or `output`.

    Offered besides its own names: `current` (pA) from current receptors, `conductance` (nS, summed) and `drive` (pA,
    the sum of conductance times reversal potential) from conductance receptors, `input` (sum of what arrived through
    projections without a receptor), `scheduled` (whether a given spike train spikes now), `steps_since_spike` (of the
    neuron itself; before its first spike it counts from `LONG_AGO`).
    """

    kind = NEURON


class Receptor(Mechanism):
    """Postsynaptic kinetics: states `PerPost`, and `current` (pA) or `conductance` (nS, with a field `reversal`)."""

    kind = RECEPTOR


class Release(Mechanism):
    """Presynaptic release: `transmit` returns the amount released, then the new value of each declared state."""

    kind = RELEASE


class Plasticity(Mechanism):
    """A rule on the synapses of a projection: weight hooks return the *change* of a quantity, so rules sum.

    `acts_on` names that quantity: "w", "release.U", "receptor.tau", "post.v_threshold" ... `Rule(on="release.U")` lets
    one rule act on another. (A field `target` is a set point: `SynapticScaling(target=5.0)`.)
    """

    kind = PLASTICITY
    acts_on = "w"

    def __init__(self, *positional: Any, **values: Any) -> None:
        self.acts_on = _acts_on(self, values)
        super().__init__(*positional, **values)

    def bound(self) -> tuple[Bound, ...]:
        changes = self.kind.changes
        return tuple(Bound(self, hook, (None, self.acts_on) if changes(hook) else None) for hook in self.hooks)


class PopulationRule(Mechanism):
    """A rule on the cells of a population; `step`, `on_tick`, `on_spike` return the change of the field `acts_on`."""

    kind = POPULATION_RULE
    acts_on = ""

    def __init__(self, *positional: Any, **values: Any) -> None:
        self.acts_on = _acts_on(self, values)
        super().__init__(*positional, **values)

    bound = Plasticity.bound


def _acts_on(rule: Mechanism, values: dict[str, Any]) -> str:
    """What a rule's changes are added to: the text given as `on`, else the nearest one that its classes declare."""
    if isinstance(values.get("on"), str):
        return values.pop("on")
    declared = (vars(kind).get("acts_on") for kind in type(rule).__mro__)
    return next(text for text in declared if isinstance(text, str))


class NetworkRule(Mechanism):
    """A rule of the whole network: `Global` states (modulators, rhythms, sensors) that others follow by its name.

    The name alone means its first state; `FollowState("name.state")`, or `name_state` as the argument of a gate, any
    other.
    """

    kind = NETWORK_RULE
