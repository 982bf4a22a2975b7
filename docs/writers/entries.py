"""A public name as an entry of the reference: signature, text, and what a class offers."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from typing import Any

import hebbstat as hs
from hebbstat.contract import units
from writers.markdown import markdown

UNITS = [name for name, value in vars(units).items() if name[0].isupper() and hasattr(value, "__metadata__")]
"""The names of the unit types."""
NAME_OF = {id(getattr(units, name)): name for name in UNITS}
"""By what they are."""


def entry(name: str, thing: Any, body: str | None = None, call: str | None = None) -> str:
    """A directive of Sphinx's Python domain; `body` instead of the docstring, `call` instead of the signature."""
    text = markdown(inspect.getdoc(thing)) if body is None else body
    if not inspect.isclass(thing):
        role = "function" if inspect.isroutine(thing) else "data"
        return directive(role, name + signature(thing) if role == "function" else name, text, 3)
    if issubclass(thing, BaseException):
        return directive("exception", name, text, 3)
    call = signature(thing) if call is None else call
    return directive("class", name + call, "\n\n".join([text, *(member(*found) for found in own_members(thing))]), 5)


def member(name: str, value: Any, text: str) -> str:
    """A method or property of a class."""
    if isinstance(value, property):
        return directive("property", name, text, 4, returned(value.fget))
    plain = value.__func__ if isinstance(value, classmethod | staticmethod) else value
    option = next((o for kind, o in ((classmethod, ":classmethod:"), (staticmethod, ":staticmethod:"))
                   if isinstance(value, kind)), "")  # fmt: skip
    return directive("method", name + signature(plain, isinstance(value, staticmethod)), text, 4, option)


def directive(role: str, signature: str, body: str, colons: int, options: str = "") -> str:
    """As MyST takes it."""
    fence = ":" * colons
    return "\n".join([f"{fence}{{py:{role}}} {signature}", *filter(None, [options]), "", body, fence, ""])


MEMBERS: dict[str, tuple[str, ...]] = {
    **{name: () for name in ("Spikes", "Rates", "States", "Weights", "WeightSummary", "Turnover")},
    "Recorder": ("take", "label"),
    "ReferenceSimulation": (
        "run", "step", "state", "set", "modulator", "weights", "pairs", "frozen", "time", "step_count",
    ),
}  # fmt: skip
"""Members of classes that have others besides, which are for the engine."""


def own_members(kind: type) -> Iterator[tuple[str, Any, str]]:
    """Public methods and properties with a text: its own, and those of bases that have no entry themselves."""
    if isinstance(kind, type(hs.Plasticity)):  # all that mechanisms have is said in their tables
        return
    above = {name for base in kind.__mro__[1:] if is_public(base) for name in vars(base)}
    seen: set[str] = set()
    for base in kind.__mro__:
        if base is not kind and (is_public(base) or not base.__module__.startswith("hebbstat.")):
            continue
        for name, value in vars(base).items():
            plain = value.__func__ if isinstance(value, classmethod | staticmethod) else value
            is_member = inspect.isfunction(plain) or isinstance(plain, property)
            if name[0] == "_" or name in seen | above or name not in MEMBERS.get(kind.__name__, (name,)):
                continue
            if is_member and (text := inspect.getdoc(plain)):
                seen.add(name)
                yield name, value, markdown(text)


def is_public(kind: type) -> bool:
    """Whether the members of a base are told in its own entry; what one may look at is told with the simulation too."""
    return kind.__name__ in hs.__all__ and kind is not hs.SimulationView


def signature(thing: Any, whole: bool = False) -> str:
    """How it is called, with types as they are written in public."""
    try:
        given = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    is_method = inspect.isfunction(thing) and "." in thing.__qualname__ and not whole
    named = list(given.parameters.values())[1 if is_method else 0 :]
    shown = [one.replace(annotation=annotation(one.annotation), default=default(one.default)) for one in named]
    text = str(given.replace(parameters=shown, return_annotation=annotation(given.return_annotation)))
    return text.replace(" -> None", "") if inspect.isclass(thing) else text


def returned(function: Any) -> str:
    """The type of a property, as an option of its directive."""
    found = annotation(inspect.signature(function).return_annotation)
    return "" if found is inspect.Signature.empty else f":type: {found}"


def annotation(given: Any) -> Any:
    """A type as it is written: `Ms`, not the annotated union that it stands for."""
    if given is inspect.Parameter.empty:
        return given
    if name := NAME_OF.get(id(given)):
        return Written(name)
    text = given if isinstance(given, str) else inspect.formatannotation(given)
    return Written(re.sub(r"\b(typing|np|hebbstat(\.\w+)*)\.(?=\w)", "", text))


def default(given: Any) -> Any:
    """A default as it is written."""
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return Written(f"{type(given).__name__}()")
    return given


class Written:
    """Something whose repr is a given text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text
