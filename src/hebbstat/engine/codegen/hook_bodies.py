"""Writes the statements of a hook as a kernel has them, from its reading: every change of kind becomes visible.

`k * x` of a whole number and a number is `F(k_) * x_`: Numba would make a float64 of it, whatever `F` is.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

from hebbstat.contract.language.grammar import BOOL, DRAW, FLOAT, FUNCTIONS, INT, Kind, Known, is_number, kind_of
from hebbstat.contract.language.reading import Reading
from hebbstat.contract.language.source import outer

WRITTEN = {"exp": "exp", "abs": "abs", "min": "min", "max": "max", "divmod": "divmod"}
"""How functions are written that are not called `math.…`; `exp` is the runtime's, which vectorises."""
WRITTEN |= {name: f"np.{name}" for name in ("fmod", "exp2", "cbrt")}


class Writer:
    """Writes what a function does."""

    def __init__(self, reading: Reading, helper: Callable[[Reading], str]) -> None:
        self.reading, self.helper = reading, helper
        self.result: Kind = reading.result
        self.draws: list[int] = []  # the calls of binomial so far, by their nodes

    def body(self, truth: bool, hook: bool) -> list[ast.stmt]:
        """The statements. A hook returns numbers, or a truth value; other functions what they have."""
        head: list[ast.stmt] = []
        if hook:
            self.result = BOOL if truth else _as_numbers(self.result)
            reading = self.reading
            for name, given, taken in zip(reading.parameters, reading.kinds_given, reading.taken, strict=True):
                if given != taken:
                    head.append(ast.Assign([_name(name)], _cast(_name(name), given, taken), lineno=0))
        return [*head, *self._statements(self.reading.body)]

    # Statements

    def _statements(self, nodes: list[ast.stmt]) -> list[ast.stmt]:
        found = [made for node in nodes for made in getattr(self, f"_{type(node).__name__}")(node)]
        return found or [ast.Pass()]

    def _Pass(self, node: ast.stmt) -> list[ast.stmt]:
        return [node]

    _Break = _Continue = _Pass

    def _Expr(self, node: ast.Expr) -> list[ast.stmt]:
        return [] if isinstance(node.value, ast.Constant) else [ast.Expr(self.expression(node.value))]

    def _Assign(self, node: ast.Assign) -> list[ast.stmt]:
        value = self.expression(node.value, self._kind_of(node.targets[0]))
        return [ast.Assign([_renamed(target) for target in node.targets], value, lineno=0)]

    def _AnnAssign(self, node: ast.AnnAssign) -> list[ast.stmt]:
        if node.value is None:
            return []
        return self._Assign(ast.Assign([node.target], node.value, lineno=0))

    def _AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        target, value = _renamed(node.target), self.expression(self.reading.summed(node), self._kind_of(node.target))
        if isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name) and value.left.id == target.id:
            return [ast.AugAssign(target, value.op, value.right)]
        return [ast.Assign([target], value, lineno=0)]

    def _If(self, node: ast.If) -> list[ast.stmt]:
        rest = self._statements(node.orelse) if node.orelse else []
        return [ast.If(self.expression(node.test), self._statements(node.body), rest)]

    def _While(self, node: ast.While) -> list[ast.stmt]:
        rest = self._statements(node.orelse) if node.orelse else []
        return [ast.While(self.expression(node.test), self._statements(node.body), rest)]

    def _For(self, node: ast.For) -> list[ast.stmt]:
        assert isinstance(node.iter, ast.Call)
        loop = _call("range", *(self.expression(one, INT) for one in node.iter.args))
        rest = self._statements(node.orelse) if node.orelse else []
        return [ast.For(_renamed(node.target), loop, self._statements(node.body), rest, lineno=0)]

    def _Return(self, node: ast.Return) -> list[ast.stmt]:
        assert node.value is not None
        return [ast.Return(self.expression(node.value, self.result))]

    def _kind_of(self, target: ast.expr) -> Kind:
        if isinstance(target, ast.Tuple | ast.List):
            return tuple(self._kind_of(one) for one in target.elts)
        assert isinstance(target, ast.Name)
        return self.reading.variables[target.id]

    # Expressions

    def expression(self, node: ast.expr, wanted: Kind = None) -> ast.expr:
        """An expression, of the kind that is wanted of it."""
        kind, value = self._kind(node), self.reading.constant(node)
        wanted = kind if wanted is None else wanted
        if value is not None and not isinstance(node, ast.UnaryOp):
            return _constant(value, wanted)
        if isinstance(node, ast.IfExp):
            body, rest = self.expression(node.body, wanted), self.expression(node.orelse, wanted)
            return ast.IfExp(self.expression(node.test), body, rest)
        if isinstance(node, ast.Tuple):
            parts = [self.expression(one, part) for one, part in zip(node.elts, wanted, strict=True)]
            return ast.Tuple(parts, ast.Load())
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            wanted = max(wanted, INT)
            return ast.UnaryOp(node.op, self.expression(node.operand, wanted))
        return _cast(getattr(self, f"_{type(node).__name__}")(node, kind), kind, wanted)

    def _kind(self, node: ast.expr) -> Kind:
        value = self.reading.constant(node)
        return self.reading.kinds[id(node)] if value is None else kind_of(value)

    def _Name(self, node: ast.Name, kind: Kind) -> ast.expr:
        return _name(node.id)

    def _Subscript(self, node: ast.Subscript, kind: Kind) -> ast.expr:
        place = ast.Constant(self.reading.constant(node.slice))
        return ast.Subscript(self.expression(node.value), place, ast.Load())

    def _BinOp(self, node: ast.BinOp, kind: Kind) -> ast.expr:
        if isinstance(node.op, ast.Pow):
            power = self.reading.constant(node.right)
            if isinstance(power, int) and abs(power) < 1000:
                return ast.BinOp(self.expression(node.left, kind), node.op, ast.Constant(int(power)))
        return ast.BinOp(self.expression(node.left, kind), node.op, self.expression(node.right, kind))

    def _UnaryOp(self, node: ast.UnaryOp, kind: Kind) -> ast.expr:
        return ast.UnaryOp(node.op, self.expression(node.operand, INT if isinstance(node.op, ast.Invert) else None))

    def _BoolOp(self, node: ast.BoolOp, kind: Kind) -> ast.expr:
        return ast.BoolOp(node.op, [self.expression(one, kind) for one in node.values])

    def _Compare(self, node: ast.Compare, kind: Kind) -> ast.expr:
        widest = max(self._kind(one) for one in (node.left, *node.comparators))
        others = [self.expression(one, widest) for one in node.comparators]
        return ast.Compare(self.expression(node.left, widest), node.ops, others)

    # Calls

    def _Call(self, node: ast.Call, kind: Kind) -> ast.expr:
        if isinstance(node.func, ast.Name) and self.reading.variables.get(node.func.id) == DRAW:
            if id(node) not in self.draws:
                self.draws.append(id(node))
            call = ast.Constant(self.draws.index(id(node)))
            return _call("binomial", _name("binomial"), call, *self._all(self.reading.arguments(node), FLOAT))
        if id(node) in self.reading.helpers:
            helper = self.reading.helpers[id(node)]
            given = zip(helper.given, helper.reading.taken, strict=True)
            parts = [_constant(a, k) if is_number(a) else self.expression(a, k) for a, k in given]
            return _call(self.helper(helper.reading), *parts)
        known = FUNCTIONS[outer(self.reading.function, node.func, self.reading.variables)[1]]
        return self._known(node, known, self.reading.arguments(node), kind)

    def _all(self, nodes: list[ast.expr], kind: Kind) -> list[ast.expr]:
        return [self.expression(node, kind) for node in nodes]

    def _known(self, node: ast.Call, known: Known, given: list[ast.expr], kind: Kind) -> ast.expr:
        """A call of a function of the language."""
        of, as_it_is = self._kind(given[0]), known.name in ("int", "floor", "ceil", "trunc", "round")
        if known.name == "pow" and known.kind is None:
            return self._BinOp(self.reading.power(node), kind)
        if known.name in ("float", "bool") or (of != FLOAT and as_it_is):
            return self.expression(given[0], kind)
        if known.name in ("int", "round"):
            if len(given) == 2:
                return _call("rounded_to", self.expression(given[0]), ast.Constant(self.reading.constant(given[1])))
            return _call(known.name, self.expression(given[0]))
        if known.name == "log" and len(given) == 2:
            logs = [_call("math.log", one) for one in self._all(given, FLOAT)]
            return ast.BinOp(logs[0], ast.Div(), logs[1])
        if known.name == "divmod":
            return _call("divmod", *self._all(given, kind[0]))
        name = WRITTEN.get(known.name, f"math.{known.name}")
        return _call(name, *self._all(given, kind if known.kind is None else FLOAT))


def _constant(value: Any, wanted: Kind) -> ast.expr:
    if wanted == BOOL:
        return ast.Constant(bool(value))
    if wanted == INT:
        digits = ast.Constant(abs(int(value)))
        return ast.UnaryOp(ast.USub(), digits) if value < 0 else digits
    return ast.parse(number(value), mode="eval").body


def number(value: float) -> str:
    """A number in the kernel's float type."""
    value = float(value)
    return f"F({value!r})" if math.isfinite(value) else f"F({'-' * (value < 0)}np.{abs(value)!s})"


def _as_numbers(kind: Kind) -> Kind:
    return tuple(map(_as_numbers, kind)) if isinstance(kind, tuple) else FLOAT


def _name(name: str) -> ast.Name:
    return ast.Name(f"{name}_", ast.Load())


def _renamed(target: ast.expr) -> Any:
    if isinstance(target, ast.Tuple | ast.List):
        return ast.Tuple([_renamed(one) for one in target.elts], ast.Store())
    assert isinstance(target, ast.Name)
    return ast.Name(f"{target.id}_", ast.Store())


def _call(name: str, *given: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(given), [])


def _cast(value: ast.expr, kind: Kind, wanted: Kind) -> ast.expr:
    """A value of one kind as one of another."""
    if kind == wanted:
        return value
    if isinstance(kind, tuple):
        parts = (ast.Subscript(value, ast.Constant(k), ast.Load()) for k in range(len(kind)))
        cast = [_cast(part, k, w) for part, k, w in zip(parts, kind, wanted, strict=True)]
        return ast.Tuple(cast, ast.Load())
    return _call({BOOL: "bool", INT: "int", FLOAT: "F"}[wanted], value)
