"""A5: the syntax of a function, and the hash of what it does, are those of exactly this function."""

from __future__ import annotations

import ast
import functools
import linecache
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.spoken import imported

import hebbstat as hs
from hebbstat.contract.errors import ContractError
from hebbstat.contract.language.source import code_text, source_tree
from hebbstat.engine.codegen.hooks import Hooks
from hebbstat.engine.codegen.ir import UserFunction

# fmt: off
ONE, OTHER = lambda w: 1.0, lambda w: 0.0
NESTED = (lambda w: (lambda w: w + 2.0)(w),)
SIGNS = lambda w: 0.0, lambda w: -0.0, lambda w: 0, lambda w: False
LOOP = [lambda w, k=k: w * k for k in range(3)]
LINES = (lambda w:
         w * 2.0), (lambda w:
         w * 3.0)
IN_TEXT = []
TEXT = f"{IN_TEXT.append(lambda w: w - 1.0)} {IN_TEXT.append(lambda w: w - 2.0)}"
# fmt: on


def body(function: Any) -> str:
    node = source_tree(function)
    assert isinstance(node, ast.Lambda)
    return ast.unparse(node.body)


def closed(factor: float) -> Any:
    return lambda w: w * factor, lambda w: w + factor


def test_a5_lambdas_on_one_line_are_told_apart() -> None:
    assert [body(f) for f in (ONE, OTHER)] == ["1.0", "0.0"]
    assert body(*NESTED) == "(lambda w: w + 2.0)(w)"
    assert [body(f) for f in SIGNS] == ["0.0", "-0.0", "0", "False"]
    assert [body(f) for f in LINES] == ["w * 2.0", "w * 3.0"]
    assert [body(f) for f in IN_TEXT] == ["w - 1.0", "w - 2.0"]
    assert [body(f) for f in closed(2.0)] == ["w * factor", "w + factor"]


def test_a5_gates_on_one_line_each_have_their_own_body_in_the_kernel() -> None:
    hooks = Hooks()
    for function in (ONE, OTHER, *closed(2.0), *closed(3.0), *LOOP):
        hooks.name(UserFunction(function, "gate"))
    texts = "".join(hooks.texts)
    for wanted in ("return F(1.0)", "return F(0.0)", "w_ * F(2.0)", "w_ + F(2.0)", "w_ * F(3.0)", "w_ + F(3.0)"):
        assert texts.count(wanted) == 1


def test_a5_engine_and_reference_agree_on_two_gates_of_one_line() -> None:
    class Up(hs.Plasticity):
        gain: hs.units.Weight = 1.0

        @staticmethod
        def on_pre(gain: float) -> float:
            return gain

    net = hs.Network(dt=1.0)
    net.add(hs.SpikeSource(), 1, "a", spikes=([1.0, 2.0, 5.0], [0, 0, 0]))
    net.add(hs.LIF(), 1, "b")
    rules = [hs.gated(Up(), by=lambda w: 1.0), hs.gated(Up(gain=10.0), by=lambda w: 0.0)]
    rules += [hs.gated(Up(), by=lambda w, k=k: k) for k in (2.0, 3.0)]
    net.connect("a", "b", hs.AllToAll(), weight=0.0, receptor=hs.AMPA(), rules=rules)
    sim, reference = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
    sim.run(steps=10)
    reference.run(steps=10)
    assert sim.weights("a -> b") == reference.weights("a -> b") == np.array([18.0])


def test_a5_an_edited_file_is_noticed(tmp_path: Path) -> None:
    text = "import math\n\ndef f(w):\n    return math.exp(w)\n\ng, h = lambda w: 1.0, lambda w: 2.0\n"
    made = imported(text, tmp_path)
    path = Path(str(made.__file__))
    path.write_text(text.replace("exp", "cos").replace("2.0", "3.0"))
    assert body(made.g) == "1.0"
    for function in (made.f, made.h):
        with pytest.raises(ContractError, match=r"is not that of the function that runs: the file was edited"):
            source_tree(function)
    path.write_text("# moved\n" * 5 + text)
    assert ast.unparse(source_tree(made.f).body[0]) == "return math.exp(w)"  # type: ignore[index,union-attr]
    assert body(made.h) == "2.0"
    path.write_text("no python (")
    with pytest.raises(ContractError, match="was edited"):
        source_tree(_again(made.f))


def _again(function: Any) -> Any:
    """Another function object of the same code, whose source has not been read yet."""
    return type(function)(function.__code__, function.__globals__)


def test_a5_what_was_read_with_the_class_outlives_the_file(tmp_path: Path) -> None:
    text = "import hebbstat as hs\nclass R(hs.Plasticity):\n    @staticmethod\n    def on_pre(w): return w * 2.0\n"
    made = imported(text, tmp_path)
    Path(str(made.__file__)).write_text(text.replace("2.0", "9.0"))
    hooks = Hooks()
    hooks.name(UserFunction(made.R.hooks[0].function, "hook"))
    assert "w_ * F(2.0)" in hooks.texts[0]


def test_a5_no_source_and_no_function_are_refused_in_words() -> None:
    with pytest.raises(ContractError, match=r"source of <lambda> \(<string>, line 1\) cannot be read; define it in a"):
        hs.gated(hs.PairSTDP(), by=eval("lambda w: w"))
    for thing in (functools.partial(ONE, 2.0), math.exp, functools.lru_cache(ONE)):
        with pytest.raises(ContractError, match="is not a plain function but of type"):
            source_tree(thing)
    with pytest.raises(ContractError, match=r"the gate: functools.partial.* is not a plain function"):
        hs.gated(hs.PairSTDP(), by=functools.partial(ONE, 2.0))
    with pytest.raises(ContractError, match=r"Partial, on_pre: functools.partial.* write a `def` or a lambda that"):
        type("Partial", (hs.Plasticity,), {"on_pre": staticmethod(functools.partial(SIGNS[0]))})

    def decorate(function: Any) -> Any:
        @functools.wraps(function)
        def wrapper(*args: Any) -> Any:
            return 2.0 * function(*args)

        return wrapper

    with pytest.raises(ContractError, match=r"cannot take \*args"):

        class Decorated(hs.Plasticity):
            @staticmethod
            @decorate
            def on_pre(w: float) -> float:
                return w


def test_a5_cells_of_a_notebook_are_read() -> None:
    text = "import hebbstat as hs\nf, g = lambda w: 1.0, lambda w: 2.0\n"
    linecache.cache["<cell 1>"] = (len(text), None, text.splitlines(keepends=True), "<cell 1>")
    space: dict[str, Any] = {}
    exec(compile(text, "<cell 1>", "exec"), space)
    assert [body(space[name]) for name in "fg"] == ["1.0", "2.0"]


def test_a5_names_that_python_changes_inside_classes() -> None:
    class Inside:
        @staticmethod
        def f(w: float) -> float:
            __twice = w * 2.0
            return __twice

    assert len(source_tree(Inside.f).body) == 2  # type: ignore[arg-type]


SCALE = 2.0


def helper(w: float) -> float:
    return w * SCALE


def calls(w: float) -> float:
    return helper(w)


def test_a5_the_hash_depends_on_all_that_a_function_does(monkeypatch: pytest.MonkeyPatch) -> None:
    different = [ONE, OTHER, *SIGNS[1:], *LOOP, *closed(2.0), *closed(3.0), calls, helper]
    texts = [code_text(function) for function in different]
    assert len(set(texts)) == len(texts)
    assert code_text(closed(2.0)[0]) == code_text(closed(2.0)[0])
    before = code_text(calls)
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert code_text(calls) != before
    monkeypatch.undo()
    assert code_text(calls) == before


def test_a5_the_hash_is_that_of_any_process_and_any_place(tmp_path: Path) -> None:
    text = 'K = [1.0, 2.0]\ndef h(w): return w + K[0]\ndef f(w):\n    """Says."""\n    return h(w) * 2.0\n'
    moved = "# so\n\n" + text.replace('"""Says."""', '"""Says more."""  # indeed\n').replace("def f", "\n\ndef f")
    made, again = imported(text, tmp_path), imported(moved, tmp_path)
    assert code_text(made.f) == code_text(again.f) != code_text(made.h)
    program = "import runpy; from hebbstat.contract.language.source import code_text; "
    program += f"f = runpy.run_path({made.__file__!r})['f']"
    program += "; print(code_text(f), end='')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == code_text(made.f)


def test_a5_a_checkpoint_tells_gates_of_one_line_apart(tmp_path: Path) -> None:
    def network(by: Any) -> hs.Network:
        net = hs.Network(dt=1.0)
        net.add(hs.SpikeSource(), 1, "a", spikes=([1.0], [0]))
        net.add(hs.LIF(), 1, "b")
        rule = hs.gated(hs.PairSTDP(), by=by)
        net.connect("a", "b", hs.AllToAll(), weight=0.0, receptor=hs.AMPA(), rules=[rule])
        return net

    one, other = lambda w: 1.0 * w, lambda w: 2.0 * w
    path = hs.Simulation(network(one), quiet=True).save(tmp_path / "cut.ckpt")
    hs.Simulation.load(path, net=network(one), quiet=True)
    with pytest.raises(hs.CheckpointError, match="the code of the gates of rule 0"):
        hs.Simulation.load(path, net=network(other), quiet=True)
