"""Trees from pieces of Python: `code("q.last[row] = n", q=links)`.

A writer says what it writes in the words of the kernel. A name that is given stands for a group, a tree, or, as a line
of its own, a block; every other name is a local variable.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import Any

from hebbstat.engine.codegen import ir
from hebbstat.engine.plan.arrays import Variable
from hebbstat.engine.plan.groups import Group

SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.Eq: "==", ast.NotEq: "!=",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.And: "and", ast.Or: "or", ast.USub: "-",
    ast.Not: "not",
}  # fmt: skip

Given = Group | ir.Expression | ir.Block


def code(text: str, **given: Given) -> ir.Block:
    """The block that a piece of Python says."""
    return _block(_parsed(text).body, given)


def expr(text: str, **given: Given) -> Any:
    """The expression that a piece of Python says."""
    (statement,) = _parsed(text).body
    assert isinstance(statement, ast.Expr)
    return _expression(statement.value, given)


def array(group: Group, name: str) -> ir.Array:
    """An array that the group has."""
    return ir.Array(group, name)


def added(group: Group, name: str, variable: Variable, holds: ir.Expression | None = None) -> ir.Array:
    """An array that generated code adds to a group; its own declaration, should the group have one, goes first."""
    return ir.Array(group, name, None if name in group.variables else variable, holds)


def item(of: ir.Expression, *index: str | int) -> ir.Item:
    """An element of an array."""
    return ir.Item(of, tuple(ir.Local(one) if isinstance(one, str) else ir.Number(one) for one in index))


def call(function: str, *given: ir.Expression | Group) -> ir.Call:
    """A call of a function of the module."""
    return ir.Call(function, tuple(ir.Whole(one) if isinstance(one, Group) else one for one in given))


def joined(*blocks: ir.Block) -> ir.Block:
    """Blocks one after the other."""
    return tuple(statement for block in blocks for statement in block)


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def _block(nodes: list[ast.stmt], given: dict[str, Given]) -> ir.Block:
    return tuple(made for node in nodes for made in _statement(node, given))


def _statement(node: ast.stmt, given: dict[str, Given]) -> ir.Block:
    def tree(one: ast.expr) -> ir.Expression:
        return _expression(one, given)

    match node:
        case ast.Expr(ast.Name(name)) if isinstance(given.get(name), tuple):
            return given[name]  # type: ignore[return-value]
        case ast.Expr(value):
            return (ir.Do(tree(value)),)
        case ast.Assign([*targets], value):
            made = tree(value)
            return tuple(ir.Assign(tree(target), made) for target in reversed(targets))
        case ast.AugAssign(target, ast.Add(), value):
            return (ir.Add(tree(target), tree(value)),)
        case ast.If(test, body, rest):
            return (ir.If(tree(test), _block(body, given), _block(rest, given)),)
        case ast.For(ast.Name(index), over, body, []):
            return (ir.For(ir.Local(index), tree(over), _block(body, given)),)
        case ast.While(test, body, []):
            return (ir.While(tree(test), _block(body, given)),)
        case ast.Return(value):
            return (ir.Return(None if value is None else tree(value)),)
    raise SyntaxError(f"not of the kernels' language: {ast.unparse(node)}")


def _expression(node: ast.expr, given: dict[str, Given]) -> ir.Expression:
    def tree(one: ast.expr) -> ir.Expression:
        return _expression(one, given)

    match node:
        case ast.Constant(value):
            return ir.Number(value)  # type: ignore[arg-type]
        case ast.Name(name):
            found = given.get(name)
            if isinstance(found, Group):
                return ir.Whole(found)
            assert not isinstance(found, tuple), f"{name} is a block"
            return ir.Local(name) if found is None else found
        case ast.Attribute(of, name):
            whole = tree(of)
            return ir.Array(whole.group, name) if isinstance(whole, ir.Whole) else ir.Attribute(whole, name)
        case ast.Subscript(of, ast.Tuple(index)):
            return ir.Item(tree(of), tuple(map(tree, index)))
        case ast.Subscript(of, ast.Slice(None, None, None)):
            return ir.Item(tree(of), (ir.Everything(),))
        case ast.Subscript(of, index):
            return ir.Item(tree(of), (tree(index),))
        case ast.Call(function, parts, []):
            return ir.Call(ast.unparse(function), tuple(map(tree, parts)))
        case ast.UnaryOp(sign, of) if type(sign) in SIGNS:
            return ir.Unary(SIGNS[type(sign)], tree(of))
        case ast.BinOp(left, sign, right) | ast.Compare(left, [sign], [right]) if type(sign) in SIGNS:
            return ir.Binary(tree(left), SIGNS[type(sign)], tree(right))
        case ast.BoolOp(sign, parts):
            return ir.Logical(SIGNS[type(sign)], tuple(map(tree, parts)))
        case ast.IfExp(test, body, rest):
            return ir.Choice(tree(body), tree(test), tree(rest))
        case ast.Tuple(parts):
            return ir.Several(tuple(map(tree, parts)))
    raise SyntaxError(f"not of the kernels' language: {ast.unparse(node)}")
