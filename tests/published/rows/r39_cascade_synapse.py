"""R39: the cascade synapse forgets by a power of time, until its most rigid states do.

400,000 synapses of 5 depths begin in equilibrium, evenly over all 10 states; a memory asks each to strengthen or
weaken, then others ask for either at random. The memory's trace, the mean of the weight (0 or 1) times the wanted sign,
is held to the Markov chain of Fusi, Drew & Abbott: it begins with sum q_i / 2n = 1 / n. The power of its decay, about
-3/4, and its end, with a time constant that doubles with each depth (2^(n-1)), are those of the chain's matrix.
"""

import numpy as np
from published.expected import below, near
from published.row import Row

import hebbstat as hs

DEPTHS, N = 5, 400_000
AGES = (0, 1, 3, 10)
LATE = 100  # when the equilibrium is looked at again


class Asked(hs.Plasticity):
    """A presynaptic spike asks for a change as wanted, or at random where nothing is."""

    wanted: hs.units.Number = 0.0

    @staticmethod
    def on_pre(uniform, wanted):
        return wanted if wanted != 0.0 else 1.0 if uniform < 0.5 else -1.0


def measure(dt, seed, synapse=hs.CascadeSynapse):
    """Trace and occupancy of the engine's synapses, and what the Markov chain says of more depths."""
    wanted = np.where(np.arange(N) // (2 * DEPTHS) % 2 == 0, 1.0, -1.0)
    states = np.concatenate([np.arange(-DEPTHS, 0.0), np.arange(1.0, DEPTHS + 1.0)])
    net = hs.Network(dt=dt, seed=seed)
    times = np.arange(1.0, LATE + 1.0)
    net.add(hs.SpikeSource(), 1, "memories", spikes=(times, np.zeros(len(times), int)))
    net.add(hs.SpikeSource(), N, "cells")
    rule = synapse(Asked(wanted=wanted), depths=float(DEPTHS), start=np.resize(states, N), period=1.0)
    net.connect("memories", "cells", hs.AllToAll(), weight=0.0, rules=[rule], name="p")
    sim = hs.Simulation(net, quiet=True)
    sim.run(ms=2.0)
    sim.set("p", "Asked.wanted", np.zeros(N))
    found, memory = {}, flow(DEPTHS)
    for age in AGES:
        if age:
            sim.run(ms=2.0 + age - sim.time)
        found[f"trace at age {age} over the chain's"] = np.mean(wanted * sim.weights("p")) / memory(age)
    found["trace at age 0"] = memory(0) * found["trace at age 0 over the chain's"]
    sim.run(ms=LATE + 1.0 - sim.time)
    share = np.array([np.mean(sim.state("p", f"{synapse.__name__}.state") == state) for state in states])
    found["occupancy over 1 / 2n, largest error"] = float(np.max(np.abs(2 * DEPTHS * share - 1.0)))
    ages = np.unique(np.round(np.logspace(1.0, 3.0, 40)))
    trace = np.array([flow(15)(age) for age in ages])
    found["power of the trace, 15 depths"] = float(np.polyfit(np.log(ages), np.log(trace), 1)[0])
    found["last time constant, 12 depths"] = last(12)
    found["last time constant, 13 depths over 12"] = last(13) / last(12)
    return found


def matrices(n, x=0.5):
    """What strengthening and weakening do to the states, weak ones of depth 1 to n first."""
    up = np.eye(2 * n)
    for depth in range(1, n + 1):
        weak, strong, end = depth - 1, n + depth - 1, depth == n
        switch, deeper = x ** (depth - 1) / (1.0 - x if end else 1.0), 0.0 if end else x**depth / (1.0 - x)
        up[weak, [weak, n]] = 1.0 - switch, switch
        if not end:
            up[strong, [strong, strong + 1]] = 1.0 - deeper, deeper
    swap = np.r_[n : 2 * n, 0:n]
    return up, up[swap][:, swap]


def flow(n):
    """The trace of a memory by its age: half the difference that it makes to the part of strong synapses."""
    up, down = matrices(n)
    values, vectors = np.linalg.eig(0.5 * (up + down))
    memory, strong = 0.5 * np.full(2 * n, 0.5 / n) @ (up - down), np.repeat([0.0, 1.0], n)
    weights = (memory @ vectors) * (np.linalg.inv(vectors) @ strong)
    return lambda age: float(np.sum(weights * values**age).real)


def last(n):
    """The slowest time constant, in memories."""
    up, down = matrices(n)
    return float(-1.0 / np.log(np.sort(np.linalg.eigvals(0.5 * (up + down)).real)[-2]))


class Ladder(hs.CascadeSynapse):
    """A switch leads to the same depth of the other value. A wrong version of Fusi, Drew & Abbott 2005."""

    @hs.together(hs.CascadeSynapse.state, hs.CascadeSynapse.asked).on_tick
    def move(state, asked, uniform, depths, x):
        moved, _ = right(state, asked, uniform, depths, x)
        return (-state if moved * state < 0.0 else moved), 0.0


class LastAsOthers(hs.CascadeSynapse):
    """The last depth is left with x^(n-1), without 1 / (1 - x). A wrong version of Fusi, Drew & Abbott 2005."""

    @hs.together(hs.CascadeSynapse.state, hs.CascadeSynapse.asked).on_tick
    def move(state, asked, uniform, depths, x):
        slower = uniform / (1.0 - x) if abs(state) == depths else uniform
        return right(state, asked, slower, depths, x)


class Unscaled(hs.CascadeSynapse):
    """Goes deeper with x^i, without 1 / (1 - x). A wrong version of Fusi, Drew & Abbott 2005."""

    @hs.together(hs.CascadeSynapse.state, hs.CascadeSynapse.asked).on_tick
    def move(state, asked, uniform, depths, x):
        return right(state, asked, uniform / (1.0 - x) if asked * state > 0.0 else uniform, depths, x)


right = hs.CascadeSynapse.move.function

ROW = Row(
    "R39",
    "Cascade synapse: even occupancy, and forgetting by a power of time",
    of=["CascadeSynapse"],
    source="Fusi, Drew & Abbott 2005, doi:10.1016/j.neuron.2005.02.001",
    measure=measure,
    expected={
        "trace at age 0": near(1.0 / DEPTHS, rel=0.02),
        # 4 standard errors of the mean of 400,000 binary weights are 0.0032: up to a part of 0.10 of the trace
        **{f"trace at age {age} over the chain's": near(1.0, within=0.10) for age in AGES},
        "occupancy over 1 / 2n, largest error": below(0.025),  # 5 standard errors of one of 10 states
        "power of the trace, 15 depths": near(-0.75, within=0.05),
        "last time constant, 12 depths": near(2.0**11, rel=0.01),
        "last time constant, 13 depths over 12": near(2.0, rel=0.01),
    },
    mutations={
        "a switch keeps the depth": {"synapse": Ladder},
        "the last depth is left as the others": {"synapse": LastAsOthers},
        "deeper with x^i alone": {"synapse": Unscaled},
    },
    dt=1.0,
    seeds=(1, 2),
)
