"""R14: how steps depend on the weight decides where independent spikes take it, and whether weights split.

Each synapse connects an independent pair of Poisson cells, in five groups of the family of Gutig et al. with their own
mu, alpha and largest weight, and with two other rules. Where both rates and time constants are equal, the drift
vanishes where strengthening and weakening are equal:

    (1 - w)^mu = alpha w^mu                      so w* = 1 / (1 + alpha^(1/mu)),  relative to the largest weight
    w_0 (w / w_0)^mu = alpha w                   so w* = w_0 alpha^(-1 / (1 - mu)),  the power law
    A_plus / (1/tau + r) = A_minus / (1/tau + s)     nearest spikes: the sign depends on the rates r and s

Weights scatter around w* in small steps. What nearest spikes do is the drift that NearestPairSTDP's docstring has,
within 2 % of its strengthening.
"""

import numpy as np
from helpers.relay import Deaf
from published.expected import near
from published.row import Row

import hebbstat as hs

MU, ALPHA, LARGEST = (1.0, 0.5, 0.2, 1.0), (1.05, 1.5, 1.1, 3.0), (1.0, 1.0, 2.0, 0.5)
POWER, NEAREST = {"eta": 0.02, "alpha": 0.11, "mu": 0.4}, {"A_plus": 0.01, "A_minus": 0.01}
RATE, SLOW, FAST = 50.0, 10.0, 40.0
N = 100


def measure(dt, seed, rule=hs.WeightDependentSTDP, power=hs.PowerLawSTDP, nearest=hs.NearestPairSTDP, seconds=60.0):
    """Mean weights relative to the largest (to w_0), and drifts."""
    net = hs.Network(dt=dt, seed=seed)
    groups = {name: np.repeat(values, N) for name, values in {"mu": MU, "alpha": ALPHA, "w_max": LARGEST}.items()}
    pairs(net, "points", 4 * N, [rule(eta=0.004 * groups["w_max"], **groups)], 0.5 * groups["w_max"])
    pairs(net, "power", N, [power(**POWER)], 30.0)
    for name, rate in (("slow", SLOW), ("fast", FAST)):
        pairs(net, name, 4 * N, [nearest(**NEAREST)], 0.0, rate)
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    sim.run(seconds=seconds, progress=False)
    w = {name: np.asarray(sim.weights(name)) for name in ("points", "power", "slow", "fast")}
    means = (w["points"] / groups["w_max"]).reshape(4, N).mean(axis=1)
    found = {name_of(mu, alpha): mean for mu, alpha, mean in zip(MU, ALPHA, means, strict=True)}
    found["power law, w* / w_0"] = w["power"].mean()
    return found | {f"drift of nearest spikes, {name}": w[name].mean() / seconds for name in ("slow", "fast")}


def pairs(net, name, n, rules, weight, post=RATE):
    """So many independent pairs of Poisson cells, each with a synapse."""
    pre = RATE if post == RATE else 0.5 * (SLOW + FAST)
    a, b = net.add(hs.PoissonSource(rate=pre), n, f"{name}_pre"), net.add(Deaf(rate=post), n, f"{name}_post")
    net.connect(a, b, hs.OneToOne(), weight=weight, delay=net.dt, rules=rules, name=name)


def name_of(mu, alpha):
    return f"w*, mu {mu:g}, alpha {alpha:g}"


def strengthening(pre, post, tau=20.0):
    """Per second, of nearest spikes."""
    return pre * post * NEAREST["A_plus"] / (1000.0 / tau + pre)


def drift(pre, post):
    """What strengthens less what weakens: the same with the rates exchanged, since both have the same size and tau."""
    return strengthening(pre, post) - strengthening(post, pre)


class AlphaAbove(hs.WeightDependentSTDP):
    """alpha scales strengthening. A wrong version of Gutig et al. 2003."""

    @staticmethod
    def on_pre(y, w, eta, mu, w_max):
        return -eta * (w / w_max if w > 0.0 else 0.0) ** mu * y

    @staticmethod
    def on_post(x, w, eta, alpha, mu, w_max):
        return eta * alpha * (1.0 - w / w_max if w < w_max else 0.0) ** mu * x


class OneSide(hs.WeightDependentSTDP):
    """Only weakening depends on the weight. A wrong version of Gutig et al. 2003."""

    @staticmethod
    def on_post(x, eta):
        return eta * x


class NotRelative(hs.WeightDependentSTDP):
    """w instead of w / w_max. A wrong version of Gutig et al. 2003."""

    @staticmethod
    def on_pre(y, w, eta, alpha, mu):
        return -eta * alpha * (w if w > 0.0 else 0.0) ** mu * y


class LinearPower(hs.PowerLawSTDP):
    """Strengthening as in the multiplicative rule. A wrong version of Morrison et al. 2007."""

    @staticmethod
    def on_post(x, eta, w_0):
        return eta * w_0 * x


class AllPairs(hs.NearestPairSTDP):
    """All pairs count. A wrong version of Morrison et al. 2008."""

    x = hs.PerPre.trace(decay="tau_plus")
    y = hs.PerPost.trace(decay="tau_minus")


ROW = Row(
    "R14",
    "Weight-dependent STDP: where independent spikes take the weight",
    of=["WeightDependentSTDP", "PowerLawSTDP", "NearestPairSTDP"],
    source="Gutig, Aharonov, Rotter & Sompolinsky 2003, doi:10.1523/JNEUROSCI.23-09-03697.2003",
    measure=measure,
    expected={
        **{
            name_of(mu, alpha): near(1.0 / (1.0 + alpha ** (1.0 / mu)), within=0.02)
            for mu, alpha in zip(MU, ALPHA, strict=True)
        },
        "power law, w* / w_0": near(0.11 ** (-1.0 / 0.6), rel=0.02),
        "drift of nearest spikes, slow": near(drift(25.0, SLOW), within=0.02 * strengthening(25.0, SLOW)),
        "drift of nearest spikes, fast": near(drift(25.0, FAST), within=0.02 * strengthening(25.0, FAST)),
    },
    mutations={
        "alpha scales strengthening": {"rule": AlphaAbove},
        "only weakening depends on the weight": {"rule": OneSide},
        "w instead of w / w_max": {"rule": NotRelative},
        "the power law strengthens all weights alike": {"power": LinearPower},
        "all pairs count": {"nearest": AllPairs},
    },
    dt=0.5,
)
