"""R47: theta separates encoding from retrieval by the phase between its gates.

Transmission from entorhinal cortex (EC), from CA3, and plasticity are each gated by 1 - X/2 + X/2 sin(theta + phase).
The mean product of two gates that differ in phase by d is (1 - X/2)^2 + X^2/8 cos(d). So what is learned of EC's
activity (a gate of plasticity times a gate of EC) is most if they are in phase, and of CA3's (which would store
again what is retrieved) least in antiphase. Here every presynaptic spike learns 1, gated by both.
"""

import math

import numpy as np
from published.expected import near
from published.row import Row
from strangers.interpreted import plain_kernels

import hebbstat as hs

X, PERIOD = 0.8, 100  # ms, with a spike in each
SHIFTS = {0: 0.0, 90: math.pi / 2, 180: math.pi, 270: 1.5 * math.pi}


class Mark(hs.Plasticity):
    """Each presynaptic event adds 1."""

    @staticmethod
    def on_pre():
        return 1.0


def by_plasticity(ltp):
    return 1.0 - X / 2.0 + X / 2.0 * ltp


def by_path(path):
    return 1.0 - X / 2.0 + X / 2.0 * path


def measure(dt, seed, gates=(by_plasticity, by_path), rhythm=hs.Oscillation):
    """What is learned in a period, over the spikes in it, by the phase between both gates."""
    learned = {shift: mean_product(dt, phase, gates, rhythm) for shift, phase in SHIFTS.items()}
    best = float(max(learned, key=learned.__getitem__))
    return {
        **{f"learned with the gates {shift} degrees apart": value for shift, value in learned.items()},
        "phase at which most is learned": best,
        "phase at which least is learned": float(min(learned, key=learned.__getitem__)),
    }


def mean_product(dt, shift, gates, rhythm):
    net = hs.Network(dt=dt)
    net.add(hs.SpikeSource(), 1, "a", spikes=(np.arange(1.0, PERIOD + 1.0), np.zeros(PERIOD, int)))
    net.add(hs.SpikeSource(), 1, "b")
    net.add_rule(rhythm(1000.0 / PERIOD), "ltp")
    net.add_rule(rhythm(1000.0 / PERIOD, phase=shift), "path")
    rule = Mark()
    for gate in gates:
        rule = hs.gated(rule, by=gate)
    net.connect("a", "b", hs.AllToAll(), weight=0.0, delay=1.0, rules=[rule], name="p")
    with plain_kernels():  # the engine's kernels, uncompiled
        sims = hs.Simulation(net, dtype="float64", quiet=True), hs.ReferenceSimulation(net)
        for sim in sims:
            sim.run(ms=PERIOD + 5.0)
    found = [sim.weights("p")[0] / PERIOD for sim in sims]
    assert abs(found[0] - found[1]) < 1e-9
    return found[0]


class NoPhase(hs.Oscillation):
    """Begins at phase 0, whatever is asked. A wrong version of Hasselmo, Bodelon & Wyble 2002."""

    @hs.together(hs.Oscillation.wave, hs.Oscillation.n).step
    def turn_on(n, turn):
        return math.sin((n + 1.0) * turn), n + 1.0


ROW = Row(
    "R47",
    "Theta: what is learned goes with the cosine of the phase between two gates",
    of=["Oscillation", "gated"],
    source="Hasselmo, Bodelon & Wyble 2002, doi:10.1162/089976602317318965",
    measure=measure,
    expected={
        **{
            f"learned with the gates {shift} degrees apart": near(
                (1.0 - X / 2.0) ** 2 + X**2 / 8.0 * math.cos(phase), within=1e-9
            )
            for shift, phase in SHIFTS.items()
        },
        "phase at which most is learned": near(0.0),
        "phase at which least is learned": near(180.0),
    },
    mutations={
        "one gate only": {"gates": (by_plasticity,)},
        "the rhythm has no phase": {"rhythm": NoPhase},
        "gates without the offset 1 - X/2": {"gates": (lambda ltp: ltp, lambda path: path)},
    },
    dt=1.0,
    quick=True,
)
