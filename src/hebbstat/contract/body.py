"""What the body of a mechanism's class says: its own states and hooks, whatever other classes there are."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hebbstat.contract.errors import ContractError, suggestion
from hebbstat.contract.events import PLAIN_HOOKS
from hebbstat.contract.hooks import Derived, Hook
from hebbstat.contract.state import Inflow, Lagged, State

KEPT = {*"fields states hooks derived kind values parts bound".split()}
KEPT |= {*"acts_on inner gate redirect".split()}
"""Attributes that a mechanism has by itself. What a body declares under these names is kept apart, in `__apart__`."""


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


def kept_apart(body: dict[str, Any]) -> dict[str, Any]:
    """What a class body declares under names that the class needs itself; it is taken out of the body."""
    annotated = {name for name, text in body.get("__annotations__", {}).items() if "ClassVar" not in str(text)}
    found = [name for name in body if name in annotated or isinstance(body[name], Hook | State | Derived)]
    return {name: body.pop(name) for name in found if name in KEPT}


def declared(cls: Any) -> dict[str, Any]:
    """All that a class and its bases declare, by name."""
    kinds = reversed(cls.__mro__)
    return {name: value for kind in kinds for name, value in (vars(kind) | vars(kind).get("__apart__", {})).items()}


def own_states(cls: Any) -> None:
    """Copies of the states that the body of a class names or advances, and the body's hooks bound to them."""
    own: dict[Any, State] = {}
    mine, known = vars(cls) | cls.__apart__, declared(cls)
    for name, value in mine.items():
        if isinstance(value, State):
            if value in own:
                raise ContractError(f"{cls.__name__}: {own[value].name} and {name} are one state; declare each")
            own[value] = value.named(name)
    hooks = {name: value for name, value in mine.items() if isinstance(value, Hook)}
    advances = [hook for hook in (*hooks.values(), *cls.__unnamed__) if hook.event == "advance"]
    for state in (hook.writes[0] for hook in advances if hook.writes[0] not in own):
        if known.get(state.name) != state:
            raise ContractError(f"{cls.__name__}: `advance` of a state that is not the class's; declare it in its body")
        own[state] = state.named(state.name)  # a base class declares it

    def bound(hook: Hook) -> Hook:
        return replace(hook, writes=tuple(own.get(state, state) for state in hook.writes)) if hook.writes else hook

    for state in own.values():
        if isinstance(state.origin, Lagged | Inflow):
            state.origin = replace(state.origin, state=own.get(state.origin.state, state.origin.state))
        _put(cls, state.name, state)
    for hook in map(bound, advances):
        hook.writes[0].advancer = hook
    for name, hook in hooks.items():
        _put(cls, name, bound(hook))
    cls.__unnamed__ = [bound(hook) for hook in cls.__unnamed__]


def _put(cls: Any, name: str, value: Any) -> None:
    if name in KEPT:
        cls.__apart__[name] = value
    else:
        setattr(cls, name, value)


def hooks_of(cls: Any) -> Iterator[Hook]:
    """The hooks of a class and its bases, writing the states that the class has under these names."""
    found = []
    for name, value in declared(cls).items():
        if isinstance(value, Hook):
            found += [value] if name != "_" else []
        elif name in PLAIN_HOOKS and isinstance(value, staticmethod):
            found.append(Hook(name, value.__func__))
        elif isinstance(value, staticmethod) or (name in PLAIN_HOOKS and inspect.isfunction(value)):
            own = [event for event, what in cls.kind.events.items() if what.returns is not None] or PLAIN_HOOKS
            advice = "write @staticmethod above it" if name in PLAIN_HOOKS else suggestion(name, own)
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
