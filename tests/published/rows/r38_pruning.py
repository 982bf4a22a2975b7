"""R38: removing weak synapses keeps most of a memory; removing any keeps as much as synapses remain.

2001 patterns of +-1 are stored in 1000 x 1000 weights by Hebb's rule, which makes them Gaussian, z. A pattern's field
at a cell has the signal-to-noise ratio SNR^2 = (mean^2) / variance. Weights made f(z) keep E[z f]^2 / E[f^2] of it:
2 (t phi(t) + Q(t)) if those with |z| < t are removed, the kept part if any are, 2 / pi if only signs are kept.
"""

import numpy as np
from published.expected import near
from published.row import Row
from scipy.stats import norm

import hebbstat as hs

CELLS, STORED = 1000, 2001  # an odd number: no weight is 0
THRESHOLDS = [round(t * STORED**0.5 / 2) * 2 / STORED**0.5 for t in (0.3, 0.67, 1.0, 1.5)]  # midway between weights


def measure(dt, seed, rule=hs.Pruning):
    """What is kept of SNR^2 when synapses were removed."""
    rng = np.random.default_rng(seed)
    inputs, outputs = (np.where(rng.random((STORED, CELLS)) < 0.5, 1.0, -1.0) for _ in range(2))
    weights = inputs.T @ outputs / np.sqrt(STORED)

    def snr(w):
        fields = inputs @ w * outputs
        return fields.mean() ** 2 / fields.var()

    whole, found = snr(weights), {}
    sim = simulation(dt, seed, weights, rule(threshold=THRESHOLDS[0], period=1.0))
    for t in THRESHOLDS:
        sim.set("p", f"{rule.__name__}.threshold", t)
        sim.run(ms=1.0)
        found[f"kept of SNR^2, |z| < {t:.3f} removed"] = snr(remaining(sim)) / whole
    sim = simulation(dt, seed, weights, rule(threshold=1e9, chance=0.4, period=1.0))
    sim.run(ms=1.0)
    found["kept of SNR^2, 0.4 of all removed"] = snr(remaining(sim)) / whole
    found["kept of SNR^2, signs alone"] = snr(np.sign(weights)) / whole
    return found


def simulation(dt, seed, weights, rule):
    net = hs.Network(dt=dt, seed=seed)
    net.add(hs.SpikeSource(), CELLS, "inputs")
    net.add(hs.SpikeSource(), CELLS, "outputs")
    net.connect("inputs", "outputs", hs.from_matrix(weights), rules=[rule], name="p")
    return hs.Simulation(net, quiet=True)


def remaining(sim):
    """The matrix of the weights that there are."""
    found = np.zeros((CELLS, CELLS))
    pre, post = sim.pairs("p")
    found[pre, post] = sim.weights("p")
    return found


class LargestFirst(hs.Pruning):
    """The largest go. A wrong version of Chechik, Meilijson & Ruppin 1998."""

    @staticmethod
    def prune(w, uniform, threshold, chance):
        return abs(w) > threshold and uniform < chance


class Signed(hs.Pruning):
    """What is negative is weak. A wrong version of Chechik, Meilijson & Ruppin 1998."""

    @staticmethod
    def prune(w, uniform, threshold, chance):
        return w < threshold and uniform < chance


ROW = Row(
    "R38",
    "Pruning: of Gaussian Hebbian weights the strong ones hold the memory",
    of=["Pruning"],
    source="Chechik, Meilijson & Ruppin 1998, doi:10.1162/089976698300017124; Sompolinsky 1986, "
    "doi:10.1103/PhysRevA.34.2571",
    measure=measure,
    expected={
        **{
            f"kept of SNR^2, |z| < {t:.3f} removed": near(2.0 * (t * norm.pdf(t) + norm.sf(t)), within=0.01)
            for t in THRESHOLDS
        },
        "kept of SNR^2, 0.4 of all removed": near(0.6, within=0.01),
        "kept of SNR^2, signs alone": near(2.0 / np.pi, within=0.01),
    },
    mutations={"the largest are removed": {"rule": LargestFirst}, "negative ones are weak": {"rule": Signed}},
    dt=1.0,
    seeds=(1, 2),
)
