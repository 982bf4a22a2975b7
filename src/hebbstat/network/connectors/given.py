"""Pairs that are given: as lists, a matrix, a graph, or a file of edges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hebbstat.contract.calls import explained_init
from hebbstat.contract.errors import BadValueError, DataError, suggestion
from hebbstat.contract.signals import read_only
from hebbstat.network.wiring import Connector, Pairs, Side


@explained_init
@dataclass(frozen=True, eq=False)
class FromPairs(Connector):
    """Given pairs of indices, in any order; the same pair may be given more than once.

    Arrays of weights, delays and parameters have one value for each pair, in the same order. Weights may also come with
    the pairs, as `weight`: then `net.connect` need not be given any.
    """

    pre: Any
    post: Any
    weight: Any = None

    def __post_init__(self) -> None:
        for side in ("pre", "post", "weight") if self.weight is not None else ("pre", "post"):
            given = getattr(self, side)
            try:
                object.__setattr__(self, side, read_only(given))
            except (TypeError, ValueError) as error:
                raise BadValueError(f"{side} of FromPairs must be a list of indices, not {given!r:.60}") from error

    @property
    def brings(self) -> Any:
        return self.weight

    def pairs(self, pre: Side, post: Side, rng: np.random.Generator) -> Pairs:
        return self.pre, self.post

    def expected(self, pre: Side, post: Side) -> float:
        return float(np.size(self.pre))


def from_matrix(matrix: Any) -> FromPairs:
    """The pairs of a matrix `[pre, post]`, dense or of scipy.sparse: those that are not 0 (dense) or stored (sparse).

    The values are the weights, unless they are truth values. Duplicates of a sparse matrix in coordinate form are
    synapses of their own.

    >>> from_matrix([[0.0, 2.0], [3.0, 0.0]]).weight.tolist()
    [2.0, 3.0]
    """
    if hasattr(matrix, "tocoo"):
        sparse = matrix.tocoo()
        pre, post, values = sparse.row, sparse.col, sparse.data
    else:
        dense = np.asarray(matrix)
        if dense.ndim != 2 or dense.dtype.kind not in "bif":
            raise BadValueError(
                f"from_matrix() takes numbers or truth values of shape [pre, post], not {dense.dtype} {dense.shape}"
            )
        pre, post = np.nonzero(dense)
        values = dense[pre, post]
    return FromPairs(pre, post, None if values.dtype.kind == "b" else values.astype(float))


def from_networkx(graph: Any, weight: str | None = "weight") -> FromPairs:
    """The edges of a NetworkX graph; its nodes, in their order, are neurons 0, 1, 2 ... An undirected edge is two.

    `weight` names the attribute of edges that is their weight; edges without it have 1.0. None takes no weights.
    """
    number = {node: k for k, node in enumerate(graph.nodes)}
    edges = [(number[a], number[b], data) for a, b, data in graph.edges(data=True)]
    if not graph.is_directed():
        edges += [(post, pre, data) for pre, post, data in edges if pre != post]
    pre, post = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    has_weights = weight is not None and any(weight in data for *_, data in edges)
    return FromPairs(pre, post, np.array([d.get(weight, 1.0) for *_, d in edges]) if has_weights else None)


def from_sonata(path: str | Path, population: str | None = None, weight: str | None = "syn_weight") -> FromPairs:
    """The edges of a SONATA file (`edges.h5`); needs h5py.

    `population` names the population of edges, if the file has several; `weight` the attribute that is their weight,
    looked for in the first group of edges. Format: Dai et al. 2020, doi:10.1371/journal.pcbi.1007696.
    """
    try:
        import h5py
    except ImportError as error:
        raise DataError("SONATA files are read with h5py; install it: pip install h5py") from error
    try:
        with h5py.File(path, "r") as file:
            there = [*file["edges"]]
            name = population or (there[0] if len(there) == 1 else "")
            if name not in there:
                raise DataError(f"{path} has no population of edges '{population}'; {suggestion(name, there)}")
            edges = file["edges"][name]
            pre, post = edges["source_node_id"][:].astype(np.int64), edges["target_node_id"][:].astype(np.int64)
            values = edges["0"][weight][:] if weight and "0" in edges and weight in edges["0"] else None
    except (OSError, KeyError) as error:
        raise DataError(f"{path} cannot be read as a SONATA file of edges: {error}") from error
    return FromPairs(pre, post, values)
