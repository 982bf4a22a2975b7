"""R55: an associative memory loses synapses, and what compensation can give back.

A Hopfield network of 1000 cells stores 100 patterns (alpha = 0.1, no self-connections). Cued with overlap m0, a cell's
field has the mean m0 (1 - d) c and the variance alpha (1 - d) c^2 + s^2, if a fraction d of its synapses is deleted,
the others are multiplied by c, and its input has noise s. So the overlap after one step is
m1 = erf(m0 (1 - d) c / sqrt(2 (alpha (1 - d) c^2 + s^2))): without noise erf(m0 sqrt((1 - d) / (2 alpha))), whatever c
(but for fields of 0, which rounding decides); with noise c = 1 / (1 - d) restores the signal against it. The synapses
are deleted by Pruning of all alike.
"""

import math

import numpy as np
from published.expected import Expected, below, near
from published.row import Row

import hebbstat as hs

CELLS, STORED, ASKED, CUE, NOISE = 1000, 100, 50, 0.4, 0.5
ALPHA = (STORED - 1) / CELLS  # the others are noise
DELETED = (0.0, 0.3, 0.6)


class Spin(hs.Neuron):
    """+1 or -1, the sign of its input with noise."""

    noise: hs.units.NonNegative = 0.0
    s = hs.PerNeuron.state()

    @s.step
    def turn(input, noise, normal):
        return 1.0 if input + noise * normal > 0.0 else -1.0

    @staticmethod
    def output(s):
        return s


def measure(dt, seed, rule=hs.Pruning, compensated=True):
    """Overlaps after one step, by the deleted fraction."""
    rng = np.random.default_rng(seed)
    patterns = np.where(rng.random((STORED, CELLS)) < 0.5, 1.0, -1.0)
    weights = patterns.T @ patterns / CELLS
    np.fill_diagonal(weights, 0.0)
    right = np.where(np.arange(CELLS) < 0.5 * (1.0 + CUE) * CELLS, 1.0, -1.0)
    cues = patterns[:ASKED] * np.array([rng.permutation(right) for _ in range(ASKED)])
    found, changed = {}, 0.0
    for d in DELETED:
        sim = hs.Simulation(network(dt, seed, weights, cues, rule, d), quiet=True)
        sim.run(ms=dt)  # its tick deletes
        for name in ("quiet", "noisy"):
            sim.set(name, f"{rule.__name__}.chance", 0.0)
        sim.run(ms=2.0 * dt)  # until the first cue has been answered
        quiet, noisy = overlaps(sim, dt, patterns)
        found |= {f"overlap, {d:g} deleted": quiet, f"overlap, {d:g} deleted, noise": noisy}
        if d:
            for name in ("quiet", "noisy"):
                sim.set(name, "w", sim.weights(name) * (1.0 / (1.0 - d) if compensated else 1.0))
            sim.run(ms=2.0 * dt)  # until they have been used
            again, found[f"overlap, {d:g} deleted, noise, compensated"] = overlaps(sim, dt, patterns)
            changed = max(changed, abs(again - quiet))
    return found | {"what compensation changes without noise": changed}


def network(dt, seed, weights, cues, rule, deleted):
    """Cues, one in each step, onto cells with and without noise."""
    net = hs.Network(dt=dt, seed=seed)
    net.add(hs.LinearRate(i_ext=hs.TimedArray(cues, every=dt, repeat=True)), CELLS, "cues")
    for name, noise in (("quiet", 0.0), ("noisy", NOISE)):
        net.add(Spin(noise=noise), CELLS, f"{name} cells")
        pruning = rule(threshold=1e9, chance=deleted, period=dt)
        net.connect("cues", f"{name} cells", hs.from_matrix(weights), delay=dt, rules=[pruning], name=name)
    return net


def overlaps(sim, dt, patterns):
    """Mean overlaps of the answers with the patterns that were cued."""
    found = np.zeros((ASKED, 2))
    for _ in range(ASKED):
        k = (round(sim.time / dt) - 3) % ASKED  # a cue takes two steps more
        found[k] = [np.mean(sim.state(f"{name} cells", "s") * patterns[k]) for name in ("quiet", "noisy")]
        sim.run(ms=dt)
    return found.mean(axis=0)


def exact(d: float, c: float = 1.0, noise: float = 0.0) -> Expected:
    """Within 4 standard errors of 3 x 50 x 1000 cells, and what correlations of 100 patterns add."""
    kept = 1.0 - d
    return near(math.erf(CUE * kept * c / math.sqrt(2.0 * (ALPHA * kept * c**2 + noise**2))), within=0.01)


class AllOrNone(hs.Pruning):
    """Deletes the strong. A wrong version of random deletion."""

    @staticmethod
    def prune(w, uniform, threshold, chance):
        return abs(w) > 0.015 and uniform < 2.0 * chance


ROW = Row(
    "R55",
    "Loss of synapses in an associative memory, and compensation",
    of=["Pruning"],
    source="Sompolinsky 1986, doi:10.1103/PhysRevA.34.2571; Horn, Ruppin, Usher & Herrmann 1993, "
    "doi:10.1162/neco.1993.5.5.736",
    measure=measure,
    expected={
        **{f"overlap, {d:g} deleted": exact(d) for d in DELETED},
        **{f"overlap, {d:g} deleted, noise": exact(d, noise=NOISE) for d in DELETED},
        **{
            f"overlap, {d:g} deleted, noise, compensated": exact(d, c=1.0 / (1.0 - d), noise=NOISE)
            for d in DELETED
            if d
        },
        "what compensation changes without noise": below(1e-3),
    },
    mutations={
        "strong synapses are deleted": {"rule": AllOrNone},
        "what is left is not made stronger": {"compensated": False},
    },
    dt=1.0,
    seeds=(1, 2, 3),
)
