"""C2: random hooks of the language, many in one compiled module, give the numbers of Python."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import pytest
from helpers.spoken import ROWS, by_kernel, by_python, imported

HEAD = """import math
from math import floor as down
HALF, THREE, ON = 0.5, 3, True
def mixed(x, k=2, *, on=True): return x * k if on else k
def whole(k, m=3):
    for j in range(m):
        if k > 20: return k - 20
        k += j
    return k
def twice(x): return mixed(x) + whole(4)
def parts(x, y): return (x, 1) if x > y else (2, y)
"""


class Writer:
    """Writes hooks at random: variables x hold anything, k whole numbers, t truth values."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def pick(self, *choices: str) -> str:
        return str(choices[self.rng.integers(len(choices))])

    def whole(self, depth: int) -> str:
        """A whole number, not too large."""
        if depth <= 0:
            return self.pick("k0", "k1", "2", "0", "7", "-3", "THREE", "int(a)", "True")
        one, other, number = self.whole(depth - 1), self.whole(depth - 1), self.number(depth - 1)
        return self.pick(
            f"({one} + {other})", f"({one} - {other})", f"({one} * {other} % 101)", f"({one} // {other})",
            f"({one} % {other})", f"-{one}", f"({one} & {other})", f"({one} | {other}) % 64", f"({one} ^ 5)", f"~{one}",
            f"({one} << 2) % 50", f"({one} >> 1)", f"min({one}, {other})", f"abs({one})", f"round({number}) % 90",
            f"int({number}) % 77", f"down({number}) % 55", f"({one} if {self.truth(depth - 1)} else {other})",
            f"whole({one} % 30)", f"whole({one} % 30, m=2)", f"divmod({one}, {other})[1]", f"({one} or {other})",
            f"({one} and {other})", f"{one} ** 2 % 31", f"int({self.truth(depth - 1)})",
        )  # fmt: skip

    def truth(self, depth: int) -> str:
        if depth <= 0:
            return self.pick("t0", "t1", "ON", "False", "(a > b)", "(k0 == 2)", "(x0 <= 1)")
        one, other = self.number(depth - 1), self.number(depth - 1)
        return self.pick(
            f"({one} < {other})", f"({one} >= {other})", f"({one} != {self.whole(depth - 1)})", f"(not {one})",
            f"(-3 < {one} <= {other})", f"({self.truth(depth - 1)} and {self.truth(depth - 1)})",
            f"({self.truth(depth - 1)} or {self.truth(depth - 1)})", f"({self.truth(depth - 1)} ^ t0)", f"bool({one})",
            f"math.isfinite({one})",
        )  # fmt: skip

    def number(self, depth: int) -> str:
        """A value of any kind."""
        if depth <= 0:
            return self.pick("a", "b", "c", "x0", "x1", "x2", "0.25", "-1.5", "2", "HALF", "k1", "t1", "math.pi")
        if self.rng.random() < 0.25:
            return self.whole(depth - 1) if self.rng.random() < 0.7 else self.truth(depth - 1)
        one, other = self.number(depth - 1), self.number(depth - 1)
        return self.pick(
            f"({one} + {other})", f"({one} - {other})", f"({one} * {other})", f"({one} / {other})",
            f"({one} // {other})", f"({one} % {other})", f"-{one}", f"abs({one}) ** 0.5", f"({one}) ** 2",
            f"math.sqrt(abs({one}))", f"min({one}, {other}, 3)", f"max({one}, {other})", f"round({one}, 1)",
            f"float({one})", f"({one} if {self.truth(depth - 1)} else {other})", f"({one} or {other})",
            f"({one} and {other})", f"mixed({one}, {other})", f"mixed({one}, k={self.whole(depth - 1)}, on=t0)",
            f"twice({one})", f"math.copysign({one}, {other})", f"math.fmod({one}, 4)", f"parts({one}, {other})[1]",
        )  # fmt: skip

    def statements(self, depth: int, inside: bool = False) -> list[str]:
        return [line for _ in range(self.rng.integers(1, 4)) for line in self.statement(depth, inside)]

    def statement(self, depth: int, inside: bool) -> list[str]:
        kind = self.rng.integers(0, 12 if depth > 0 else 6)
        x, k, t = self.pick("x0", "x1", "x2"), self.pick("k0", "k1"), self.pick("t0", "t1")
        if kind == 0:
            return [f"{k} {self.pick('=', '+=', '-=')} {self.whole(2)}"]
        if kind == 1:
            return [f"{t} = {self.truth(2)}", f"{t} {self.pick('&', '|', '^')}= {self.truth(1)}"]
        if kind == 2:
            return [self.pick("x0, k0 = k1, 3", "x1, (x2, k1) = x2, (x0, 4)", "x0, x1 = parts(x1, k0)", "x0 = x1 = 1")]
        if kind < 6:
            return [f"{x} {self.pick('=', '=', '+=', '*=', '/=', '//=', '%=')} {self.number(2)}"]
        inner = [f"    {line}" for line in self.statements(depth - 1, inside)]
        if kind < 9:
            rest = ["else:", *(f"    {line}" for line in self.statements(depth - 1, inside))]
            return [f"if {self.number(2)}:", *inner, *(rest if kind == 7 else [])]
        looped = [f"    {line}" for line in self.statements(depth - 1, True)]
        if kind < 11:
            leave = [f"    if {self.truth(1)}: {self.pick('break', 'continue', f'return {self.number(1)}')}"]
            name = f"j{depth}"
            used = [f"    {x} = {self.pick('x1', 'x2', 'k0')} + {name} * {self.number(1)}"]
            head = self.pick("range(3)", "range(1, 6, 2)", "range(3, -2, -2)", f"range({self.whole(1)} % 5)")
            return [f"for {name} in {head}:", *looped, *leave, *used]
        return [f"n{depth} = 0", f"while n{depth} < 4 and {self.truth(1)}:", *looped, f"    n{depth} += 1"]

    def hook(self, name: str) -> str:
        start = [f"x0, x1, x2 = a, {self.pick('0', '1.5', 'True')}, {self.pick('2', 'b')}", "k0, k1 = int(c), 2"]
        lines = [*start, "t0, t1 = a < 1, False", *self.statements(2), *self.statements(2)]
        lines.append(f"return {self.number(2)} + x0 / 3 + k0 + math.sin(x1)")
        return f"def {name}(a, b, c):\n{textwrap.indent(chr(10).join(lines), '    ')}\n"


def check(seeds: range, folder: Path) -> int:
    """Compare hooks of these seeds with Python; the number of values compared."""
    made = imported(HEAD + "\n".join(Writer(seed).hook(f"hook{seed}") for seed in seeds), folder)
    functions = [getattr(made, f"hook{seed}") for seed in seeds]
    results, _ = by_kernel(functions)
    wrong, compared = [], 0
    for function, result in zip(functions, results, strict=True):
        for row, ours, theirs in zip(ROWS, result, by_python(function), strict=True):
            if theirs is None or not abs(theirs[0]) < 1e12:
                continue  # Python raises, or a whole number has outgrown what a kernel holds
            compared += 1
            if not np.allclose(ours, theirs, rtol=1e-9, atol=1e-9):
                wrong.append(f"{function.__name__}{row}: {ours[0]}, right {theirs[0]}")
    assert not wrong, "\n".join([*wrong, *(Writer(int(one[4 : one.index("(")])).hook("hook") for one in wrong[:1])])
    return compared


def test_c2_random_hooks_give_the_numbers_of_python(tmp_path: Path) -> None:
    assert check(range(14), tmp_path) > 40


@pytest.mark.verify
@pytest.mark.parametrize("batch", range(12))
def test_c2_many_random_hooks_give_the_numbers_of_python(batch: int, tmp_path: Path) -> None:
    assert check(range(1000 + 40 * batch, 1040 + 40 * batch), tmp_path) > 100
