"""Random hook bodies, as text: arithmetic, conditions, loops, functions of `math`, helpers. All values stay bounded.

What a hook returns goes through `tanh`, so nothing overflows; thresholds are odd numbers that no sum of round ones
hits, so a difference in the last place of a value turns no decision.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from strangers.names import HELPERS, Names


def num(rng: np.random.Generator, low: float, high: float) -> str:
    """A number with an odd last digit."""
    return f"{rng.uniform(low, high):.3f}7"


@dataclass
class Bodies:
    """Writes bodies for one case."""

    rng: np.random.Generator
    names: Names
    loops: bool  # also Python that is no plain arithmetic: range, int(), float(condition), defaults
    helpers: list[tuple[str, int, bool]] = field(default_factory=list)  # name, arguments, whether the last may be left
    texts: list[str] = field(default_factory=list)

    def add_helpers(self, taken: set[str]) -> None:
        """Functions of the module that hooks call."""
        for _ in range(int(self.rng.integers(0, 3))):
            name = self.names.word(taken, "helper", pool=HELPERS)
            own: set[str] = set()
            args = [self.names.word(own, "q") for _ in range(2)]
            default = self.loops and self.rng.random() < 0.5
            given = f"{args[0]}, {args[1]}={num(self.rng, 0.2, 1.0)}" if default else ", ".join(args)
            called = self.helpers.copy()
            self.helpers = [h for h in called if h[0] not in own]
            lines = "\n".join(self.body(args, -1.0, 1.0, own, "    ", depth=1))
            self.helpers = [*called, (name, 2, default)]
            self.texts.append(f"def {name}({given}):\n{lines}\n")

    def expr(self, args: list[str], depth: int = 2) -> str:
        """A smooth expression of some of the arguments."""
        rng = self.rng
        if depth == 0 or rng.random() < 0.15:
            return args[int(rng.integers(len(args)))] if args and rng.random() < 0.8 else num(rng, -1.0, 1.0)
        a, b = self.expr(args, depth - 1), self.expr(args, depth - 1)
        forms = [
            f"({a} + {num(rng, 0.2, 1.5)} * {b})", f"({a} - {b})", f"({a} * {b})", f"{num(rng, 0.2, 1.5)} * ({a})",
            f"math.sin({a})", f"math.cos({a} + {num(rng, 0.0, 3.0)})", f"math.exp(-abs({a}))", f"math.tanh({a})",
            f"math.sqrt(abs({a}) + {num(rng, 0.1, 1.0)})", f"math.log1p(abs({a}))", f"min({a}, {b})", f"max({a}, {b})",
            f"({a}) / (1.0 + abs({b}))", f"({a} if {b} > {num(rng, -0.5, 0.8)} else {num(rng, -1.0, 1.0)})",
            f"math.atan({a})", f"(1.0 + abs({a})) ** 0.5", f"math.tanh({a}) ** 2", f"-({a})",
        ]  # fmt: skip
        for name, count, default in (helper for helper in self.helpers if helper[0] not in args):
            given = [a, b][: count - 1 if default and rng.random() < 0.5 else count]
            forms += 2 * [f"{name}({', '.join(given)})"]
        if self.loops:
            forms += 2 * [
                f"float({a} > {num(rng, -0.5, 0.5)})", f"math.fmod({a}, 1.37)", f"(int(5.0 * abs({a})) & 1)",
                f"math.floor({a})", f"(abs({a}) % 0.71)", f"(3 * ({a}))",
            ]  # fmt: skip
        return forms[int(rng.integers(len(forms)))]

    def body(self, args: list[str], low: float, high: float, taken: set[str], indent: str, depth: int = 2) -> list[str]:
        """The lines of a body that returns a value between `low` and `high`."""
        rng, lines = self.rng, list[str]()
        called = {name for name, _, _ in self.helpers} | {"math", "abs", "min", "max", "float", "int", "range"}
        local = self.names.word({*taken, *args, *called}, "t")
        known = [*args]
        if rng.random() < 0.5:
            lines.append(f"{local} = {self.expr(known, depth)}")
            known.append(local)
            kind = rng.random()
            if kind < 0.3:
                lines += [f"if {self.expr(args, 1)} > {num(rng, -0.4, 0.6)}:", f"    {local} = {self.expr(known, 1)}"]
                if rng.random() < 0.5:
                    lines += ["else:", f"    {local} = {num(rng, 0.2, 0.9)} * {local}"]
            elif kind < 0.5:
                counter = self.names.word({*taken, *args, *called, local}, "c")
                lines += [f"{counter} = 0.0", f"while {counter} < 2.5:", f"    {local} = {self.expr(known, 1)}"]
                lines += [f"    {counter} = {counter} + 1.0"]
            elif kind < 0.7 and self.loops:
                counter = self.names.word({*taken, *args, *called, local}, "c")
                lines += [f"for {counter} in range(3):", f"    {local} += {num(rng, 0.1, 0.5)} * {counter}"]
            elif kind < 0.8:
                lines += [f"if {self.expr(args, 1)} > {num(rng, 0.3, 0.9)}:", f"    return {num(rng, low, high)}"]
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        result = f"{half:.5f} * math.tanh({self.expr(known, depth)})"
        lines.append(f"return {middle:.5f} + {result}" if middle else f"return {result}")
        return [indent + line for line in lines]
