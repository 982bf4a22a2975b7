"""The source of a function: its syntax, found by its code, and a text that tells what it does from any other.

A syntax node is taken for a function's only if it compiles to that function's code. So two lambdas on one line are two,
and a file that was edited after its import is noticed.
"""

from __future__ import annotations
import __future__ as future

import ast
import builtins
import functools
import hashlib
import linecache
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import copy
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from hebbstat.contract.errors import ContractError

Node = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

UNKNOWN = object()
"""The meaning of a name that means nothing yet: it may be defined further down."""
LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
FUTURE = functools.reduce(int.__or__, (getattr(future, name).compiler_flag for name in future.all_feature_names))
COMPARED = (
    "co_name co_code co_names co_varnames co_freevars co_cellvars co_argcount co_posonlyargcount co_kwonlyargcount"
).split()

_known: WeakKeyDictionary[FunctionType, Node] = WeakKeyDictionary()


def source_tree(function: Callable[..., Any]) -> Node:
    """The syntax of a function as it was compiled; a clear error where it cannot be read or is not its own any more."""
    if not isinstance(function, FunctionType):
        raise ContractError(
            f"{function!r:.80} is not a plain function but of type {type(function).__name__}; "
            "write a `def` or a lambda that calls it"
        )
    if function not in _known:
        _known[function] = _find(function)
    return _known[function]


def _find(function: FunctionType) -> Node:
    code = function.__code__
    linecache.checkcache(code.co_filename)
    text = "".join(linecache.getlines(code.co_filename, function.__globals__))
    where = f"{function.__qualname__} ({Path(code.co_filename).name}, line {code.co_firstlineno})"
    if not text:
        raise ContractError(f"the source of {where} cannot be read; define it in a file or a notebook cell")
    imports, functions = _read(text)
    named = functions.get(code.co_name, ())
    here = [(node, kind) for node, kind in named if _first_line(node) == code.co_firstlineno]
    for node, kind in [*here, *named]:  # lines may have moved
        if _same(code, _compiled(node, kind, code, imports)):
            return node
    for node, _ in here:
        if any(isinstance(inner, ast.Assert) for inner in ast.walk(node)):
            return node  # test runners compile asserts in a way of their own; a hook may hold none, which is said later
    raise ContractError(
        f"the source of {where} is not that of the function that runs: the file was edited since it was imported, or a "
        "tool changed the code; import it anew, in a new process"
    )


@functools.lru_cache(maxsize=16)
def _read(text: str) -> tuple[list[ast.stmt], dict[str, list[tuple[Node, str]]]]:
    """What a file imports; and its functions by name, each with the class that it is in."""
    imports: list[ast.stmt] = []
    functions: dict[str, list[tuple[Node, str]]] = {}

    def visit(node: ast.AST, kind: str, top: bool) -> None:
        if isinstance(node, Node):
            functions.setdefault("<lambda>" if isinstance(node, ast.Lambda) else node.name, []).append((node, kind))
        elif top and isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__":
            imports.append(node)
        top = top and not isinstance(node, Node | ast.ClassDef)
        for inner in ast.iter_child_nodes(node):
            visit(inner, node.name if isinstance(node, ast.ClassDef) else kind, top)

    with suppress(SyntaxError, ValueError):  # edited into something that is no Python
        visit(ast.parse(text), "", True)
    return imports, functions


def _first_line(node: Node) -> int:
    return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])


def _compiled(node: Node, kind: str, code: CodeType, imports: list[ast.stmt]) -> CodeType | None:
    """The code that Python makes of a node.

    It depends on what the file imports (calls of a module's functions), and on the name of the class around (names that
    begin with `__`).
    """
    alone: Any = copy(node)
    alone.args, alone.decorator_list, alone.returns = _bare(node.args), [], None
    body: list[Any] = [ast.Expr(alone) if isinstance(node, ast.Lambda) else alone]
    if kind:
        body = [_block(ast.ClassDef, name=kind, bases=[], keywords=[], body=body)]
    if code.co_freevars:
        free = _arguments([ast.arg(name) for name in code.co_freevars])
        body = [_block(ast.FunctionDef, name="around", args=free, body=body)]
    module = ast.fix_missing_locations(ast.Module([*imports, *body], []))
    try:
        made = compile(module, code.co_filename, "exec", code.co_flags & FUTURE, dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    for _ in range(1 + bool(kind) + bool(code.co_freevars)):
        made = next(inner for inner in reversed(made.co_consts) if isinstance(inner, CodeType))
    return made


def _block(of: Any, **fields: Any) -> ast.stmt:
    made: ast.stmt = of(**fields, decorator_list=[])
    made.type_params = []  # type: ignore[attr-defined]  # which Python 3.12 looks for
    return made


def _bare(arguments: ast.arguments) -> ast.arguments:
    """Parameters without their defaults and annotations, which are not part of a function's code."""
    groups = [[ast.arg(one.arg) for one in group] for group in (arguments.args, arguments.posonlyargs)]
    return ast.arguments(
        posonlyargs=groups[1],
        args=groups[0],
        vararg=arguments.vararg and ast.arg(arguments.vararg.arg),
        kwonlyargs=[ast.arg(one.arg) for one in arguments.kwonlyargs],
        kw_defaults=[None] * len(arguments.kwonlyargs),
        kwarg=arguments.kwarg and ast.arg(arguments.kwarg.arg),
        defaults=[],
    )


def _arguments(names: list[ast.arg]) -> ast.arguments:
    return ast.arguments(posonlyargs=[], args=names, kwonlyargs=[], kw_defaults=[], defaults=[])


def _same(one: CodeType, other: CodeType | None) -> bool:
    """Whether two codes do the same, wherever they stand."""
    return (
        other is not None
        and all(getattr(one, name) == getattr(other, name) for name in COMPARED)
        and len(one.co_consts) == len(other.co_consts)
        and all(_same_constant(a, b) for a, b in zip(one.co_consts, other.co_consts, strict=True))
    )


def _same_constant(one: Any, other: Any) -> bool:
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return _same(one, other)
    if isinstance(one, frozenset):
        return one == other
    return repr(one) == repr(other)  # tells 1 from 1.0 and True, and 0.0 from -0.0


def meaning(function: Callable[..., Any], name: str) -> Any:
    """What a name that a function does not bind itself means at present; `UNKNOWN` if nothing does."""
    if name in function.__code__.co_freevars:
        assert function.__closure__ is not None
        try:
            return function.__closure__[function.__code__.co_freevars.index(name)].cell_contents
        except ValueError:
            return UNKNOWN
    return function.__globals__.get(name, vars(builtins).get(name, UNKNOWN))


def code_text(function: Callable[..., Any]) -> str:
    """All that a function does, as text: its syntax, the values it takes from outside and the functions it calls.

    The same in every process, wherever the function stands and whatever its comments and documentation say.
    """
    texts: dict[int, str] = {}
    _tell(function, texts)
    return "\n".join(texts.values())


def _tell(value: Any, texts: dict[int, str]) -> str:
    """A value in words; functions are told in `texts`, each once, and numbered."""
    if isinstance(value, FunctionType) and not (texts and value.__code__.co_filename.startswith(LIBRARIES)):
        if id(value) not in texts:
            texts[id(value)] = ""  # it may call itself
            texts[id(value)] = _tell_function(value, texts)
        return f"function {list(texts).index(id(value))}"
    if isinstance(value, np.ndarray):
        return f"array {value.dtype.str} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | np.generic):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} [{', '.join(_tell(one, texts) for one in value)}]"
    if isinstance(value, dict):
        return f"dict [{', '.join(f'{_tell(k, texts)}: {_tell(v, texts)}' for k, v in value.items())}]"
    named = value if hasattr(value, "__qualname__") else type(value)
    return f"{named.__module__}.{named.__qualname__}"


def _tell_function(function: Any, texts: dict[int, str]) -> str:
    try:
        node = source_tree(function)
    except ContractError:  # what it compiled to is all that is known
        return f"{function.__module__}.{function.__qualname__} {hashlib.sha256(function.__code__.co_code).hexdigest()}"
    body = [ast.Return(node.body)] if isinstance(node, ast.Lambda) else node.body
    if not isinstance(node, ast.Lambda) and ast.get_docstring(node) is not None:
        body = node.body[1:]
    names = [ast.arg(one.arg) for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    lines = [ast.unparse(_arguments(names)), *(ast.unparse(ast.fix_missing_locations(one)) for one in body)]
    defaults = [function.__defaults__, function.__kwdefaults__]
    outer = [f"{way} = {_tell(value, texts)}" for way, value in _used(function, body)]
    return "\n".join([*lines, _tell(defaults, texts), *outer])


def _used(function: Any, body: list[Any]) -> Iterator[tuple[str, Any]]:
    """What a function takes from outside, in the order of its text: `math.exp` is what stands behind the whole."""
    seen, bound = set[str](), {*function.__code__.co_varnames, *function.__code__.co_cellvars}

    def visit(node: ast.AST) -> Iterator[tuple[str, Any]]:
        way, value = outer(function, node, bound)
        if way and way not in seen:
            seen.add(way)
            yield way, None if value is UNKNOWN else value
        elif not way:
            for inner in ast.iter_child_nodes(node):
                yield from visit(inner)

    for statement in body:
        yield from visit(statement)


def outer(function: Callable[..., Any], node: ast.AST, bound: Any) -> tuple[str, Any]:
    """The way to what a name, or the attribute of a module or class, means, and its meaning; else no way.

    `bound` are the names that the function binds itself.
    """
    if isinstance(node, ast.Name):
        return ("", UNKNOWN) if node.id in bound else (node.id, meaning(function, node.id))
    if isinstance(node, ast.Attribute):
        way, owner = outer(function, node.value, bound)
        if way and (owner is UNKNOWN or isinstance(owner, ModuleType | type)):
            return f"{way}.{node.attr}", UNKNOWN if owner is UNKNOWN else getattr(owner, node.attr, UNKNOWN)
    return "", UNKNOWN
