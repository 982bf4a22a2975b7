"""Kernels are trees before they are text: the tree says what the text says, whoever writes first."""

from __future__ import annotations

import ast

import pytest
from helpers.compositions import compose

import hebbstat as hs
from hebbstat.engine.codegen import ir, module
from hebbstat.engine.codegen.module import write_module
from hebbstat.engine.codegen.printing import Printer
from hebbstat.engine.codegen.quote import code, expr
from hebbstat.engine.plan.groups import Group
from hebbstat.engine.plan.model import build
from hebbstat.engine.plan.projection import plans_of
from hebbstat.network import instantiate

NOWHERE = Printer(lambda function: function.wanted)
EXPRESSIONS = (
    "a - (b - c)", "a - b - c", "a / (b * c)", "a / b * c", "-a * b", "-(a * b)", "(a + b) * c", "a % (b % c)",
    "(a if b else c) + d", "a if b else c if d else e", "(a if b else c) if d else e", "not (a and b)", "not a and b",
    "(a or b) and c", "a or b and c", "(a == b) != c", "a == (b != c)", "f(a, (b if c else d), g(-1))", "-x.y[i, 2]",
    "(a, b)", "f(1.5, -0.0, 1e-300)", "x.shape[0] - 1", "a < b and not c", "-(-a)", "a + -b", "(not a) == b",
)  # fmt: skip
STATEMENTS = """
x = y[i]
a, b = f(a), g(b)
n += 1
h[:] = 0
for k in range(0, n, 4):
    x[k] += w[k]
    if a < b:
        f(k)
    else:
        return
while n > 0:
    n += 1
return n
"""

UNKNOWN = (
    "x = [1]", "del x", "x = lambda: 1", "x -= 1", "a < b < c", "x = {}", "x[1:2] = 0", "f(x, y=1)", "a // b", "a ** 2",
    "a & b", "~a", "for k in r:\n    f()\nelse:\n    g()", "while a:\n    f()\nelse:\n    g()",
)  # fmt: skip


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_is_printed_as_it_was_meant(text: str) -> None:
    assert ast.dump(ast.parse(NOWHERE.expression(expr(text)))) == ast.dump(ast.parse(text))


def test_statements_are_printed_as_they_were_meant() -> None:
    printed = "\n".join(line for statement in code(STATEMENTS) for line in NOWHERE.statement(statement))
    assert ast.dump(ast.parse(printed)) == ast.dump(ast.parse(STATEMENTS))


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_kernels_do_not_have_is_refused(text: str) -> None:
    with pytest.raises(SyntaxError, match="not of the kernels' language"):
        code(text)


def test_names_that_are_given_stand_for_groups_trees_and_blocks() -> None:
    group, value = Group("a", "group_a"), expr("b - c")
    (statement,) = code("for k in range(3):\n    q.x[k] = y - value\n    work", q=group, value=value, work=code("f(k)"))
    lines = list(NOWHERE.statement(statement))
    assert lines == ["for k in range(3):", "    group_a.x[k] = y - (b - c)", "    f(k)"]


def test_a_change_replaces_nodes_and_splices_blocks() -> None:
    block = code("f(a)\ng(a)")

    def change(node: ir.Node) -> ir.Node | ir.Block | None:
        if node == ir.Local("a"):
            return expr("b + 1")
        return code("h(a)\nh(a)") if isinstance(node, ir.Do) and node == code("g(a)")[0] else None

    changed = ir.all_changed(block, change)
    assert [line for one in changed for line in NOWHERE.statement(one)] == ["f(b + 1)", "h(a)", "h(a)"]
    assert block == code("f(a)\ng(a)"), "nodes never change"


SEEDS = (0, 3, 7, 11, 19, 23)


@pytest.mark.parametrize("seed", SEEDS)
def test_writing_leaves_the_model_as_it_is(seed: int) -> None:
    model = build(instantiate(compose(seed)))
    plans = plans_of(model)
    before = {group: dict(group.variables) for group in model.groups}
    texts = {write_module(model, plans, "float32").text for _ in range(2)}
    assert len(texts) == 1
    assert {group: dict(group.variables) for group in model.groups} == before
    assert not any(links.records for links in model.links.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_it_does_not_matter_who_writes_first(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All writers write once before, in the other order, for the same model; then the module is what it was."""
    model = build(instantiate(compose(seed)))
    plans = plans_of(model)
    alone = write_module(model, plans, "float32", timed=True)
    written = module.of_projection

    def after_all_others(binder: module.Binder, plan: object) -> object:
        module.of_network(binder)
        for other in reversed(plans.values()):
            written(binder, other)
        for cells in reversed(model.cells.values()):
            module.of_population(binder, cells)
        return written(binder, plan)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "of_projection", after_all_others)
    after = write_module(model, plans, "float32", timed=True)
    assert (after.text, after.records, after.parts) == (alone.text, alone.records, alone.parts)
    assert {group.ident: list(added) for group, added in after.added.items()} == {
        group.ident: list(added) for group, added in alone.added.items()
    }


def test_what_the_code_adds_to_a_group_is_in_the_tree_alone() -> None:
    net = compose(3)
    model = build(instantiate(net))
    made = write_module(model, plans_of(model), "float32")
    sim = hs.Simulation(net, quiet=True)
    for group in sim.core.model.groups:
        added = next(some for of, some in made.added.items() if of.ident == group.ident)
        assert set(added) <= set(group.variables)
    assert any(made.added.values())
