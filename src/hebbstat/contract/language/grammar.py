"""The language of hooks: the Python that both the reference and compiled kernels run, with the same numbers.

The tables below are the whole of it: docs/semantics.md, 12, tells it in words, and
`contract/language/reading.py` holds functions against it.
"""

from __future__ import annotations

import ast
import builtins
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

BOOL, INT, FLOAT = 0, 1, 2
"""Kinds of values; the kind of a tuple is the tuple of kinds, that of what may yet be defined is None."""
WHOLE = 1 << 63
"""Whole numbers are below it; larger constants are numbers."""
LARGEST = 10**308
DRAW = -1  # the kind of `binomial`, which can only be called
Kind = Any

ARGUMENTS = {"binomial": DRAW, "scheduled": BOOL}
"""The kinds of arguments that are not plain numbers."""

STATEMENTS = "Assign AnnAssign AugAssign If While For Break Continue Pass Return Expr".split()
EXPRESSIONS = "Constant Name Attribute Tuple Subscript BinOp UnaryOp BoolOp Compare IfExp Call".split()
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
    ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
    ast.LShift: operator.lshift, ast.RShift: operator.rshift,
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert, ast.Not: operator.not_,
}  # fmt: skip
OF_BITS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@dataclass(frozen=True)
class Known:
    """A function of the language: how many numbers it takes, and the kind of its result (None: that of its values)."""

    name: str
    least: int
    most: int
    kind: Kind = FLOAT


def _of(module: Any, names: str, least: int, most: int, kind: Kind = FLOAT) -> dict[Any, Known]:
    return {getattr(module, name): Known(name, least, most, kind) for name in names.split()}


FUNCTIONS: dict[Any, Known] = {
    **_of(math, "acos acosh asin asinh atan atanh cbrt cos cosh degrees erf erfc exp exp2 expm1 fabs gamma", 1, 1),
    **_of(math, "lgamma log10 log1p log2 radians sin sinh sqrt tan tanh", 1, 1),
    **_of(math, "atan2 copysign fmod hypot pow", 2, 2),
    **_of(math, "log", 1, 2),
    **_of(math, "floor ceil trunc", 1, 1, INT),
    **_of(math, "isnan isinf isfinite", 1, 1, BOOL),
    **_of(builtins, "abs", 1, 1, None),
    **_of(builtins, "min max", 2, 255, None),
    **_of(builtins, "round", 1, 2, None),
    **_of(builtins, "pow divmod", 2, 2, None),
    **_of(builtins, "int", 1, 1, INT),
    **_of(builtins, "float", 1, 1),
    **_of(builtins, "bool", 1, 1, BOOL),
}
CALLED = "abs, min, max, round, int, float, bool, pow, divmod, functions of `math` that return one number"
RENAMED = {
    "absolute": "abs(x)", "abs": "abs(x)", "maximum": "max(x, y)", "minimum": "min(x, y)", "where": "`x if c else y`",
    "clip": "min(max(x, low), high)", "power": "x ** y", "float64": "float(x)", "sign": "math.copysign(1.0, x)",
    **{f"arc{name}": f"math.a{name}" for name in "sin cos tan tan2 sinh cosh tanh".split()},
}  # fmt: skip
"""What is written in place of functions of numpy that have another name in Python."""

OTHERWISE: dict[str, tuple[str, str]] = {
    "ListComp SetComp DictComp GeneratorExp": ("a comprehension", "write a loop over range(...)"),
    "List Set Dict": ("a list, set or dictionary", "keep numbers in variables or a tuple"),
    "Lambda FunctionDef AsyncFunctionDef ClassDef": ("a definition inside", "define it at the top of the file"),
    "JoinedStr FormattedValue TemplateStr": ("a text", "hooks compute with numbers only"),
    "NamedExpr": ("`:=`", "assign on a line of its own before"),
    "Import ImportFrom": ("an import inside", "import at the top of the file"),
    "Global Nonlocal": ("a variable from outside", "what is remembered is a state, and what is new is returned"),
    "Try TryStar Raise Assert": ("an exception", "say with `if` what happens"),
    "With AsyncWith": ("`with`", "hooks are plain arithmetic"),
    "Match": ("`match`", "write if, elif, else"),
    "Delete": ("`del`", "leave it out"),
    "Yield YieldFrom Await AsyncFor": ("a generator or coroutine", "return what is computed"),
    "Starred": ("`*`", "write the values one by one"),
    "Slice": ("a slice", "write the values one by one"),
}
"""Syntax that is not of the language, in words, and what to do."""
WORDS = {name: told for names, told in OTHERWISE.items() for name in names.split()}


def is_number(value: Any) -> bool:
    """Whether a value from outside is a number that a hook can take for a constant."""
    return isinstance(value, bool | int | float)  # a numpy.float64 is a float


def kind_of(value: Any) -> Kind:
    """The kind of a constant."""
    return BOOL if isinstance(value, bool) else INT if isinstance(value, int) and abs(value) < WHOLE else FLOAT


def join(one: Kind, other: Kind) -> Kind:
    """The kind that holds values of both kinds; ValueError if none does."""
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return tuple(join(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, tuple) or isinstance(other, tuple) or DRAW in (one, other):
        raise ValueError
    return max(one, other)


def computed(op: ast.AST, values: list[int]) -> Any:
    """What Python computes from whole numbers; None if it raises, `LARGEST` if that is too large to compute."""
    if isinstance(op, ast.Pow | ast.LShift) and values[1] * values[0].bit_length() > 4000:
        return LARGEST
    try:
        return OPERATORS[type(op)](*values)
    except (ArithmeticError, ValueError):
        return None


def goes_on(body: list[ast.stmt]) -> bool:
    """Whether what stands behind these statements can be reached."""
    for node in body:
        if isinstance(node, ast.Return | ast.Break | ast.Continue):
            return False
        if isinstance(node, ast.If) and not goes_on(node.body) and not goes_on(node.orelse):
            return False
        if isinstance(node, ast.While | ast.For) and not _breaks(node.body):
            endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
            if endless or (node.orelse and not goes_on(node.orelse)):
                return False
    return True


def _breaks(body: list[ast.stmt]) -> bool:
    """Whether the loop with this body may be left by `break`."""
    for node in body:
        if isinstance(node, ast.Break) or (isinstance(node, ast.If) and _breaks([*node.body, *node.orelse])):
            return True
        if isinstance(node, ast.While | ast.For) and _breaks(node.orelse):
            return True
    return False
