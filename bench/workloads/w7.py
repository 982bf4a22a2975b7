"""W7 in Hebbstat: a plastic rate network, 2000 x 2000, Oja's rule at each step and normalization at each step.

python bench/workloads/w7.py --seconds 1 --threads 2 --out row.json

`copy` in the row is how long the same threads take to read and write a matrix of this size once.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from row import write
from timed import measure, options

import hebbstat as hs

CELLS, ROUNDS = 2000, 200


def network(seed: int = 1) -> hs.Network:
    """The network, described."""
    net = hs.Network(dt=1.0, seed=seed)
    net.add(hs.LinearRate(i_ext=hs.Uniform(0.0, 1.0)), CELLS, "drive")
    net.add(hs.LinearRate(), CELLS, "cells")
    rules = [hs.Oja(eta=1e-6), hs.WeightNormalization(total=1.0, period=1.0)]
    net.connect("drive", "cells", hs.AllToAll(), weight=hs.Uniform(0.0, 2.0 / CELLS), delay=1.0, rules=rules)
    return net


def copy(threads: int, dtype: str) -> float:
    """Seconds for so many threads to read a matrix of CELLS x CELLS and to write it."""
    parts = np.array_split(np.ones((CELLS, CELLS), dtype), threads)

    def work(part: np.ndarray) -> None:
        for _ in range(ROUNDS):
            np.multiply(part, part.dtype.type(1.0001), out=part)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda part: None, parts))  # threads are there
        began = time.perf_counter()
        list(pool.map(work, parts))
        return (time.perf_counter() - began) / ROUNDS


if __name__ == "__main__":
    given = options(__doc__, seconds=1.0, warm=0.1).parse_args()
    row = measure("W7", lambda: network(given.seed), given)
    row.synapses, row.events = CELLS**2, CELLS**2 * 1000.0  # each changes once a step
    row.more["copy"] = copy(given.threads, given.dtype)
    row.note = f"{row.wall / 1000.0 / row.more['copy']:.1f} times reading and writing the matrix once"
    write(row, given.out)
