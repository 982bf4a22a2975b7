"""What is done with a network: runs, looks, values set, frozen stretches within others. As text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from strangers.bodies import num


@dataclass(frozen=True)
class Settable:
    """Something that can be set: where, its name, a range, what it is."""

    at: tuple[str, str]
    name: str
    span: tuple[float, float]
    kind: str


def story(rng: np.random.Generator, flags: frozenset[str], settable: list[Settable]) -> list[str]:
    """The lines of a story."""
    lines: list[str] = []
    if "set" in flags and settable and rng.random() < 0.8:
        for one in _some(rng, settable, 6):
            lines.append(_set(rng, one))
    for _ in range(int(rng.integers(2, 4))):
        lines.append(f"sim.run({int(rng.integers(5, 18))})")
        if rng.random() < 0.6:
            lines.append("sim.look()")
        if "set" in flags and settable and rng.random() < 0.7:
            lines += [_set(rng, one) for one in _some(rng, settable, 2)]
            if rng.random() < 0.4:
                lines.append("sim.look()")
        if "frozen" in flags and rng.random() < 0.8:
            lines += _frozen(rng, flags, settable, 2)
    return [*lines, f"sim.run({int(rng.integers(4, 20))})", "sim.look()"]


def _frozen(rng: np.random.Generator, flags: frozenset[str], settable: list[Settable], depth: int) -> list[str]:
    """A frozen stretch, perhaps with another one inside."""
    inside = [f"sim.run({int(rng.integers(3, 25))})"]
    if rng.random() < 0.3:
        inside.append("sim.look()")
    if "set" in flags and settable and rng.random() < 0.4:
        inside += [_set(rng, one) for one in _some(rng, settable, 1)]
    if depth and rng.random() < 0.5:
        inside += _frozen(rng, flags, settable, depth - 1)
    if rng.random() < 0.7:
        inside.append(f"sim.run({int(rng.integers(2, 9))})")
    return [f"for _ in sim.frozen(restore={rng.random() < 0.5}):", *(f"    {line}" for line in inside)]


def _some(rng: np.random.Generator, settable: list[Settable], most: int) -> list[Settable]:
    return [settable[int(k)] for k in rng.permutation(len(settable))[: int(rng.integers(1, most + 1))]]


def _set(rng: np.random.Generator, one: Settable) -> str:
    low, high = one.span
    value = f"{round(low * int(rng.integers(2, 9)), 3)}" if one.kind == "period" else num(rng, low, high)
    value = f"{low}" if one.kind == "lag" else value
    return f"sim.set({one.at[0]!r}, {one.at[1]!r}, {one.name!r}, {value})"
