"""R41: spaced repetition beats massed repetition if, and only if, weights saturate.

A synapse of the chain of Benna & Fusi is strengthened 8 times by as much as its weight can hold, with a gap between the
presentations, and read some time (the retention) after the last one. Where the weight is bounded, what comes while it
is still full is lost, so there is a best gap, and it grows with the retention, as people's does (Cepeda et al. 2008,
doi:10.1111/j.1467-9280.2008.02209.x). Without bounds the chain is linear: every presentation adds the same, and the
most recent ones count most, so no gap is best.
The numbers follow from the matrix of the chain with the bound applied after each presentation: numpy, no engine.
"""

import numpy as np
from published.expected import above, below, near
from published.row import Row
from published.rows.r40_consolidation_chain import matrix

import hebbstat as hs

GAPS = np.array([1, 3, 10, 30, 60, 100, 200, 300, 600, 1000])  # ms
RETENTIONS = (1000, 5000, 20_000)
TIMES = 8


class Strengthened(hs.Plasticity):
    """Each presentation adds 1."""

    @staticmethod
    def on_pre():
        return 1.0


def measure(dt, seed, high=1.0, chain=hs.ConsolidationChain):
    """The best gaps, and what spacing is worth, with bounds and without."""
    clipped, free = left(dt, chain, high)
    found = {}
    for k, retention in enumerate(RETENTIONS):
        found[f"best gap after {retention} ms"] = float(GAPS[np.argmax(clipped[:, k])])
        found[f"best over massed after {retention} ms"] = float(clipped[:, k].max() / clipped[0, k])
        found[f"best gap after {retention} ms, unbounded"] = float(GAPS[np.argmax(free[:, k])])
    found["against the matrix, largest error"] = float(np.max(np.abs(clipped / computed() - 1.0)))
    return found


def left(dt, chain, high):
    """What is left in the weight by gap and retention, bounded and not."""
    net = hs.Network(dt=dt)
    times = (GAPS[:, None] * np.arange(TIMES) + 1.0).ravel()
    n = len(GAPS)
    net.add(hs.SpikeSource(), n, "presentations", spikes=(times, np.repeat(np.arange(n), TIMES)))
    net.add(hs.SpikeSource(), n, "cells")
    for name, rules in (("clipped", [hs.HardBounds(-high, high)]), ("free", [])):
        rules = [Strengthened(), chain(tau=4.0, period=1.0), *rules]
        net.connect("presentations", "cells", hs.OneToOne(), weight=0.0, rules=rules, name=name)
    sim = hs.Simulation(net, dtype="float64", quiet=True)
    found = np.zeros((2, n, len(RETENTIONS)))
    last = GAPS * (TIMES - 1) + 2  # its arrival
    for at, gap, k in sorted((last[g] + r, g, k) for g in range(n) for k, r in enumerate(RETENTIONS)):
        sim.run(ms=float(at) - sim.time)
        found[:, gap, k] = sim.weights("clipped")[gap], sim.weights("free")[gap]
    return found


def computed():
    """The same by the matrix, with the bound 1."""
    step, found = matrix(8), np.zeros((len(GAPS), len(RETENTIONS)))
    for g, gap in enumerate(GAPS):
        u = np.zeros(8)
        for k in range(TIMES):
            u = np.linalg.matrix_power(step, gap) @ u if k else u
            u[0] = min(u[0] + 1.0, 1.0)
        # the slow clock ticks in the step of the event, too
        found[g] = [(np.linalg.matrix_power(step, r + 1) @ u)[0] for r in RETENTIONS]
    return found


class Shallow(hs.ConsolidationChain):
    """The weight alone decays, nothing is kept in the variables behind it: no chain."""

    @hs.together(*hs.ConsolidationChain.exchange.writes).on_tick
    def exchange(w, rest, share):
        return share * (w - rest), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0


ROW = Row(
    "R41",
    "Spaced repetition beats massed repetition where weights saturate",
    of=["ConsolidationChain", "HardBounds"],
    source="Benna & Fusi 2016, doi:10.1038/nn.4401",
    measure=measure,
    expected={
        "best gap after 1000 ms": near(100.0),
        "best gap after 5000 ms": near(200.0),
        "best gap after 20000 ms": near(600.0),
        **{f"best over massed after {retention} ms": above(2.0) for retention in RETENTIONS},
        **{f"best gap after {retention} ms, unbounded": near(1.0) for retention in RETENTIONS},
        "against the matrix, largest error": below(1e-9),
    },
    mutations={
        "the weight does not saturate": {"high": 100.0},
        "nothing is kept behind the weight": {"chain": Shallow},
    },
    dt=1.0,
)
