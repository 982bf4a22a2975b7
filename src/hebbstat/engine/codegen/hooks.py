"""From a hook to the text of a function in a generated module.

Numbers become `F(...)`, the kernel's float type, so that single precision stays single; whole numbers stay whole where
Python has them so. The functions of the user's that a hook calls come along, once for each kind of arguments.

Names cannot collide: a function that comes from a user is called `hook_...`, and a user's variable ends in `_`; no name
of the engine's begins or ends so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from hebbstat.contract.language.reading import Reading
from hebbstat.engine.codegen.hook_bodies import Writer

SCALAR = re.compile(r"\b(binomial|normal|math|while|for|rounded_to|planned|planned_of|np\.(fmod|exp2|cbrt))\b")
CALL = re.compile(r"(\w+)\(")


class HookWriter:
    """Collects the functions that a module needs, each once, under readable and unique names."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._names: dict[tuple[Callable[..., Any], Any, bool], str] = {}
        self._taken: set[str] = set()
        self._scalar: set[str] = set()  # names of functions that are no vector code

    def name(
        self, function: Callable[..., Any], wanted: str, truth: bool = False, plain: frozenset[str] = frozenset()
    ) -> str:
        """The name under which a hook can be called in the module; it returns numbers, or a `truth` value.

        Arguments in `plain` are numbers, though the language has something else of their name.
        """
        found = self._names.get((function, plain, truth))
        if found is None:
            reading = Reading(function, function.__qualname__, plain=plain)
            found = self._names[function, plain, truth] = self._add(reading, wanted, truth, hook=True)
        return found

    def helper(self, reading: Reading) -> str:
        """The name of a function that a hook calls."""
        key = reading.function, reading.taken, False
        if key not in self._names:
            self._names[key] = self._add(reading, reading.function.__name__)
        return self._names[key]

    def vectorise(self, lines: list[str]) -> bool:
        """Whether a loop over these lines becomes vector code: nothing called there repeats, or calls `math`."""
        return not any(self._is_scalar(line) for line in lines)

    def _is_scalar(self, text: str) -> bool:
        return bool(SCALAR.search(text)) or not self._scalar.isdisjoint(CALL.findall(text))

    def _add(self, reading: Reading, wanted: str, truth: bool = False, hook: bool = False) -> str:
        body = Writer(reading, self.helper).body(truth, hook)  # functions that are called come first
        plain = re.sub(r"\W|_+$", "", wanted, flags=re.ASCII)
        name, k = f"hook_{plain or 'x'}", 2
        while name in self._taken:
            name, k = f"hook_{plain}_{k}", k + 1
        self._taken.add(name)
        lines = [ast.unparse(ast.fix_missing_locations(statement)) for statement in body]
        text = "\n".join(lines).replace("\n", "\n    ")
        if self._is_scalar(text):
            self._scalar.add(name)
        parameters = ", ".join(f"{parameter}_" for parameter in reading.parameters)
        self.texts.append(f"@inline\ndef {name}({parameters}):\n    {text}\n")
        return name
