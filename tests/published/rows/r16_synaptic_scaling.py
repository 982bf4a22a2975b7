"""R16: synaptic scaling multiplies all weights of a neuron by one factor, up when it is silent, down when it is busy.

Turrigiano et al. 1998: after two days of silence or of too much activity the amplitudes of all synapses differ from
control by one factor (their rank-order plot is a line through 0). So w_i / w_j is kept, exactly. The factor follows
from the rule: each tick multiplies by 1 + strength period (1 - rate / target), with the average of the neuron's spikes,
which begins at the target.
"""

import numpy as np
from helpers.relay import Relay, trains
from published.expected import near
from published.row import Row

from hebbstat.homeostasis import SynapticScaling
from hebbstat.network import AllToAll, Network
from hebbstat.neurons import SpikeSource
from hebbstat.reference import ReferenceSimulation

START = np.array([[0.2, 0.3, 0.5], [1.1, 0.0, 2.0], [0.7, 0.4, 0.9]])  # from each source to three targets
TARGET, TAU, PERIOD, STRENGTH, TICKS = 5.0, 5000.0, 500.0, 0.05, 10


def measure(dt, seed, rule=SynapticScaling, tau=TAU):
    """Weights after 5 s of a silent neuron, of one that fires at 4 times its target, and of one at its target."""
    spikes = [np.zeros(0), np.arange(50.0, 5000.0, 50.0), np.arange(100.0, 5000.0, 200.0)]
    net = Network(dt=dt, seed=seed)
    net.add(SpikeSource(), 3, "sources")
    net.add(Relay(), 3, "cells", spikes=trains(*spikes))
    scaling = rule(target=TARGET, tau_rate=tau, period=PERIOD, strength=STRENGTH)
    net.connect("sources", "cells", AllToAll(), weight=START.ravel(), rules=[scaling], name="w")
    sim = ReferenceSimulation(net)
    sim.run(ms=TICKS * PERIOD)
    after = np.array(sim.weights("w")).reshape(START.shape)
    known = START > 0.0
    factors = np.where(known, after / np.where(known, START, 1.0), after[0] / START[0])
    silent, busy, rested = factors[0]
    return {
        "range of a neuron's factors over their mean": (np.ptp(factors, axis=0) / factors.mean(axis=0)).max(),
        "a weight of 0 after it": after[~known].max(),
        "factor of a silent neuron over theory": silent / theory(spikes[0]),
        "factor of a neuron at 4 times its target over theory": busy / theory(spikes[1]),
        "factor of a neuron at its target": rested,
    }


def theory(spikes: np.ndarray) -> float:
    """The product over the ticks, with the exact average of these spikes."""
    factor = 1.0
    for t in PERIOD * np.arange(1, TICKS + 1):
        rate = TARGET * np.exp(-t / TAU) + np.exp(-(t - spikes[spikes <= t]) / TAU).sum() * 1000.0 / TAU
        factor *= 1.0 + STRENGTH * PERIOD / 1000.0 * (1.0 - rate / TARGET)
    return factor


class Additive(SynapticScaling):
    """The same is added to all weights. A wrong version of Turrigiano et al. 1998."""

    @staticmethod
    def on_tick(rate, target, per_hertz):
        return per_hertz * (target - rate)


class BySquare(SynapticScaling):
    """Large weights change by more than their part. A wrong version of Turrigiano et al. 1998."""

    @staticmethod
    def on_tick(w, rate, target, per_hertz):
        return w * w * per_hertz * (target - rate)


class Reversed(SynapticScaling):
    """Busy neurons grow. A wrong version of Turrigiano et al. 1998."""

    @staticmethod
    def on_tick(w, rate, target, per_hertz):
        return w * per_hertz * (rate - target)


ROW = Row(
    "R16",
    "Synaptic scaling keeps relative weights",
    of=["SynapticScaling"],
    source="Turrigiano, Leslie, Desai, Rutherford & Nelson 1998, doi:10.1038/36103",
    measure=measure,
    expected={
        "range of a neuron's factors over their mean": near(0.0, within=1e-12),
        "a weight of 0 after it": near(0.0),
        "factor of a silent neuron over theory": near(1.0, within=1e-12),
        "factor of a neuron at 4 times its target over theory": near(1.0, within=1e-12),
        "factor of a neuron at its target": near(1.0, within=0.003),
    },
    mutations={
        "the same is added to all weights": {"rule": Additive},
        "scaling by the square of the weight": {"rule": BySquare},
        "the rate is not averaged": {"tau": 1.0},
        "the wrong sign": {"rule": Reversed},
    },
    dt=1.0,
    quick=True,
)
