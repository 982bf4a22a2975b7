"""C2: a hundred Python constructs either give the same numbers when compiled, or are refused with the class."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from helpers.spoken import by_kernel, differences, imported

from hebbstat.contract.errors import ContractError

AROUND = """
import functools, math, os, random, time
import math as m
from math import exp as e, floor
import numpy as np
import hebbstat as hs

GAIN, TWO, YES = 2.5, 2, True
LIST, TEXT, ARRAY = [1.0], "x", np.ones(3)
class Table:
    low, name = -1.0, "x"
    @staticmethod
    def twice(x): return 2 * x
def scaled(x, factor=2.0, *, offset=1): return x * factor + offset
def both(x, y=1): return x + y, x - y
def kinds(k): return k // 2
def early(x):
    if x > 0: return x
    return -1
square = lambda x: x * x
def factorial(n): return 1 if n <= 1 else n * factorial(n - 1)
def optional(x, y=None): return x if y is None else y
def starred(*x): return x[0]
part = functools.partial(scaled, factor=2)
@functools.lru_cache
def cached(x): return x
def none_at_end(x):
    if x > 0: return x
def generator(x): yield x
def calls_bad(x): return sum([x])
"""
RUN = '''
for k in range(3): a += k * b
return a
---
s = 0
for k in range(1, 6, 2): s += k
return s * a
---
s = 0.0
for k in range(5, 0, -1):
    if k == 2: continue
    if k < 2: break
    s += k * a
else:
    s = -1.0
return s
---
for k in range(int(c)): a = a * 0.5
return a
---
return float(a > b)
---
return int(a) & 1
---
return math.fmod(a, 3.0)
---
return scaled(a)
---
return scaled(a, offset=b) + scaled(b, 3, offset=2) + scaled(factor=a, x=2)
---
x, y = both(a)
return x * y
---
x, y = both(1, 2)
return x / y * a
---
return kinds(7) * a + kinds(a)
---
return early(a)
---
return square(a) + square(3)
---
return Table.twice(a) + Table.low
---
return a or b
---
return a and b
---
return (a or 3) + (not b) + (a and b or c)
---
return a // b if b else 0
---
return a % b if b else 0
---
return -7 // 2 + (-7) % 3 + 7 % -3 + a
---
return int(a) // 2 + int(b) % 3 + int(c) // -2
---
return divmod(a, 0.7)
---
q, r = divmod(int(c), 3)
return q + r / 2
---
return abs(a) ** 0.5 + a ** 2 + a ** 3
---
return (b if b else 1) ** -2
---
return 2 ** 10 * a + 2 ** -1 + (-2) ** 3
---
return int(c) ** 2 / 3
---
return 2 ** int(c)
---
return 7 / 2 + 1 / 3 * a
---
return round(a) + round(b)
---
return round(a * 1.37, 2) + round(2.675, 2) + round(0.15, 1) + round(c, ndigits=1)
---
return round(a * 1234.5, -2)
---
return round(2.5) + round(3.5) + round(-0.5)
---
return int(a) + int(-2.7) + int(True)
---
return bool(a) + bool(0) + (a > 0) + (b > 0)
---
return True + True
---
return ((a > 0) & (b > 0)) + ((a > 0) | (b > 0)) * 2 + ((a > 0) ^ (b > 0)) * 4
---
k = int(c)
return (k << 2) + (k >> 1) + (k ^ 5) + (k | 8) + ~k
---
k = 0
while k < 5 and a < 100:
    k += 1
    a = a * 1.5 + 1
return k
---
n = 3
while True:
    n -= 1
    if n < 0: return a
---
return -1 < a <= 2 != b
---
return 1 if a > b else 0
---
return 1 if a > b else b
---
return min(a, 1) + max(b, 0, -2)
---
return min(1, 2, 3) * a
---
return abs(-3) + abs(a) + abs(a > b)
---
return pow(abs(a), 2) + pow(2, 3)
---
return math.pi + math.e + math.tau + m.pi + np.pi
---
return min(math.inf, a) + (1.0 if math.isinf(math.inf) else 0.0)
---
return math.inf if a > 0 else -math.inf
---
return float("inf") if a > 0 else float("-inf")
---
return math.isnan(math.nan) + math.isnan(a) + math.isfinite(a)
---
return e(-a * a) + math.exp(b)
---
return math.floor(a) + math.ceil(b) + math.trunc(c) + floor(2)
---
return math.sqrt(2) + math.sqrt(abs(a))
---
return math.log(4) + math.log(abs(a) + 1, 2) + math.log2(8) + math.log10(100) + math.log1p(abs(b))
---
return math.hypot(a, b) + math.atan2(a, b) + math.copysign(1, b)
---
return math.sin(a) + math.cos(b) + math.tan(a) + math.sinh(a) + math.cosh(b) + math.tanh(c)
---
return math.asin(a / 20) + math.acos(b / 20) + math.atan(c) + math.asinh(a) + math.acosh(abs(b) + 1)
---
return math.atanh(a / 20)
---
return math.erf(a) + math.erfc(b) + math.gamma(abs(a) + 1) + math.lgamma(abs(b) + 1) + math.expm1(a)
---
return math.degrees(a) + math.radians(b) + math.exp2(a) + math.cbrt(b) + math.fabs(a) + math.pow(2, c)
---
return GAIN * a + TWO * b + YES
---
return a * TWO // 1
---
for k in range(TWO): a += k
return a
---
max = 3.0
return max * a
---
F = a; exp = b; n = 2; np_ = 1; lambda_ = 4
return F + exp * n + np_ + lambda_
---
τ = a * 2
Δt = 0.1
return τ * Δt
---
x: float = 0
y: int
x += a
return x
---
"""Documented."""
# and commented
...
pass
return a  # here
---
x = y = 0
x += a
y += 1
return x * y
---
x, (y, z) = a, (b, 1)
x, y = y, x
return x + 2 * y + z
---
[x, y] = a, b
return x - y
---
pair = (a, 2)
return pair[0] * pair[1] + pair[-1]
---
t = (a, b) if a > b else (b, 1)
return t[0] - t[1]
---
return a
x = 3
return x
---
if a > 0: x = 1
else: x = 0.5
return x * b
---
if a > 0:
    x = b
return x if a > 0 else 0.0
---
a = 0
return a + b
---
k = 7
k /= 2
return k
---
k = 7
k //= 2
k **= 2
k %= 5
return k * a
---
k = 6
k <<= 1
k |= 1
k ^= 3
k &= 15
k >>= 1
return k
---
flag = False
flag |= a > 0
flag = flag and b > 0
return flag
---
hit = a > 0
hit = 2
return hit * b
---
total = 0
for i in range(3):
    for j in range(i + 1):
        if j == 1: break
        total += i * j + 1
return total + a
---
return 1_000 + 0x10 + 0b11 + 1e3
---
return 10 ** 20 * a
---
return (a > b) * a + (a <= b) * b
---
return +a - -b + (-True)
---
return not a
---
return not (a > b) or c > 2
---
if a: return b
if not b: return a
return c
---
return a if a > 0 else b if b > 0 else c if c > 0 else 0
---
if a > 0:
    if b > 0: return 1
    return 2
elif b > 0:
    return 3.5
else:
    return 4
---
return 5.0 % math.inf + (-5.0) % math.inf
---
x = a
x -= 1
x *= 2
x /= 4
x //= 0.1
return x
---
return a == b, a != b
---
return 3
---
return a, 1, a > b
---
return 0.1 + 0.2
---
return 1e-320 * a + 1e308 * b
---
return -2 ** 2 + (-2) ** 2 + 2 ** 3 ** 2
---
for k in range(0): a += 1
return a
---
for k in range(10):
    pass
return k * a
---
return int(a * 10) % 7 / 7
---
i = 0
x = 1
while x < 100:
    x *= 2
    i += 1
return i + x
---
x = 12345
for _ in range(5): x = (1103515245 * x + 12345) % 2**31
return x / 2**31
---
return math.floor(a / 0.1 + 0.5)
'''
REFUSED = """
try: return 1 / a
except ZeroDivisionError: return 0
---
with open('x'): return a
---
return sum([a, b])
---
return sum(x for x in (a, b))
---
return [a, b][0]
---
return {1: a}[1]
---
f = lambda x: x
return f(a)
---
def f(x): return x
return f(a)
---
print(a)
return a
---
global G
G = a
return a
---
import math
return math.exp(a)
---
return np.exp(a)
---
return np.where(a > 0, a, b)
---
return np.random.rand()
---
import random
return random.random()
---
return f"{a}"
---
return "a"
---
return None
---
return
---
if a > 0: return a
---
x = None
return a
---
while (y := a - 1) > 0: a = y
return a
---
return a if a in (1, 2) else b
---
return a is b
---
assert a > 0
return a
---
raise ValueError
---
del a
return b
---
x = [0]
x[0] = a
return x[0]
---
self = a
self.x = b
return a
---
for x in (a, b): return x
---
for k in range(a): return k
return a
---
for i, j in enumerate((a, b)): a += 1
return a
---
for k in range(3, step=1): a += 1
return a
---
return a & 1
---
return a << 2
---
return ~a
---
return a @ b
---
return (a, b) + (c,)
---
return a, (b, c)[int(a)]
---
return factorial(3) * a
---
return LIST[0] * a
---
return TEXT
---
return ARRAY * a
---
return ARRAY.sum()
---
return math.comb(5, 2)
---
return math.dist((a,), (b,))
---
return math.exp(a, b)
---
return math.log()
---
return scaled(a, nothing=1)
---
return scaled()
---
return optional(a)
---
return starred(a, b)
---
return scaled(*[a])
---
return min(a)
---
return min([a, b])
---
return max(a, b, key=abs)
---
return round(a, int(b))
---
return round(a, 20)
---
return int("3")
---
return int(a, 2)
---
return float("x")
---
return float()
---
return complex(a)
---
return 1j * a
---
return isinstance(a, float)
---
return len((a, b))
---
return a.real
---
return a.is_integer()
---
max = 3.0
return max(a, b)
---
match a:
    case 1: return b
return c
---
yield a
---
x = a
x = (a, b)
return x[0]
---
if a > 0: return a, b
return a
---
x, y = a
return x
---
x, *y = a, b, c
return x
---
y = y + 1
return y
---
class K: pass
return a
---
return part(a)
---
return cached(a)
---
return a[0]
---
k = 2 ** 64
return k & 1
---
return 10 ** 400 * a
---
return range(3)
---
return -(a, b)
---
return not (a, b)
---
return (a, b) < (b, c)
---
return math
---
return scaled
---
return scaled + a
---
return none_at_end(a)
---
return a if a else (a, b)
---
return Table
---
return Table.name
---
return abs()
---
return pow(2, 3, 5)
---
return eval("a")
---
return sorted((a, b))[0]
---
return any((a > 0, b > 0))
---
return hash(a)
---
return ...
---
return a.b.c
---
return os.getpid()
---
return time.time()
---
return str(a)
---
return bin(3)
---
for k in range(3):
    k = 0.5
return a
---
return generator(a)
---
return calls_bad(a)
---
_ = a
for _ in range(2): a += 1
return a
---
return a * 1j.imag
---
return a.__class__
---
return (lambda x: x)(a)
---
return scaled(a, b, c)
---
return scaled(a, x=b)
---
return math.inf.real
---
x = scaled
return x(a)
---
return 1 << 5000
---
return round(1234, -2) + a
"""


def blocks(text: str) -> list[str]:
    return [block.strip("\n") for block in text.split("---\n")]


def hooks(bodies: list[str]) -> str:
    return "".join(f"\ndef hook{k}(a, b, c):\n{textwrap.indent(body, '    ')}\n" for k, body in enumerate(bodies))


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return imported(AROUND + hooks(blocks(RUN)), tmp_path_factory.mktemp("run"))


def test_c2_what_runs_gives_the_numbers_of_python(spoken: ModuleType) -> None:
    functions = [getattr(spoken, f"hook{k}") for k in range(len(blocks(RUN)))]
    assert len(functions) > 100
    wrong = differences(functions)
    assert not wrong, "\n".join([*wrong, *(blocks(RUN)[int(re.search(r"\d+", one)[0])] for one in wrong)])


def test_c2_single_precision_stays_single(spoken: ModuleType) -> None:
    results, _ = by_kernel([getattr(spoken, f"hook{k}") for k in range(0, len(blocks(RUN)), 2)], "float32")
    for body, values in zip(blocks(RUN)[::2], results, strict=True):
        with np.errstate(over="ignore"):
            assert np.array_equal(values, values.astype(np.float32), equal_nan=True), body


@pytest.mark.parametrize("body", blocks(REFUSED))
def test_c2_what_cannot_run_is_refused_when_the_class_is_defined(body: str, tmp_path: Path) -> None:
    rule = "class Rule(hs.Plasticity):\n" + "".join(f"    {name}: hs.units.Number = 1.0\n" for name in "abc")
    hook = "    @staticmethod\n    def on_pre(a, b, c):\n" + textwrap.indent(body, "        ") + "\n"
    with pytest.raises(ContractError) as refused:
        imported(f"{AROUND}\n{rule}{hook}", tmp_path)
    message = str(refused.value)
    assert re.match(r"Rule\.on_pre( calls \w+)? \(written_\d+\.py, line \d+\): .* cannot be compiled; .+", message)
    assert "\n" not in message and len(message) < 260
