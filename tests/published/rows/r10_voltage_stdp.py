"""R10: the voltage rule on the cell of the paper, driven by pairs 10 ms apart at various frequencies.

NEST's test of its own implementation (test_clopath_synapse.py) has six protocols with these weights in % (5 pairs,
taken 15 times; after the pre-before-post pairs one more presynaptic spike weakens), to be met within 3 %. Its cell
differs from the paper's: a threshold that a spike raises to +30.4 mV instead of -30.4, and spikes that last the step
in which they begin and 20 more, 2.1 ms. An adaptation of b = 0.0805 pA, where the paper says nA, it shares with the
authors' program.

The cell of the authors' program is held against the data of Sjostrom, Turrigiano & Nelson 2001,
doi:10.1016/S0896-6273(01)00542-6, as in R9 (at 0.1 Hz 50 pairs, which do not see each other): pairs post before pre
weaken to below 80 % up to 20 Hz and strengthen to above 105 % at 40 and 50 Hz, with the change of sign between 30 and
40 Hz, and the misfit E, the mean squared deviation in units of the data's error, is below 1. (With b = 80.5 pA E is
2.4: the fit is that of a cell that hardly adapts.)
"""

import numpy as np
from published.expected import above, below, near
from published.row import Row

import hebbstat as hs

NEST = {
    (10.0, -10.0): 57.82638722, (30.0, -10.0): 72.16730112, (50.0, -10.0): 149.43359357,
    (10.0, 10.0): 103.30408341, (30.0, 10.0): 124.03640668, (50.0, 10.0): 157.02882555,
}  # fmt: skip
PROTOCOL = [(rate, lag) for rate in (0.1, 10.0, 20.0, 40.0, 50.0) for lag in (10.0, -10.0)]
DATA = np.array([-0.04, -0.29, 0.14, -0.41, 0.29, -0.34, 0.53, 0.56, 0.56, 0.75])
SEM = np.array([0.05, 0.08, 0.10, 0.11, 0.14, 0.10, 0.11, 0.32, 0.26, 0.19])
START, KICK = 0.5, 80.0  # mV, which makes the cell spike
MORE = [(30.0, -10.0)]


def measure(dt, seed, rule=hs.VoltageSTDP, late=4.0):
    """The weights after each protocol of NEST, the misfit of the authors' cell, and its post-before-pre pairs."""
    nest = paired(dt, list(NEST), rule(delay_u=late), 1, jump=80.8, v_peak=33.0, width=2.1)
    ours = paired(dt, PROTOCOL + MORE, rule(delay_u=late), 0, early=0.2)
    found = {name_of(case): 100.0 + 15.0 * 100.0 * change for case, change in zip(NEST, nest, strict=True)}
    times = np.array([50.0 if rate < 1.0 else 15.0 for rate, _ in PROTOCOL])
    changes = times * ours[: len(PROTOCOL)]
    found["E"] = float(np.mean(((changes - DATA) / SEM) ** 2))
    after = {case: 100.0 + 100.0 * change for case, change in zip(PROTOCOL, changes, strict=True)}
    found |= {f"post before pre at {rate:g} Hz (%)": after[rate, -10.0] for rate in (10.0, 20.0, 40.0, 50.0)}
    return found | {"post before pre at 30 Hz (%)": 100.0 + 1500.0 * ours[-1]}


def paired(dt, cases, rule, extra, early=0.1, **cell):
    """The change, relative to the start, by 5 pairs (at 0.1 Hz by one), and so many more presynaptic spikes.

    A kick arrives `early`, since the cell spikes at the end of the next step.
    """
    n = len(cases)
    pre, post = [], []
    for i, (rate, lag) in enumerate(cases):
        starts = 50.0 + np.arange(5 if rate > 1.0 else 1) * (1000.0 / rate)
        last = starts[-1] + 1000.0 / rate * np.arange(1, 1 + extra * (lag > 0))
        pre += [(t, i) for t in (*starts, *last)]
        post += [(t + lag, i) for t in starts]
    net = hs.Network(dt=dt, seed=1)
    net.add(hs.SpikeSource(), n, "pre", spikes=trains(pre, -0.1))
    net.add(hs.SpikeSource(), n, "kick", spikes=trains(post, -early))
    net.add(hs.ClopathAdEx(b=0.0805, **cell), n, "cell")
    net.connect("kick", "cell", hs.OneToOne(), weight=KICK, delay=0.1)
    still = hs.ExponentialCurrent()
    net.connect("pre", "cell", hs.OneToOne(), weight=START, delay=0.1, receptor=still, rules=[rule], name="p")
    sim = hs.Simulation(net, dtype="float64", threads=1, quiet=True)
    run = sim.run(ms=700.0, record=[hs.Spikes("cell")], progress=False)
    assert run["cell.spikes"].time.size == len(post), "each kick makes one spike"
    return np.asarray(sim.weights("p")) / START - 1.0


def trains(events, by):
    return np.array([t + by for t, _ in events]), np.array([i for _, i in events])


def name_of(case):
    rate, lag = case
    return f"NEST, {rate:g} Hz, {lag:+g} ms (%)"


class ReadsItself(hs.VoltageSTDP):
    """Weakening reads the voltage, not its average. A wrong version of Clopath et al. 2010."""

    @staticmethod
    def on_pre(post_v, theta_minus, A_LTD):
        return -A_LTD * max(post_v - theta_minus, 0.0)


class WholeTrace(hs.VoltageSTDP):
    """A presynaptic spike adds 1 to its trace. A wrong version of Clopath et al. 2010."""

    @hs.derived
    def per_spike(tau_x):
        return 1.0


ROW = Row(
    "R10",
    "Voltage rule: weight change against frequency",
    of=["VoltageSTDP", "ClopathAdEx"],
    source="Clopath, Busing, Vasilaki & Gerstner 2010, doi:10.1038/nn.2479",
    measure=measure,
    expected={
        **{name_of(case): near(value, rel=0.03) for case, value in NEST.items()},
        "E": below(1.0),
        "post before pre at 10 Hz (%)": below(80.0),
        "post before pre at 20 Hz (%)": below(80.0),
        "post before pre at 40 Hz (%)": above(105.0),
        "post before pre at 50 Hz (%)": above(105.0),
        "post before pre at 30 Hz (%)": below(100.0),
    },
    mutations={
        "the averages are not read late": {"late": 0.1},
        "weakening reads the voltage itself": {"rule": ReadsItself},
        "a presynaptic spike adds 1 to its trace": {"rule": WholeTrace},
    },
    because=(
        "at 40 Hz pairs post before pre strengthen to 103 % of the weight, not above 105 %; the published figures come "
        "from a program with steps of 1 ms and a spike of two such steps"
    ),
)
