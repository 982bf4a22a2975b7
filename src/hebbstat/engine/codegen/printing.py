"""Makes Python of a tree. A printer for another language would be another file like this one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from hebbstat.engine.codegen import ir

LEVELS = {"or": 2, "and": 3, "not": 4, "+": 6, "-": 6, "*": 7, "/": 7, "%": 7}  # how close signs bind; comparisons: 5
CHOICE, COMPARISON, NEGATIVE, ATOM = 1, 5, 8, 10


class Printer:
    """Prints; `name_of` knows what the functions of users are called."""

    def __init__(self, name_of: Callable[[ir.UserFunction], str]) -> None:
        self.name_of = name_of

    def function(self, function: ir.Function) -> str:
        """A function, with an empty line after it."""
        parameters = ", ".join(self.expression(one) for one in function.parameters)
        lines = [f"@{function.linkage}", f"def {function.name}({parameters}):"]
        if function.doc:
            first, *rest = function.doc.split("\n")
            lines += [f'    """{first}{"" if rest else QUOTES}', *(f"    {line}".rstrip() for line in rest)]
            lines += [f"    {QUOTES}"] if rest else []
        return "\n".join([*lines, *self._block(function.body), ""])

    def _block(self, block: ir.Block) -> Iterator[str]:
        return (f"    {line}" for statement in block for line in self.statement(statement))

    def statement(self, node: ir.Node) -> Iterator[str]:
        """The lines of a statement."""
        text = self.expression
        match node:
            case ir.Assign(to, value):
                yield f"{self._bare(to)} = {self._bare(value)}"
            case ir.Add(to, value):
                yield f"{text(to)} += {text(value)}"
            case ir.Do(call):
                yield text(call)
            case ir.Return(value):
                yield "return" if value is None else f"return {text(value)}"
            case ir.If(condition, then, otherwise):
                yield f"if {text(condition)}:"
                yield from self._block(then)
                if otherwise:
                    yield "else:"
                    yield from self._block(otherwise)
            case ir.For(index, over, body):
                yield f"for {index.name} in {text(over)}:"
                yield from self._block(body)
            case ir.While(condition, body):
                yield f"while {text(condition)}:"
                yield from self._block(body)
            case _:
                raise TypeError(f"{type(node).__name__} has no text")

    def _bare(self, node: ir.Expression) -> str:
        """One side of an assignment: several values have no brackets there."""
        if isinstance(node, ir.Several) and len(node.parts) > 1:
            return ", ".join(self.expression(one, CHOICE) for one in node.parts)
        return self.expression(node)

    def expression(self, node: ir.Expression, level: int = 0) -> str:
        """The text of an expression, in brackets where what is around it binds closer than `level`."""
        text, own = self._expression(node)
        return text if own >= level else f"({text})"

    def _expression(self, node: ir.Expression) -> tuple[str, int]:
        """The text of an expression, and how close it binds."""
        text = self.expression
        match node:
            case ir.Number(value):
                return number(value)
            case ir.Local(name):
                return name, ATOM
            case ir.Whole(group):
                return group.ident, ATOM
            case ir.Array(group, name):
                return f"{group.ident}.{name}", ATOM
            case ir.Item(of, index):
                return f"{text(of, ATOM)}[{', '.join(text(one) for one in index)}]", ATOM
            case ir.Everything():
                return ":", ATOM
            case ir.Attribute(of, name):
                return f"{text(of, ATOM)}.{name}", ATOM
            case ir.Call(function, given):
                name = function if isinstance(function, str) else self.name_of(function)
                return f"{name}({', '.join(text(one) for one in given)})", ATOM
            case ir.Several(parts):
                listed = ", ".join(text(one, CHOICE) for one in parts)
                return f"({listed}{',' * (len(parts) == 1)})", ATOM
            case _:
                return self._operation(node)

    def _operation(self, node: ir.Expression) -> tuple[str, int]:
        text = self.expression
        match node:
            case ir.Unary("not", of):
                return f"not {text(of, LEVELS['not'])}", LEVELS["not"]
            case ir.Unary(sign, of):
                return f"{sign}{text(of, NEGATIVE)}", NEGATIVE
            case ir.Binary(left, sign, right):
                own = LEVELS.get(sign, COMPARISON)
                return f"{text(left, own + (own == COMPARISON))} {sign} {text(right, own + 1)}", own
            case ir.Logical(sign, parts):
                own = LEVELS[sign]
                return f" {sign} ".join(text(one, own + 1) for one in parts), own
            case ir.Choice(then, condition, otherwise):
                return f"{text(then, 2)} if {text(condition, 2)} else {text(otherwise, CHOICE)}", CHOICE
        raise TypeError(f"{type(node).__name__} has no text")


QUOTES = '"""'


def number(value: float | bool | None) -> tuple[str, int]:
    """A number as Python writes it, and how close it binds."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"{'-' * (value < 0)}np.{abs(value)!r}", NEGATIVE if value < 0 else ATOM
    negative = isinstance(value, int | float) and (value < 0 or str(value).startswith("-"))
    return repr(value), NEGATIVE if negative else ATOM
