"""What the body of a mechanism's class says: its own states and hooks, whatever other classes there are."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from homeostat.errors import ContractError, suggestion
from homeostat.hooks import VALUE_HOOKS, Derived, Hook
from homeostat.state import State

RESERVED = {*"fields states hooks derived offers prefixes allows updates scopes".split()}
RESERVED |= {*"values aim inner gate redirect parts bound binomial".split()}
"""Names of what every mechanism or hook has, which a field, state, derived value or hook must not take."""


class Body(dict[str, Any]):
    """The namespace of a class body: it remembers all hooks called `_`, and that a name is not given twice."""

    def __init__(self) -> None:
        super().__init__()
        self.unnamed: list[Hook] = []

    def __setitem__(self, name: str, value: Any) -> None:
        if name == "_" and isinstance(value, Hook):
            self.unnamed.append(value)
        elif isinstance(self.get(name), Hook | State | Derived) and self[name] is not value and name != "_":
            raise ContractError(
                f"{self['__qualname__']} defines '{name}' twice; give it another name (hooks may all be called `_`)"
            )
        super().__setitem__(name, value)


def own_states(cls: Any) -> None:
    """Copies of the states that the body of a class names or advances, and the body's hooks bound to them."""
    _check_reserved(cls)
    own: dict[Any, State] = {}
    for name, value in [*vars(cls).items()]:
        if isinstance(value, State):
            if value in own:
                raise ContractError(f"{cls.__name__}: {own[value].name} and {name} are one state; declare each")
            own[value] = value.named(name)
    hooks = {name: value for name, value in vars(cls).items() if isinstance(value, Hook)}
    advances = [hook for hook in (*hooks.values(), *cls.__unnamed__) if hook.event == "advance"]
    for state in (hook.writes[0] for hook in advances if hook.writes[0] not in own):
        if not state.name or vars(cls).get(state.name) or getattr(cls, state.name, None) != state:
            raise ContractError(f"{cls.__name__}: `advance` of a state that is not the class's; declare it in its body")
        own[state] = state.named(state.name)  # a base class declares it

    def bound(hook: Hook) -> Hook:
        return replace(hook, writes=tuple(own.get(state, state) for state in hook.writes)) if hook.writes else hook

    for state in own.values():
        if state.lagged:
            state.lagged = replace(state.lagged, state=own.get(state.lagged.state, state.lagged.state))
        if state.inflow:
            state.inflow = replace(state.inflow, state=own.get(state.inflow.state, state.inflow.state))
        setattr(cls, state.name, state)
    for hook in map(bound, advances):
        hook.writes[0].advancer = hook
    for name, hook in hooks.items():
        setattr(cls, name, bound(hook))
    cls.__unnamed__ = [bound(hook) for hook in cls.__unnamed__]


def _check_reserved(cls: Any) -> None:
    """What is declared must not take the place of what every mechanism has."""
    declared = [name for name, value in vars(cls).items() if isinstance(value, Hook | State | Derived)]
    declared += [name for name, text in vars(cls).get("__annotations__", {}).items() if "ClassVar" not in str(text)]
    for name in declared:
        if name in RESERVED:
            raise ContractError(f"{cls.__name__}.{name}: every mechanism has something of that name; choose another")


def hooks_of(cls: Any, body: dict[str, Any]) -> Iterator[Hook]:
    """The hooks of a class and its bases, writing the states that the class has under these names."""
    found = []
    for name, value in body.items():
        if isinstance(value, Hook):
            found += [value] if name != "_" else []
        elif name in VALUE_HOOKS and isinstance(value, staticmethod):
            found.append(Hook(name, value.__func__))
        elif isinstance(value, staticmethod) or (name in VALUE_HOOKS and inspect.isfunction(value)):
            advice = "write @staticmethod above it" if name in VALUE_HOOKS else suggestion(name, VALUE_HOOKS)
            raise ContractError(f"{name}: this is not a hook; {advice}")
    found += [hook for kind in reversed(cls.__mro__) for hook in vars(kind).get("__unnamed__", ())]
    for hook in found:
        for state in hook.writes:
            if state.name not in cls.states:
                raise ContractError(
                    f"{hook.function.__qualname__} writes a state that is not of {cls.__name__}; "
                    "give that a name in the class body"
                )
        writes = tuple(cls.states[state.name] for state in hook.writes)
        if hook.event != "advance":
            yield hook if writes == hook.writes else replace(hook, writes=writes)
