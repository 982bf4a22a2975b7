"""R6: long-term plasticity of release and of the quantal size, from pairings, and what each does to a synapse.

Pairs at 0.1 to 50 Hz, 10 ms apart. Changes are those of the equations, summed over all earlier spikes; at 0.1 Hz they
are one pair's: dU = -d_minus exp(-10/32.7 - 10/230.2) per pair if the postsynaptic spike is first, else nothing.
In the paper release is lowered by post-pre pairs at low rates and raised by both at high ones, and the quantal size is
only raised, with the rate: four signs, which hold for these numbers.

The locus: a synapse of n = 5 sites whose p is raised from 0.3, or whose w is, by pairs at 50 Hz. Binomial release
has CV^2 = (1 - p) / (n p), and a second spike 20 ms later finds 1 - p exp(-20 / tau_rec) of the sites docked: change
on the presynaptic side moves both, on the postsynaptic side none. 20 000 synapses: an error of 2 % of CV^2 after over
before, tolerance 6 %; below 1 % of the others, tolerance 3 %.

Not measured: receptive fields and savings of the paper, which normalize by the mean of all synapses at each spike.
"""

import numpy as np
from helpers.relay import Relay, trains
from published.expected import Expected, near
from published.row import Row

import hebbstat as hs

RATES, LAGS, PAIRS = (0.1, 10.0, 20.0, 40.0, 50.0), (10.0, -10.0), 10
TAU_X, TAU_MINUS, TAU_PLUS, D_MINUS, D_PLUS, C_PLUS = 66.6, 32.7, 230.2, 0.1771, 0.1548, 0.0618
SITES, P, TAU_REC, GAP = 5, 0.3, 200.0, 20.0
SCALE = 0.05  # of the amplitudes, so that U stays within its bounds


def measure(dt, seed, pre=hs.PresynapticSTDP, post=hs.PostsynapticSTDP):
    """Changes by pairings, then what single and paired spikes release after potentiation of either side."""
    found = {}
    for rate in RATES:
        for lag in LAGS:
            dU, dw = paired(pre, post, rate, lag, dt)
            found |= {title("dU", rate, lag): dU, title("dw", rate, lag): dw}
    before = probed(dt, seed, [])
    scaled = pre(d_minus=SCALE * D_MINUS, d_plus=SCALE * D_PLUS, on="release.p")
    cases = {"presynaptic": scaled, "postsynaptic": post()}
    for name, rule in cases.items():
        after = probed(dt, seed, [rule])
        for what, old, new in zip(("mean", "CV^2", "paired-pulse ratio"), before, after, strict=True):
            found[f"{name}, {what}, after over before"] = new / old
    return found


def train(rate: float, lag: float) -> tuple[np.ndarray, np.ndarray]:
    """When the ten pairs reach the synapse."""
    pre = 100.0 + np.arange(PAIRS) * 1000.0 / rate
    return pre, pre + lag


def paired(pre, post, rate: float, lag: float, dt: float) -> tuple[float, float]:
    """Changes of U, in units of the scale, and of w by ten pairs."""
    first, second = train(rate, lag)
    net = hs.Network(dt=dt)
    a, b = net.add(Relay(), 1, "a", spikes=trains(first - 1.0)), net.add(Relay(), 1, "b", spikes=trains(second))
    rules = [pre(d_minus=SCALE * D_MINUS, d_plus=SCALE * D_PLUS), post(c_plus=C_PLUS)]
    net.connect(a, b, hs.AllToAll(), weight=1.0, release=hs.TsodyksMarkram(U=0.5), rules=rules, name="s")
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    sim.run(ms=float(np.ceil(second[-1] + 100.0)), progress=False)
    return (sim.state("s", "release.U")[0] - 0.5) / SCALE, sim.weights("s")[0] - 1.0


def exact(rate: float, lag: float) -> tuple[float, float]:
    """The equations, each spike seeing all earlier ones of the other and of its own side."""
    pre, post = train(rate, lag)

    def trace(spikes: np.ndarray, t: float, tau: float) -> float:
        return float(np.exp(-(t - spikes[spikes < t]) / tau).sum())

    dU = sum(
        trace(post, t, TAU_PLUS) * (D_PLUS * trace(pre, t, TAU_X) - D_MINUS * trace(post, t, TAU_MINUS)) for t in pre
    )
    return dU, sum(C_PLUS * trace(pre, t, TAU_X) * trace(post, t, TAU_MINUS) for t in post)


def probed(dt: float, seed: int, rules: list[hs.Plasticity], n: int = 20_000) -> tuple[float, float, float]:
    """Mean and CV^2 of a spike's release, and the second's over the first's, 3 s after ten pairs at 50 Hz."""
    first, second = train(50.0, 10.0)
    probe = 3300.0
    net = hs.Network(dt=dt, seed=seed)
    a = net.add(hs.SpikeSource(), 1, "a", spikes=trains([*(first - 1.0), probe - 1.0, probe - 1.0 + GAP]))
    spikes = np.tile(second, n), np.repeat(np.arange(n), len(second))
    b = net.add(Relay(), n, "b", spikes=spikes)
    release = hs.VesicleRelease(sites=SITES, p=P, tau_rec=TAU_REC)
    net.connect(a, b, hs.AllToAll(), weight=1.0, release=release, rules=rules)
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    sim.run(ms=probe + dt, progress=False)
    one = sim.state("b", "got").copy()
    sim.run(ms=GAP, progress=False)
    return one.mean(), one.var() / one.mean() ** 2, sim.state("b", "got").mean() / one.mean()


def title(what: str, rate: float, lag: float) -> str:
    return f"{what} of {PAIRS} pairs at {rate:g} Hz, {lag:+g} ms"


class OwnSpikeSeen(hs.PresynapticSTDP):
    """A spike sees its own trace."""

    @staticmethod
    def on_pre(x, y_minus, y_plus, d_minus, d_plus):
        return y_plus * (d_plus * (x + 1.0) - d_minus * y_minus)


class TracesExchanged(hs.PresynapticSTDP):
    """The fast and the slow postsynaptic trace in each other's place."""

    @staticmethod
    def on_pre(x, y_minus, y_plus, d_minus, d_plus):
        return y_minus * (d_plus * x - d_minus * y_plus)


class PairsOnly(hs.PostsynapticSTDP):
    """Pairs are enough to raise the quantal size."""

    @staticmethod
    def on_post(x, c_plus):
        return c_plus * x


EXPECTED: dict[str, Expected] = {}
for rate in RATES:
    for lag in LAGS:
        for what, value in zip(("dU", "dw"), exact(rate, lag), strict=True):
            EXPECTED[title(what, rate, lag)] = near(value, within=1e-9, rel=1e-9)
raised = P + SCALE * exact(50.0, 10.0)[0]
EXPECTED |= {
    "presynaptic, mean, after over before": near(raised / P, rel=0.03),
    "presynaptic, CV^2, after over before": near((1 - raised) / raised * P / (1 - P), rel=0.06),
    "presynaptic, paired-pulse ratio, after over before": near(
        (1 - raised * np.exp(-GAP / TAU_REC)) / (1 - P * np.exp(-GAP / TAU_REC)), rel=0.03
    ),
    "postsynaptic, mean, after over before": near(1 + exact(50.0, 10.0)[1], rel=0.03),
    "postsynaptic, CV^2, after over before": near(1.0, rel=0.06),
    "postsynaptic, paired-pulse ratio, after over before": near(1.0, rel=0.03),
}

ROW = Row(
    "R6",
    "Plasticity of release and of the quantal size: pairings, and the locus seen in CV and paired pulses",
    of=["PresynapticSTDP", "PostsynapticSTDP", "VesicleRelease", "TsodyksMarkram"],
    source="Costa, Froemke, Sjostrom & van Rossum 2015, doi:10.7554/eLife.09457",
    measure=measure,
    expected=EXPECTED,
    mutations={
        "a spike sees its own trace": {"pre": OwnSpikeSeen},
        "fast and slow trace exchanged": {"pre": TracesExchanged},
        "pairs alone raise the quantal size": {"post": PairsOnly},
    },
    dt=1.0,
)
