"""From a hook to the text of a function in a generated module.

Numbers become `F(...)`, the kernel's float type, so that single precision stays single; whole numbers stay whole where
Python has them so. The functions of the user's that a hook calls come along, once for each kind of arguments.

Names cannot collide: a function that comes from a user is called `hook_...`, and a user's variable ends in `_`; no name
of the engine's begins or ends so.
"""

from __future__ import annotations

import ast
from typing import Any

from hebbstat.contract.language.reading import Reading
from hebbstat.engine.codegen import ir
from hebbstat.engine.codegen.hook_bodies import Writer

SCALAR = {"binomial", "normal", "planned", "planned_of", "rounded_to", "np.fmod", "np.exp2", "np.cbrt"}
"""Functions that make no vector code, besides those of `math` and all that repeat."""


class Body:
    """What a function of a user's does, and the functions that it calls, under names that only stand for theirs."""

    def __init__(self, reading: Reading, truth: bool = False, hook: bool = False) -> None:
        self.reading = reading
        self.helpers: dict[str, Reading] = {}
        self.statements = Writer(reading, self._helper).body(truth, hook)
        nodes = [node for statement in self.statements for node in ast.walk(statement)]
        self.calls = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
        self.repeats = any(isinstance(node, ast.For | ast.While) for node in nodes)

    def _helper(self, reading: Reading) -> str:
        name = f"helper_{len(self.helpers)}"
        known = (one for one, other in self.helpers.items() if _key(other) == _key(reading))
        name = next(known, name)
        self.helpers[name] = reading
        return name

    def text(self, name: str, names: dict[str, str]) -> str:
        """The function as it stands in the module; `names` are those of its helpers."""
        for node in (node for statement in self.statements for node in ast.walk(statement)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                node.func.id = names.get(node.func.id, node.func.id)
        lines = [ast.unparse(ast.fix_missing_locations(statement)) for statement in self.statements]
        text = "\n".join(lines).replace("\n", "\n    ")
        parameters = ", ".join(f"{parameter}_" for parameter in self.reading.parameters)
        return f"@inline\ndef {name}({parameters}):\n    {text}\n"


class Hooks:
    """The functions of users that a module needs, each once, under readable and unique names.

    They are named in the order in which their names are asked for: that of the module's text.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._bodies: dict[Any, Body] = {}
        self._names: dict[Any, str] = {}
        self._taken: set[str] = set()

    def name(self, function: ir.UserFunction) -> str:
        """The name under which a function can be called in the module."""
        return self._named(function, self._body(function), function.wanted)

    def vectorise(self, block: ir.Block) -> bool:
        """Whether a loop over a block becomes vector code: nothing in it repeats, or calls what is none."""
        nodes = list(ir.walk(*block))
        calls = [node.function for node in nodes if isinstance(node, ir.Call)]
        users = [self._body(one) for one in calls if isinstance(one, ir.UserFunction)]
        repeats = any(isinstance(node, ir.For | ir.While) for node in nodes)
        return not (repeats or any(one in SCALAR for one in calls) or any(self._is_scalar(one) for one in users))

    def _body(self, function: ir.UserFunction) -> Body:
        if function not in self._bodies:
            python = function.function
            reading = Reading(python, python.__qualname__, plain=function.plain)
            self._bodies[function] = Body(reading, function.truth, hook=True)
        return self._bodies[function]

    def _helper(self, reading: Reading) -> Body:
        return self._bodies.setdefault(_key(reading), Body(reading))

    def _is_scalar(self, body: Body) -> bool:
        own = body.repeats or any(name in SCALAR or name.startswith("math.") for name in body.calls)
        return own or any(self._is_scalar(self._helper(one)) for one in body.helpers.values())

    def _named(self, key: Any, body: Body, wanted: str) -> str:
        if key not in self._names:
            called = body.helpers.items()  # these come first
            names = {
                helper: self._named(_key(reading), self._helper(reading), reading.function.__name__)
                for helper, reading in called
            }
            self._names[key] = self._free(wanted)
            self.texts.append(body.text(self._names[key], names))
        return self._names[key]

    def _free(self, wanted: str) -> str:
        letters = (sign for sign in wanted if sign.isascii() and (sign.isalnum() or sign == "_"))
        plain = "".join(letters).rstrip("_")
        name, k = f"hook_{plain or 'x'}", 2
        while name in self._taken:
            name, k = f"hook_{plain}_{k}", k + 1
        self._taken.add(name)
        return name


def _key(reading: Reading) -> tuple[Any, ...]:
    return reading.function, reading.taken
