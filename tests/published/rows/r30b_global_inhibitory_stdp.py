"""R30b: inhibitory plasticity with a global factor changes nothing exactly where the population's rate is the target.

Zenke, Agnes & Gerstner 2015: dw = eta G (z_post + 1) at a presynaptic, eta G z_pre at a postsynaptic spike. For
independent Poisson spikes of rates u and v the traces have means u tau and v tau, so that weights grow at the rate eta
G u (2 v tau + 1), with G = (v - target) / target for a population that fires at v all in all. The sign of it is that
of G, and the rate at which it passes 0 is the target, within 2 %; its size is held within 5 %. The network is that of
R29, smaller: there iSTDP of single neurons rests well above its target, this rule at it.
"""

import numpy as np
from published.expected import near
from published.row import Row

from hebbstat.contract.mechanism import Neuron
from hebbstat.contract.state import PerNeuron
from hebbstat.contract.units import Hz
from hebbstat.engine.record.spikes import Rates
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import GlobalInhibitorySTDP
from hebbstat.network import AllToAll, FixedProbability, Network
from hebbstat.neurons import LIF, PoissonSource
from hebbstat.plasticity import HardBounds
from hebbstat.synapses import AMPA, GABAA

TARGET, PRE, TAU, ETA = 10.0, 20.0, 20.0, 1e-6
RATES = TARGET * np.array([0.8, 1.2])


class Poisson(Neuron):
    """Spikes by chance, whatever arrives."""

    rate: Hz = 10.0
    heard = PerNeuron.state()

    @heard.step
    def hear(input):
        return input

    @staticmethod
    def fires(uniform, rate, dt):
        return uniform < rate * dt / 1000.0


def measure(dt, seed, rule=GlobalInhibitorySTDP):
    growth = np.array([drift(10.0 * dt, seed, rate, rule) for rate in RATES])
    theory = ETA * (RATES / TARGET - 1.0) * PRE * (2.0 * RATES * TAU / 1000.0 + 1.0)
    slope, start = np.polyfit(RATES, growth / (2.0 * RATES * TAU / 1000.0 + 1.0), 1)
    return {
        "rate of no change over target": -start / slope / TARGET,
        "growth at 0.8 times the target over theory": growth[0] / theory[0],
        "growth at 1.2 times the target over theory": growth[-1] / theory[-1],
        "rate of a network over target": settled(dt, seed, rule) / 5.0,
    }


def drift(dt: float, seed: int, rate: float, rule: type[GlobalInhibitorySTDP]) -> float:
    """Mean change of weights per second between independent Poisson cells."""
    net = Network(dt=dt, seed=seed)
    net.add(PoissonSource(rate=PRE), 100, "pre")
    net.add(Poisson(rate=rate), 100, "post")
    own = rule("post", size=100, target=TARGET, tau=TAU, tau_rate=1000.0, eta=ETA)
    net.connect("pre", "post", AllToAll(), weight=0.0, delay=dt, rules=[own], name="w")
    sim = Simulation(net, quiet=True, dtype="float64")
    sim.run(seconds=5.0, progress=False)
    before = sim.weights("w").mean()
    sim.run(seconds=60.0, progress=False)
    return float(sim.weights("w").mean() - before) / 60.0


def settled(dt: float, seed: int, rule: type[GlobalInhibitorySTDP]) -> float:
    """The excitatory rate of a network of 400 + 100 cells, whose target is 5 Hz."""
    net = Network(dt=dt, seed=seed)
    net.add(LIF(i_ext=200.0), 400, "e")
    net.add(LIF(i_ext=200.0), 100, "i")
    for cells in "ei":
        net.connect("e", cells, FixedProbability(0.2), weight=0.6, delay=0.1, receptor=AMPA())
    net.connect("i", "i", FixedProbability(0.2), weight=6.0, delay=0.1, receptor=GABAA())
    rules = [rule("e", size=400, target=5.0, tau_rate=1000.0, eta=0.02), HardBounds(0.0, 200.0)]
    net.connect("i", "e", FixedProbability(0.2), weight=1e-10, delay=0.1, receptor=GABAA(), rules=rules)
    sim = Simulation(net, quiet=True)
    sim.run(seconds=15.0, progress=False)
    return float(sim.run(seconds=10.0, record=[Rates("e", every=1000.0)], progress=False)["e.rate"].values.mean())


class WithoutOne(GlobalInhibitorySTDP):
    """A lone presynaptic spike changes nothing. A wrong version of Zenke et al. 2015."""

    @staticmethod
    def on_pre(z_post, H, target, eta):
        return eta * (H / target - 1.0) * z_post


class AsAPart(GlobalInhibitorySTDP):
    """The factor is H / (H + target). A wrong version of Zenke et al. 2015."""

    @staticmethod
    def on_pre(z_post, H, target, eta):
        return eta * H / (H + target) * (z_post + 1.0)


class PreOnly(GlobalInhibitorySTDP):
    """Postsynaptic spikes change nothing. A wrong version of Zenke et al. 2015."""

    @staticmethod
    def on_post(z_pre, H, target, eta):
        return 0.0 * z_pre


ROW = Row(
    "R30b",
    "Inhibitory plasticity with a global factor",
    of=["GlobalInhibitorySTDP"],
    source="Zenke, Agnes & Gerstner 2015, doi:10.1038/ncomms7922",
    measure=measure,
    expected={
        "rate of no change over target": near(1.0, within=0.02),
        "growth at 0.8 times the target over theory": near(1.0, within=0.05),
        "growth at 1.2 times the target over theory": near(1.0, within=0.05),
        "rate of a network over target": near(1.0, within=0.03),
    },
    mutations={
        "a lone presynaptic spike changes nothing": {"rule": WithoutOne},
        "the factor has no sign": {"rule": AsAPart},
        "postsynaptic spikes change nothing": {"rule": PreOnly},
    },
    dt=0.1,
)
