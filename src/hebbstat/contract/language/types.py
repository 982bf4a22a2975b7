"""Of which kind the values of a hook's expressions are: truth values, whole numbers, numbers, tuples of these."""

from __future__ import annotations

import ast
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, NoReturn

import numpy as np

from hebbstat.contract.errors import ContractError
from hebbstat.contract.language.grammar import (
    BOOL,
    CALLED,
    COMPARISONS,
    DRAW,
    EXPRESSIONS,
    FLOAT,
    FUNCTIONS,
    INT,
    LARGEST,
    OF_BITS,
    OPERATORS,
    RENAMED,
    WORDS,
    Kind,
    Known,
    computed,
    is_number,
    join,
    kind_of,
)  # fmt: skip
from hebbstat.contract.language.source import UNKNOWN, Node, outer


class Kinds(ABC):
    """The kinds of a function's variables and expressions, in which what is not of the language is refused."""

    def __init__(self, function: Callable[..., Any], place: str, node: Node, late: bool) -> None:
        self.function, self.place, self.node, self.late = function, place, node, late
        self.variables: dict[str, Kind] = {}
        self.kinds: dict[int, Kind] = {}  # by the id of the expression's node
        self.unknown = False  # whether a name was met that means nothing yet
        self.branches = 0  # on how many conditions depends what is looked at
        self._made: dict[int, Any] = {}

    def refuse(self, node: ast.AST, what: str, way_out: str) -> NoReturn:
        """Raise the error about a node."""
        file = Path(self.function.__code__.co_filename).name
        line = getattr(node, "lineno", self.node.lineno)
        raise ContractError(f"{self.place} ({file}, line {line}): {what} cannot be compiled; {way_out}")

    def _refuse_syntax(self, node: ast.AST) -> NoReturn:
        self.refuse(node, *WORDS.get(type(node).__name__, (f"`{ast.unparse(node):.40}`", "see docs/semantics.md, 12")))

    @abstractmethod
    def helper(self, node: ast.Call, function: FunctionType) -> Kind:
        """The kind of what a user's own function returns from a call."""

    def kind(self, node: ast.expr) -> Kind:
        """The kind of an expression."""
        if type(node).__name__ not in EXPRESSIONS:
            self._refuse_syntax(node)
        value = self.constant(node)
        if isinstance(value, int) and abs(value) >= LARGEST:
            self.refuse(node, f"the number `{ast.unparse(node):.40}`", "numbers are below 1e308")
        found = getattr(self, f"_{type(node).__name__}")(node) if value is None else kind_of(value)
        self.kinds[id(node)] = found
        return found

    def _number(self, node: ast.expr) -> Kind:
        kind = self.kind(node)
        if isinstance(kind, tuple):
            self.refuse(node, f"`{ast.unparse(node):.40}`, several values in place of one,", "take one of them")
        return kind

    def constant(self, node: ast.AST) -> Any:
        """The number that an expression always is: a literal, a name from outside, arithmetic of whole numbers."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, bool | int | float) else None
        if isinstance(node, ast.Name | ast.Attribute):
            value = outer(self.function, node, self.variables)[1]
            return value if is_number(value) else None
        if isinstance(node, ast.UnaryOp | ast.BinOp):
            parts = [node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right]
            values = [self.constant(part) for part in parts]
            if type(node.op) in OPERATORS and all(isinstance(value, int) for value in values):
                return computed(node.op, values)
        if isinstance(node, ast.Call) and [type(one) for one in node.args] == [ast.Constant] and not node.keywords:
            text = node.args[0].value  # type: ignore[attr-defined]
            if isinstance(text, str) and outer(self.function, node.func, self.variables)[1] is float:
                return {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}.get(text.lower().strip("+"))
        return None

    def _Constant(self, node: ast.Constant) -> NoReturn:
        self.refuse(node, f"`{node.value!r:.40}`", "hooks compute with numbers only")

    def _Name(self, node: ast.Name) -> Kind:
        if node.id in self.variables:
            kind = self.variables[node.id]
            if kind == DRAW:
                self.refuse(node, "`binomial` by itself", "call it: binomial(n, p)")
            return kind
        return self._outside(node, node.id)

    def _Attribute(self, node: ast.Attribute) -> Kind:
        way, _ = outer(self.function, node, self.variables)
        if not way:
            self.refuse(node, f"`{ast.unparse(node):.40}`", "make it a number or function at the top of the file")
        return self._outside(node, way)

    def _outside(self, node: ast.expr, way: str) -> None:
        value = outer(self.function, node, self.variables)[1]
        if value is not UNKNOWN:
            kind = f"{type(value).__module__}.{type(value).__name__}".removeprefix("builtins.")
            self.refuse(node, f"'{way}' (of type {kind})", "values from outside are plain numbers: int or float")
        self.unknown = True
        if not self.late:
            self.refuse(node, f"'{way}', which is not defined,", "what the network knows is asked for as an argument")

    def _Tuple(self, node: ast.Tuple) -> Kind:
        return tuple(self.kind(one) for one in node.elts)

    def _Subscript(self, node: ast.Subscript) -> Kind:
        of, place = self.kind(node.value), self.constant(node.slice)
        if of is None:
            return None
        if not isinstance(of, tuple) or type(place) is not int or not -len(of) <= place < len(of):
            self.refuse(node, f"`{ast.unparse(node):.40}`", "only tuples have parts, numbered by constants")
        return of[place]

    def _BinOp(self, node: ast.BinOp) -> Kind:
        left, right, op = self._number(node.left), self._number(node.right), type(node.op)
        if op not in OPERATORS:
            self.refuse(node, f"`{ast.unparse(node):.40}`", "hooks compute with single numbers")
        if left is None or right is None:
            return None
        if op in OF_BITS and FLOAT in (left, right):
            self.refuse(node, f"`{ast.unparse(node):.40}`, bits of a number that may not be whole,", "use int(...)")
        if op in (ast.BitAnd, ast.BitOr, ast.BitXor):
            return max(left, right)
        if op is ast.Pow:
            power = self.constant(node.right)
            return max(left, INT) if right != FLOAT and power is not None and power >= 0 else FLOAT
        return FLOAT if op is ast.Div else max(left, right, INT)

    def _UnaryOp(self, node: ast.UnaryOp) -> Kind:
        kind = self._number(node.operand)
        if isinstance(node.op, ast.Not):
            return BOOL
        if isinstance(node.op, ast.Invert) and kind == FLOAT:
            self.refuse(node, f"`{ast.unparse(node):.40}`, bits of a number that may not be whole,", "use int(...)")
        return None if kind is None else max(kind, INT)

    def _BoolOp(self, node: ast.BoolOp) -> Kind:
        return self._joined(node, [self._number(node.values[0]), *self._perhaps(*node.values[1:])])

    def _Compare(self, node: ast.Compare) -> Kind:
        if not all(isinstance(op, COMPARISONS) for op in node.ops):
            self.refuse(node, f"`{ast.unparse(node):.40}`", "compare with ==, !=, <, <=, > and >=")
        self._number(node.left), self._number(node.comparators[0]), self._perhaps(*node.comparators[1:])
        return BOOL

    def _IfExp(self, node: ast.IfExp) -> Kind:
        self._number(node.test)
        return self._joined(node, self._perhaps(node.body, node.orelse, tuples=True))

    def _perhaps(self, *nodes: ast.expr, tuples: bool = False) -> list[Kind]:
        """The kinds of expressions that are computed on a condition."""
        self.branches += 1
        kinds = [self.kind(node) if tuples else self._number(node) for node in nodes]
        self.branches -= 1
        return kinds

    def _joined(self, node: ast.expr, kinds: list[Kind]) -> Kind:
        found = None
        try:
            for kind in kinds:
                found = join(found, kind)
        except ValueError:
            self.refuse(node, "what is now one value, now several,", "take as many on every way")
        return found

    # Calls

    def _Call(self, node: ast.Call) -> Kind:
        if isinstance(node.func, ast.Name) and node.func.id in self.variables:
            if self.variables[node.func.id] != DRAW:
                self.refuse(node, f"a call of '{node.func.id}', a number here,", "use another name for the number")
            return self._draw(node)
        way, called = outer(self.function, node.func, self.variables)
        if isinstance(called, FunctionType):
            return self.helper(node, called)
        known = FUNCTIONS.get(called) if way and called.__hash__ else None
        if known is not None:
            return self._known(node, known)
        kinds = [self.kind(one) for one in (*node.args, *(one.value for one in node.keywords))] if not way else []
        if called is UNKNOWN and way:
            return self._outside(node.func, way)
        self._refuse_call(node, way or ast.unparse(node.func), called, kinds)

    def _refuse_call(self, node: ast.Call, way: str, called: Any, kinds: list[Kind]) -> NoReturn:
        name = getattr(called, "__name__", "")
        if isinstance(called, np.ufunc | type(np.where)) or called is np.float64:
            instead = RENAMED.get(name) or (f"math.{name}" if hasattr(math, name) else "a function of `math`")
            self.refuse(node, f"a call of {way}, made for arrays,", f"write {instead}")
        if "random" in way:
            self.refuse(node, f"a call of {way}", "ask for a draw as an argument: uniform, normal or binomial")
        self.refuse(node, f"a call of {way}", f"call {CALLED}, or what you define yourself with `def`")

    def _known(self, node: ast.Call, known: Known) -> Kind:
        given = self.arguments(node)
        if not known.least <= len(given) <= known.most:
            number = f"{'at least ' * (known.least < known.most)}{known.least} number{'s' * (known.least > 1)}"
            self.refuse(node, f"`{ast.unparse(node):.40}`", f"{known.name} takes {number} here, one by one")
        kinds = [self._number(one) for one in given]
        if None in kinds:
            return None
        if known.name == "round":
            return self._round(node, kinds)
        if known.name == "pow" and known.kind is None:
            return self.kind(self.power(node))
        joined = max(kinds)
        if known.name == "divmod":
            return (max(joined, INT),) * 2
        return known.kind if known.kind is not None else max(joined, INT) if known.name == "abs" else joined

    def power(self, node: ast.Call) -> ast.BinOp:
        """`x ** y` of `pow(x, y)`."""
        made = ast.copy_location(ast.BinOp(node.args[0], ast.Pow(), node.args[1]), node)
        return self._made.setdefault(id(node), made)

    def _round(self, node: ast.Call, kinds: list[Kind]) -> Kind:
        if len(kinds) == 1:
            return INT
        digits = self.constant(self.arguments(node)[1])
        if type(digits) is not int or not -15 <= digits <= 15 or (kinds[0] != FLOAT and digits < 0):
            self.refuse(node, f"`{ast.unparse(node):.40}`", "the number of digits is a constant, from -15 to 15")
        return max(kinds[0], INT)

    def _draw(self, node: ast.Call) -> Kind:
        given = self.arguments(node)
        if len(given) != 2:
            self.refuse(node, f"`{ast.unparse(node):.40}`", "write binomial(n, p)")
        if self.branches:
            self.refuse(node, "binomial(n, p), which may not be called inside a branch or loop,", "draw before it")
        for one in given:
            self._number(one)
        return FLOAT

    def arguments(self, node: ast.Call) -> list[ast.expr]:
        """What a call of a function of the language is given: round(x, ndigits=1), binomial(n=5, p=0.5)."""
        named = {one.arg: one.value for one in node.keywords}
        given = [*node.args, *(named.pop(name) for name in ("n", "p", "ndigits") if name in named)]
        if named:
            self.refuse(node, f"`{ast.unparse(node):.40}`", "leave out the names of the arguments")
        return given
