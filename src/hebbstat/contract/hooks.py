"""Hooks: the pure scalar functions of a mechanism, bound by the names of their arguments.

A hook says what it reads by its argument list. An argument with a default is optional: it is bound if something of
that name is there. `dt` and `elapsed` are in ms.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hebbstat.contract.errors import ContractError

if TYPE_CHECKING:
    from hebbstat.contract.state import State

@dataclass(frozen=True, eq=False)
class Hook:
    """A scalar function, the event it answers, and the states whose new values it returns.

    `writes` is empty for a hook that returns a plain value (a change of weight, a condition, a current).
    """

    event: str
    function: Callable[..., Any]
    writes: tuple[State, ...] = ()
    after: str | None = None  # a field: the event is seen that much later
    when: Callable[..., Any] | None = None  # a condition, for `step_when`
    reads: tuple[str, ...] = field(init=False)
    optional: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        required, optional = arguments(self.function)
        if self.when is not None:
            also, perhaps = arguments(self.when)
            required = (*required, *(name for name in also if name not in required))
            optional = {name: value for name, value in (perhaps | optional).items() if name not in required}
        object.__setattr__(self, "reads", required)
        object.__setattr__(self, "optional", optional)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function itself, so that a hook can be tried by hand."""
        return self.function(*args, **kwargs)

    @property
    def all_reads(self) -> tuple[str, ...]:
        """Required and optional argument names."""
        return (*self.reads, *self.optional)


def arguments(function: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The required argument names of a hook, and its optional ones with their defaults."""
    required, optional = [], {}
    for name, parameter in inspect.signature(function, follow_wrapped=False).parameters.items():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise ContractError(f"{function.__qualname__}: hooks bind by argument name and cannot take *{name}")
        if parameter.default is parameter.empty:
            required.append(name)
        else:
            optional[name] = parameter.default
    return tuple(required), optional


def derived(function: Callable[..., Any]) -> Derived:
    """Declare a value computed from fields and `dt` before the run, such as the decay of one step.

    @derived
    def decay(dt, tau):
        return math.exp(-dt / tau)
    """
    return Derived(function)


class Derived:
    """A value computed once from fields, other derived values and `dt`; recomputed live where a field moves."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.name = function.__name__
        self.reads, self.optional = arguments(function)

    @property
    def all_reads(self) -> tuple[str, ...]:
        """Required and optional argument names."""
        return (*self.reads, *self.optional)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


def step_when(condition: Callable[..., Any]) -> Callable[[Callable[..., Any]], Hook]:
    """A weight hook that acts at each step in which `condition` holds.

    @step_when(lambda post_v, theta: post_v > theta)
    def potentiate(x, post_v, gain, dt):
        return gain * x * dt
    """
    return lambda function: Hook("step", _plain(function), when=condition)


def _plain(function: Any) -> Callable[..., Any]:
    return function.__func__ if isinstance(function, staticmethod) else function
