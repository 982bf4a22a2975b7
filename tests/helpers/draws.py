"""Random numbers of compositions: each named thing has a stream of its own, so that a new one changes no other."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

import hebbstat as hs


@dataclass(frozen=True)
class Draw:
    """The stream of what is called `name` in the composition `seed`, and what there is around it."""

    seed: int
    name: str
    dt: float = 1.0
    follow: tuple[str, ...] = ()  # states of rules of the network, which parameters may follow
    n: int = 1  # cells of the population
    pre: int = 1  # cells on both sides of the projection
    post: int = 1
    same: bool = False  # whether these are the same cells
    size: float = 1.0  # a weight that does something
    step: float = 0.2  # a change of it that does something

    @cached_property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(self.name.encode())])

    def of(self, name: str, **around: Any) -> Draw:
        """The stream of something that belongs to this."""
        return replace(self, name=f"{self.name}/{name}", **around)

    def chance(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def pick(self, *values: Any) -> Any:
        return values[self.rng.integers(len(values))]

    def around(self, value: float, cv: float = 0.3) -> Any:
        """A number, or a distribution around it."""
        if not self.chance(0.35):
            return value
        if value <= 0:
            return hs.Normal(value, sd=cv * abs(value))
        return self.pick(
            hs.LogNormal(value, cv=cv), hs.Gamma(value, cv=cv), hs.Normal(value, cv=cv, low=0.2 * value),
            hs.Uniform(0.5 * value, 1.5 * value),
        )  # fmt: skip

    def moving(self, value: float) -> Any:
        """A number, a plan around it, or what a rule of the network says, which is about 1."""
        return hs.FollowState(self.pick(*self.follow)) if self.follow and self.chance(0.2) else self.planned(value)

    def planned(self, value: float) -> Any:
        """A number, or a plan around it."""
        if not self.chance(0.15):
            return value
        values = value * self.rng.uniform(0.5, 1.5, 4)
        return self.pick(
            hs.Sine(value, 0.5 * value, frequency=25.0, phase=1.0),
            hs.TimedArray(values, every=10.0, repeat=self.chance(0.5)),
        )

    def varied(self, value: float) -> Any:
        """A number, or any of what stands for one."""
        return self.moving(value) if self.chance(0.5) else self.around(value)
