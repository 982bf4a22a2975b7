"""The tree in which kernels are written before they are text.

Writers build it, passes turn it into another, one printer makes text of it (`printing.py`). What is known of a kernel
is asked of its tree. Nodes never change; a pass makes new ones. Hook bodies are not in it: they stay behind a call of a
`UserFunction`.

An `Array` that generated code adds to a group carries its declaration in the node, and what it `holds` if another part
of the code has to put that there. So the tree alone says what a kernel needs, in whatever order its parts were written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from hebbstat.engine.plan.arrays import Variable
from hebbstat.engine.plan.groups import Group


@dataclass(frozen=True)
class Node:
    """Anything in the tree."""


class Expression(Node):
    """What has a value."""


class Statement(Node):
    """What does something."""


Block = tuple[Statement, ...]
NOTHING: Block = ()


# --- expressions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number(Expression):
    """A number of Python's; `F(...)` around it makes it one of the kernel's."""

    value: float | bool | None
    text: str = field(init=False)  # by which 0, 0.0, -0.0 and False differ

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", repr(self.value))


@dataclass(frozen=True)
class Local(Expression):
    """A local variable, a parameter, or a constant of the runtime."""

    name: str


@dataclass(frozen=True)
class Whole(Expression):
    """A group, as it is handed to a function."""

    group: Group


@dataclass(frozen=True)
class Array(Expression):
    """An array or a number of a group."""

    group: Group
    name: str
    added: Variable | None = field(default=None, compare=False)  # its declaration, if generated code adds it
    holds: Expression | None = field(default=None, compare=False)  # the value at each place, if somebody must put it

    @property
    def variable(self) -> Variable:
        """Its declaration."""
        return self.added or self.group.array(self.name)


@dataclass(frozen=True)
class Item(Expression):
    """An element of an array, or of a tuple."""

    of: Expression
    index: tuple[Expression, ...]


@dataclass(frozen=True)
class Everything(Expression):
    """As an index: all places."""


@dataclass(frozen=True)
class Attribute(Expression):
    """What an array, or a record, has: its size, its shape, a field."""

    of: Expression
    name: str


@dataclass(frozen=True)
class UserFunction:
    """A function of a mechanism; it returns numbers, or a `truth` value. Arguments in `plain` are numbers."""

    function: Callable[..., Any]
    wanted: str = field(default="x", compare=False)  # a name for it
    truth: bool = False
    plain: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Call(Expression):
    """A call of a function of the runtime or of the module, by its name, or of a user's."""

    function: str | UserFunction
    given: tuple[Expression, ...]


@dataclass(frozen=True)
class Unary(Expression):
    """`-` or `not` of something."""

    sign: str
    of: Expression


@dataclass(frozen=True)
class Binary(Expression):
    """Arithmetic, or a comparison."""

    left: Expression
    sign: str
    right: Expression


@dataclass(frozen=True)
class Logical(Expression):
    """`and` or `or` of several."""

    sign: str
    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Choice(Expression):
    """`then` if a condition holds, else `otherwise`."""

    then: Expression
    condition: Expression
    otherwise: Expression


@dataclass(frozen=True)
class Several(Expression):
    """A tuple."""

    parts: tuple[Expression, ...]


# --- statements and functions -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Assign(Statement):
    """A value goes to a local variable, an element, or several."""

    to: Expression
    value: Expression


@dataclass(frozen=True)
class Add(Statement):
    """A value is added to what is there."""

    to: Expression
    value: Expression


@dataclass(frozen=True)
class Do(Statement):
    """A call whose value nobody wants."""

    call: Expression


@dataclass(frozen=True)
class If(Statement):
    """A block, or another one."""

    condition: Expression
    then: Block
    otherwise: Block = ()


@dataclass(frozen=True)
class For(Statement):
    """A block for each value of a range."""

    index: Local
    over: Expression
    body: Block


@dataclass(frozen=True)
class While(Statement):
    """A block as long as a condition holds."""

    condition: Expression
    body: Block


@dataclass(frozen=True)
class Return(Statement):
    """The end of a function, with its value if it has one."""

    value: Expression | None = None


@dataclass(frozen=True)
class Function(Node):
    """A function of the module. `linkage` says how it is compiled: inline, called or kernel."""

    name: str
    linkage: str
    doc: str = field(compare=False)
    parameters: tuple[Local | Whole, ...]
    body: Block


# --- asking and changing ----------------------------------------------------------------------------------------------

Some = TypeVar("Some", bound=Node)
Change = Callable[[Node], "Node | Block | None"]


def _names(node: Node) -> tuple[str, ...]:
    """The fields of a node in which its parts may be."""
    kind = type(node)
    if kind not in _NAMES:
        _NAMES[kind] = tuple(one.name for one in fields(kind) if one.compare and one.type not in _PLAIN)
    return _NAMES[kind]


_NAMES: dict[type[Node], tuple[str, ...]] = {}
_PLAIN = ("str", "float | bool | None", "Group")  # what a field holds in which no part can be


def parts(node: Node) -> list[Node]:
    """The nodes directly below one."""
    found: list[Node] = []
    for name in _names(node):
        value = getattr(node, name)
        if isinstance(value, tuple):
            found += value
        elif isinstance(value, Node):
            found.append(value)
    return found


def walk(*nodes: Node) -> Iterator[Node]:
    """Nodes and all below them, in the order of their text."""
    waiting = [*reversed(nodes)]
    while waiting:
        node = waiting.pop()
        yield node
        if below := parts(node):
            below.reverse()
            waiting += below


def arrays(*nodes: Node) -> Iterator[Array]:
    """All references to arrays."""
    return (node for node in walk(*nodes) if isinstance(node, Array))


def changed(node: Some, change: Change) -> Some:
    """A node in which `change` stands for what it is not None for; for a statement, it may be a block."""
    new = change(node)
    if new is not None:
        return new  # type: ignore[return-value]
    found: dict[str, Any] = {}
    for name in _names(node):
        value = getattr(node, name)
        if isinstance(value, Node):
            new = changed(value, change)
            if new is not value:
                found[name] = new
        elif isinstance(value, tuple) and value:
            several = all_changed(value, change)
            if any(one is not other for one, other in zip(several, value, strict=False)) or len(several) != len(value):
                found[name] = several
    return replace(node, **found) if found else node


def all_changed(nodes: Iterable[Some], change: Change) -> tuple[Some, ...]:
    """Several nodes, each changed; a block that stands for a statement becomes part of them."""
    several: list[Some] = []
    for node in nodes:
        new = changed(node, change)
        several += new if isinstance(new, tuple) else [new]
    return tuple(several)


def only_if(condition: Expression | None, block: Block) -> Block:
    """A block under a condition; without one it stands as it is."""
    return (If(condition, block),) if condition is not None and block else block


def any_of(conditions: Iterable[Expression]) -> Expression | None:
    """Whether one of some conditions holds; None if there are none."""
    return _joined("or", tuple(conditions))


def all_of(conditions: Iterable[Expression]) -> Expression | None:
    """Whether all conditions hold; None if there are none."""
    return _joined("and", tuple(conditions))


def _joined(sign: str, conditions: tuple[Expression, ...]) -> Expression | None:
    return Logical(sign, conditions) if len(conditions) > 1 else (conditions or (None,))[0]
