"""Calls that do not fit a function's arguments, told with what the function takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from hebbstat.contract.errors import BadCallError, suggestion

P = ParamSpec("P")
R = TypeVar("R")


def explained(function: Callable[P, R]) -> Callable[P, R]:
    """A function or method of which a wrong call says what it takes: an unknown, a missing or a misplaced argument.

    >>> @explained
    ... def add(n, *, name=""): ...
    >>> add(3, nam="x")
    Traceback (most recent call last):
    ...
    hebbstat.contract.errors.BadCallError: add() has no argument 'nam'; did you mean 'name'? Known: n, name
    """
    signature = inspect.signature(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError:
            if _fits(signature, args, kwargs):  # what went wrong lies within
                raise
            raise BadCallError(_misfit(function.__qualname__, signature, args, kwargs)) from None

    return call


def _fits(signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        return False
    return True


def explained_init(kind: type[R]) -> type[R]:
    """A class, a dataclass for example, whose objects are made by an `explained` call."""
    kind.__init__ = explained(kind.__init__)  # type: ignore[method-assign]
    return kind


def _misfit(path: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """What is wrong with a call, in one sentence."""
    owner, _, last = path.removesuffix(".__init__").rpartition(".")
    what = f"{last if path.endswith('__init__') or '<locals>' in owner or not owner else f'{owner}.{last}'}()"
    parameters = [p for name, p in signature.parameters.items() if name != "self"]
    given = args[len(signature.parameters) - len(parameters) :]
    by_place = [p.name for p in parameters if p.kind == p.POSITIONAL_OR_KEYWORD]
    known = [p.name for p in parameters if p.kind != p.VAR_KEYWORD]
    takes_any = len(known) < len(parameters)
    for name in kwargs:
        if name not in known and not takes_any:
            return f"{what} has no argument '{name}'; {suggestion(name, known)}"
        if name in by_place[: len(given)]:
            return f"{what}: {name} is given twice, by its place and by its name"
    if len(given) > len(by_place):
        rest = [name for name in known if name not in by_place]
        by_name = f"; name the others, of {', '.join(f'{name}=' for name in rest)}" if rest else ""
        taken = f"at most {len(by_place)} values by place ({', '.join(by_place)})" if by_place else "no values by place"
        return f"{what} takes {taken}, not {len(given)}{by_name}"
    missing = [
        p.name for p in parameters[len(given) :] if p.default is p.empty and p.name not in kwargs and p.name in known
    ]
    return f"{what} needs {' and '.join(f'{name}=' for name in missing)}: it takes {', '.join(known)}"
