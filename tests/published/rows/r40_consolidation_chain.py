"""R40: the chain of Benna & Fusi holds memories for a time in proportion to the number of synapses.

One variable gains +-1 in each unit of time, memories without end; one of them is followed. With M the matrix that a
unit of time applies to the chain (its exchange between the weight and the next is 1/4), the memory's trace in the
weight is r(t) = (M^t)_11, the noise of all the others has the variance sum_(s > 0) r(s)^2, and N synapses see
SNR(t) = r(t) sqrt(N / variance). Where the tubes get thinner as the beakers grow, r ~ t^-1/2 and so the lifetime, at
which SNR = 1, is in proportion to N until the slowest time of the chain; each variable adds 1.25 to the variance.
The engine's chain of 8 is held to M, and to the formula in 100,000 synapses; chains of 8 to 16 are computed.
"""

import numpy as np
from published.expected import below, near
from published.row import Row

import hebbstat as hs

TAU = 4.0  # units of time, which are of 1 ms here
AGES = np.unique(np.round(np.logspace(1.5, 4.5, 40)).astype(int))
BEFORE, OLD = 500, (1, 10, 30)


class Memories(hs.Plasticity):
    """At each presynaptic spike a memory is stored: +-1 at random."""

    @staticmethod
    def on_pre(uniform):
        return 1.0 if uniform < 0.5 else -1.0


def measure(dt, seed, chain=hs.ConsolidationChain, ongoing=True):
    """The trace of a memory and its noise in the engine, and what follows for longer chains."""
    trace = response(chain, dt)
    found = {"slope of the trace, 30 to 30,000": slope(AGES, trace)}
    found["trace against its matrix, largest error"] = float(np.max(np.abs(trace / exact(8, AGES) - 1.0)))
    signal, variance = remembered(chain, dt, seed, ongoing)
    found["variance of many memories over the formula"] = variance / np.sum(exact(8, np.arange(1, BEFORE + 1)) ** 2)
    found |= {f"trace at age {age} in noise": s / exact(8, [age])[0] for age, s in zip(OLD, signal, strict=True)}
    ages = np.logspace(1.5, 4.5, 40)
    found |= {f"slope of the trace, {m} variables": slope(ages, exact(m, ages)) for m in (12, 16)}
    found["lifetime of 100 times the synapses, 16 variables"] = lifetime(16, 1e6) / lifetime(16, 1e4)
    found |= {f"variance of {m + 2} variables over {m}": noise(m + 2) - noise(m) for m in (8, 10, 12, 14)}
    return found


def response(chain, dt):
    """The weight of a synapse at AGES after 1 was stored."""
    sim = hs.Simulation(network(chain, dt, seed=1, n=1, weight=1.0, memories=False), dtype="float64", quiet=True)
    found, passed = [], 0
    for age in AGES:
        sim.run(ms=float(age - passed))
        passed = age
        found.append(sim.weights("p")[0])
    return np.array(found)


def remembered(chain, dt, seed, ongoing):
    """Of a memory among many: its overlap with the weights at OLD ages, and the variance of the weights before it."""
    n = 100_000
    sim = hs.Simulation(network(chain, dt, seed, n=n, weight=0.0, memories=ongoing), dtype="float64", quiet=True)
    sim.run(ms=float(BEFORE))
    w = sim.weights("p")
    memory = np.where(np.random.default_rng(seed).random(n) < 0.5, 1.0, -1.0)
    sim.set("p", "w", w + memory)
    overlaps, passed = [], 0
    for age in OLD:
        sim.run(ms=float(age - passed))
        passed = age
        overlaps.append(np.mean(memory * sim.weights("p")))
    return overlaps, float(w.var())


def network(chain, dt, seed, n, weight, memories):
    net = hs.Network(dt=dt, seed=seed)
    times = np.arange(1.0, BEFORE + OLD[-1] + 1.0) if memories else np.array([1.0])
    net.add(hs.SpikeSource(), 1, "events", spikes=(times, np.zeros(len(times), int)))
    net.add(hs.SpikeSource(), n, "cells")
    rules = [Memories(), chain(tau=TAU, period=1.0)] if memories else [chain(tau=TAU, period=1.0)]
    net.connect("events", "cells", hs.AllToAll(), weight=weight, rules=rules, name="p")
    return net


def matrix(m):
    """What a unit of time does to a chain of m variables."""
    k = np.arange(m)
    flow = (0.5**k[:, None] / TAU) * (np.eye(m) - np.eye(m, k=1))  # out of each variable, into the next
    return np.eye(m) - 0.5 ** k[:, None] * (flow - np.eye(m, k=-1) @ flow)


def exact(m, ages):
    """(M^t)_11, by the eigenvectors of M."""
    values, weights = modes(m)
    return np.array([np.sum(weights * values ** float(age)) for age in ages])


def modes(m):
    values, vectors = np.linalg.eig(matrix(m))
    return values.real, (vectors[0] * np.linalg.inv(vectors)[:, 0]).real


def noise(m):
    """Sum of r(s)^2 over all s > 0."""
    values, weights = modes(m)
    products = np.outer(values, values)
    return float(np.sum(np.outer(weights, weights) * products / (1.0 - products)))


def lifetime(m, synapses):
    """The age at which SNR = 1."""
    ages = np.logspace(0.0, 7.0, 3000)
    return float(ages[exact(m, ages) * np.sqrt(synapses / noise(m)) > 1.0].max())


def slope(ages, values):
    return float(np.polyfit(np.log(ages), np.log(np.abs(values)), 1)[0])


right = hs.ConsolidationChain.exchange.function
STATES = hs.ConsolidationChain.exchange.writes


class EqualBeakers(hs.ConsolidationChain):
    """All beakers are as large as the first. A wrong version of Benna & Fusi 2016."""

    @hs.together(*STATES).on_tick
    def exchange(w, u2, u3, u4, u5, u6, u7, u8, rest, share):
        lost, v2, v3, v4, v5, v6, v7, v8 = right(w, u2, u3, u4, u5, u6, u7, u8, rest, share)
        return (
            lost, u2 + 2.0 * (v2 - u2), u3 + 4.0 * (v3 - u3), u4 + 8.0 * (v4 - u4), u5 + 16.0 * (v5 - u5),
            u6 + 32.0 * (v6 - u6), u7 + 64.0 * (v7 - u7), u8 + 128.0 * (v8 - u8),
        )  # fmt: skip


class NoLeak(hs.ConsolidationChain):
    """Nothing leaves the last beaker. A wrong version of Benna & Fusi 2016."""

    @hs.together(*STATES).on_tick
    def exchange(w, u2, u3, u4, u5, u6, u7, u8, share):
        return right(w, u2, u3, u4, u5, u6, u7, u8, u8, share)


ROW = Row(
    "R40",
    "Bidirectional chain: a memory fades as 1 / sqrt(t), and lives as long as there are synapses",
    of=["ConsolidationChain"],
    source="Benna & Fusi 2016, doi:10.1038/nn.4401",
    measure=measure,
    expected={
        "slope of the trace, 30 to 30,000": near(-0.5, within=0.01),
        "trace against its matrix, largest error": below(1e-9),
        "variance of many memories over the formula": near(1.0, within=0.1),
        **{f"trace at age {age} in noise": near(1.0, within=0.1) for age in OLD},
        **{f"slope of the trace, {m} variables": near(-0.5, within=0.01) for m in (12, 16)},
        "lifetime of 100 times the synapses, 16 variables": near(100.0, rel=0.05),
        **{f"variance of {m + 2} variables over {m}": near(2.5, within=0.1) for m in (8, 10, 12, 14)},
    },
    mutations={
        "all beakers are of one size": {"chain": EqualBeakers},
        "nothing leaves the last one": {"chain": NoLeak},
        "noise is not of other memories": {"ongoing": False},
    },
    dt=1.0,
    seeds=(1, 2, 3),
)
