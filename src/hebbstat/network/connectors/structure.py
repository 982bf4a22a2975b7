"""Structured random graphs: small worlds and clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hebbstat.contract.calls import explained_init
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.units import is_number
from hebbstat.network.wiring import ByRows, Connector, Pairs, Rows, Side, check_autapses, thrown


@explained_init
@dataclass(frozen=True)
class SmallWorld(Connector):
    """A ring in which each neuron reaches its `k` nearest neighbors, with shortcuts: each synapse is, with probability
    `p`, given another target, drawn from those that its neuron does not reach.

    Within one population. p = 0 is a regular ring, p = 1 random with a fixed out-degree; in between paths are short and
    neighborhoods cliquish. Watts & Strogatz 1998, doi:10.1038/30918 (there undirected; here each direction apart).
    """

    k: int
    p: float

    def __post_init__(self) -> None:
        if not (is_number(self.k) and self.k >= 0 and float(self.k).is_integer() and int(self.k) % 2 == 0):
            raise BadValueError(f"k={self.k!r} of SmallWorld must be an even number of neighbors, at least 0")
        object.__setattr__(self, "k", int(self.k))
        _check_probability(self, "p")

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        if not post.same:
            raise BadValueError("SmallWorld is a ring of one population: connect it to itself")
        if self.k > pre.n - 1:
            raise BadValueError(f"k={self.k} of SmallWorld must be at most {pre.n - 1}, the number of other neurons")
        steps = np.concatenate([np.arange(-self.k // 2, 0), np.arange(1, self.k // 2 + 1)])
        targets = (np.arange(pre.n)[:, None] + steps) % pre.n
        moved = rng.random(targets.shape) < self.p
        for neuron in np.flatnonzero(moved.any(axis=1)):
            kept, free = targets[neuron, ~moved[neuron]], np.ones(pre.n, bool)
            free[targets[neuron]] = free[neuron] = False  # as published: neither itself nor one that it has
            choices = np.flatnonzero(free)
            new = rng.permutation(choices)[: int(moved[neuron].sum())]
            stay = targets[neuron, moved[neuron]][len(new) :]  # where nobody else is left
            targets[neuron] = np.concatenate([kept, new, stay])
        return np.repeat(np.arange(pre.n), self.k), targets.reshape(-1)

    def expected(self, pre: Side, post: Side) -> float:
        return float(self.k * pre.n)


@explained_init
@dataclass(frozen=True)
class Clustered(ByRows):
    """Both populations are cut in `clusters` equal blocks: pairs of one block connect with probability `p_in`, others
    with `p_out`.

    Litwin-Kumar & Doiron 2012, doi:10.1038/nn.3220. Of populations that cannot be cut equally the first blocks have
    one neuron more.
    """

    clusters: int
    p_in: float
    p_out: float
    autapses: bool = False

    def __post_init__(self) -> None:
        if not (is_number(self.clusters) and self.clusters >= 1 and float(self.clusters).is_integer()):
            raise BadValueError(f"clusters={self.clusters!r} of Clustered must be a whole number, at least 1")
        object.__setattr__(self, "clusters", int(self.clusters))
        for name in ("p_in", "p_out"):
            _check_probability(self, name)
        check_autapses(self)

    def rows(self, pre: Side, post: Side, key: int, threads: int) -> Rows:
        if self.clusters > min(pre.n, post.n):
            raise BadValueError(
                f"clusters={self.clusters} of Clustered must be at most {min(pre.n, post.n)}, the smaller population"
            )
        sources, targets = (np.sort(np.arange(side.n) % self.clusters) for side in (pre, post))

        def probabilities(first: int, last: int) -> np.ndarray:
            return np.where(sources[first:last, None] == targets, self.p_in, self.p_out)

        return thrown(pre.n, post.n, probabilities, post.same and not self.autapses, key, threads)

    def expected(self, pre: Side, post: Side) -> float:
        share = 1.0 / self.clusters
        return (share * self.p_in + (1.0 - share) * self.p_out) * pre.n * post.n


def _check_probability(wiring: Any, name: str) -> None:
    value = getattr(wiring, name)
    if not (is_number(value) and 0 <= value <= 1):
        raise BadValueError(f"{name}={value!r} of {type(wiring).__name__} must be a probability from 0 to 1")
    object.__setattr__(wiring, name, float(value))
