"""R35: structural plasticity grows synapses until neurons fire at the rate at which growth is 0.

Butz & van Ooyen 2013: elements grow at the rate nu (2 exp(-((Ca - xi) / zeta)^2) - 1), xi = (eta + eps) / 2 and zeta =
(eps - eta) / (2 sqrt(ln 2)): 0 exactly at calcium eta and eps, nu halfway, -nu far off. Calcium is an average of the
rate here, so cells that begin without synapses come to fire at eps = 5 Hz, within 5 %, and come back to it when their
inputs fire twice as often, by losing synapses. (With a width of (eps - eta) sqrt(ln 2) / 2, as a comment of one
simulator has it, growth does not vanish at eps.)
"""

import math

from published.expected import between, near
from published.row import Row

from hebbstat.engine.record.spikes import Rates
from hebbstat.engine.simulation import Simulation
from hebbstat.homeostasis import StructuralPlasticity
from hebbstat.homeostasis.structural import left
from hebbstat.network import FixedProbability, Network, OneToOne
from hebbstat.neurons import LIF, PoissonInput, PoissonSource
from hebbstat.synapses import AMPA

CURVES = [(0.0, 5.0), (1.0, 8.0), (0.1, 0.7)]  # eta, eps


def measure(dt, seed, rule=StructuralPlasticity):
    """The growth curve at its marks, and the rate to which cells without synapses grow."""
    found = {}
    for least, target in CURVES:
        middle = 0.5 * (least + target)
        places = {"eta": least, "eps": target, "the middle": middle, "3 times as far": middle + 3.0 * (target - middle)}
        for name, calcium in places.items():
            found[f"growth at {name}, {least:g} to {target:g} Hz"] = grown(rule, calcium, least, target)
    net = Network(dt=dt, seed=seed)
    net.add(PoissonSource(rate=2.5), 400, "inputs")
    net.add(PoissonInput(sources=300, source_rate=1.0), 50, "drive")
    net.add(LIF(), 50, "cells")
    net.connect("drive", "cells", OneToOne(), weight=0.82, delay=1.0, receptor=AMPA())  # some spikes to begin with
    own = rule(target=5.0, growth_rate=3e-4, tau=5000.0, weight=1.0)
    net.connect(
        "inputs", "cells", FixedProbability(0.0), weight=1.0, delay=1.0, receptor=AMPA(), rules=[own], name="grown"
    )
    sim = Simulation(net, quiet=True)
    found["rate (Hz) of cells that grew"] = settled(sim)
    found["synapses that grew"] = sim.weights("grown").size
    sim.set("inputs", "rate", 5.0)
    return found | {"rate (Hz) after their inputs have doubled": settled(sim)}


def settled(sim: Simulation) -> float:
    sim.run(seconds=180.0, watch=None, progress=False)
    run = sim.run(seconds=100.0, record=[Rates("cells", every=10_000.0)], watch=None, progress=False)
    return float(run["cells.rate"].values.mean())


def grown(rule: type[StructuralPlasticity], calcium: float, least: float, target: float) -> float:
    """What the rule adds to the elements of a neuron, in units of its fastest growth."""
    return rule.grow_dendrite(
        free_post=0.0, calcium_post=calcium, target=target, least=least, growth_rate=1.0, kept=1.0, period=1.0
    )


def wide(calcium, least, target):
    """The growth curve with a width times sqrt(ln 2) instead of over it."""
    width = (target - least) / 2.0 * math.sqrt(math.log(2.0))
    return 2.0 * math.exp(-(((calcium - 0.5 * (least + target)) / width) ** 2)) - 1.0


class Narrow(StructuralPlasticity):
    """The width of a comment in a simulator. A wrong version of Butz & van Ooyen 2013."""

    @StructuralPlasticity.free_pre.on_tick
    def grow_axon(free_pre, calcium_pre, target, least, growth_rate, kept, period):
        return left(free_pre, kept) + period * growth_rate * wide(calcium_pre, least, target)

    @StructuralPlasticity.free_post.on_tick
    def grow_dendrite(free_post, calcium_post, target, least, growth_rate, kept, period):
        return left(free_post, kept) + period * growth_rate * wide(calcium_post, least, target)


class NeverLost(StructuralPlasticity):
    """Elements that lack cost no synapse. A wrong version of Butz & van Ooyen 2013."""

    @staticmethod
    def prune(free_post):
        return free_post < -1e9


EXPECTED = {}
for _least, _target in CURVES:
    for _place, _growth in (("eta", 0.0), ("eps", 0.0), ("the middle", 1.0)):
        EXPECTED[f"growth at {_place}, {_least:g} to {_target:g} Hz"] = near(_growth, within=1e-12)
    EXPECTED[f"growth at 3 times as far, {_least:g} to {_target:g} Hz"] = near(2.0 * 0.5**9 - 1.0, within=1e-12)

ROW = Row(
    "R35",
    "Structural plasticity grows neurons to a rate",
    of=["StructuralPlasticity"],
    source="Butz & van Ooyen 2013, doi:10.1371/journal.pcbi.1003259",
    measure=measure,
    expected=EXPECTED
    | {
        "rate (Hz) of cells that grew": near(5.0, rel=0.05),
        "synapses that grew": between(500, 10_000),
        "rate (Hz) after their inputs have doubled": near(5.0, rel=0.05),
    },
    mutations={"a narrower curve": {"rule": Narrow}, "no synapse is lost": {"rule": NeverLost}},
    dt=1.0,
)
