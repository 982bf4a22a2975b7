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
    shape: tuple[int, int] | None = None  # of cells that it was made for, if it matters

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
        if self.shape is not None and tuple(self.shape) != (pre.n, post.n):
            raise BadValueError(
                f"a matrix [pre, post] of shape {tuple(self.shape)} cannot connect {pre.n} with {post.n} cells; is it "
                "transposed?"
            )
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
        if values.dtype.kind not in "biuf":
            raise BadValueError(f"from_matrix() takes numbers or truth values, not {values.dtype}")
    else:
        dense = np.asarray(matrix)
        if dense.ndim != 2 or dense.dtype.kind not in "biuf":
            raise BadValueError(
                f"from_matrix() takes numbers or truth values of shape [pre, post], not {dense.dtype} {dense.shape}"
            )
        pre, post = np.nonzero(dense)
        values = dense[pre, post]
    size = (int(matrix.shape[0]), int(matrix.shape[1])) if hasattr(matrix, "shape") else dense.shape
    return FromPairs(pre, post, None if values.dtype.kind == "b" else values.astype(float), size)


def from_networkx(graph: Any, weight: str | None = "weight") -> FromPairs:
    """The edges of a NetworkX graph; its nodes, in their order, are neurons 0, 1, 2 ... An undirected edge is two.

    `weight` names the attribute of edges that is their weight; edges without it have 1.0. None takes no weights.
    """
    if not hasattr(graph, "edges"):
        raise BadValueError(f"from_networkx() takes a NetworkX graph, not {graph!r:.50}; else: FromPairs(pre, post)")
    number = {node: k for k, node in enumerate(graph.nodes)}
    edges = [(number[a], number[b], data) for a, b, data in graph.edges(data=True)]
    if not graph.is_directed():
        edges += [(post, pre, data) for pre, post, data in edges if pre != post]
    pre, post = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    has_weights = weight is not None and any(weight in data for *_, data in edges)
    if weight not in (None, "weight") and edges and not has_weights:
        known = {name for *_, data in edges for name in data}
        raise BadValueError(f"no edge of the graph has '{weight}'; {suggestion(weight, known)}")
    return FromPairs(pre, post, np.array([d.get(weight, 1.0) for *_, d in edges]) if has_weights else None)


def from_sonata(path: str | Path, population: str | None = None, weight: str | None = "syn_weight") -> FromPairs:
    """The edges of a SONATA file (`edges.h5`); needs h5py.

    `population` names the population of edges, if the file has several; `weight` the attribute that is their weight,
    looked for in the group of each edge. Format: Dai et al. 2020, doi:10.1371/journal.pcbi.1007696.
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
            values = _sonata_weights(path, edges, weight) if weight else None
    except (OSError, KeyError) as error:
        raise DataError(f"{path} cannot be read as a SONATA file of edges: {error}") from error
    return FromPairs(pre, post, values)


def _sonata_weights(path: str | Path, edges: Any, weight: str) -> np.ndarray | None:
    """The weight of each edge: its group, and its place there, are told beside the pairs."""
    groups = {name: group for name, group in edges.items() if name.isdecimal()}
    known = {name for group in groups.values() for name in group}
    if weight not in known:
        if weight == "syn_weight":
            return None
        raise DataError(f"{path} has no weights called '{weight}'; {suggestion(weight, known)}")
    n = len(edges["source_node_id"])
    of = edges["edge_group_id"][:] if "edge_group_id" in edges else np.zeros(n, int)
    place = edges["edge_group_index"][:] if "edge_group_index" in edges else np.arange(n)
    values = np.empty(n)
    for group in np.unique(of).tolist():
        if weight not in groups.get(str(group), ()):
            raise DataError(f"{path} has edges of group {group}, which has no '{weight}'")
        values[of == group] = groups[str(group)][weight][:][place[of == group]]
    return values
