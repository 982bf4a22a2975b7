"""R15: what rate rules make of the statistics of their input, in one linear neuron.

Oja 1982: for a small learning rate |w| becomes 1, and w the eigenvector of the largest eigenvalue of the covariance.
Bienenstock, Cooper & Munro 1982: of two independent patterns that come equally often the neuron chooses one, to which
it responds with 2 = 1 / p, and with 0 to the other; simulations gave 1.97 to 2.08 and -.10 to -.02 for six seeds.
Miller & MacKay 1994: under Hebbian growth a subtractive constraint of the sum (here 1) drives all weights but at most
one to a bound (here 0.4), so they are 0, 0, 0, 0.2, 0.4, 0.4; a multiplicative one leaves the principal eigenvector.
"""

import numpy as np
from published.expected import above, below, near
from published.row import Row

import hebbstat as hs

CORRELATED = np.array([[1.0, 0.6, 0.2], [0.6, 1.0, 0.4], [0.2, 0.4, 0.5]])
NEIGHBORS = np.exp(-0.5 * (np.subtract.outer(np.arange(6), np.arange(6)) / 1.5) ** 2)
PATTERNS = np.array([[1.0, 0.2], [0.3, 1.0]])


def measure(
    dt, seed, oja=hs.Oja, bcm=hs.BCM, subtractive=hs.SubtractiveNormalization, multiplicative=hs.WeightNormalization
):  # fmt: skip
    """Weights that inputs of known statistics leave; the start and the order of the patterns differ with the seed."""
    rng = np.random.default_rng(seed)
    found = {}
    inputs = rng.multivariate_normal(np.zeros(3), CORRELATED, 5000)
    first = np.linalg.eigh(np.cov(inputs.T))[1][:, -1]
    for name, start in (("short", [0.2, 0.1, -0.1]), ("long", [2.0, 0.0, 1.0])):
        w = learned(dt, inputs, [oja(eta=1e-3)], start, 20_000.0)
        found[f"Oja, norm from a {name} start"] = np.linalg.norm(w)
        found[f"Oja, cosine to the first component from a {name} start"] = abs(w @ first) / np.linalg.norm(w)

    order = rng.permuted(np.tile([0, 1], (4000, 1)), axis=1).ravel()
    w = learned(dt, PATTERNS[order], [bcm(eta=2e-3, tau=100.0)], rng.uniform(0.2, 0.6, 2), 20_000.0, every=3.0)
    found["BCM, larger response"], found["BCM, smaller response"] = np.max(PATTERNS @ w), np.min(PATTERNS @ w)

    inputs = rng.multivariate_normal(np.zeros(6), NEIGHBORS, 6000)
    start = rng.uniform(0.1, 0.25, 6)
    bounded = [hs.RateHebb(eta=1e-3), subtractive(total=1.0, period=1.0), hs.HardBounds(0.0, 0.4)]
    w = np.sort(learned(dt, inputs, bounded, start / start.sum(), 24_000.0))
    found["subtractive, farthest from 0 0 0 .2 .4 .4"] = np.max(np.abs(w - [0.0, 0.0, 0.0, 0.2, 0.4, 0.4]))
    found["subtractive, sum"] = w.sum()
    growing = [hs.RateHebb(eta=1e-3), multiplicative(total=1.0, period=1.0)]
    w = learned(dt, inputs, growing, start / start.sum(), 24_000.0)
    first = np.abs(np.linalg.eigh(NEIGHBORS)[1][:, -1])
    found["multiplicative, farthest from the first component"] = np.max(np.abs(w - first / first.sum()))
    return found | {"multiplicative, sum": w.sum()}


def learned(dt, inputs, rules, weight, ms, every=4.0):
    """The mean weights over the last quarter, of one linear neuron that is shown `inputs`, each row for `every` ms."""
    net = hs.Network(dt=dt, seed=1)
    net.add(hs.LinearRate(i_ext=hs.TimedArray(inputs, every=every)), inputs.shape[1], "a")
    net.add(hs.LinearRate(), 1, "b")
    net.connect("a", "b", hs.AllToAll(), weight=weight, delay=1.0, rules=rules, name="p")
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    sim.run(ms=0.75 * ms, progress=False)
    run = sim.run(ms=0.25 * ms, record=[hs.Weights("p", every=50.0)], progress=False)
    return np.asarray(run["p.w"]).mean(axis=0)


class FirstPower(hs.Oja):
    """The decay is y w, not y^2 w. A wrong version of Oja 1982."""

    @staticmethod
    def step(x, post_rate, w, eta, dt):
        return eta * (post_rate * x - abs(post_rate) * w) * dt


class MeanThreshold(hs.BCM):
    """The threshold follows y, not y^2. A wrong version of Bienenstock, Cooper & Munro 1982."""

    x, coming = hs.BCM.x, hs.BCM.coming
    theta = hs.PerPost.state("theta_start", slow=True)

    @theta.step
    def slide(theta, post_rate, share):
        return theta + (post_rate - theta) * share


ROW = Row(
    "R15",
    "Rate rules: principal component, selectivity, constraints",
    of=["Oja", "BCM", "RateHebb", "SubtractiveNormalization", "WeightNormalization", "HardBounds"],
    source=(
        "Oja 1982, doi:10.1007/BF00275687; Bienenstock, Cooper & Munro 1982, doi:10.1523/JNEUROSCI.02-01-00032.1982; "
        "Miller & MacKay 1994, doi:10.1162/neco.1994.6.1.100"
    ),
    measure=measure,
    expected={
        "Oja, norm from a short start": near(1.0, within=0.01),
        "Oja, cosine to the first component from a short start": above(0.998),
        "Oja, norm from a long start": near(1.0, within=0.01),
        "Oja, cosine to the first component from a long start": above(0.998),
        "BCM, larger response": near(2.0, within=0.1),
        "BCM, smaller response": near(0.0, within=0.1),
        "subtractive, farthest from 0 0 0 .2 .4 .4": below(0.03),
        "subtractive, sum": near(1.0, within=0.02),
        "multiplicative, farthest from the first component": below(0.02),
        "multiplicative, sum": near(1.0, within=1e-6),
    },
    mutations={
        "Oja's decay is y w": {"oja": FirstPower},
        "the threshold follows y": {"bcm": MeanThreshold},
        "the multiplicative constraint for the subtractive": {"subtractive": hs.WeightNormalization},
        "the subtractive constraint for the multiplicative": {"multiplicative": hs.SubtractiveNormalization},
    },
    dt=1.0,
    seeds=(0, 1, 2, 3),
)
