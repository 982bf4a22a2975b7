"""R29: inhibitory plasticity brings a network that runs away to an irregular state of low rate, above its target.

Vogels et al. 2011, with 2000 + 500 cells. The plateau, 4.2 to 5.4 Hz for a target of 3 Hz, lies above the target,
since an inhibitory spike lowers the chance of the next postsynaptic one; the rate itself as a demand would be wrong.
Networks differ: 90 to 100 s after the start eight seeds fire here at 4.03 to 4.40 Hz (mean 4.25, sd 0.15; dt = 0.1),
eight of Brian2 on the same network (its example Vogels_et_al_2011.py with these sizes) at 4.19 to 4.54 (mean 4.31, sd
0.12), so four seeds are taken. With a target of 5 Hz Brian2 fires at 6.4 Hz after 120 s: 2.1 Hz more, here 1.2 to 2.4.
Its CV is 0.96 over 10 s, but 0.81 over 2 s: short windows bias it. Two fifths of the gain for two and a half times as
long lead to the same plateau, within 8 %.
"""

from functools import cache
from itertools import pairwise

import numpy as np
from published.expected import above, between, near
from published.row import Row

from hebbstat.engine.record.spikes import Spikes
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import InhibitorySTDP
from hebbstat.network import FixedProbability, Network
from hebbstat.neurons import LIF
from hebbstat.plasticity import HardBounds
from hebbstat.synapses import AMPA, GABAA

TARGET, ETA = 3.0, 1e-2


def measure(dt, seed, rule=InhibitorySTDP, eta=ETA):
    """Rates (Hz) and CV of excitatory cells before and after plasticity; the slow path is that of the first seed."""
    before, _ = after(dt, seed, rule, TARGET, 0.0, 1.0)
    rate, cv = after(dt, seed, rule, TARGET, eta, 100.0)
    higher, _ = after(dt, seed, rule, TARGET + 2.0, eta, 100.0)
    slow, _ = after(dt, 1, rule, TARGET, 0.4 * eta, 250.0)
    fast, _ = after(dt, 1, rule, TARGET, eta, 100.0)
    return {
        "rate in the first second, without plasticity": before,
        "rate after 100 s, target 3 Hz": rate,
        "CV of intervals": cv,
        "more for a target of 5 Hz": higher - rate,
        "rate for 0.4 of the gain and 250 s, over that": slow / fast,
    }


@cache
def after(dt, seed, rule, target, eta, seconds) -> tuple[float, float]:
    """Mean rate (Hz) of the excitatory cells and their mean CV, in the 10 s (or the one second) before `seconds`."""
    net = Network(dt=dt, seed=seed)
    net.add(LIF(i_ext=200.0), 2000, "e")
    net.add(LIF(i_ext=200.0), 500, "i")
    for cells in "ei":
        net.connect("e", cells, FixedProbability(0.08), weight=0.3, delay=dt, receptor=AMPA())
    net.connect("i", "i", FixedProbability(0.08), weight=3.0, delay=dt, receptor=GABAA())
    rules = [rule(target=target, eta=eta), HardBounds(0.0, 100.0)]
    net.connect("i", "e", FixedProbability(0.08), weight=1e-10, delay=dt, receptor=GABAA(), rules=rules)
    sim = Simulation(net, quiet=True)
    last = min(10.0, seconds)
    if seconds > last:
        sim.run(seconds=seconds - last, progress=False)
    spikes = sim.run(seconds=last, record=[Spikes("e")], progress=False)["e.spikes"]
    order = np.lexsort((spikes.time.values, spikes.neuron.values))
    times, cuts = spikes.time.values[order], np.searchsorted(spikes.neuron.values[order], np.arange(2001))
    intervals = [np.diff(times[a:b]) for a, b in pairwise(cuts) if b - a > 10]
    return len(times) / 2000 / last, float(np.mean([x.std() / x.mean() for x in intervals])) if intervals else np.nan


class WithoutTwo(InhibitorySTDP):
    """alpha without its factor of 2. A wrong version of Vogels et al. 2011."""

    @staticmethod
    def on_pre(y, alpha, eta):
        return eta * (y - 0.5 * alpha)


class TwiceAlpha(InhibitorySTDP):
    """alpha with another factor of 2. A wrong version of Vogels et al. 2011."""

    @staticmethod
    def on_pre(y, alpha, eta):
        return eta * (y - 2.0 * alpha)


ROW = Row(
    "R29",
    "Inhibitory plasticity in a network",
    of=["InhibitorySTDP"],
    source="Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011, doi:10.1126/science.1211095",
    measure=measure,
    expected={
        "rate in the first second, without plasticity": above(100.0),
        "rate after 100 s, target 3 Hz": between(4.2, 5.4),
        "CV of intervals": between(0.75, 1.05),
        "more for a target of 5 Hz": between(1.2, 2.4),
        "rate for 0.4 of the gain and 250 s, over that": near(1.0, within=0.08),
    },
    mutations={
        "alpha without its factor of 2": {"rule": WithoutTwo},
        "alpha twice": {"rule": TwiceAlpha},
        "a gain that is multiplied by dt": {"eta": 0.1 * ETA},
    },
    dt=0.2,
    seeds=(1, 2, 3, 4),
)
