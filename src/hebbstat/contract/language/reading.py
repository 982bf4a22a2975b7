"""Reads hooks: which kind each value is of, and whether all of it is of the language of hooks.

A `Reading` goes through a function, finds of which kind each of its values is (a truth value, a whole number, a
number), and refuses what is not in the tables of `contract/language/grammar.py`: when the class is defined, by line,
with a way out. The engine writes its code from the same readings.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from hebbstat.contract.errors import ContractError
from hebbstat.contract.language.grammar import (
    ARGUMENTS,
    BOOL,
    FLOAT,
    INT,
    STATEMENTS,
    Kind,
    goes_on,
    is_number,
    join,
    kind_of,
)
from hebbstat.contract.language.source import outer, source_tree
from hebbstat.contract.language.types import Kinds


@dataclass(frozen=True)
class Helper:
    """A call of a user's function: what it is, read for the kinds of these arguments; arguments or default values."""

    reading: Reading
    given: tuple[Any, ...]


class Reading(Kinds):
    """A function, read: its syntax, and the kinds of its variables, of each expression and of its result.

    `late` lets names pass that mean nothing yet; arguments in `plain` are numbers, whatever the language calls so.
    Raises ContractError for what is not of the language.
    """

    def __init__(
        self, function: Callable[..., Any], place: str, kinds: tuple[Kind, ...] = (), *, late: bool = False,
        around: tuple[Any, ...] = (), plain: Collection[str] = (),
    ) -> None:  # fmt: skip
        try:
            node = source_tree(function)
        except ContractError as error:
            raise ContractError(f"{place}: {error}") from error
        super().__init__(function, place, node, late)
        self.around = (*around, function)
        self.parameters = self._parameters()
        names = (inner for inner in ast.walk(self.node) if isinstance(inner, ast.Name))
        self.variables |= {name.id: None for name in names if isinstance(name.ctx, ast.Store)}
        offered = {name: kind for name, kind in ARGUMENTS.items() if name not in plain}
        self.kinds_given = kinds or tuple(offered.get(name, FLOAT) for name in self.parameters)
        self.variables |= zip(self.parameters, self.kinds_given, strict=True)
        self.result: Kind = None
        self.helpers: dict[int, Helper] = {}
        self._read: dict[Any, Reading] = {}
        self._settle()

    @property
    def taken(self) -> tuple[Kind, ...]:
        """The kinds of the parameters, wide enough for all that is assigned to them."""
        return tuple(self.variables[name] for name in self.parameters)

    @property
    def body(self) -> list[ast.stmt]:
        """The statements; a lambda has one."""
        if isinstance(self.node, ast.Lambda):
            made = ast.copy_location(ast.Return(self.node.body), self.node.body)
            return [self._made.setdefault(id(self.node), made)]
        return self.node.body

    def _parameters(self) -> list[str]:
        of = self.node.args
        if of.vararg or of.kwarg:
            self.refuse(self.node, "`*` in front of a parameter", "name the parameters one by one")
        if isinstance(self.node, ast.AsyncFunctionDef):
            self.refuse(self.node, "`async`", "define it with `def`")
        return [one.arg for one in (*of.posonlyargs, *of.args, *of.kwonlyargs)]

    def _settle(self) -> None:
        """Go through the function until no kind changes any more; kinds only grow."""
        while True:
            before = dict(self.variables), self.result
            for statement in self.body:
                self.statement(statement)
            if before == (self.variables, self.result):
                break
        if goes_on(self.body):
            self.refuse(self.node, "a way to the end without `return`", "return a number on every way")
        for node in ast.walk(self.node):
            loaded = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not self.unknown
            if loaded and self.variables.get(node.id, BOOL) is None:  # type: ignore[attr-defined]
                self.refuse(node, f"'{node.id}', used before it has a value,", "give it one first")  # type: ignore[attr-defined]

    # Statements

    def statement(self, node: ast.stmt) -> None:
        """Take note of what a statement does to the kinds of variables."""
        if type(node).__name__ not in STATEMENTS:
            self._refuse_syntax(node)
        getattr(self, f"_{type(node).__name__}")(node)

    def _statements(self, *bodies: list[ast.stmt]) -> None:
        self.branches += 1
        for body in bodies:
            for one in body:
                self.statement(one)
        self.branches -= 1

    def _Pass(self, node: ast.stmt) -> None:
        pass

    _Break = _Continue = _Pass

    def _Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # documentation, dots
            self.kind(node.value)

    def _Assign(self, node: ast.Assign) -> None:
        kind = self.kind(node.value)
        for _ in range(2):  # the second time all names of `a = b = x` are as wide as the widest
            for target in node.targets:
                kind = self._assign(target, kind)

    def _assign(self, target: ast.expr, kind: Kind) -> Kind:
        """The kind of a target after it took a value of this kind."""
        if isinstance(target, ast.Tuple | ast.List):
            if kind is not None and (not isinstance(kind, tuple) or len(kind) != len(target.elts)):
                self.refuse(target, f"`{ast.unparse(target)} = ...`", f"it needs {len(target.elts)} values")
            kinds = kind or (None,) * len(target.elts)
            return tuple(self._assign(inner, part) for inner, part in zip(target.elts, kinds, strict=True))
        if not isinstance(target, ast.Name):
            self.refuse(target, f"`{ast.unparse(target)} = ...`", "assign to plain names, and return what is new")
        try:
            self.variables[target.id] = join(self.variables[target.id], kind)
        except ValueError:
            self.refuse(target, f"'{target.id}' for a number and something else", "use another name")
        return self.variables[target.id]

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._assign(node.target, self.kind(node.value))

    def _AugAssign(self, node: ast.AugAssign) -> None:
        self._assign(node.target, self.kind(self.summed(node)))

    def summed(self, node: ast.AugAssign) -> ast.BinOp:
        """`x + y` of `x += y`."""
        if id(node) not in self._made:
            if not isinstance(node.target, ast.Name):
                self.refuse(node, f"`{ast.unparse(node.target)} ...=`", "assign to plain names")
            left = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
            self._made[id(node)] = ast.copy_location(ast.BinOp(left, node.op, node.value), node)
        return self._made[id(node)]

    def _If(self, node: ast.If) -> None:
        self._number(node.test)
        self._statements(node.body, node.orelse)

    def _While(self, node: ast.While) -> None:
        self.branches += 1
        self._number(node.test)
        self.branches -= 1
        self._statements(node.body, node.orelse)

    def _For(self, node: ast.For) -> None:
        loop = node.iter
        if not isinstance(loop, ast.Call) or outer(self.function, loop.func, self.variables)[1] is not range:
            self.refuse(node, f"a loop over `{ast.unparse(loop):.40}`", "write `for k in range(...)`")
        if loop.keywords or not 1 <= len(loop.args) <= 3:
            self.refuse(node, f"`{ast.unparse(loop):.40}`", "range takes one to three whole numbers")
        for one in loop.args:
            if self._number(one) == FLOAT:
                self.refuse(one, f"range of the number `{ast.unparse(one)}`", "make it whole: int(...)")
        if not isinstance(node.target, ast.Name):
            self.refuse(node, f"`for {ast.unparse(node.target)}`", "count with a plain name")
        if self._assign(node.target, INT) != INT:
            self.refuse(node, f"the counter '{node.target.id}', also given other numbers,", "use another name")
        self._statements(node.body, node.orelse)

    def _Return(self, node: ast.Return) -> None:
        if node.value is None:
            self.refuse(node, "`return` without a value", "return a number on every way")
        try:
            self.result = join(self.result, self.kind(node.value))
        except ValueError:
            self.refuse(node, "a result that is now one value, now several,", "return as many on every way")

    # Functions of the user's own

    def helper(self, node: ast.Call, function: FunctionType) -> Kind:
        """Its kind, read for the kinds of what it is given."""
        if function in self.around:
            self.refuse(node, f"'{function.__name__}', which calls itself,", "write a loop")
        given = self._given(node, function)
        kinds = tuple(kind_of(one) if is_number(one) else self.kind(one) for one in given)
        if any(kind is None or (isinstance(kind, tuple) and None in kind) for kind in kinds):
            return None
        if (function, kinds) not in self._read:
            place = f"{self.place} calls {function.__qualname__}"
            reading = Reading(function, place, kinds, late=self.late, around=self.around)
            self._read[function, kinds] = reading
        self.helpers[id(node)] = Helper(self._read[function, kinds], given)
        return self._read[function, kinds].result

    def _given(self, node: ast.Call, function: FunctionType) -> tuple[Any, ...]:
        """What a call gives for each parameter: an expression, or a default value, which is a number."""
        of, text = source_tree(function).args, f"`{ast.unparse(node):.60}`"
        if of.vararg or of.kwarg:
            self.refuse(node, f"a call of {function.__name__}, which takes `*`,", "name its parameters one by one")
        names = [one.arg for one in (*of.posonlyargs, *of.args)]
        defaults = dict(zip(reversed(names), reversed(function.__defaults__ or ()), strict=False))
        names += [one.arg for one in of.kwonlyargs]
        defaults |= function.__kwdefaults__ or {}
        found: dict[str | None, Any] = dict(zip(names, node.args, strict=False))
        found |= {one.arg: one.value for one in node.keywords}
        twice = len(found) < len(node.args) + len(node.keywords)
        if twice or len(node.args) > len(names) - len(of.kwonlyargs) or not set(found) <= set(names):
            self.refuse(node, text, f"{function.__name__} takes {', '.join(names) or 'nothing'}")
        for name in names:
            if name not in found and not is_number(defaults.get(name)):
                self.refuse(node, f"{text} without the number '{name}'", "give it")
        return tuple(found[name] if name in found else defaults[name] for name in names)


_checked: WeakKeyDictionary[Any, dict[frozenset[str], Kind]] = WeakKeyDictionary()


def check(function: Callable[..., Any], place: str, plain: Collection[str] = ()) -> Kind:
    """Raise ContractError if a hook is not of the language; the kind of its result, as far as it is known."""
    known, numbers = _checked.setdefault(function, {}), frozenset(name for name in plain if name in ARGUMENTS)
    if numbers in known:
        return known[numbers]
    reading = Reading(function, place, late=True, plain=numbers)
    for value in function.__defaults__ or ():
        if not is_number(value):
            reading.refuse(reading.node, f"the default value {value!r:.40}", "give a number")
    known[numbers] = reading.result
    return reading.result


def check_hook(
    function: Callable[..., Any], place: str, returned: tuple[str, ...] = ("its value",), plain: Collection[str] = ()
) -> None:
    """Raise ContractError if a hook is not of the language, or does not return a number for each of these."""
    kind = check(function, place, plain)
    number = len(kind) if isinstance(kind, tuple) else 1
    if kind is not None and (number != len(returned) or isinstance(kind, tuple) == (len(returned) == 1)):
        found = f"a tuple of {number}" if isinstance(kind, tuple) else "one number"
        wanted = f"a tuple of {len(returned)}" if len(returned) > 1 else "a number"
        raise ContractError(f"{place} returns {found}; it must return {wanted}: {', '.join(returned)}")
