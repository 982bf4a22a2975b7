"""The contract of a mechanism: typed fields, declared state, hooks bound by argument name.

A mechanism is a class in one small file. It knows no engine, and no engine knows it by name. See docs/architecture.md
for how to write one, docs/semantics.md for what each hook means.
"""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass
from inspect import Signature
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, dataclass_transform

from hebbstat.contract.body import KEPT, Body, declared, hooks_of, kept_apart, own_states
from hebbstat.contract.checks import check_class
from hebbstat.contract.errors import BadValueError, UnknownNameError, suggestion
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
from hebbstat.contract.fields import Field, by_name, checked, documented, own_fields, required, short, signature
from hebbstat.contract.hooks import Derived, Hook
from hebbstat.contract.language.reading import check_hook
from hebbstat.contract.state import State

M = TypeVar("M", bound="Mechanism")


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
    """The type of mechanisms: hands a class the hooks called `_` of its body, and closes its objects once made."""

    @classmethod
    def __prepare__(mcs, name: str, bases: tuple[type, ...], /, **options: Any) -> Body:
        return Body()

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any], /, **options: Any) -> Any:
        unnamed = body.unnamed if isinstance(body, Body) else [one for one in (body.get("_"),) if isinstance(one, Hook)]
        body = dict(body)
        body |= {"__unnamed__": unnamed, "__apart__": kept_apart(body)}
        return super().__new__(mcs, name, bases, body, **options)

    if not TYPE_CHECKING:  # to tools a class is called as its fields say

        def __call__(cls, /, *positional: Any, **values: Any) -> Any:
            made = super().__call__(*positional, **values)
            vars(made)["__closed__"] = True
            return made


@dataclass_transform(frozen_default=True, field_specifiers=(required, by_name))
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
        cls.fields = {**cls.fields, **own_fields(cls)}
        own_states(cls)
        cls.states = {name: value for name, value in declared(cls).items() if isinstance(value, State)}
        cls.derived = {name: value for name, value in declared(cls).items() if isinstance(value, Derived)}
        cls.hooks = tuple(hooks_of(cls))
        check_class(cls)
        cls.__doc__ = documented(vars(cls).get("__doc__"), cls.fields)
        cls.__signature__ = cls.__called__()

    @classmethod
    def __called__(cls) -> Signature:
        """How the class is called, for `inspect.signature`, `help` and editors."""
        return signature(cls.fields)

    def __init__(self, /, *positional: Any, **values: Any) -> None:
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
        found = {}
        for name, spec in cls.fields.items():
            if name not in values and spec.default is None:
                raise BadValueError(f"{cls.__name__} needs {name}= ({spec.unit.range_text if spec.unit else 'a text'})")
            found[name] = checked(spec, values.get(name, spec.default), cls.__name__)
        self.values: dict[str, Any] = found
        _check_order(self)
        # else the default in the class body would be found first
        vars(self).update({name: value for name, value in found.items() if name not in KEPT})
        self.__post_init__()

    def __post_init__(self) -> None:
        """What a class checks or computes once its values are there."""

    def __setattr__(self, name: str, value: Any) -> None:
        if "__closed__" in vars(self):
            raise BadValueError(_closed(self, name, value))
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise BadValueError(_closed(self, name, "..."))

    def __replace__(self, /, **changes: Any) -> Self:
        """Another one with other values of some parameters: see `replace`."""
        return type(self)(**{**self.values, **changes})

    def __repr__(self) -> str:
        given = ((n, self.values[n]) for n, spec in self.fields.items() if short(self.values[n]) != short(spec.default))
        return f"{type(self).__name__}({', '.join(f'{name}={short(value)}' for name, value in given)})"

    def parts(self) -> tuple[Mechanism, ...]:
        """This mechanism and those that it wraps, innermost first: all whose states exist."""
        return (self,)

    def bound(self) -> tuple[Bound, ...]:
        """All hooks of this mechanism and those it wraps, with what they add to."""
        return tuple(Bound(self, hook) for hook in self.hooks)


def replace(mechanism: M, /, **changes: object) -> M:
    """A mechanism like another, but for the parameters that are given; they are checked as when it was made.

    >>> from hebbstat.plasticity.pair_stdp import PairSTDP
    >>> replace(PairSTDP(tau_plus=17.0), A_plus=0.02)
    PairSTDP(tau_plus=17, A_plus=0.02)
    """
    return mechanism.__replace__(**changes)


def _closed(mechanism: Mechanism, name: str, value: Any) -> str:
    kind, word = type(mechanism), mechanism.kind.name if isinstance(mechanism, Neuron | Receptor | Release) else "rule"
    if name in kind.fields:
        way_out = f"make another, hs.replace({word}, {name}={short(value)}), or set it between runs: sim.set(...)"
        return f"{name} of a {kind.__name__} cannot be changed: {way_out}"
    return (
        f"a {kind.__name__} takes no attribute '{name}', for it never changes; make another with other parameters, "
        f"hs.replace({word}, ...). {suggestion(name, kind.fields)}"
    )


def _check_order(mechanism: Mechanism) -> None:
    """Fields called `low` and `high` are the ends of an interval."""
    low, high = (mechanism.values.get(end) for end in ("low", "high"))
    if isinstance(low, float) and isinstance(high, float) and low > high:
        raise BadValueError(f"low={low:g} of {type(mechanism).__name__} must not be above high={high:g}")


LONG_AGO = -(1 << 24)  # the step in which a neuron spiked last that has not spiked yet


class Neuron(Mechanism):
    """A model of the cells of a population: states `PerNeuron`, `@state.step`, and `fires` or `output`.

    Offered besides its own names: `current` (pA) from current receptors, `conductance` (nS, summed) and `drive` (pA,
    the sum of conductance times reversal potential) from conductance receptors, `excitation` and `inhibition` (pA, the
    currents of all receptors by their sign), `input` (sum of what arrived through projections without a receptor),
    `scheduled` (whether a given spike train spikes now), `steps_since_spike` (of the neuron itself; before its first
    spike it counts from `LONG_AGO`).
    """

    kind = NEURON


class Receptor(Mechanism):
    """Postsynaptic kinetics: states `PerPost`, and `current` (pA) or `conductance` (nS, with a field `reversal`)."""

    kind = RECEPTOR

    def takes(self, state: State) -> bool:
        """Whether amounts are added to a state as they arrive, one by one: `amount` is no field of its own."""
        return state.adds_amounts and "amount" not in numbers_of(self)


class Release(Mechanism):
    """Presynaptic release: `transmit` returns the amount released, then the new value of each declared state."""

    kind = RELEASE


class Rule(Mechanism):
    """What changes a quantity: `acts_on` names it, and `Rule(on=...)` lets one rule act on another."""

    acts_on = ""

    if TYPE_CHECKING:
        on: str = by_name(default="", kw_only=True)

    def __init__(self, /, *positional: Any, **values: Any) -> None:
        if isinstance(values.get("on"), str) and "on" not in self.fields:
            self.acts_on = values.pop("on")
        super().__init__(*positional, **values)

    @classmethod
    def __called__(cls) -> Signature:
        return signature(cls.fields, last={"on": cls.acts_on})

    def __replace__(self, /, **changes: Any) -> Self:
        on = {} if "on" in self.fields else {"on": self.acts_on}
        return type(self)(**{**self.values, **on, **changes})

    def bound(self) -> tuple[Bound, ...]:
        changes = self.kind.changes
        return tuple(Bound(self, hook, (None, self.acts_on) if changes(hook) else None) for hook in self.hooks)


class Plasticity(Rule):
    """A rule on the synapses of a projection: weight hooks return the *change* of a quantity, so rules sum.

    `acts_on` names that quantity: "w", "release.U", "receptor.tau", "post.v_threshold" ... `Rule(on="release.U")` lets
    one rule act on another. (A field `target` is a set point: `SynapticScaling(target=5.0)`.)
    """

    kind = PLASTICITY
    acts_on = "w"


class PopulationRule(Rule):
    """A rule on the cells of a population; `step`, `on_tick`, `on_spike` return the change of the field `acts_on`."""

    kind = POPULATION_RULE


class NetworkRule(Mechanism):
    """A rule of the whole network: `Global` states (modulators, rhythms, sensors) that others follow by its name.

    The name alone means its first state; `FollowState("name.state")`, or `name_state` as the argument of a gate, any
    other.
    """

    kind = NETWORK_RULE


def names_of(mechanism: Mechanism) -> set[str]:
    """The names that are a mechanism's own: its states, fields and derived values."""
    return {*mechanism.states, *mechanism.fields, *mechanism.derived}


def numbers_of(mechanism: Mechanism) -> list[str]:
    """What hooks may ask a mechanism for: its states, its fields that are no texts, its derived values."""
    fields = [name for name, field in mechanism.fields.items() if field.unit is not None]
    return [*mechanism.states, *fields, *mechanism.derived]
