"""Who is near whom in space."""

from __future__ import annotations

import numpy as np

SLACK = 1e-9
"""By which part a distance may be beyond the reach, since positions are rounded."""


def neighbours(positions: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """The neurons within `reach` of each, without itself, in the order of their numbers; and where each one's begin."""
    from scipy.spatial import cKDTree

    pairs = cKDTree(positions).query_pairs(reach * (1.0 + SLACK), output_type="ndarray")
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    starts = np.searchsorted(both[:, 0], np.arange(len(positions) + 1))
    return both[:, 1].astype(np.int32), starts.astype(np.int64)
