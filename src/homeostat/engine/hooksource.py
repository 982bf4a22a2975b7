"""From a hook to the text of a function in a generated module.

Numbers become `F(...)`, the kernel's float type, so that single precision stays single; `math.exp` becomes the
runtime's vectorisable `exp`; plain functions and numbers that the hook uses come along.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import re
from collections.abc import Callable
from typing import Any

from homeostat.errors import NotSupported
from homeostat.hooks import source_tree

SCALAR = re.compile(r"\b(binomial|normal|math|while|for|planned|planned_of)\b")
KEPT = {"abs", "min", "max", "bool", "float", "int", "round", "range", "binomial", "True", "False"}


class HookWriter:
    """Collects the functions that a module needs, each once, under readable and unique names."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._names: dict[Callable[..., Any], str] = {}
        self._taken: set[str] = set()

    def name(self, function: Callable[..., Any], wanted: str) -> str:
        """The name under which `function` can be called in the module."""
        if function not in self._names:
            name, k = wanted, 2
            while name in self._taken:
                name, k = f"{wanted}_{k}", k + 1
            self._taken.add(name)
            self._names[function] = name
            self.texts.append(self._text(function, name))
        return self._names[function]

    def vectorise(self, lines: list[str]) -> bool:
        """Whether a loop over these lines becomes vector code: no hook called there repeats, or calls `math`."""
        called = {word for line in lines for word in re.findall(r"(\w+)\(", line)}
        texts = [text for text in self.texts if re.match(r"@inline\ndef (\w+)", text)[1] in called]  # type: ignore[index]
        return not any(SCALAR.search(text) for text in [*lines, *texts])

    def _text(self, function: Callable[..., Any], name: str) -> str:
        node = source_tree(function)
        if isinstance(node, ast.Lambda):
            body: list[ast.stmt] = [ast.Return(node.body)]
        else:
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        draws = "binomial" in inspect.signature(function).parameters
        arguments = [*(a.arg for a in (*node.args.posonlyargs, *node.args.args))]
        writer = _Rewriter(self, function, set(arguments))
        lines = [ast.unparse(ast.fix_missing_locations(writer.visit(statement))) for statement in body]
        text = "\n".join(lines).replace("\n", "\n    ")
        shown = ", ".join("binomial_bits" if a == "binomial" and draws else a for a in arguments)
        return f"@inline\ndef {name}({shown}):\n    {text}\n"


class _Rewriter(ast.NodeTransformer):
    def __init__(self, writer: HookWriter, function: Callable[..., Any], local: set[str]) -> None:
        self.writer, self.function, self.local = writer, function, set(local)
        self.calls = 0
        outer = inspect.getclosurevars(function)
        self.outer = {**outer.globals, **outer.nonlocals}

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        assert node.value is not None
        return self.visit(ast.Assign([node.target], node.value, lineno=node.lineno))

    def visit_Assign(self, node: ast.Assign) -> Any:
        value = self.visit(node.value)
        for target in node.targets:
            self.local |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
        return ast.Assign(node.targets, value, lineno=node.lineno)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and isinstance(node.right.value, int):
            return ast.BinOp(self.visit(node.left), node.op, node.right)
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            return node
        return ast.Call(ast.Name("F"), [ast.Constant(float(node.value))], [])

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        if isinstance(node.value, ast.Name) and self.outer.get(node.value.id) is math:
            value = getattr(math, node.attr)
            if isinstance(value, float):
                return self._number(value)
            return ast.Name("exp") if node.attr == "exp" else node
        raise self._refused(ast.unparse(node))

    def visit_Call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id == "binomial" and "binomial" in self.local:
            self.calls += 1
            count = ast.Constant(self.calls - 1)
            return ast.Call(ast.Name("binomial"), [ast.Name("binomial_bits"), count, *map(self.visit, node.args)], [])
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id in self.local:
            return node
        if node.id in self.outer:
            return self._outer(node.id, self.outer[node.id])
        if node.id in KEPT and hasattr(builtins, node.id):
            return node
        raise self._refused(node.id)

    def _outer(self, name: str, value: Any) -> ast.expr:
        if isinstance(value, bool):
            return ast.Constant(value)
        if isinstance(value, int | float):
            return self._number(float(value))
        if value is math.exp:
            return ast.Name("exp")
        if inspect.isbuiltin(value) and value.__module__ == "math":
            return ast.Attribute(ast.Name("math"), value.__name__)
        if inspect.isfunction(value):
            return ast.Name(self.writer.name(value, name))
        raise self._refused(name)

    @staticmethod
    def _number(value: float) -> ast.expr:
        if math.isinf(value):
            return ast.Call(ast.Name("F"), [ast.Constant(math.copysign(1e30, value))], [])
        return ast.Call(ast.Name("F"), [ast.Constant(value)], [])

    def _refused(self, name: str) -> NotSupported:
        return NotSupported(
            f"hook {self.function.__qualname__} uses '{name}', which cannot be compiled; hooks are plain arithmetic "
            "with the functions of `math`, numbers and other such functions"
        )
