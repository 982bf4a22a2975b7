"""A2: the names that a user gives to arguments, variables and helpers of hooks never meet a name of the engine's."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from helpers.compositions import QUICK, compose
from helpers.spoken import by_kernel, differences, imported

import hebbstat as hs

TEXT = """
import math
def exp(x): return x + 1.0
def hook_exp(x): return x + 2.0
def binomial_(x): return x
def näher(x): return x * 3
def Ünder_(x): return x * 4
def F(x): return x - 1
def np(x): return x * 10
def inline(x): return exp(x)
def hook0(a, b, c):
    v, v_, v__, hook_exp_2, F_ = a, b, c, 1, 2
    n = step = row = k = i = e = learning = network = U64 = lanes = count = a
    return exp(v) + v_ + v__ + hook_exp_2 + F_ + F(1) + np(2) + n + step + network + count
def hook1(a, b, c): return hook_exp(a) + näher(b) + Ünder_(c) + binomial_(a) + inline(b)
def hook2(a, b, c):
    exp = a; math_ = b; ñ = c; ǅ = 1; binomial_bits = 2; self = 3; lambda_ = 5; __ = 6; ___ = 7; µ = 8
    return exp + math_ + ñ + ǅ + binomial_bits + self + lambda_ + __ + ___ + μ
def hook3(n, exp, F): return n * 2 + math.exp(exp / 10) + F
def hook4(hook_, math_pi, τ): return hook_ + math_pi * τ + math.pi
"""


def test_a2_any_name_is_safe_inside_hooks(tmp_path: Path) -> None:
    made = imported(TEXT, tmp_path)
    functions = [getattr(made, f"hook{k}") for k in range(5)]
    assert not differences(functions)
    names = [re.findall(r"def (\w+)", text)[0] for text in by_kernel(functions)[1]]
    assert len(set(names)) == len(names) == 13
    assert all(name.isascii() and name.startswith("hook_") and not name.endswith("_") for name in names)


def test_a2_the_names_of_hooks_and_of_the_engine_are_apart() -> None:
    for seed in QUICK:
        tree = ast.parse(hs.Simulation(compose(seed), quiet=True).source())
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        known = {function.name for function in functions if function.name.startswith("hook_")}
        assert known
        for function in functions:
            own = [one.arg for one in ast.walk(function) if isinstance(one, ast.arg)]
            used = [one.id for one in ast.walk(function) if isinstance(one, ast.Name)]
            assert not [name for name in own if name.endswith("_") != (function.name in known)], function.name
            assert function.name in known or not [name for name in used if name.endswith("_")], function.name
            assert {name for name in used if name.startswith("hook_")} <= known
